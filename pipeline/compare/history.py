"""Every day of a dataset against one baseline, or against the days before it: what changed, since when, until when."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.compare.changes import drifted_segments, feature_changes, feature_paths
from pipeline.documents import SCHEMA_VERSION
from pipeline.severity import Severity
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import (
        BaselineDocument,
        DayJudgement,
        Finding,
        HistoryDay,
        HistoryDocument,
        Judgement,
        Verdict,
    )

JUDGED, UNREADABLE, NO_DATA, NO_BASELINE = "judged", "unreadable", "no data", "no baseline"
"""The statuses of a day."""


def to_history(
    dataset: str,
    days: Sequence[HistoryDay],
    baseline: BaselineDocument,
    rules: Rules,
    reports: Mapping[str, Verdict],
    *,
    every: str = "day",
    against: str = "baseline",
) -> HistoryDocument:
    """The history of a dataset.

    Args:
        dataset: Its name.
        days: By date, those without data included.
        baseline: What they were compared with; of several, the last.
        rules: What was applied.
        reports: The reports of the days that were judged, by date.
        every: What is judged together: `day` or `week`.
        against: `baseline`, or `trailing:28` and the like.
    """
    history: HistoryDocument = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema_version": SCHEMA_VERSION,
        "generator": generator(),
        "dataset": dataset,
        "every": every,
        "against": against,
        "days": list(days),
        "changes": feature_changes(reports),
        "paths": feature_paths(reports),
        "expected_false_alarms": rules.alpha * len(reports),
        "rules": rules.to_dict(),
        "baseline": baseline,
    }
    if any("segments" in report for report in reports.values()):
        history["segments"] = drifted_segments(reports)
    drifted = [day["date"] for day in days if day["overall_drift_detected"]]
    if drifted:
        history["first_drift"] = drifted[0]
    if (since := drifting_since(days)) is not None:
        history["drifting_since"] = since
    return history


def newest_day(days: Sequence[HistoryDay]) -> HistoryDay | None:
    """The last day that could be compared."""
    return next((day for day in reversed(days) if has_data(day)), None)


def drifting_since(days: Sequence[HistoryDay]) -> str | None:
    """The first of the days in a row, up to the newest, that all drifted; None where the newest did not."""
    spells, newest = drifted_spells(days), newest_day(days)
    return spells[-1][0] if newest is not None and newest["overall_drift_detected"] else None


def drifted_spells(days: Iterable[HistoryDay]) -> list[list[str]]:
    """The dates of the days in a row that all drifted, each row by itself.

    A day that could not be compared neither ends nor begins one.
    """
    rows = groupby(filter(has_data, days), lambda day: day["overall_drift_detected"])
    return [[day["date"] for day in row] for drifted, row in rows if drifted]


def unreadable_day(date: str, reason: str) -> HistoryDay:
    """A day of which no image can be read: no rule can judge it, and nothing could have changed more."""
    found: Finding = {"kind": "unreadable", "severity": Severity.HIGH, "text": reason}
    return _not_judged(date, UNREADABLE) | {
        "overall_drift_detected": True,
        "overall_severity": Severity.HIGH,
        "findings": [found],
    }


def missing_day(date: str) -> HistoryDay:
    """A day of which there is no row, between days that have some."""
    return _not_judged(date, NO_DATA)


def day_without_baseline(date: str, image_count: int) -> HistoryDay:
    """A day before which there are no days to compare it with."""
    return _not_judged(date, NO_BASELINE) | {"image_count": image_count}


def has_data(day: HistoryDay) -> bool:
    """Whether there were rows on a day that could be compared; documents of older versions know no other days."""
    return day.get("status", JUDGED) not in {NO_DATA, NO_BASELINE}


def judged_day(date: str, report: Verdict) -> HistoryDay:
    """What a day's own report comes to."""
    pixels, confidence = report["pixel_distribution_drift"], report.get("confidence_drift")
    judgements = {"pixel_drift": _short(pixels, pixels["baseline_mean"])}
    day: HistoryDay = {
        "date": date,
        "status": JUDGED,
        "image_count": pixels["current_count"],
        "overall_drift_detected": report["overall_drift_detected"],
        "overall_severity": report["overall_severity"],
        "drift_summary": report["drift_summary"],
        "findings": [*report["findings"]],
        "pixel_mean": pixels["current_mean"],
        "pixel_std": pixels["current_std"],
        "judgements": judgements,
    }
    if report["not_judged"]:
        day["not_judged"] = report["not_judged"]
    if confidence is not None:
        day["mean_confidence"] = confidence["current_mean_confidence"]
        judgements["confidence_drift"] = _short(confidence, confidence["baseline_mean_confidence"])
    if (classes := report.get("class_distribution_drift")) is not None:
        day["total_variation_distance"] = classes["total_variation_distance"]
        judgements["class_distribution_drift"] = _short(classes, 0.0)
    if (accuracy := report.get("accuracy_estimate")) is not None:
        day["accuracy_estimate"] = accuracy
    return day


def _short(own: Judgement, baseline: float) -> DayJudgement:
    return {
        "baseline": baseline,
        "value": own["value"],
        "threshold": own["threshold"],
        "noise_floor": own["noise_floor"],
    }


def _not_judged(date: str, status: str) -> HistoryDay:
    return {
        "date": date,
        "status": status,
        "image_count": 0,
        "overall_drift_detected": False,
        "overall_severity": Severity.NONE,
        "drift_summary": {"pixel_drift": False, "confidence_drift": False, "class_distribution_drift": False},
        "findings": [],
    }
