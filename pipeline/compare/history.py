"""Every day of a dataset against one baseline, and the first day that drifted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.documents import SCHEMA_VERSION
from pipeline.severity import Severity
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport, HistoryDay, HistoryDocument


def to_history(dataset: str, days: Sequence[HistoryDay], baseline: BaselineDocument, rules: Rules) -> HistoryDocument:
    """The history of a dataset.

    Args:
        dataset: Its name.
        days: By date, all against the same baseline.
        baseline: That baseline.
        rules: What was applied.
    """
    history: HistoryDocument = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema_version": SCHEMA_VERSION,
        "generator": generator(),
        "dataset": dataset,
        "days": list(days),
        "rules": rules.to_dict(),
        "baseline": baseline,
    }
    drifted = [day["date"] for day in days if day["overall_drift_detected"]]
    if drifted:
        history["first_drift"] = drifted[0]
    return history


def unreadable_day(date: str, reason: str) -> HistoryDay:
    """A day of which no image can be read: no rule can judge it, and nothing could have changed more."""
    return {
        "date": date,
        "image_count": 0,
        "overall_drift_detected": True,
        "overall_severity": Severity.HIGH,
        "drift_summary": {"pixel_drift": False, "confidence_drift": False, "class_distribution_drift": False},
        "findings": [{"kind": "unreadable", "severity": Severity.HIGH, "text": reason}],
    }


def judged_day(date: str, report: DriftReport) -> HistoryDay:
    """What a day's own report comes to."""
    pixels, confidence = report["pixel_distribution_drift"], report.get("confidence_drift")
    day: HistoryDay = {
        "date": date,
        "image_count": report["current"]["dataset_info"]["image_count"],
        "overall_drift_detected": report["overall_drift_detected"],
        "overall_severity": report["overall_severity"],
        "drift_summary": report["drift_summary"],
        "findings": report["findings"],
        "pixel_mean": pixels["current_mean"],
        "pixel_std": pixels["current_std"],
    }
    if confidence is not None:
        day["mean_confidence"] = confidence["current_mean_confidence"]
    if "class_distribution_drift" in report:
        day["total_variation_distance"] = report["class_distribution_drift"]["total_variation_distance"]
    return day
