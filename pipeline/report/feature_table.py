"""Every feature as a row of the table that the page ends with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.compare.judges.feature_drift import BY_CHANCE
from pipeline.features import PREDICTED_CLASS
from pipeline.report.profiles import KINDS, category_counts, kind_of, number_profile, value_name
from pipeline.report.sparklines import Sparkline, sparkline
from pipeline.report.words import number, share, shortened, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.documents import BaselineDocument, DriftReport, FeatureDrift


MOST_ROWS = 200
"""Features in the table; framewatch itself has some fifty."""

_SCALE = 8.0
"""The effect, in thresholds, that fills a row's bar: with one scale for all rows, their thresholds stand in a line."""


@dataclass(frozen=True, slots=True)
class FeatureRow:
    """One feature.

    Attributes:
        name: As words.
        became: What became of it, in a word or two; "" where nothing did.
        own: What the report says of it.
        severity: Of its drift.
        sparkline: Both distributions; None where the report does not hold them.
        baseline: The mean, or the most frequent value with its share.
        current: The same of the current set.
    """

    name: str
    became: str
    own: FeatureDrift
    severity: str
    sparkline: Sparkline | None
    baseline: str
    current: str

    def percent(self, value: float) -> float:
        """Where a value lies on the row's bar, whose end holds all that lies beyond it."""
        return round(min(100.0, 100 * value / (self.own["threshold"] or 1) / _SCALE), 1)


@dataclass(frozen=True, slots=True)
class FeatureGroup:
    """The features of one kind, the largest effect against its threshold first."""

    title: str
    rows: Sequence[FeatureRow]


@dataclass(frozen=True, slots=True)
class FeatureTable:
    """All features that were judged, in two parts, and how many there was no room for."""

    drifted: Sequence[FeatureGroup]
    held: Sequence[FeatureGroup]
    left_out: int = 0

    @property
    def drifted_count(self) -> int:
        """How many drifted."""
        return sum(len(one.rows) for one in self.drifted)

    @property
    def held_count(self) -> int:
        """How many did not."""
        return sum(len(one.rows) for one in self.held)


def feature_table(report: DriftReport) -> FeatureTable:
    """The features of a report by kind; nothing where the report is older than their judgement."""
    features = report.get("feature_drift", [])
    shown = sorted(features, key=lambda one: not one["drifted"])[:MOST_ROWS]
    parts = ([one for one in shown if one["drifted"] is drifted] for drifted in (True, False))
    drifted, held = (_groups(report, part) for part in parts)
    return FeatureTable(drifted, held, len(features) - len(shown))


def _groups(report: DriftReport, features: Iterable[FeatureDrift]) -> list[FeatureGroup]:
    order = list(KINDS)
    ranked = sorted(features, key=lambda one: (order.index(kind_of(one["feature"])), -_weight(one)))
    return [
        FeatureGroup(KINDS[kind], [_row(report, one) for one in own])
        for kind, own in groupby(ranked, key=lambda one: kind_of(one["feature"]))
    ]


def _weight(own: FeatureDrift) -> float:
    return own["effect"] / (own["threshold"] or 1)


def _row(report: DriftReport, own: FeatureDrift) -> FeatureRow:
    name = own["feature"]
    baseline, current = (_centre(report[side], name) for side in ("baseline", "current"))
    severity = own["severity"] if own["drifted"] else "none"
    return FeatureRow(spoken(name), _became(own), own, severity, sparkline(report, name), baseline, current)


def _became(own: FeatureDrift) -> str:
    """The words of a number's change without its name and its size, which have columns of their own."""
    if own["verdict"] == BY_CHANCE or own["feature"] == PREDICTED_CLASS:
        return ""
    words = own["words"].rpartition(" by ")[0].rstrip(",") if own["kind"] == "numeric" else ""
    name = spoken(own["feature"])
    if words in {f"higher {name}", f"lower {name}"}:
        words = words.removesuffix(f" {name}")
    return shortened(words.removeprefix(f"{name} ") or own["words"])


def _centre(document: BaselineDocument, feature: str) -> str:
    profile = number_profile(document, feature)
    if profile is not None:
        return number(profile["mean"])
    counts = category_counts(document, feature)
    if not counts:
        return "\N{EN DASH}"
    value = max(counts, key=lambda one: counts[one])
    return f"{shortened(value_name(document, feature, value))} {share(counts[value] / (sum(counts.values()) or 1))}"
