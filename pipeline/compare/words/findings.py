"""What a person should know, in words: what happened to the images, what the model made of it, and what that means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.judges.shifts import SHIFT_BANDS
from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.noise import class_noise
from pipeline.compare.thresholds import Bands
from pipeline.compare.words.feature_findings import accuracy_findings, input_findings, prediction_findings
from pipeline.compare.words.light import contrast_follows_light
from pipeline.features import PREDICTED_CLASS, feature
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.documents import (
        ClassChange,
        ConfidenceDrift,
        DriftReport,
        FeatureShift,
        Finding,
        HistoryDay,
        PixelDistributionDrift,
        Verdict,
    )
    from pipeline.profile.profile import Profile

MOST_SHIFTS = 3
"""Features named in the findings; the report's table has them all."""

ECHO = 1 / 3
"""A low shift of less than this share of the largest one is an echo of it, and not named."""

UNREADABLE_BANDS = Bands(low=0.01, medium=0.05, high=0.1)
"""Severities of a rise of the share of unreadable images; a smaller one is not worth a word."""

BESIDE_DRIFT = frozenset({"unreadable", "duplicates", "missing"})
"""Kinds of findings that are no drift of what images show, and may be worse than any."""

_CLASSES_NAMED = 3


def findings(report: Verdict, baseline: Profile, current: Profile, alpha: float) -> list[Finding]:
    """The findings of a report whose rules and shifts are filled in: causes first, then what they did.

    Args:
        report: Its rules and `feature_shifts` are read.
        baseline: For the shares of unreadable images.
        current: The same.
        alpha: The probability of a word too many about unreadable images.
    """
    quality = _quality(report)
    changed = quality or list(input_findings(report))
    causes = [
        *_unreadable(baseline, current, alpha),
        *_content(report, explained=_explained(report, changed)),
        *changed,
    ]
    effects = [*_confidence(report), *_classes(report), *prediction_findings(report), *accuracy_findings(report)]
    return [*causes, *_pixels(report), *effects]


def gravest_first(told: Iterable[Finding]) -> list[Finding]:
    """The findings by severity, the worst first; of one severity they stay as they are, causes before effects."""
    return sorted(told, key=lambda one: Severity(one["severity"]).rank, reverse=True)


def _explained(report: Verdict, changed: Sequence[Finding]) -> bool:
    """Whether what changed about the pictures is enough to move predictions."""
    largest = max((abs(one["shift"]) for one in report["feature_shifts"] if _of_image(one)), default=0.0)
    return bool(changed) and largest > SHIFT_BANDS.low


def shown_severity(document: Verdict | DriftReport | HistoryDay) -> Severity:
    """The severity that a report or a day is shown with, and others are told: that of its drift, whose bands are the
    user's, or of what is found beside it; without drift, of any finding."""
    drifted = document["overall_drift_detected"]
    told = [one["severity"] for one in document["findings"] if not drifted or one["kind"] in BESIDE_DRIFT]
    return worst([document["overall_severity"], *told])


def _quality(report: Verdict) -> list[Finding]:
    """The features that moved and that a person has words for."""
    # How far a feature moved is one number wherever it is told: the effect that is judged, not the shift of the mean.
    effects = {one["feature"]: one["effect"] for one in report["feature_drift"]}
    moved = [one for one in report["feature_shifts"] if one["significant"] and "words" in one and _of_image(one)]
    quality = [one for one in moved if feature(one["feature"]).group == "quality"]
    # What the file says follows from what the picture shows; a channel's mean says something new only where the light
    # as a whole is as it was.
    pictures = [one for one in moved if feature(one["feature"]).group != "file"] or moved
    named = quality if any(one["feature"] == "brightness" for one in quality) else pictures
    # A strong change of one kind drags the other features along a little.
    largest = max((abs(one["shift"]) for one in named), default=0.0)
    least = min(largest * ECHO, SHIFT_BANDS.medium)
    if contrast_follows_light(report):
        named = sorted(named, key=lambda one: one["feature"] == "contrast")
    return [
        _finding(
            "quality",
            SHIFT_BANDS.severity(abs(one["shift"])),
            f"images are {one['words']}: {one['feature'].replace('_', ' ')} {one['current_mean']:.3g}, "
            f"was {one['baseline_mean']:.3g} ({_effect(one, effects)} standard deviations)",
            one["feature"],
        )
        for one in named[:MOST_SHIFTS]
        if abs(one["shift"]) >= least
    ]


