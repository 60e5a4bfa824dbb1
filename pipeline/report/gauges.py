"""What was judged as gauges: an effect against its threshold and against what chance alone does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.words import number, p_value, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.documents import DriftReport, FeatureDrift, Judgement

_ROOM = 1.12


@dataclass(frozen=True, slots=True)
class Gauge:
    """One value on a scale that also holds its threshold and its noise floor.

    Attributes:
        label: What is judged.
        quantity: What the value measures, with its unit.
        verdict: What the document says of it, in words.
        severity: Of the value, as in the document.
        value: What is judged.
        threshold: The value must be above it.
        noise_floor: Chance alone rarely goes above it.
        facts: Further numbers, each with its name.
    """

    label: str
    quantity: str
    verdict: str
    severity: str
    value: float
    threshold: float
    noise_floor: float
    facts: tuple[tuple[str, str], ...] = ()

    def percent(self, value: float) -> float:
        """Where a value lies on the scale."""
        top = max(self.value, self.threshold, self.noise_floor) * _ROOM
        return round(100 * value / top, 2) if top else 0.0


def rule_gauge(report: DriftReport, rule: str) -> Gauge | None:
    """The gauge of one of the three rules; None where it was not judged.

    Args:
        report: Its block of that rule is read.
        rule: pixels, confidence or classes.
    """
    return {"pixels": _pixels, "confidence": _confidence, "classes": _classes}[rule](report)


def feature_gauge(own: FeatureDrift) -> Gauge:
    """The gauge of a feature."""
    unit = "standard deviations apart" if own["kind"] == "numeric" else "total variation distance"
    return Gauge(
        spoken(own["feature"]),
        unit,
        own["verdict"],
        own["severity"] if own["drifted"] else "none",
        own["effect"],
        own["threshold"],
        own["noise_floor"],
        (("Detectable", number(own["smallest_detectable"])), ("p-value", p_value(own["adjusted_p_value"]))),
    )


def feature_gauges(report: DriftReport, names: Sequence[str]) -> Iterator[Gauge]:
    """The gauges of some features, of those that the report judged."""
    judged = {one["feature"]: one for one in report.get("feature_drift", [])}
    yield from (feature_gauge(judged[name]) for name in names if name in judged)


def _pixels(report: DriftReport) -> Gauge:
    own = report["pixel_distribution_drift"]
    spread = ("Threshold of the spread", number(own["std_threshold"]))
    return _judged(own, "Pixels", "larger shift of mean and spread, of 0 to 1", spread)


def _confidence(report: DriftReport) -> Gauge | None:
    own = report.get("confidence_drift")
    return None if own is None else _judged(own, "Confidence", "shift of the mean confidence")


def _classes(report: DriftReport) -> Gauge | None:
    own = report.get("class_distribution_drift")
    return None if own is None else _judged(own, "Predicted classes", "total variation distance")


def _judged(own: Judgement, label: str, quantity: str, *facts: tuple[str, str]) -> Gauge:
    severity = own["severity"] if own["drift_detected"] else "none"
    p = ("p-value", p_value(own["p_value"]))
    return Gauge(
        label, quantity, _verdict(own), severity, own["value"], own["threshold"], own["noise_floor"], (*facts, p)
    )


def _verdict(own: Judgement) -> str:
    """Whether a rule fired and, where it did not, what held it back."""
    if own["drift_detected"]:
        return "drifted"
    # A rule may also be above both, and yet not certain enough beside all else that the report asks.
    return (
        "within chance"
        if own["value"] <= own["noise_floor"] or own["value"] > own["threshold"]
        else "below the threshold"
    )
