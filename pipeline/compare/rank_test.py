"""Two histograms of each of many features to the probability that they come from one distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.tails import normal_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rank_test(
    baseline: NDArray[np.int64], current: NDArray[np.int64], remaining: NDArray[np.float64]
) -> NDArray[np.float64]:
    """P-values, shape (features,), of a rank test for location and spread together.

    Each image is scored by the normal quantile of its rank among the images of both sets (van der Waerden, 1952), and
    by the square of that (Klotz, "Nonparametric Tests for Scale", Annals of Mathematical Statistics 33, 1962). Under
    exchange of the images, the current set's sums of both scores have a mean and a covariance that are known exactly,
    ties included. The squares of the two standardised sums, the second cleared of the first, add up to a chi-squared
    variable of two degrees of freedom (as in Lepage, "A Combination of Wilcoxon's and Ansari-Bradley's Statistics",
    Biometrika 58, 1971). Ranks do not mind heavy tails.

    Args:
        baseline: Images in each bin, shape (features, bins).
        current: The same bins' current images.
        remaining: By what the squares are multiplied, shape (features,): below 1 where images resemble each other.
    """
    pooled = baseline + current
    size = pooled.sum(axis=1, keepdims=True)
    middle = (np.cumsum(pooled, axis=1) - pooled / 2) / size
    location = _centred(normal_scores(np.clip(middle, 0.25 / size, 1 - 0.25 / size)), pooled, size)
    spread = _centred(location**2, pooled, size)
    spread -= location * _ratio((pooled * location * spread).sum(axis=1), (pooled * location**2).sum(axis=1))[:, None]
    share = current.sum(axis=1) / size[:, 0]
    unit = share * (1 - share) * size[:, 0] / np.maximum(1, size[:, 0] - 1)
    squares = sum(
        _ratio((current * scores).sum(axis=1) ** 2, (pooled * scores**2).sum(axis=1) * unit)
        for scores in (location, spread)
    )
    return np.asarray(np.exp(-squares * remaining / 2))


def _centred(scores: NDArray[np.float64], pooled: NDArray[np.int64], size: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(scores - (pooled * scores).sum(axis=1, keepdims=True) / size)


def _ratio(top: NDArray[np.float64], bottom: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 where all images have one score, from which rounding leaves something."""
    return np.asarray(np.where(bottom > 1e-9, top / np.maximum(bottom, 1e-9), 0.0))  # noqa: PLR2004
