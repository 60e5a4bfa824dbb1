"""Two histograms of each of many features to the probability that they come from one distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.statistics.histograms import totals

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.compare.statistics.histograms import Histograms, Scores


def rank_test(baseline: Histograms, current: Histograms, remaining: NDArray[np.float64]) -> NDArray[np.float64]:
    """P-values, shape (features,), of a rank test for location and spread together.

    Under exchange of the images, the current set's sums of both scores have a mean and a covariance that are known
    exactly, ties included. The squares of the two standardised sums, the second cleared of the first, add up to a
    chi-squared variable of two degrees of freedom (as in Lepage, "A Combination of Wilcoxon's and Ansari-Bradley's
    Statistics", Biometrika 58, 1971). Ranks do not mind heavy tails.

    Args:
        baseline: Of some features.
        current: Of the same features, with the same bins.
        remaining: By what the squares are multiplied, shape (features,): below 1 where images resemble each other.
    """
    both = baseline + current
    size = both.sizes[:, 0]
    share = current.sizes[:, 0] / size
    unit = share * (1 - share) * size**2 / np.maximum(1, size - 1)
    location, spread = (totals(current.images, own) for own in (both.scores.location, both.scores.spread))
    return np.asarray(np.exp((location**2 + spread**2) / unit * remaining / -2))


def rank_test_among_days(
    baseline: Histograms,
    current: Histograms,
    errors: NDArray[np.float64],
    freedom: NDArray[np.float64],
    centre: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The same where the baseline's days differ: how far the current day lies from them, in what they differ by.

    A day's spread is that around its own location, else days whose locations differ would differ in it by the squares
    of that. As the variances are estimates, half of the sum of both squares is taken for an F variable of two degrees
    and those of the estimates, whose tail is a power.

    Args:
        baseline: Of some features; its ranks are the scores.
        current: Of the same features, with the same bins.
        errors: Standard errors of both scores' means, shape (2, features).
        freedom: Degrees of freedom of those, shape (features,).
        centre: The mean of the spreads of the baseline's days.
    """
    places, spreads = centred(current.images[None], baseline.scores)
    squares = ((np.concatenate([places, spreads - centre]) / errors) ** 2).sum(axis=0)
    known = np.isinf(freedom)
    finite = np.where(known, 1.0, freedom)
    return np.asarray(np.where(known, np.exp(-squares / 2), (1 + squares / finite) ** (-finite / 2)))


def centred(images: NDArray[np.float64], scores: Scores) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean location of several sets, and their spread around it, each of shape (sets, features).

    Args:
        images: In each bin, shape (sets, features, bins).
        scores: Of the bins.
    """
    counts = images.sum(axis=2)
    places, widths = (np.einsum("sfb,fb->sf", images, own) / counts for own in (scores.location, scores.spread))
    return places, widths - scores.bend * places**2
