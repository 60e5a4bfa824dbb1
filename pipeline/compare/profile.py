"""Rows to a `Profile`: the mergeable summary that everything in stage two works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from pipeline.features import CHANNELS, Bins, Feature, numeric_features
from pipeline.store.scan import collect

if TYPE_CHECKING:
    from numpy.typing import NDArray

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class NumericProfile:
    """The summary of one numeric feature.

    Attributes:
        count: Images that have a value.
        mean: Of the values; 0 where there are none.
        squares: Sum of squared deviations from the mean.
        low: The smallest value.
        high: The largest value.
        histogram: Values in each bin, shape (bins,), int64.
    """

    count: int
    mean: float
    squares: float
    low: float
    high: float
    histogram: NDArray[np.int64]

    @property
    def std(self) -> float:
        """The population standard deviation."""
        return (self.squares / self.count) ** 0.5 if self.count else 0.0


@dataclass(frozen=True, slots=True)
class Profile:
    """The summary of many rows: `profile(A + B) == merge(profile(A), profile(B))`.

    Attributes:
        pixel_counts: Pixels by channel and byte value, shape (3, 256), int64.
        pixel_moment_products: Sum over images of the product of the deviations of `pixel_mean` and `pixel_square`.
        features: By name, each numeric feature that at least one row has.
        classes: Images, or a detector's kept boxes, by predicted class.
        statuses: Images by status and, where that is not ok, reason: `("unreadable", "empty file")`.
        labelled: Images with a prediction and a label.
        correct: Those of them that were predicted right.
    """

    pixel_counts: NDArray[np.int64]
    pixel_moment_products: float
    features: dict[str, NumericProfile]
    classes: dict[int, int]
    statuses: dict[tuple[str, str | None], int]
    labelled: int = 0
    correct: int = 0

    @property
    def image_count(self) -> int:
        """Images that could be read."""
        return self.features["pixel_mean"].count if "pixel_mean" in self.features else 0


def profile(rows: pl.LazyFrame) -> Profile:
    """Summarise rows, in one streaming query.

    Args:
        rows: Of `features.arrow_schema`; more columns are ignored.
    """
    found = (
        rows.select(
            *(expression for feature in numeric_features() for expression in _numeric(feature)),
            *(expression for channel in CHANNELS for expression in _histogram_sum(channel)),
            pl.cov("pixel_mean", "pixel_square", ddof=0).alias("covariance"),
            _labelled().sum().alias("labelled"),
            (_labelled() & (pl.col("predicted_class") == pl.col("label_index"))).sum().alias("correct"),
            pl.col("predicted_class").drop_nulls().value_counts().implode().alias("classes"),
            pl.col("box_classes").list.explode().drop_nulls().value_counts().implode().alias("boxes"),
            pl.struct("status", "reason").alias("kind").value_counts().implode().alias("statuses"),
        )
        .pipe(collect)
        .row(0, named=True)
    )
    profiles = {feature.name: _numeric_profile(feature, found) for feature in numeric_features()}
    return Profile(
        pixel_counts=np.array([[found[f"{channel}{level}"] or 0 for level in range(256)] for channel in CHANNELS]),
        pixel_moment_products=(found["covariance"] or 0.0) * profiles["pixel_mean"].count,
        features={name: one for name, one in profiles.items() if one.count},
        classes=_added(_counts(found["classes"], "predicted_class"), _counts(found["boxes"], "box_classes")),
        statuses={(one["kind"]["status"], one["kind"]["reason"]): one["count"] for one in found["statuses"]},
        labelled=found["labelled"],
        correct=found["correct"],
    )


def merge(one: Profile, other: Profile) -> Profile:
    """The profile of the rows of both."""
    names = [*one.features, *(name for name in other.features if name not in one.features)]
    return Profile(
        pixel_counts=one.pixel_counts + other.pixel_counts,
        pixel_moment_products=one.pixel_moment_products + other.pixel_moment_products + _between(one, other),
        features={name: _merge_optional(one.features.get(name), other.features.get(name)) for name in names},
        classes=_added(one.classes, other.classes),
        statuses=_added(one.statuses, other.statuses),
        labelled=one.labelled + other.labelled,
        correct=one.correct + other.correct,
    )


def _numeric(feature: Feature) -> list[pl.Expr]:
    value, bins = pl.col(feature.name), feature.bins or Bins(0.0, 1.0)
    position = (value.cast(pl.Float64) - bins.low) / (bins.high - bins.low) * bins.count
    binned = position.floor().clip(0, bins.count - 1).cast(pl.Int64).alias("bin")
    return [
        value.count().alias(f"{feature.name}:count"),
        value.mean().alias(f"{feature.name}:mean"),
        value.cast(pl.Float64).var(ddof=0).alias(f"{feature.name}:variance"),
        value.min().alias(f"{feature.name}:low"),
        value.max().alias(f"{feature.name}:high"),
        binned.drop_nulls().value_counts().implode().alias(f"{feature.name}:bins"),
    ]


def _histogram_sum(channel: str) -> list[pl.Expr]:
    counts = pl.col(f"{channel}_histogram")
    # NOTE: 256 sums are what streams; adding whole arrays up would hold every row's histogram in memory at once.
    return [counts.arr.get(level).cast(pl.Int64).sum().alias(f"{channel}{level}") for level in range(256)]


def _labelled() -> pl.Expr:
    return pl.col("predicted_class").is_not_null() & pl.col("label_index").is_not_null()


def _numeric_profile(feature: Feature, found: dict[str, Any]) -> NumericProfile:
    own = {key: found[f"{feature.name}:{key}"] for key in ("count", "mean", "variance", "low", "high", "bins")}
    histogram = np.zeros((feature.bins or Bins(0.0, 1.0)).count, dtype=np.int64)
    for one in own["bins"]:
        histogram[one["bin"]] = one["count"]
    if not own["count"]:
        return NumericProfile(0, 0.0, 0.0, 0.0, 0.0, histogram)
    low, high = float(own["low"]), float(own["high"])
    # NOTE: sums round, so that a constant's mean and variance would come out as if it varied by 1e-17.
    mean, variance = (low, 0.0) if low == high else (own["mean"], own["variance"])
    return NumericProfile(own["count"], mean, variance * own["count"], low, high, histogram)


def _counts(found: list[dict[str, int]], key: str) -> dict[int, int]:
    return {one[key]: one["count"] for one in sorted(found, key=lambda one: one[key])}


def _merge_numeric(one: NumericProfile, other: NumericProfile) -> NumericProfile:
    """Chan, Golub and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979."""
    if not one.count or not other.count:
        return one if one.count else other
    count, apart = one.count + other.count, other.mean - one.mean
    return NumericProfile(
        count,
        one.mean + apart * other.count / count,
        one.squares + other.squares + apart**2 * one.count * other.count / count,
        min(one.low, other.low),
        max(one.high, other.high),
        one.histogram + other.histogram,
    )


def _merge_optional(one: NumericProfile | None, other: NumericProfile | None) -> NumericProfile:
    if one is not None and other is not None:
        return _merge_numeric(one, other)
    return next(present for present in (one, other) if present is not None)


def _between(one: Profile, other: Profile) -> float:
    """The part of the merged sum of products that the distance between the two means makes (Chan et al., as above)."""
    if not one.image_count or not other.image_count:
        return 0.0
    share = one.image_count * other.image_count / (one.image_count + other.image_count)
    apart = [other.features[name].mean - one.features[name].mean for name in ("pixel_mean", "pixel_square")]
    return share * apart[0] * apart[1]


def _added(one: dict[Key, int], other: dict[Key, int]) -> dict[Key, int]:
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *other)}
