"""Histograms of many features, with what several tests ask of each, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from pipeline.compare.statistics.tails import normal_scores

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Histograms:
    """How many images are in each bin.

    Attributes:
        images: Whole numbers as float64, shape (features, bins); in each row at least one image.
        cumulative: Those of each bin and of all before it.
    """

    images: NDArray[np.float64]
    cumulative: NDArray[np.float64]

    @classmethod
    def of(cls, images: NDArray[Any]) -> Self:
        """From the images in each bin, shape (features, bins), which are not to be changed afterwards."""
        images = images.astype(np.float64, copy=False)
        return cls(images, np.cumsum(images, axis=1))

    @property
    def sizes(self) -> NDArray[np.float64]:
        """All images of each feature, shape (features, 1)."""
        return self.cumulative[:, -1:]

    @cached_property
    def scores(self) -> Scores:
        """The scores of the bins, by the ranks of these images."""
        return _standard_scores(self)

    def rows(self, wanted: Sequence[int]) -> Histograms:
        """Those of some of the features."""
        return Histograms(self.images[wanted], self.cumulative[wanted])

    def __add__(self, other: Histograms) -> Histograms:
        """Of the images of both."""
        return Histograms(self.images + other.images, self.cumulative + other.cumulative)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """The scores of each bin, of mean 0 and variance 1 over some images, and uncorrelated; 0 where all are in one bin.

    Each image is scored by the normal quantile of its rank (van der Waerden, 1952), and by the square of that (Klotz,
    "Nonparametric Tests for Scale", Annals of Mathematical Statistics 33, 1962).

    Attributes:
        location: Shape (features, bins).
        spread: The same shape.
        bend: By how much the second rises with the square of the first, shape (features,).
    """

    location: NDArray[np.float64]
    spread: NDArray[np.float64]
    bend: NDArray[np.float64]


def totals(images: NDArray[np.float64], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of the scores of all images, shape (features,).

    Args:
        images: In each bin, shape (features, bins).
        scores: Of each bin.
    """
    return np.asarray(np.einsum("fb,fb->f", images, scores))


def _standard_scores(own: Histograms) -> Scores:
    # NOTE: in place, because new arrays would take more time than all arithmetic.
    images, sizes = own.images, own.sizes
    ranks = images * -0.5
    ranks += own.cumulative
    ranks /= sizes
    np.clip(ranks, 0.25 / sizes, 1 - 0.25 / sizes, out=ranks)
    location = normal_scores(ranks)
    location -= _means(own, location)
    location *= _scale(own, location)
    spread = location**2
    spread -= _means(own, spread)
    spread -= location * _means(own, location * spread)
    bend = _scale(own, spread)
    spread *= bend
    return Scores(location, spread, bend[:, 0])


def _means(own: Histograms, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return totals(own.images, scores)[:, None] / own.sizes


def _scale(own: Histograms, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """What makes the variance of scores of mean 0 one; 0 where all images have one score, of which rounding leaves
    something."""
    variances = _means(own, scores**2)
    return np.where(variances > _ROUNDING, 1 / np.sqrt(np.maximum(variances, _ROUNDING)), 0.0)


_ROUNDING = 1e-12
