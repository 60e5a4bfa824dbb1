"""Two histograms of each of many features to the probability that they come from one distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.statistics.tails import normal_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rank_test(
    baseline: NDArray[np.int64], current: NDArray[np.int64], remaining: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P-values, shape (features,), of a rank test for location and spread together.

    Under exchange of the images, the current set's sums of both scores have a mean and a covariance that are known
    exactly, ties included. The squares of the two standardised sums, the second cleared of the first, add up to a
    chi-squared variable of two degrees of freedom (as in Lepage, "A Combination of Wilcoxon's and Ansari-Bradley's
    Statistics", Biometrika 58, 1971). Ranks do not mind heavy tails.

    Args:
        baseline: Images in each bin, shape (features, bins).
        current: The same bins' current images.
        remaining: By what the squares are multiplied, shape (features,): below 1 where images resemble each other.
    """
    size = (baseline + current).sum(axis=1)
    share = current.sum(axis=1) / size
    unit = share * (1 - share) * size**2 / np.maximum(1, size - 1)
    location, spread, _ = standard_scores(baseline + current)
    squares = (_sums(current, location) ** 2 + _sums(current, spread) ** 2) / unit
    return np.asarray(np.exp(-squares * remaining / 2))


def rank_test_among_days(
    baseline: NDArray[np.int64],
    current: NDArray[np.int64],
    errors: NDArray[np.float64],
    freedom: NDArray[np.float64],
    centre: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The same where the baseline's days differ: how far the current day lies from them, in what they differ by.

    A day's spread is that around its own location, else days whose locations differ would differ in it by the squares
    of that. As the variances are estimates, half of the sum of both squares is taken for an F variable of two degrees
    and those of the estimates, whose tail is a power.

    Args:
        baseline: Images in each bin, shape (features, bins), whose ranks are the scores.
        current: The same bins' current images.
        errors: Standard errors of both scores' means, shape (2, features).
        freedom: Degrees of freedom of those, shape (features,).
        centre: The mean of the spreads of the baseline's days.
    """
    places, spreads = centred(current[None], standard_scores(baseline))
    squares = ((np.concatenate([places, spreads - centre]) / errors) ** 2).sum(axis=0)
    known = np.isinf(freedom)
    finite = np.where(known, 1.0, freedom)
    return np.asarray(np.where(known, np.exp(-squares / 2), (1 + squares / finite) ** (-finite / 2)))


def centred(
    images: NDArray[np.int64], scores: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean location of several sets, and their spread around it, each of shape (sets, features).

    Args:
        images: In each bin, shape (sets, features, bins).
        scores: See `standard_scores`.
    """
    location, spread, bend = scores
    counts = images.sum(axis=2)
    places, widths = (np.einsum("sfb,fb->sf", images, own) / counts for own in (location, spread))
    return places, widths - bend * places**2


def standard_scores(
    images: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The scores of each bin for location and for spread, of mean 0 and variance 1 over the images, uncorrelated; and
    by how much the second rises with the square of the first, shape (features,).

    Each image is scored by the normal quantile of its rank (van der Waerden, 1952), and by the square of that (Klotz,
    "Nonparametric Tests for Scale", Annals of Mathematical Statistics 33, 1962). Where all have one, it is 0.

    Args:
        images: In each bin, shape (features, bins), in each row at least one.
    """
    size = images.sum(axis=1, keepdims=True)
    images = images.astype(np.float64)  # once for all sums of products
    middle = (np.cumsum(images, axis=1) - images / 2) / size
    scores = normal_scores(np.clip(middle, 0.25 / size, 1 - 0.25 / size))
    location = scores - _sums(images, scores)[:, None] / size
    location *= _scale(images, location, size)
    spread = location**2
    spread -= _sums(images, spread)[:, None] / size
    spread -= location * (_sums(images, location * spread)[:, None] / size)
    bend = _scale(images, spread, size)
    return location, spread * bend, bend[:, 0]


def _scale(images: NDArray[Any], scores: NDArray[np.float64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    """What makes the variance of scores of mean 0 one; 0 where all images have one score, of which rounding leaves
    something."""
    variances = _sums(images, scores**2)[:, None] / size
    return np.where(variances > _ROUNDING, 1 / np.sqrt(np.maximum(variances, _ROUNDING)), 0.0)


_ROUNDING = 1e-12


def _sums(images: NDArray[Any], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("fb,fb->f", images, scores))
