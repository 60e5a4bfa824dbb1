"""Every day of a dataset against one baseline, and the first day that drifted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.documents import SCHEMA_VERSION
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftReport, HistoryDay, HistoryDocument


def to_history(dataset: str, days: Sequence[tuple[str, DriftReport]]) -> HistoryDocument:
    """The history of a dataset.

    Args:
        dataset: Its name.
        days: At least one date with its report, by date, all against the same baseline.
    """
    first = days[0][1]
    history: HistoryDocument = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema_version": SCHEMA_VERSION,
        "generator": generator(),
        "dataset": dataset,
        "days": [_day(date, report) for date, report in days],
        "rules": first["rules"],
        "baseline": first["baseline"],
    }
    drifted = [date for date, report in days if report["overall_drift_detected"]]
    if drifted:
        history["first_drift"] = drifted[0]
    return history


def _day(date: str, report: DriftReport) -> HistoryDay:
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
