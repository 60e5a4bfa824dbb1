"""The three rules as cards: what was judged, against what, and what was not judged and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.words import number, share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.documents import (
        ClassDistributionDrift,
        ConfidenceDrift,
        DriftReport,
        Judgement,
        PixelDistributionDrift,
    )

_ROOM = 1.15
_CLASSES_SHOWN = 3
_NO_REASON = "The report does not say why."


@dataclass(frozen=True, slots=True)
class Comparison:
    """One quantity in words, beside itself."""

    name: str
    baseline: str
    current: str
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One rule on the page.

    Attributes:
        title: What the rule looks at.
        quantity: What its value measures.
        noun: What its sample sizes count, several of them.
        judgement: What it says; None where it could not be judged.
        reason: Why it could not be.
        threshold: What the value is held against, in words.
        comparisons: The numbers behind the value.
    """

    title: str
    quantity: str = ""
    noun: str = "images"
    judgement: Judgement | None = None
    reason: str = _NO_REASON
    threshold: str = ""
    comparisons: Sequence[Comparison] = ()

    @property
    def verdict(self) -> str:
        """Whether the rule fired and, where it did not, what held it back."""
        if self.judgement is None:
            return "not judged"
        if self.judgement["drift_detected"]:
            return "drift"
        by_chance = self.judgement["value"] <= self.judgement["noise_floor"]
        return "no drift, within chance" if by_chance else "no drift, below threshold"

    def percent(self, value: float) -> float:
        """Where a value lies on the card's scale, which holds value, threshold and noise floor."""
        if self.judgement is None:
            return 0.0
        top = max(self.judgement["value"], self.judgement["threshold"], self.judgement["noise_floor"]) * _ROOM
        return round(100 * value / top, 2) if top else 0.0


def rule_cards(report: DriftReport) -> list[Card]:
    """A card for each of the three rules, and one for anything else that could not be judged."""
    reasons = dict(report["not_judged"])
    confidence, classes = report.get("confidence_drift"), report.get("class_distribution_drift")
    cards = [
        _pixels(report["pixel_distribution_drift"]),
        _confidence(confidence) if confidence else _not_judged("Confidence", "confidence", reasons),
        _classes(classes, _noun(report)) if classes else _not_judged("Predicted classes", "class", reasons),
    ]
    return [*cards, *(Card(rule.replace("_", " "), reason=reason) for rule, reason in reasons.items())]


def _not_judged(title: str, rule: str, reasons: dict[str, str]) -> Card:
    """The card of a rule without a verdict, which takes its reason out of those that are left."""
    name = next((name for name in reasons if name.startswith(rule)), None)
    return Card(title, reason=_NO_REASON if name is None else reasons.pop(name))


def _pixels(drift: PixelDistributionDrift) -> Card:
    return Card(
        "Pixels",
        "larger shift of mean and spread",
        judgement=drift,
        threshold=f"{number(drift['threshold'])} (spread {number(drift['std_threshold'])})",
        comparisons=[
            Comparison("Mean", number(drift["baseline_mean"]), number(drift["current_mean"])),
            Comparison("Spread", number(drift["baseline_std"]), number(drift["current_std"])),
        ],
    )


def _confidence(drift: ConfidenceDrift) -> Card:
    before, now = drift["baseline_mean_confidence"], drift["current_mean_confidence"]
    return Card(
        "Confidence",
        "shift of the mean confidence",
        judgement=drift,
        threshold=number(drift["threshold"]),
        comparisons=[Comparison("Mean", number(before), number(now))],
    )


def _classes(drift: ClassDistributionDrift, noun: str) -> Card:
    return Card(
        "Predicted classes",
        "total variation distance",
        noun=noun,
        judgement=drift,
        threshold=number(drift["threshold"]),
        comparisons=list(_changes(drift)),
    )


def _changes(drift: ClassDistributionDrift) -> Iterator[Comparison]:
    for change in drift["largest_changes"][:_CLASSES_SHOWN]:
        name = change.get("name") or f"class {change['class_index']}"
        yield Comparison(name, share(change["baseline_share"]), share(change["current_share"]), outside=True)


def _noun(report: DriftReport) -> str:
    return "boxes" if "box_count" in report["baseline"].get("predictions", {}) else "images"
