"""A profile with what every comparison asks of it, worked out once however often it is compared."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from pipeline.compare.between_days import MEANS, NO_DAYS, with_days
from pipeline.compare.effective import EffectiveSizes, effective_sizes
from pipeline.extract.pixels import pixel_moments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.between_days import BetweenDays, DayVariance
    from pipeline.profile.joint import JointMoments
    from pipeline.profile.profile import Profile


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison.

    Attributes:
        profile: Of its images.
        sizes: How many independent images it is worth.
        numbers: Its numeric features by the number of their bins, empty ones at the end included.
        classes: Its predicted classes.
        pictures: Joint moments of the picture's features over all readable images.
        pixels: Its pooled pixels.
        class_names: The names of classes that have names.
        segments: By column and value, the sides of its parts.
        duplicates: Readable images that are copies of others; None where they are not counted.
        days: How much its days differ; None where they are not known, or are one.
    """

    profile: Profile
    sizes: EffectiveSizes
    numbers: dict[int, Numbers]
    classes: Classes
    pictures: JointMoments
    pixels: Pixels
    class_names: Mapping[int, str] = field(default_factory=dict)
    segments: Mapping[str, Mapping[str, Side]] = field(default_factory=dict)
    duplicates: int | None = None
    days: BetweenDays | None = None

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """The side that a profile of at least one readable image is about, and no more than that."""
        sizes, pictures = effective_sizes(profile), profile.pictures
        return cls(profile, sizes, _numbers(profile, sizes), _classes(profile), pictures, _pixels(profile, pictures))


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numeric features of as many bins each, side by side.

    Attributes:
        names: Of the features.
        counts: Images that have a value, float64 like all that follows but the histograms, shape (features,).
        sizes: How many independent images they are worth.
        means: Of the values.
        squares: Sums of squared deviations from the means.
        histograms: Images in each bin, shape (features, bins), int64.
    """

    names: tuple[str, ...]
    counts: NDArray[np.float64]
    sizes: NDArray[np.float64]
    means: NDArray[np.float64]
    squares: NDArray[np.float64]
    histograms: NDArray[np.int64]

    @property
    def stds(self) -> NDArray[np.float64]:
        """The population standard deviations."""
        return np.asarray(np.sqrt(self.squares / self.counts))

    def of(self, names: Sequence[str]) -> Numbers:
        """Those of some of the features."""
        if tuple(names) == self.names:
            return self
        at = [self.names.index(name) for name in names]
        counts, sizes, means, squares = (part[at] for part in (self.counts, self.sizes, self.means, self.squares))
        return Numbers(tuple(names), counts, sizes, means, squares, self.histograms[at])


@dataclass(frozen=True, slots=True)
class Classes:
    """Predicted classes, of a detector those of its kept boxes.

    Attributes:
        keys: The classes in their order, shape (classes,), int64.
        counts: How many images or boxes are of each, int64.
    """

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]

    def counts_of(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """The counts of some classes in their order, among them all that are here."""
        found = np.zeros(len(keys), dtype=np.int64)
        found[np.searchsorted(keys, self.keys)] = self.counts
        return found


@dataclass(frozen=True, slots=True)
class Pixels:
    """All pixels of all images together, in [0, 1].

    Attributes:
        mean: Their mean.
        std: Their standard deviation.
        std_squares: The sum of squared deviations of what each image contributes to the standard deviation.
    """

    mean: float
    std: float
    std_squares: float


@dataclass(frozen=True, slots=True)
class Pair:
    """Numeric features of two sides, and what ordinary days differ by.

    Attributes:
        old: Of the baseline.
        new: The same features of the current set.
        days: `times` the variance between days, the same of what chance makes of it, degrees of freedom, and the
            centre, each of the mean, of the location score and of the spread score, shape (4, 3, features); None where
            no days are known.
        times: How often the variance between days is in a difference.
    """

    old: Numbers
    new: Numbers
    days: NDArray[np.float64] | None
    times: float = 0.0

    @property
    def stds_between_days(self) -> NDArray[np.float64]:
        """The standard deviations of the means of the baseline's days beyond chance, shape (features,)."""
        if self.days is None:
            return np.zeros(len(self.old.names))
        return np.asarray(np.sqrt(self.days[0, MEANS] / self.times))

    def errors(
        self, kind: int, variances: NDArray[np.float64], freedom: NDArray[np.float64] | float = math.inf
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The standard errors of differences between two means, and their degrees of freedom, each (features,).

        Args:
            kind: `MEANS`, `LOCATIONS` or `SPREADS`.
            variances: Of one image.
            freedom: Degrees of freedom of those.
        """
        sampling = variances * (1 / self.old.sizes + 1 / self.new.sizes)
        freedoms = np.broadcast_to(freedom, sampling.shape)
        if self.days is None:
            return np.sqrt(sampling), freedoms
        error, found = with_days(sampling, freedoms, *self.days[:3, kind])
        return np.asarray(error), np.asarray(found)


def day_weight(baseline: Side, current: Side) -> float:
    """How often the variance between days is in the difference between the means of two sets: once for the current
    day, and a part of it for those of the baseline. 0 where nothing is known of the baseline's days."""
    if baseline.days is None:
        return 0.0
    return baseline.days.unevenness + (1.0 if current.days is None else current.days.unevenness)


def days_between(baseline: Side, current: Side, of: Callable[[BetweenDays], DayVariance]) -> DayVariance:
    """What ordinary days add to the difference of something between two sets."""
    return NO_DAYS if baseline.days is None else of(baseline.days) * day_weight(baseline, current)


def in_common(baseline: Side, current: Side) -> Iterator[Pair]:
    """The numeric features that both have, as many bins each at a time."""
    weight = day_weight(baseline, current)
    for bins, own in baseline.numbers.items():
        there = current.numbers[bins].names if bins in current.numbers else ()
        if names := [name for name in own.names if name in there]:
            yield Pair(own.of(names), current.numbers[bins].of(names), _days(baseline, names, weight), weight)


def _days(baseline: Side, names: Sequence[str], weight: float) -> NDArray[np.float64] | None:
    if baseline.days is None:
        return None
    known, none = baseline.days.features, (NO_DAYS, NO_DAYS, NO_DAYS)
    found = [[(one.variance, one.chance, one.freedom, one.centre) for one in known.get(name, none)] for name in names]
    return np.asarray(np.array(found).transpose(2, 1, 0) * np.array([weight, weight, 1.0, 1.0])[:, None, None])


def aligned(one: Classes, other: Classes) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The classes that either has, in their order, and both counts of each."""
    keys = np.sort(np.concatenate([one.keys, other.keys]))
    keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return keys, one.counts_of(keys), other.counts_of(keys)


_FEWEST_BINS = 256
"""Bins that nearly all features have. Fewer are filled up with empty ones, which change no distance and no test."""


def _numbers(own: Profile, sizes: EffectiveSizes) -> dict[int, Numbers]:
    groups = dict[int, list[str]]()
    for name, feature in own.features.items():
        groups.setdefault(max(_FEWEST_BINS, len(feature.histogram)), []).append(name)
    return {bins: _side_by_side(own, names, sizes, bins) for bins, names in groups.items()}


def _side_by_side(own: Profile, names: Sequence[str], sizes: EffectiveSizes, bins: int) -> Numbers:
    histograms = np.zeros((len(names), bins), dtype=np.int64)
    for row, name in zip(histograms, names, strict=True):
        row[: len(own.features[name].histogram)] = own.features[name].histogram
    features = [own.features[name] for name in names]
    plain = np.array([
        (one.count, sizes.features[name], one.mean, one.squares) for name, one in zip(names, features, strict=True)
    ])  # fmt: skip
    counts, their_sizes, means, squares = plain.T
    return Numbers(tuple(names), counts, their_sizes, means, squares, histograms)


def _classes(own: Profile) -> Classes:
    keys = np.fromiter(own.classes.keys(), np.int64, len(own.classes))
    counts = np.fromiter(own.classes.values(), np.int64, len(own.classes))
    order = np.argsort(keys)
    return Classes(keys[order], counts[order])


def _pixels(own: Profile, pictures: JointMoments) -> Pixels:
    """The standard deviation is one between means of what each image contributes.

    By the delta method, an image with mean pixel m and mean squared pixel q moves std = sqrt(Q - M**2) by
    (q - Q - 2 M (m - M)) / (2 std).
    """
    mean, std = pixel_moments(own.pixel_counts.sum(axis=0))
    if std == 0 or "pixel_square" not in own.features:
        return Pixels(mean, std, 0.0)
    of_means, of_squares = own.features["pixel_mean"].squares, own.features["pixel_square"].squares
    total = of_squares - 4 * mean * pictures.product("pixel_mean", "pixel_square") + 4 * mean**2 * of_means
    return Pixels(mean, std, max(0.0, total) / (4 * std**2))
