"""Segments of two sets to a verdict on each, and to the one that carries a change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.judges.feature_drift import feature_tests, judged, measure_features, prominence
from pipeline.compare.thresholds import SHARES
from pipeline.features import feature
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.compare.judges.measures import Measures
    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import FeatureVerdict, Segment, SegmentName

DRIFTED, HELD, TOO_FEW, NEW, GONE = "drifted", "not drifted", "too few images", "new", "gone"
"""The verdicts."""

FEWEST_IMAGES = 20
"""Images on either side below which a segment is not judged: of fewer, only a change that nobody overlooks would show,
and each test takes from the budget of the others."""


@dataclass(frozen=True, slots=True)
class ComparedSegment:
    """One value of a column, in both sets.

    Attributes:
        column: The column.
        value: The value, as text.
        counts: Images of the baseline and of the current set.
        measures: What is measured of each feature; none where the segment is not judged.
    """

    column: str
    value: str
    counts: tuple[int, int]
    measures: tuple[Measures, ...]


def compare_segments(
    baseline: Mapping[str, Mapping[str, Side]], current: Mapping[str, Mapping[str, Side]], rules: Rules
) -> list[ComparedSegment]:
    """Every value that either set has, of the columns that both have."""
    pairs = [
        (column, value, baseline[column].get(value), current[column].get(value))
        for column in baseline
        if column in current
        for value in dict.fromkeys([*baseline[column], *current[column]])
    ]
    tests = sum(feature_tests(old, new) for _, _, old, new in pairs if old and new and _judgeable(old, new))
    level = rules.alpha / SHARES / max(1, tests)
    return [ComparedSegment(column, value, *_measured(old, new, level)) for column, value, old, new in pairs]


def segment_drift(segments: Sequence[ComparedSegment], rules: Rules) -> list[Segment]:
    """The verdict on each segment: those first that drifted, of them the one with the most images times effect.

    Each is judged by its features as a whole report is, and all features of all segments share one part of the budget
    of false alarms.
    """
    verdicts = iter(judged([one for segment in segments for one in segment.measures], rules))
    found = [(segment, [next(verdicts) for _ in segment.measures]) for segment in segments]
    found.sort(key=lambda one: (not _drifted(one[1]), -_weight(*one), one[0].column, one[0].value))
    return [_entry(*one) for one in found]


def carrier(segments: Sequence[ComparedSegment], found: Sequence[Segment], feature: str) -> SegmentName | None:
    """The segment that carries most of a feature's change; None where none stands out.

    Images times effect say how much a segment moves the whole. One carries the change where that is more than half of
    all segments' of its column and twice that of any other, and an image of it moves the whole at least twice as much
    as an image of the others.
    """
    drifted = {(one["column"], one["value"]) for one in found if one["drifted"]}
    leads = [one for one in _leads(segments, feature) if (one[1].column, one[1].value) in drifted]
    if not leads:
        return None
    _, first = max(leads, key=lambda one: one[0])
    return {"column": first.column, "value": first.value}


CARRIED = 0.5
"""The part of a change above which a segment carries it."""

OUTSTANDING = 2.0
"""How many times as much it must move as any other, and its images as theirs."""


def _leads(segments: Sequence[ComparedSegment], feature: str) -> Iterator[tuple[float, ComparedSegment]]:
    """The segments that carry a feature's change, each with the part of it."""
    for column in dict.fromkeys(one.column for one in segments):
        own = [one for one in segments if one.column == column and one.measures]
        moved = [one.counts[1] * _effect(one, feature) for one in own]
        images, total = sum(one.counts[1] for one in own), sum(moved)
        for segment, part in zip(own, moved, strict=True):
            inside, outside = segment.counts[1], images - segment.counts[1]
            alone = all(
                part >= OUTSTANDING * other for one, other in zip(own, moved, strict=True) if one is not segment
            )
            if outside and alone and part > CARRIED * total and part * outside >= OUTSTANDING * (total - part) * inside:
                yield part / total, segment


def _effect(segment: ComparedSegment, feature: str) -> float:
    """Of a number, less what chance adds: else many small segments that did not move outweigh one that did."""
    own = next((one for one in segment.measures if one.feature == feature), None)
    if own is None or own.kind != "numeric":
        return own.effect if own else 0.0
    return math.sqrt(max(0.0, own.effect**2 - BY_CHANCE * sum(1 / size for size in own.sizes)))


BY_CHANCE = 1.8
"""The mean square of the Wasserstein distance of two samples of one normal distribution, times n m / (n + m), by
simulation; the square of the difference of their means has 1."""


def _judgeable(old: Side, new: Side) -> bool:
    return min(old.profile.image_count, new.profile.image_count) >= FEWEST_IMAGES


def _measured(old: Side | None, new: Side | None, level: float) -> tuple[tuple[int, int], tuple[Measures, ...]]:
    counts = old.profile.image_count if old else 0, new.profile.image_count if new else 0
    if old is None or new is None or not _judgeable(old, new):
        return counts, ()
    return counts, tuple(measure_features(old, new, level))


def _entry(segment: ComparedSegment, features: Sequence[FeatureVerdict]) -> Segment:
    verdict = _verdict(segment, features)
    found: Segment = {
        "column": segment.column,
        "value": segment.value,
        "baseline_count": segment.counts[0],
        "current_count": segment.counts[1],
        "drifted": verdict == DRIFTED,
        "severity": worst([Severity.NONE, *(one["severity"] for one in features if one["drifted"])]),
        "verdict": verdict,
        "too_small": min(segment.counts) < FEWEST_IMAGES,
    }
    if features:
        first = _largest(features)
        found["largest"] = {"feature": first["feature"], "effect": first["effect"], "words": first["words"]}
    return found


def _verdict(segment: ComparedSegment, features: Sequence[FeatureVerdict]) -> str:
    if not segment.counts[0]:
        return NEW
    if not segment.counts[1]:
        return GONE
    if not features:
        return TOO_FEW
    return DRIFTED if _drifted(features) else HELD


def _drifted(features: Sequence[FeatureVerdict]) -> bool:
    return any(one["drifted"] for one in features)


def _largest(features: Sequence[FeatureVerdict]) -> FeatureVerdict:
    """The feature that tells most, of pictures or of predictions: whichever moved worst."""
    worst_moved = max(features, key=lambda one: (Severity(one["severity"]), *_telling(one)))
    return max((one for one in features if _predicted(one) == _predicted(worst_moved)), key=_telling)


def _telling(own: FeatureVerdict) -> tuple[bool, bool, bool, float]:
    return own["drifted"], *prominence(own["feature"], _relative(own))


def _predicted(own: FeatureVerdict) -> bool:
    return feature(own["feature"]).group == "prediction"


def _relative(own: FeatureVerdict) -> float:
    return own["effect"] / (own["threshold"] or 1)


def _weight(segment: ComparedSegment, features: Sequence[FeatureVerdict]) -> float:
    if not features:
        return 0.0
    return segment.counts[1] * _relative(_largest(features))
