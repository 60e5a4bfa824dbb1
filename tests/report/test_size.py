"""No document makes a page that nobody can mail."""

from __future__ import annotations

import base64
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.report.page import render_history, render_report
from tests.report.sample import sample_explained_report, sample_history

if TYPE_CHECKING:
    from pipeline.documents import AccuracyEstimate, DriftReport, FeaturePath, HistoryDocument

MOST_BYTES = 2_500_000

_LONG = "a rather long name that somebody gave to something/" * 4


def test_a_monster_of_a_report_stays_small() -> None:
    """Ten million images, 21,000 classes, 1,000 segments, 300 features, 40 findings, 60 examples of 30 pictures."""
    assert len(render_report(_monstrous_report()).encode()) < MOST_BYTES


def test_a_history_of_three_years_stays_small() -> None:
    """With six paths, a change every day, and five findings on each."""
    assert len(render_history(_long_history()).encode()) < MOST_BYTES


def _monstrous_report() -> DriftReport:
    report = sample_explained_report(_LONG, f"/images/{_LONG}/1.jpg")
    counts = np.random.default_rng(3).multinomial(10_000_000, np.full(21_000, 1 / 21_000))
    names = [f"feature_{number}_{_LONG}" for number in range(300)]
    for side in ("baseline", "current"):
        own = report[side]
        own["predictions"]["class_distribution"] = {str(index): int(count) for index, count in enumerate(counts)}
        own["predictions"]["class_names"] = {str(index): f"{index} {_LONG}" for index in range(21_000)}
        own["settings"]["model"]["class_names"] = list(own["predictions"]["class_names"].values())
        own["settings"] |= {f"setting {number}": _LONG for number in range(500)}
        own["notes"] = [f"{number} {_LONG}" for number in range(300)]
        own["dataset_info"]["unreadable"] = {
            "count": 9000, "by_reason": {f"{number} {_LONG}": 9 for number in range(1000)}
        }  # fmt: skip
        profile = own["input_distribution"]["features"]["brightness"]
        own["input_distribution"]["features"] |= dict.fromkeys(names, profile)
        values = {f"{number} {_LONG}": number for number in range(5000)}
        own["input_distribution"]["categories"]["camera_model"] = {"counts": values, "missing": 3}
    drift = report["feature_drift"][0]
    report["feature_drift"] += [{**drift, "feature": name, "words": _LONG * 20} for name in (*names, "camera_model")]
    report["findings"] = [
        {"kind": "features", "severity": "high", "text": _LONG * 20, "features": names[3 * at : 3 * at + 3]}
        for at in range(40)
    ]
    report["segments"] = [{**report["segments"][0], "value": f"{at} {_LONG}"} for at in range(1000)]
    picture: Any = {**report["examples"][0]["images"][0], "thumbnail": base64.b64encode(bytes(3000)).decode()}
    report["examples"] = [{"feature": one, "images": [picture] * 30, "typical": [picture] * 30} for one in names[:60]]
    return report


def _long_history() -> HistoryDocument:
    history = sample_history()
    days = [(date(2024, 1, 1) + timedelta(at)).isoformat() for at in range(3 * 365)]
    findings = [{"kind": "pixels", "severity": "high", "text": _LONG}] * 5
    estimate = history["days"][-1]["accuracy_estimate"]
    history["days"] = [{**history["days"][-1], **_measured(at, estimate), "date": day, "findings": findings}  # type: ignore[typeddict-item]
                       for at, day in enumerate(days)]  # fmt: skip
    features = ("brightness", "contrast", "sharpness", "noise", "saturation", "entropy", "colourfulness", "confidence")
    history["paths"] = [_path(feature, days) for feature in features]
    history["changes"] = [
        {"feature": feature, "direction": "up", "since": day, "until": day, "words": _LONG, "largest_effect": 1.0}
        for day in days
        for feature in features
    ]
    return history


def _measured(seed: int, estimate: AccuracyEstimate) -> dict[str, Any]:
    """What is drawn of a day: no line is level."""
    mean, confidence, distance, low, value, high = np.random.default_rng(seed).random(6)
    accuracy = {**estimate, "estimated_accuracy": value}
    return {
        "pixel_mean": mean, "mean_confidence": confidence, "total_variation_distance": distance,
        "accuracy_estimate": accuracy | {"low": low * value, "high": value + (1 - value) * high / 9},
    }  # fmt: skip


def _path(feature: str, days: list[str]) -> FeaturePath:
    effects = np.random.default_rng(1).random(len(days))
    return {
        "feature": feature, "kind": "numeric", "threshold": 0.25, "dates": days,
        "effects": [float(one) for one in effects],
        "noise_floors": [float(one) for one in effects], "drifted": [True] * len(days),
    }  # fmt: skip
