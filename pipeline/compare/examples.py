"""Rows to the images that show best how a feature moved."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import polars as pl

from pipeline.compare.sides.baseline import side_from_document
from pipeline.compare.sides.sample import typical_of
from pipeline.features import numeric_features
from pipeline.store.scan import collect
from pipeline.store.segments import rows_of_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.compare.sides.side import Side
    from pipeline.documents import DriftReport, Example, ExampleImage, SampledImage, SegmentName
    from pipeline.profile.profile import NumericProfile, Profile

    Images = list[ExampleImage]
    Ask = Callable[[Callable[[pl.LazyFrame], Images]], Images]

MOST_IMAGES = 6
"""Images that are shown of each feature: a row on a page."""

MOST_EXAMPLES = 5
"""Features of which images are shown: each costs a report up to 50 KB of thumbnails."""

_CANDIDATES = 4 * MOST_IMAGES
"""The most extreme images, among which those are chosen that are not all alike."""

_UNLIKE = 64
"""The distance of images of which nothing tells how they look: that of two hashes without a bit in common."""

_SCORE = "framewatch score"


def find_examples(
    report: DriftReport, current: Ask, baseline: Ask | None, sample: Sequence[SampledImage] = ()
) -> list[Example]:
    """Images for the first features that findings are about.

    Args:
        report: Its findings and its two documents are read.
        current: Asks a question of the current rows.
        baseline: Asks a question of the baseline's rows; None where they are not at hand.
        sample: The images of the baseline that are at hand then.

    Raises:
        StoreError: A file of a store is damaged.
    """
    about = {name: one.get("segment") for one in reversed(report["findings"]) for name in one.get("features", [])[:1]}
    first = list(dict.fromkeys(name for one in report["findings"] for name in one.get("features", [])[:1]))
    sides = side_from_document(report["baseline"]), side_from_document(report["current"])
    examples = (_example(name, about[name], sides, current, baseline, sample) for name in first[:MOST_EXAMPLES])
    return [one for one in examples if one["images"]]


def _example(
    name: str,
    segment: SegmentName | None,
    sides: tuple[Side, Side],
    current: Ask,
    baseline: Ask | None,
    sample: Sequence[SampledImage],
) -> Example:
    """Of a feature, from a segment's rows alone where it carries the change."""
    old, new = (_profile(side, segment) for side in sides)

    def part(rows: pl.LazyFrame) -> pl.LazyFrame:
        known = {value for side in sides for value in side.segments[segment["column"]]} if segment else ()
        return rows if segment is None else rows_of_segment(rows, segment["column"], segment["value"], known)

    images = current(lambda rows: extreme_images(part(rows), name, old, new))
    found: Example = {"feature": name, "images": images}
    if segment is not None:
        found["segment"] = segment
    if baseline is not None:
        found["typical"] = baseline(lambda rows: typical_images(part(rows), name, old))
    elif usual := typical_of(sample, name, old):
        found["typical"] = usual
    return found


def _profile(side: Side, segment: SegmentName | None) -> Profile:
    return side.profile if segment is None else side.segments[segment["column"]][segment["value"]].profile


def extreme_images(rows: pl.LazyFrame, name: str, baseline: Profile, current: Profile) -> list[ExampleImage]:
    """The images that are most unlike the baseline on a feature, the first the most; none where rows do not hold it.

    Args:
        rows: Of the current set.
        name: The feature. Of a number, the images are those furthest out on the side to which its mean moved, or on
            both where it hardly did. Of a category, those of the value whose share rose most.
        baseline: The baseline's profile.
        current: The current set's.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    if name in _numbers():
        return _chosen(rows, name, _outwards(name, baseline.features[name], current.features[name]))
    value = _risen(_counts(baseline, name), _counts(current, name))
    return _chosen(rows.filter(_text(name).eq_missing(pl.lit(value, pl.String))), name, pl.lit(0.0))


def typical_images(rows: pl.LazyFrame, name: str, baseline: Profile) -> list[ExampleImage]:
    """The baseline's images closest to its mean, of a category those of its most frequent value.

    Args:
        rows: Of the baseline.
        name: The feature.
        baseline: The baseline's profile.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    if name in _numbers():
        return _chosen(rows, name, -(pl.col(name) - baseline.features[name].mean).abs())
    value = _risen({}, _counts(baseline, name))
    return _chosen(rows.filter(_text(name).eq_missing(pl.lit(value, pl.String))), name, pl.lit(0.0))


