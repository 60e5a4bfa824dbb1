"""The pages that are looked at, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.page import render_history, render_report
from tests.report.hostile import EVERYTHING, hostile_history, hostile_report
from tests.report.sample import (
    sample_explained_report,
    sample_history,
    sample_report,
    sample_report_without_model,
    sample_segmented_report,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def _calm_report() -> str:
    calm = sample_report(overall_drift_detected=False, overall_severity="none", findings=[])
    for one in calm["feature_drift"]:
        one.update({"drifted": False, "severity": "none", "verdict": "within chance"})
    return render_report(calm)


def _one_class() -> str:
    """The smallest sample: one image, one class, one feature; its accuracy is the widest text, a range."""
    report = sample_report()
    report["accuracy_estimate"].update({"low": 0.56, "high": 0.97, "ceiling_if_classes_held": 0.56})
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_distribution"] = {"3": 1}
        report[side]["dataset_info"]["image_count"] = 1
    report["feature_drift"] = report["feature_drift"][:1]
    return render_report(report)


def _history() -> str:
    history = sample_history()
    dates = [day["date"] for day in history["days"]]
    history["changes"] = [
        {"feature": "brightness", "direction": "down", "since": dates[4], "words": "darker", "largest_effect": 2.0}
    ]
    history["paths"] = [
        {"feature": "brightness", "kind": "numeric", "threshold": 0.25, "dates": dates,
         "effects": [0.1, 0.2, 0.1, 0.2, 0.9, 1.5, 2.0], "noise_floors": [0.3] * 7,
         "drifted": [False] * 4 + [True] * 3}
    ]  # fmt: skip
    history["segments"] = [
        {"column": "camera", "value": "east side gate", "since": dates[1], "until": dates[3],
         "largest": {"feature": "sharpness", "effect": 2.0, "words": "blurrier by 2 standard deviations"}}
    ]  # fmt: skip
    return render_history(history, {dates[-1]: f"days/{dates[-1]}.html"})


def _one_day() -> str:
    history = sample_history()
    history["days"] = history["days"][:1]
    return render_history(history)


PAGES: dict[str, Callable[[], str]] = {
    "report": lambda: render_report(sample_report()),
    "report without model": lambda: render_report(sample_report_without_model()),
    "report without drift": _calm_report,
    "report of one class": _one_class,
    "explained report": lambda: render_report(sample_explained_report()),
    "segmented report": lambda: render_report(sample_segmented_report()),
    "hostile explained report": lambda: render_report(sample_explained_report(EVERYTHING, EVERYTHING)),
    "hostile report": lambda: render_report(hostile_report()),
    "history": _history,
    "history of one day": _one_day,
    "hostile history": lambda: render_history(hostile_history()),
}
