"""Features that drifted, alone or together, and what that costs, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.feature_drift import prominence
from pipeline.compare.judges.measures import named
from pipeline.compare.thresholds import Bands
from pipeline.compare.words.summary import accuracy_dropped, is_prediction
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.documents import FeatureVerdict, Finding, JointDrift, Verdict

MOST_NAMED = 3
"""Features named in one finding; the report's table has them all."""

DROP_BANDS = Bands()
"""Severities of a drop of the accuracy."""


def input_findings(report: Verdict) -> Iterator[Finding]:
    """Features of the pictures that drifted; all together, where none does alone.

    Args:
        report: Its `feature_drift` and `joint_drift` are read.
    """
    drifted = [one for one in report["feature_drift"] if one["drifted"] and not is_prediction(one)]
    joint = report["joint_drift"]
    if drifted:
        yield _named("features", drifted)
    elif joint["drift_detected"] and not any(one["drifted"] for one in report["feature_drift"]):
        yield _joint(joint, "no feature stands out, but together they moved")


def prediction_findings(report: Verdict) -> Iterator[Finding]:
    """Features of the predictions that drifted where no rule about predictions fired."""
    summary = report["drift_summary"]
    drifted = [one for one in report["feature_drift"] if one["drifted"] and is_prediction(one)]
    if drifted and not summary["confidence_drift"] and not summary["class_distribution_drift"]:
        yield _named("predictions", drifted)


def deciding_findings(report: Verdict, told: Sequence[Finding]) -> Iterator[Finding]:
    """What is worse than all that was told of features: the severity of a report is that of one of its findings.

    Args:
        report: Its `feature_drift` and `joint_drift` are read.
        told: The findings so far.
    """
    known, joint = worst(one["severity"] for one in told if "features" in one), report["joint_drift"]
    graver = [one for one in report["feature_drift"] if one["drifted"] and Severity(one["severity"]) > known]
    if graver:
        yield _named("predictions" if all(map(is_prediction, graver)) else "features", graver)
    if joint["drift_detected"] and Severity(joint["severity"]) > worst([known, *(one["severity"] for one in graver)]):
        yield _joint(joint, "all features together moved")


def accuracy_findings(report: Verdict) -> Iterator[Finding]:
    """The estimated accuracy where something drifted and it fell by more than its interval leaves open: it explains an
    alarm, and never makes one."""
    found = report.get("accuracy_estimate")
    if report["overall_drift_detected"] and found is not None and accuracy_dropped(found):
        more, drop = "", found["drop"]
        if "ceiling_if_classes_held" in found:
            more = f"; if the true classes are as ever, {found['ceiling_if_classes_held']:.2f} at most"
            drop = max(drop, found["baseline_accuracy"] - found["ceiling_if_classes_held"])
        if "true_accuracy" in found:
            more = f"; by today's labels {found['true_accuracy']:.2f}"
        interval = f"{found['low']:.2f} to {found['high']:.2f}"
        now, before = f"{found['estimated_accuracy']:.2f} ({interval})", f"{found['baseline_accuracy']:.2f}"
        text = f"estimated accuracy {now}, was {before}{more}"
        yield {"kind": "accuracy", "severity": DROP_BANDS.severity(drop), "text": text}


def _named(kind: str, drifted: list[FeatureVerdict]) -> Finding:
    largest = sorted(
        drifted, key=lambda one: prominence(one["feature"], one["effect"] / one["threshold"]), reverse=True
    )
    words = "; ".join(named(one["feature"], one["words"]) for one in largest[:MOST_NAMED])
    more = len(largest) - MOST_NAMED
    others = f"; and {more} more" if more > 0 else ""
    return {
        "kind": kind,
        "severity": worst(one["severity"] for one in drifted),
        "text": f"{words}{others}",
        "features": [one["feature"] for one in largest[:MOST_NAMED]],
    }


def _joint(joint: JointDrift, lead: str) -> Finding:
    largest = joint["contributions"][:MOST_NAMED]
    carriers = ", ".join(_carrier(one["feature"], one["share"]) for one in largest)
    return {
        "kind": "joint",
        "severity": joint["severity"],
        "text": f"{lead} by {joint['distance']:.1f} standard deviations: {carriers}",
        "features": [one["feature"] for one in largest],
    }


def _carrier(name: str, share: float) -> str:
    return f"{name.replace('_', ' ')} {share:.0%}"