def _numbers() -> set[str]:
    return {one.name for one in numeric_features()}


def _text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String)


def _counts(profile: Profile, name: str) -> dict[Any, int]:
    return dict(profile.categories.get(name, profile.classes))


def _risen(before: dict[Any, int], now: dict[Any, int]) -> str | None:
    """The value whose share rose most, as text."""
    totals = sum(before.values()) or 1, sum(now.values()) or 1
    value = max(now, key=lambda one: now[one] / totals[1] - before.get(one, 0) / totals[0])
    return None if value is None else str(value)


def _outwards(name: str, old: NumericProfile, new: NumericProfile) -> pl.Expr:
    """How far out an image lies, the sign being that of the mean's shift; of a mere spread, on either side."""
    away, shift = pl.col(name) - old.mean, new.mean - old.mean
    if abs(shift) < abs(new.std - old.std) / 2:
        return away.abs()
    return away if shift > 0 else -away


def _chosen(rows: pl.LazyFrame, name: str, score: pl.Expr) -> list[ExampleImage]:
    there = rows.collect_schema()
    if name not in there:
        return []
    usable = rows.filter(pl.col("status") == "ok")
    if there[name].is_float():
        usable = usable.filter(pl.col(name).is_finite())
    best = usable.select("uri", "perceptual_hash", name, score.alias(_SCORE)).sort(
        [_SCORE, "uri"], descending=[True, False], nulls_last=True
    )
    images = _spread_out(collect(best.head(_CANDIDATES)).to_dicts())
    thumbnails = _thumbnails(rows, images)
    return [_image(one, name, thumbnails.get((one["uri"], one["perceptual_hash"]))) for one in images]


def _thumbnails(rows: pl.LazyFrame, images: Sequence[dict[str, Any]]) -> dict[tuple[str, int | None], bytes | None]:
    # NOTE: a question of its own, which reads the thumbnails of few rows; sorting with them reads those of all.
    wanted = rows.filter(pl.col("uri").is_in([one["uri"] for one in images]))
    found = collect(wanted.select("uri", "perceptual_hash", "thumbnail"))
    return {(uri, own): thumbnail for uri, own, thumbnail in found.iter_rows()}


def _spread_out(candidates: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first, then each time the one that resembles those before it least; none that looks like one of them.

    Greedy choice of the farthest point: Gonzalez, "Clustering to Minimize the Maximum Intercluster Distance",
    Theoretical Computer Science 38, 1985.
    """
    chosen = list(candidates[:1])
    while chosen and len(chosen) < min(MOST_IMAGES, len(candidates)):
        distances = [min(_distance(one, other) for other in chosen) for one in candidates]
        furthest = max(distances)
        if not furthest:
            break
        chosen.append(candidates[distances.index(furthest)])
    return [one for one in candidates if any(one is other for other in chosen)]


def _distance(one: dict[str, Any], other: dict[str, Any]) -> int:
    """Bits in which the perceptual hashes differ."""
    first, second = one["perceptual_hash"], other["perceptual_hash"]
    if first is None or second is None:
        return 0 if one["uri"] == other["uri"] else _UNLIKE
    return int(first ^ second).bit_count()


def _image(row: dict[str, Any], name: str, thumbnail: bytes | None) -> ExampleImage:
    value = row[name]
    shown = "none" if value is None else float(value) if name in _numbers() else str(value)
    found: ExampleImage = {"uri": row["uri"], "value": shown}
    if thumbnail is not None:
        found["thumbnail"] = base64.b64encode(thumbnail).decode("ascii")
    return found
