"""What happened in one sentence: inputs or predictions, both or neither, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.feature_drift import SMALL
from pipeline.features import feature

if TYPE_CHECKING:
    from pipeline.documents import AccuracyEstimate, DriftReport, FeatureDrift


def summary(report: DriftReport) -> str:
    """One of four messages, with the numbers that belong to it.

    Args:
        report: What is judged in it, and the estimate of its accuracy, are read.
    """
    inputs, predictions = _inputs(report), _predictions(report)
    accuracy = report.get("accuracy_estimate")
    # An estimate explains a drift; it is not certain enough to be one.
    dropped = report["overall_drift_detected"] and accuracy is not None and accuracy_dropped(accuracy)
    if inputs and (predictions or dropped):
        return f"inputs drifted ({inputs}), and so did predictions ({predictions or 'scores'}){_cost(accuracy)}"
    if inputs:
        return f"inputs drifted ({inputs}){_held(report, accuracy)}"
    if predictions or dropped:
        return f"predictions moved ({predictions or 'scores'}) although no input did{_cost(accuracy)}"
    if not _predicted(report):
        return f"inputs did not drift{_small(report)}; predictions were not looked at"
    return f"neither inputs nor predictions drifted{_small(report)}"


def accuracy_dropped(estimate: AccuracyEstimate) -> bool:
    """Whether the baseline's accuracy is above all that today's may be."""
    return estimate["high"] < estimate["baseline_accuracy"]


def is_prediction(entry: FeatureDrift) -> bool:
    """Whether a feature is the model's and not the picture's."""
    return feature(entry["feature"]).group == "prediction"


def _inputs(report: DriftReport) -> str:
    drifted = [one for one in report["feature_drift"] if one["drifted"] and not is_prediction(one)]
    if drifted:
        first = max(drifted, key=lambda one: (feature(one["feature"]).group == "quality", one["effect"]))
        return first["words"]
    if report["pixel_distribution_drift"]["drift_detected"]:
        return "pixels"
    joint = report["joint_drift"]
    of_pictures = [one for one in joint["contributions"][:1] if feature(one["feature"]).group != "prediction"]
    return "many features a little" if joint["drift_detected"] and of_pictures else ""


def _predictions(report: DriftReport) -> str:
    rules = {"confidence": report.get("confidence_drift"), "classes": report.get("class_distribution_drift")}
    fired = [name for name, block in rules.items() if block is not None and block["drift_detected"]]
    if fired:
        return " and ".join(fired)
    return next((one["words"] for one in report["feature_drift"] if one["drifted"] and is_prediction(one)), "")


def _predicted(report: DriftReport) -> bool:
    return "confidence_drift" in report


def _held(report: DriftReport, accuracy: AccuracyEstimate | None) -> str:
    if not _predicted(report):
        return "; predictions were not looked at"
    if accuracy is None:
        return ", but predictions held"
    # The interval reaches up to the baseline's accuracy, and may well reach far below it.
    interval = f"{accuracy['estimated_accuracy']:.2f} ({accuracy['low']:.2f} to {accuracy['high']:.2f})"
    return f", but no loss of accuracy is certain: estimated {interval}, was {accuracy['baseline_accuracy']:.2f}"


def _cost(accuracy: AccuracyEstimate | None) -> str:
    if accuracy is None:
        return ""
    return f"; estimated accuracy {accuracy['estimated_accuracy']:.2f}, was {accuracy['baseline_accuracy']:.2f}"


def _small(report: DriftReport) -> str:
    small = sum(one["verdict"] == SMALL for one in report["feature_drift"])
    return f"; {small} features moved beyond chance, but too little to matter" if small else ""
