"""Two distributions to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.compare.statistics.histograms import Histograms


def total_variation(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The total variation distance, in [0, 1]: half the summed differences of shares, the largest difference in
    probability that any set of classes has.

    Equal distances of samples of the same sizes are equal to the last bit, whichever classes they come from: the
    shares are brought to their common denominator, whose numerators are whole numbers.

    Args:
        one: Counts, shape (..., classes), not all of them zero.
        other: The same classes' counts, not all of them zero.
    """
    one, other = one.astype(np.float64), other.astype(np.float64)
    one_size, other_size = (counts.sum(axis=-1, keepdims=True) for counts in (one, other))
    apart = np.abs(one * other_size - other * one_size).sum(axis=-1)
    return np.asarray(apart / (2 * one_size * other_size)[..., 0])


def earth_moved(one: Histograms, other: Histograms) -> NDArray[np.float64]:
    """The Wasserstein-1 distances of histograms of equal bins, in bins: the areas between their cumulative shares.

    Args:
        one: Of some features.
        other: Of the same features, with the same bins.
    """
    apart = one.cumulative / one.sizes
    apart -= other.cumulative / other.sizes
    return np.asarray(np.abs(apart, out=apart).sum(axis=1))


def jensen_shannon(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The Jensen-Shannon distance, in [0, 1]: the root of the divergence in bits.

    Lin, "Divergence Measures Based on the Shannon Entropy", IEEE Transactions on Information Theory 37, 1991.

    Args:
        one: Counts, shape (..., classes), not all of them zero.
        other: The same classes' counts.
    """
    p, q = (counts / counts.sum(axis=-1, keepdims=True) for counts in (one, other))
    middle = (p + q) / 2
    return np.sqrt(np.maximum(0.0, _relative_entropy(p, middle) + _relative_entropy(q, middle)) / 2)


def stability_index(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The population stability index, sum of (q - p) log(q / p): Siddiqi, "Credit Risk Scorecards", 2006.

    Half an image is added to every class, without which one that is seen in one sample only would make it infinite.

    Args:
        one: Counts, shape (..., classes).
        other: The same classes' counts.
    """
    p, q = ((counts + 0.5) / (counts + 0.5).sum(axis=-1, keepdims=True) for counts in (one, other))
    return np.asarray(((q - p) * np.log(q / p)).sum(axis=-1))


def _relative_entropy(p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((p * np.log2(np.where(p > 0, p, 1.0) / np.where(p > 0, q, 1.0))).sum(axis=-1))
