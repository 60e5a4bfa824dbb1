"""Documents as `compare` writes them, made up but consistent: a week on which the lights went out."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from PIL import Image

from pipeline.compare.drift import detect_drift
from pipeline.compare.sides.segment_document import with_segments
from pipeline.compare.thresholds import Rules
from tests.support.rows import document_of, profile_of, shots

if TYPE_CHECKING:
    from pipeline.documents import (
        BaselineDocument,
        DriftReport,
        FeatureProfile,
        FeatureShift,
        Finding,
        HistoryDay,
        HistoryDocument,
        Predictions,
    )

CLASS_NAMES = ("bolt", "nut", "washer", "spring", "gear", "bracket", "bearing", "screw", "rivet", "pin", "clip",
               "hinge", "valve", "gasket", "sleeve", "spacer", "dowel", "coupler", "flange", "bushing")  # fmt: skip

GENERATOR = {"name": "framewatch", "version": "0.1.0"}


def sample_baseline(*, count: int = 2000, source: str = "val@2026-11-01..2026-11-07", light: float = 0.46,
                    confidence: float = 0.92, tilt: float = 0.0, seed: int = 1) -> BaselineDocument:  # fmt: skip
    """A baseline document; `light` is the mean pixel, `tilt` moves predictions to the first classes."""
    document = {
        "timestamp": "2026-11-23T10:30:00+00:00",
        "schema_version": "1",
        "generator": GENERATOR,
        "dataset_info": {
            "image_count": count,
            "input_size": [224, 224],
            "source": source,
            "unreadable": {"count": 3, "by_reason": {"truncated": 2, "not an image": 1}},
            "invalid_scores": 0,
            "dates": ["2026-11-01", "2026-11-02", "2026-11-03"],
        },
        "settings": {
            "input_size": [224, 224], "resize": "stretch", "decode": "fast", "feature_version": "1",
            "model": {"sha256": "9f2c", "runtime": "tflite", "task": "classification", "mean": [0.5, 0.5, 0.5],
                      "std": [0.5, 0.5, 0.5], "name": "cans.tflite", "class_names": list(CLASS_NAMES),
                      "scores": "probabilities"},
        },
        "fingerprint": "sha256:" + "0" * 64,
        "notes": ["pixels are scaled to [-1, 1], which the model's quantisation suggests"],
        "input_distribution": _inputs(count, light, seed),
        "predictions": _predictions(count, confidence, tilt, seed),
    }  # fmt: skip
    return cast("BaselineDocument", document)


def sample_report(**changes: Any) -> DriftReport:
    """A report of high severity; `changes` replace whole keys."""
    baseline = sample_baseline()
    current = sample_baseline(count=500, source="production@2026-11-23", light=0.38, confidence=0.77, tilt=0.3, seed=2)
    current["dataset_info"]["dates"] = ["2026-11-23"]
    current["dataset_info"]["unreadable"] = {"count": 9, "by_reason": {"truncated": 7, "zero bytes": 2}}
    report = {
        "timestamp": "2026-11-23T10:30:00+00:00",
        "schema_version": "1",
        "generator": GENERATOR,
        "overall_drift_detected": True,
        "overall_severity": "high",
        "pixel_distribution_drift": {
            **_judgement(0.08, 0.05, 0.012, "medium"), "baseline_mean": 0.46, "current_mean": 0.38,
            "overall_mean_shift": 0.08, "baseline_std": 0.25, "current_std": 0.26, "overall_std_shift": 0.01,
            "std_threshold": 0.1},
        "confidence_drift": {
            **_judgement(0.15, 0.1, 0.014, "high"), "baseline_mean_confidence": 0.92,
            "current_mean_confidence": 0.77, "confidence_shift": 0.15},
        "class_distribution_drift": {
            **_judgement(0.11, 0.15, 0.13, "none", p_value=0.08), "wasserstein_distance": 0.11,
            "total_variation_distance": 0.11,
            "largest_changes": [
                {"class_index": "0", "name": "bolt", "baseline_share": 0.05, "current_share": 0.09},
                {"class_index": "1", "name": "nut", "baseline_share": 0.051, "current_share": 0.08}]},
        "drift_summary": {"pixel_drift": True, "confidence_drift": True, "class_distribution_drift": False},
        "not_judged": {},
        "summary": "inputs drifted (darker by 1.8 standard deviations), and so did predictions (confidence)",
        "findings": _findings(),
        "feature_drift": [_drift(*one) for one in _DRIFTS],
        "joint_drift": {"drift_detected": True, "severity": "low", "verdict": "drifted", "distance": 1.4,
                        "threshold": 0.5, "p_value": 1e-9, "adjusted_p_value": 1e-8, "components": 2,
                        "contributions": [{"feature": "brightness", "share": 0.7}]},
        "accuracy_estimate": {"estimated_accuracy": 0.71, "low": 0.66, "high": 0.77, "baseline_accuracy": 0.86,
                              "drop": 0.15, "by_score": {"confidence": 0.72, "prediction_entropy": 0.7},
                              "baseline_labelled_count": 1900, "current_count": 500},
        "feature_shifts": sorted(_shifts(), key=lambda one: -abs(one["shift"])),
        "rules": Rules().to_dict(),
        "baseline": baseline,
        "current": current,
        **changes,
    }  # fmt: skip
    return cast("DriftReport", report)


def _grey_jpeg() -> bytes:
    written = io.BytesIO()
    Image.new("L", (96, 64), 128).save(written, "JPEG")
    return written.getvalue()


THUMBNAIL = base64.b64encode(_grey_jpeg()).decode("ascii")
"""A grey picture as JPEG in base 64."""


def sample_explained_report(
    text: str = "camera", uri: str = "/images/2026-11-23/a-rather-long-name-0001.jpg"
) -> DriftReport:
    """A report with segments and examples; `text` and `uri` stand wherever text from outside does."""
    image = {"uri": uri, "value": 0.31, "thumbnail": THUMBNAIL}
    counts = {"baseline_count": 1200, "current_count": 140, "too_small": False}
    segments = [
        {"column": text, "value": "3", **counts, "drifted": True, "severity": "high", "verdict": "drifted",
         "largest": {"feature": "brightness", "effect": 1.8, "words": "darker by 1.8 standard deviations"}},
        {"column": text, "value": text, **counts, "drifted": False, "severity": "none", "verdict": "new"},
    ]  # fmt: skip
    examples = [
        {"feature": "brightness", "images": [image] * 6, "typical": [image, {"uri": uri, "value": 0.46}]},
        {"feature": "format", "images": [{**image, "value": text}]},
    ]
    return sample_report(segments=segments, examples=examples)


def sample_segmented_report() -> DriftReport:
    """One that `detect_drift` made: of four cameras with 60 images each, the images of one became darker."""
    return detect_drift(_by_camera({}), _by_camera({"2": 0.3}))


def _by_camera(lights: dict[str, float]) -> BaselineDocument:
    own = {name: shots(seed, 60, light=lights.get(name, 0.5)) for seed, name in enumerate("1234")}
    profiles = {name: profile_of(made) for name, made in own.items()}
    return with_segments(document_of([one for made in own.values() for one in made]), {"camera": profiles})


def sample_report_without_model() -> DriftReport:
    """A report of pixels alone: what needs predictions is absent, with the reason."""
    reason = "there are no predictions: no model was given"
    report = sample_report(not_judged={"confidence": reason, "class_distribution": reason})
    del report["confidence_drift"], report["class_distribution_drift"]
    del report["baseline"]["predictions"], report["current"]["predictions"], report["accuracy_estimate"]
    report["findings"] = [one for one in report["findings"] if one["kind"] != "confidence"]
    report["feature_drift"] = [one for one in report["feature_drift"] if one["feature"] in {"brightness", "format"}]
    return report


def sample_history() -> HistoryDocument:
    """A week of which the last days are dark, with a day on which nothing was recorded."""
    severities = {17: "none", 18: "none", 19: "none", 20: "none", 22: "low", 23: "medium", 24: "high"}
    history = {
        "timestamp": "2026-11-25T06:00:00+00:00",
        "schema_version": "1",
        "generator": GENERATOR,
        "dataset": "production",
        "first_drift": "2026-11-22",
        "days": [_day(f"2026-11-{day}", severity) for day, severity in severities.items()],
        "rules": sample_report()["rules"],
        "baseline": sample_baseline(),
    }
    return cast("HistoryDocument", history)


def _inputs(count: int, light: float, seed: int) -> dict[str, Any]:
    lights = [light + 0.02, light, light - 0.04]
    return {
        "pixel_statistics": {
            "overall": {"mean": light, "std": 0.25, "min": 0.0, "max": 1.0, "median": light, "q25": 0.25, "q75": 0.65},
            "per_channel": {"mean": lights, "std": [0.26, 0.25, 0.24]}},
        "histograms": {name: _histogram(_beta(one, 3, 60000, seed), 256)
                       for name, one in zip(("red", "green", "blue"), lights, strict=True)},
        "features": {"brightness": _profile(_beta(light, 20, count, seed), 64)},
        "categories": {"format": {"counts": {"JPEG": count - 9}, "missing": 9}},
        "joint_moments": {"names": ["brightness"], "count": count, "means": [light], "covariance": [[0.01]]},
    }  # fmt: skip


def _predictions(count: int, confidence: float, tilt: float, seed: int) -> Predictions:
    weights = np.ones(len(CLASS_NAMES))
    weights[:4] += tilt * np.array([3, 2, 1, -1])
    counts = np.random.default_rng(seed).multinomial(count, weights / weights.sum())
    profile = _profile(_beta(confidence, 8, count, seed), 1000)
    return {
        "prediction_count": count,
        "unique_classes": len(CLASS_NAMES),
        "class_distribution": {str(index): int(number) for index, number in enumerate(counts)},
        "class_names": {str(index): name for index, name in enumerate(CLASS_NAMES)},
        "confidence_statistics": {
            "mean": confidence,
            "std": 0.08,
            "min": 0.3,
            "max": 0.99,
            "median": confidence,
        },
        "features": {"confidence": {**profile, "mean": confidence}},
        "joint_moments": {"names": ["confidence"], "count": count, "means": [confidence], "covariance": [[0.01]]},
    }


def _beta(mean: float, size: float, count: int, seed: int) -> Any:
    return np.random.default_rng(seed).beta(mean * size, (1 - mean) * size, count)


def _histogram(values: Any, bins: int) -> list[int]:
    return [int(one) for one in np.histogram(values, bins, (0, 1))[0]]


def _profile(values: Any, bins: int) -> FeatureProfile:
    return {
        "count": len(values), "mean": float(values.mean()), "std": float(values.std()), "min": float(values.min()),
        "max": float(values.max()), "low": 0.0, "high": 1.0, "histogram": _histogram(values, bins),
    }  # fmt: skip


def _judgement(value: float, threshold: float, noise_floor: float, severity: str, p_value: float = 2e-9) -> Any:
    return {
        "drift_detected": severity != "none", "severity": severity, "value": value, "threshold": threshold,
        "noise_floor": noise_floor, "p_value": p_value, "baseline_count": 2000, "current_count": 500,
    }  # fmt: skip


def _findings() -> list[Finding]:
    return [
        {"kind": "confidence", "severity": "high", "features": ["confidence"],
         "text": "the model is less certain: mean confidence fell from 0.92 to 0.77"},
        {"kind": "pixels", "severity": "medium", "features": ["pixel_mean"],
         "text": "images are darker: mean pixel 0.46 -> 0.38"},
        {"kind": "quality", "severity": "low", "features": ["brightness"],
         "text": "the images got noisier and blurrier"},
    ]  # fmt: skip


_DRIFTS = (
    ("brightness", "numeric", "drifted", "medium", "darker by 1.8 standard deviations", 1.8),
    ("confidence", "numeric", "drifted", "medium", "less certain by 1.6 standard deviations", 1.6),
    ("predicted_class", "categorical", "below the threshold", "none", "more 0: 0.09 of the images, was 0.05", 0.09),
    ("format", "categorical", "within chance", "none", "as before", 0.0),
)


def _drift(feature: str, kind: str, verdict: str, severity: str, words: str, effect: float) -> dict[str, Any]:
    return {
        "feature": feature, "kind": kind, "drifted": verdict == "drifted", "severity": severity, "verdict": verdict,
        "words": words, "effect": effect, "threshold": 0.25 if kind == "numeric" else 0.1, "noise_floor": 0.12,
        "smallest_detectable": 0.17, "p_value": 1e-9, "adjusted_p_value": 1e-8 if effect > 1 else 0.4,
        "jensen_shannon_distance": effect / 4, "population_stability_index": effect, "baseline_count": 2000,
        "current_count": 500, "baseline_effective_count": 2000.0, "current_effective_count": 500.0,
    }  # fmt: skip


def _shifts() -> list[FeatureShift]:
    moved = {"brightness": (-1.8, "darker"), "noise": (1.4, "noisier"), "sharpness": (-0.9, "blurrier"),
             "confidence": (-1.6, "less certain"), "pixel_mean": (-1.78, None), "pixel_median": (-1.5, None),
             "red_mean": (-1.7, "less red"), "green_mean": (-1.6, "less green"), "blue_mean": (-1.9, "less blue"),
             "pixel_std": (0.12, None), "contrast": (-0.3, "less contrast"), "saturation": (0.05, "more colourful"),
             "width": (0.0, None), "height": (0.0, None), "margin": (-1.2, None),
             "prediction_entropy": (1.1, None)}  # fmt: skip
    return [_shift(feature, shift, words) for feature, (shift, words) in moved.items()]


def _shift(feature: str, shift: float, words: str | None) -> FeatureShift:
    found: FeatureShift = {
        "feature": feature, "baseline_mean": 0.46, "current_mean": 0.46 + shift / 10, "shift": shift,
        "noise_floor": 0.13, "p_value": 0.0 if abs(shift) > 0.13 else 0.4, "significant": abs(shift) > 0.2,
    }  # fmt: skip
    return found if words is None else {**found, "words": words}


def _day(date: str, severity: str) -> HistoryDay:
    depth = ("none", "low", "medium", "high").index(severity)
    drifted = depth > 0
    findings: list[Finding] = [] if not drifted else [
        {"kind": "pixels", "severity": severity, "text": f"Images are darker: mean pixel {0.46 - depth * 0.03:.2f}."}
    ]  # fmt: skip
    return {
        "date": date,
        "image_count": 500 - 7 * depth,
        "overall_drift_detected": drifted,
        "overall_severity": severity,
        "drift_summary": {
            "pixel_drift": drifted,
            "confidence_drift": depth > 1,
            "class_distribution_drift": False,
        },
        "findings": findings,
        "pixel_mean": 0.46 - depth * 0.03 + int(date[-1]) % 3 * 0.002,
        "pixel_std": 0.25,
        "mean_confidence": 0.92 - depth * 0.05 + int(date[-1]) % 3 * 0.003,
        "total_variation_distance": 0.03 + depth * 0.04,
        "accuracy_estimate": {
            "estimated_accuracy": 0.86 - depth * 0.05, "low": 0.81 - depth * 0.06, "high": 0.9 - depth * 0.04,
            "baseline_accuracy": 0.86, "drop": depth * 0.05, "by_score": {"confidence": 0.86 - depth * 0.05},
            "baseline_labelled_count": 1900, "current_count": 500 - 7 * depth,
        },
        "judgements": {
            "pixel_drift": {"baseline": 0.46, "value": depth * 0.03, "threshold": 0.05, "noise_floor": 0.012},
            "confidence_drift": {"baseline": 0.92, "value": depth * 0.05, "threshold": 0.1, "noise_floor": 0.014},
            "class_distribution_drift": {
                "baseline": 0.0,
                "value": 0.03 + depth * 0.04,
                "threshold": 0.15,
                "noise_floor": 0.13,
            },
        },
    }  # fmt: skip
