"""What happened in one sentence: inputs or predictions, both or neither, and what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.feature_drift import SMALL, prominence
from pipeline.compare.judges.segments import HELD
from pipeline.compare.words.light import contrast_follows_light
from pipeline.compare.words.segment_findings import all_drifted, came_and_went, spoken
from pipeline.features import feature

if TYPE_CHECKING:
    from pipeline.documents import AccuracyEstimate, FeatureVerdict, Verdict


def summary(report: Verdict, alpha: float) -> str:
    """One of four messages, with the numbers that belong to it.

    Args:
        report: What is judged in it, the estimate of its accuracy and its findings are read.
        alpha: The probability of a word too many about segments that are new or gone.
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
        return f"inputs did not drift{_small(report)}{_new_or_gone(report, alpha)}; predictions were not looked at"
    return f"neither inputs nor predictions drifted{_small(report)}{_new_or_gone(report, alpha)}"


def accuracy_dropped(estimate: AccuracyEstimate) -> bool:
    """Whether the baseline's accuracy is above all that today's may be."""
    return estimate["high"] < estimate["baseline_accuracy"]


def is_prediction(entry: FeatureVerdict) -> bool:
    """Whether a feature is the model's and not the picture's."""
    return feature(entry["feature"]).group == "prediction"


def _inputs(report: Verdict) -> str:
    drifted = [one for one in report["feature_drift"] if one["drifted"] and not is_prediction(one)]
    if drifted:
        if contrast_follows_light(report):
            drifted = [one for one in drifted if one["feature"] != "contrast"]
        first = max(drifted, key=lambda one: prominence(one["feature"], one["effect"]))
        return f"{first['words']}{_mostly(report, first['feature'])}"
    if report["pixel_distribution_drift"]["drift_detected"]:
        return f"pixels{_mostly(report)}"
    joint = report["joint_drift"]
    of_pictures = [one for one in joint["contributions"][:1] if feature(one["feature"]).group != "prediction"]
    return (
        f"many features a little{_mostly(report)}"
        if joint["drift_detected"] and of_pictures
        else _part(report, predicted=False)
    )


def _mostly(report: Verdict, about: str | None = None) -> str:
    """The segment that carries a feature's change, or, where no finding is about it, that of all others; where no
    segment carries any, the first of those that drifted, unless all did."""
    carriers = {one["features"][0]: one["segment"] for one in report["findings"] if "segment" in one}
    if about in carriers:
        return f", mostly {spoken(carriers[about])}"
    named = list(dict.fromkeys(map(spoken, carriers.values())))
    return f", mostly {named[0]}" if len(named) == 1 else _most_of_all(report)


def _most_of_all(report: Verdict) -> str:
    drifted = [one for one in report.get("segments", []) if one["drifted"]]
    if drifted and all_drifted(report["segments"]):
        return ", in all parts"
    for first in drifted[:1]:
        if any(one["verdict"] == HELD and one["column"] == first["column"] for one in report["segments"]):
            return f", most of all {spoken(first)}"
    return ""


def _part(report: Verdict, *, predicted: bool) -> str:
    """What moved most in the first segment that drifted by predictions, or else by pictures."""
    drifted = [one for one in report.get("segments", []) if one["drifted"]]
    own = [one for one in drifted if (feature(one["largest"]["feature"]).group == "prediction") == predicted]
    return f"only in a part: {spoken(own[0])}, {own[0]['largest']['words']}" if own else ""


def _new_or_gone(report: Verdict, alpha: float) -> str:
    """The part that is new or gone, or how many are."""
    found = came_and_went(report, alpha)
    if len(found) > 1:
        return f"; {len(found)} parts are new or gone"
    return f"; {spoken(found[0])} is {found[0]['verdict']}" if found else ""


def _predictions(report: Verdict) -> str:
    rules = {"confidence": report.get("confidence_drift"), "classes": report.get("class_distribution_drift")}
    fired = [name for name, block in rules.items() if block is not None and block["drift_detected"]]
    if fired:
        return " and ".join(fired)
    moved = next((one["words"] for one in report["feature_drift"] if one["drifted"] and is_prediction(one)), "")
    return moved or _part(report, predicted=True)


def _predicted(report: Verdict) -> bool:
    return "confidence_drift" in report


def _held(report: Verdict, accuracy: AccuracyEstimate | None) -> str:
    if not _predicted(report):
        return "; predictions were not looked at"
    if accuracy is None or "true_accuracy" in accuracy:
        return f", but no change of predictions could be told{_cost(accuracy)}"
    # The interval reaches up to the baseline's accuracy, and may well reach far below it.
    interval = f"{accuracy['estimated_accuracy']:.2f} ({accuracy['low']:.2f} to {accuracy['high']:.2f})"
    lost = "a loss of accuracy can neither be shown nor ruled out"
    return f"; {lost}: estimated {interval}, was {accuracy['baseline_accuracy']:.2f}"


def _cost(accuracy: AccuracyEstimate | None) -> str:
    if accuracy is None:
        return ""
    if "true_accuracy" in accuracy:
        return f"; accuracy {accuracy['true_accuracy']:.2f} by today's labels, was {accuracy['baseline_accuracy']:.2f}"
    estimated = f"{accuracy['estimated_accuracy']:.2f}"
    if "ceiling_if_classes_held" in accuracy:  # the model may be sure of wrong classes
        estimated = f"between {accuracy['low']:.2f} and {accuracy['high']:.2f}"
    return f"; estimated accuracy {estimated}, was {accuracy['baseline_accuracy']:.2f}"


def _small(report: Verdict) -> str:
    small = sum(one["verdict"] == SMALL for one in report["feature_drift"])
    return f"; {small} features moved beyond chance, but too little to matter" if small else ""
