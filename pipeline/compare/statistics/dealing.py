"""The total variation distance of two samples of classes when their images are dealt out again at random."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pipeline.compare.statistics.tails import EVEN, ScaledChi

if TYPE_CHECKING:
    from numpy.typing import NDArray


class ByChance(Protocol):
    """How a value that is never negative is distributed when nothing has changed."""

    @property
    def deviation(self) -> float:
        """Its standard deviation."""

    def tail(self, value: float) -> float:
        """The probability of that value or a larger one."""

    def quantile(self, alpha: float) -> float:
        """The value that is passed with probability alpha."""


def dealt_again(baseline: NDArray[np.int64], current: NDArray[np.int64]) -> ByChance:
    """How that distance is distributed: a permutation test, worked out instead of simulated.

    The distance is the sum over the classes of |images of the class in the current sample minus what is expected|,
    which are dependent hypergeometric variables, times a constant. Mean and variance of each are exact. Covariances
    are those of normal variables of the same correlation, and their part that is linear in the deviations is exact.
    Their sum is taken for a chi distribution of that mean and variance. With two classes all of it is exact.

    Args:
        baseline: Counts by class, shape (classes,), not all of them zero.
        current: The same classes' counts, not all of them zero.
    """
    pooled = baseline + current
    size, dealt = int(pooled.sum()), int(current.sum())
    # Classes of the same size have the same moments: there are few sizes where there are many classes.
    totals, groups = _alike(pooled[pooled > 0])
    unit = 0.5 * size / (dealt * (size - dealt))
    if groups.sum() == 1:
        return ScaledChi.fitted(0.0, 0.0)
    if groups.sum() == 2:  # noqa: PLR2004
        return _two_classes(int(totals[0]), size, dealt, 2 * unit)
    mean, variance, slope = _class_moments(totals, size, dealt)
    spread = groups @ variance + _covariances(totals / size, groups, np.sqrt(variance + mean**2), slope)
    return ScaledChi.fitted(float(groups @ mean) * unit, float(spread) * unit**2)


def _alike(totals: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The different sizes in their order, and how many classes have each. NumPy's own function takes twice as long."""
    totals = np.sort(totals)
    ends = np.ones(len(totals), dtype=np.bool_)
    np.not_equal(totals[1:], totals[:-1], out=ends[:-1])
    up_to = ends.nonzero()[0]
    groups = up_to + 1
    groups[1:] -= groups[:-1].copy()
    return totals[up_to], groups


@dataclass(frozen=True, slots=True)
class _Steps:
    """A distribution on few values: each of them, from the lowest, and the probability of it or a larger one."""

    values: NDArray[np.float64]
    tails: NDArray[np.float64]

    @property
    def deviation(self) -> float:
        """Its standard deviation."""
        probability = self.tails - np.append(self.tails[1:], 0.0)
        mean = probability @ self.values
        return math.sqrt(max(0.0, float(probability @ (self.values - mean) ** 2)))

    def tail(self, value: float) -> float:
        """The probability of that value or a larger one."""
        at = int(np.searchsorted(self.values, value - _SAME))
        return float(self.tails[at]) if at < len(self.tails) else 0.0

    def quantile(self, alpha: float) -> float:
        """The smallest value that is passed with no more than probability alpha."""
        passed = np.append(self.tails[1:], 0.0)
        return float(self.values[np.argmax(passed <= alpha)]) + _SAME


_SAME = 1e-12
"""Distances that differ by less differ by rounding."""


def _two_classes(total: int, size: int, dealt: int, unit: float) -> ByChance:
    if _smallest(total, size, dealt) > _FEW:
        mean, variance, _ = _class_moments(np.array([total]), size, dealt)
        return ScaledChi.fitted(float(mean[0]) * unit, float(variance[0]) * unit**2)
    (number,), (probability,) = _hypergeometric(np.array([total]), size, dealt)
    heights = np.round(np.abs(number - dealt * total / size) * unit, 12)
    values, which = np.unique(heights, return_inverse=True)
    return _Steps(values, np.bincount(which, probability)[::-1].cumsum()[::-1])


_FEW = 200
"""Images of a class, of which more are as good as normally distributed."""


def _smallest(total: Any, size: int, dealt: int) -> Any:
    return np.minimum(np.minimum(total, size - total), min(dealt, size - dealt))


def _class_moments(
    totals: NDArray[np.int64], size: int, dealt: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Of |x - E x|, where x is how many of a class are dealt to the current sample: its mean, its variance, and its
    covariance with x in standard deviations of x, each of shape (totals,)."""
    share = dealt / size
    variance = totals * (size - totals) * (share * (1 - share) / max(1, size - 1))
    mean, slope = np.sqrt(variance * 2 / math.pi), np.zeros(len(totals))
    few = _smallest(totals, size, dealt) <= _FEW
    if few.any():
        number, probability = _hypergeometric(totals[few], size, dealt)
        deviation = number - share * totals[few][:, None]
        mean[few] = (probability * np.abs(deviation)).sum(axis=1)
        covariance = (probability * np.abs(deviation) * deviation).sum(axis=1)
        slope[few] = np.divide(covariance, np.sqrt(variance[few]), out=slope[few], where=variance[few] > 0)
    return mean, variance - mean**2, slope


def _hypergeometric(
    totals: NDArray[np.int64], size: int, dealt: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Numbers of each class that can be dealt, and their probabilities, 0 of what cannot; shape (totals, numbers)."""
    total = totals[:, None].astype(np.float64)
    least, most = np.maximum(0.0, dealt - size + total), np.minimum(total, dealt)
    number = least + np.arange(int((most - least).max()) + 1)
    before, after = number[:, :-1], number[:, 1:]
    possible = after <= most
    top, bottom = (total - before) * (dealt - before), after * (size - total - dealt + after)
    logarithm = np.zeros_like(number)
    np.cumsum(np.log(np.where(possible, top, 1.0) / np.where(possible, bottom, 1.0)), axis=1, out=logarithm[:, 1:])
    probability = np.where(number <= most, np.exp(logarithm - logarithm.max(axis=1, keepdims=True)), 0.0)
    return np.asarray(number, dtype=np.float64), probability / probability.sum(axis=1, keepdims=True)


def _covariances(
    shares: NDArray[np.float64], groups: NDArray[np.int64], deviation: NDArray[np.float64], slope: NDArray[np.float64]
) -> float:
    """The sum of the covariances of the absolute deviations of every two classes.

    Of two normal variables it is 2/pi (sqrt(1 - r**2) + r asin(r) - 1) times their standard deviations (Nabeya,
    "Absolute Moments in 2-Dimensional Normal Distribution", 1951). What is linear in r, which is 0 for them, is added.
    As -r is the root of the product of both classes' odds, the sum of a power of r over all pairs is a square of sums.
    """
    odds = shares / (1 - shares)
    linear = slope * np.sqrt(odds)
    found = -_over_pairs(linear, groups)
    for power, coefficient in enumerate(EVEN, start=1):
        found += 2 / math.pi * coefficient * _over_pairs(deviation * odds**power, groups)
    return found


def _over_pairs(values: NDArray[np.float64], groups: NDArray[np.int64]) -> float:
    """The sum of products of two different classes' values."""
    return float((groups @ values) ** 2 - groups @ values**2)
