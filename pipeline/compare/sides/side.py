"""A profile with what every comparison asks of it, worked out once however often it is compared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import numpy as np

from pipeline.compare.sides.effective import EffectiveSizes, effective_sizes
from pipeline.compare.statistics.histograms import Histograms
from pipeline.extract.pixels import pixel_moments

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.sides.between_days import BetweenDays
    from pipeline.profile.joint import JointMoments
    from pipeline.profile.profile import Profile


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One side of a comparison. Only itself is equal to it: what two of them have in common is remembered.

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
        counts: Images that have a value, float64 like all that follows, shape (features,).
        sizes: How many independent images they are worth.
        means: Of the values.
        squares: Sums of squared deviations from the means.
        histograms: Images in each bin.
    """

    names: tuple[str, ...]
    counts: NDArray[np.float64]
    sizes: NDArray[np.float64]
    means: NDArray[np.float64]
    squares: NDArray[np.float64]
    histograms: Histograms

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
        return Numbers(tuple(names), counts, sizes, means, squares, self.histograms.rows(at))


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


_FEWEST_BINS = 256
"""Bins that nearly all features have. Fewer are filled up with empty ones, which change no distance and no test."""


def _numbers(own: Profile, sizes: EffectiveSizes) -> dict[int, Numbers]:
    groups = dict[int, list[str]]()
    for name, feature in own.features.items():
        groups.setdefault(max(_FEWEST_BINS, len(feature.histogram)), []).append(name)
    return {bins: _side_by_side(own, names, sizes, bins) for bins, names in groups.items()}


def _side_by_side(own: Profile, names: Sequence[str], sizes: EffectiveSizes, bins: int) -> Numbers:
    histograms = np.zeros((len(names), bins))
    for row, name in zip(histograms, names, strict=True):
        row[: len(own.features[name].histogram)] = own.features[name].histogram
    features = [own.features[name] for name in names]
    plain = np.array([
        (one.count, sizes.features[name], one.mean, one.squares) for name, one in zip(names, features, strict=True)
    ])  # fmt: skip
    counts, their_sizes, means, squares = plain.T
    return Numbers(tuple(names), counts, their_sizes, means, squares, Histograms.of(histograms))


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