def _effect(own: FeatureShift, effects: Mapping[str, float]) -> str:
    """The effect with the sign of the shift, in the digits that features' own words have."""
    return f"{math.copysign(effects.get(own['feature'], own['shift']), own['shift']):+.2g}"


def _of_image(shift: FeatureShift) -> bool:
    return feature(shift["feature"]).group != "prediction"


def _pixels(report: Verdict) -> Iterable[Finding]:
    drift = report["pixel_distribution_drift"]
    if drift["drift_detected"]:
        yield _finding(
            "pixels",
            drift["severity"],
            f"pixels {_moved(drift)}: mean {drift['current_mean']:.3f}, was {drift['baseline_mean']:.3f}; "
            f"standard deviation {drift['current_std']:.3f}, was {drift['baseline_std']:.3f}",
            "pixel_std" if drift["overall_std_shift"] > drift["overall_mean_shift"] else "pixel_mean",
        )


def _moved(drift: PixelDistributionDrift) -> str:
    if drift["overall_std_shift"] > drift["overall_mean_shift"]:
        return "vary less" if drift["current_std"] < drift["baseline_std"] else "vary more"
    return "are darker" if drift["current_mean"] < drift["baseline_mean"] else "are brighter"


def _confidence(report: Verdict) -> Iterable[Finding]:
    drift = report.get("confidence_drift")
    if drift is not None and drift["drift_detected"]:
        old, new = drift["baseline_mean_confidence"], drift["current_mean_confidence"]
        word = "less" if _falls(drift) else "more"
        yield _finding(
            "confidence",
            drift["severity"],
            f"the model is {word} certain: mean confidence {new:.2f}, was {old:.2f}",
            "confidence",
        )


def _classes(report: Verdict) -> Iterable[Finding]:
    drift = report.get("class_distribution_drift")
    if drift is not None and drift["drift_detected"]:
        named = ", ".join(map(_change_in_words, drift["largest_changes"][:_CLASSES_NAMED]))
        distance = drift["total_variation_distance"]
        text = f"other classes are predicted (distance {distance:.2f}): {named}"
        yield _finding("classes", drift["severity"], text, PREDICTED_CLASS)


def _content(report: Verdict, *, explained: bool) -> Iterable[Finding]:
    """Where predictions moved and nothing about the pictures did, it is what they show that changed."""
    confidence, classes = report.get("confidence_drift"), report.get("class_distribution_drift")
    fired = [one for one in (confidence, classes) if one is not None and one["drift_detected"]]
    if explained or report["pixel_distribution_drift"]["drift_detected"] or not fired:
        return
    unsure = confidence in fired and _falls(confidence)
    what = "something that the baseline does not" if unsure else "another mix of what the baseline shows"
    yield _finding(
        "content",
        worst(one["severity"] for one in fired),
        f"the images show {what}: predictions moved, while brightness, contrast, sharpness and colour hardly did",
    )


def _falls(drift: ConfidenceDrift | None) -> bool:
    return drift is not None and drift["current_mean_confidence"] < drift["baseline_mean_confidence"]


def _unreadable(baseline: Profile, current: Profile, alpha: float) -> Iterable[Finding]:
    old, new = _readability(baseline), _readability(current)
    rise = float(total_variation(old, new)) if new[0] * old.sum() > old[0] * new.sum() else 0.0
    if rise > UNREADABLE_BANDS.low and rise > class_noise(old, new, alpha).floor:
        yield _finding(
            "unreadable",
            UNREADABLE_BANDS.severity(rise),
            f"{new[0]} of {new.sum()} images cannot be read (baseline: {old[0]} of {old.sum()})",
        )


def _readability(own: Profile) -> NDArray[np.int64]:
    """How many images cannot be read, and how many can."""
    unreadable = sum(count for (status, _), count in own.statuses.items() if status == "unreadable")
    return np.array([unreadable, sum(own.statuses.values()) - unreadable], dtype=np.int64)


def _change_in_words(change: ClassChange) -> str:
    name = change.get("name", f"class {change['class_index']}")
    return f"{name} {_percent(change['current_share'])} (was {_percent(change['baseline_share'])})"


def _percent(share: float) -> str:
    """A share in as few digits as still tell small ones of many classes apart."""
    return f"{share:.0%}" if share == 0 or share >= 0.1 else f"{share:.1%}"  # noqa: PLR2004


def _finding(kind: str, severity: str, text: str, about: str | None = None) -> Finding:
    found: Finding = {"kind": kind, "severity": severity, "text": text}
    return found if about is None else {**found, "features": [about]}
