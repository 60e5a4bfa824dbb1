"""The Wasserstein distance of two samples of one distribution: what chance alone gives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.tails import EVEN, ScaledChi

if TYPE_CHECKING:
    from numpy.typing import NDArray


def earth_moved_by_chance(pooled: NDArray[np.int64], spread: NDArray[np.float64]) -> list[ScaledChi]:
    """How the distance is distributed, in bins, for each of some features.

    The difference of two samples' cumulative shares is a Brownian bridge over the distribution, and the distance is the
    area under its absolute value (Del Barrio, Gine and Matran, "Central Limit Theorems for the Wasserstein Distance
    Between the Empirical and the True Distributions", Annals of Probability 27, 1999). Its mean and variance follow
    from those of absolute values of normal variables, and a chi distribution with them is taken for it.

    Args:
        pooled: Images of both samples in each bin, shape (features, bins).
        spread: 1 / n + 1 / m for the effective sizes of the samples, shape (features,).
    """
    size = pooled.sum(axis=1, keepdims=True)
    below = np.cumsum(pooled, axis=1) / size
    deviation = np.sqrt(np.maximum(0.0, below * (1 - below)))
    inside = deviation > 0
    odds = np.where(inside, below, 1.0) / np.where(inside, 1 - below, 1.0)
    covariance = np.zeros(len(pooled))
    for power, coefficient in enumerate(EVEN, start=1):
        # The correlation of the bridge at two places is the root of the ratio of their odds.
        lower = np.cumsum(deviation * odds**power, axis=1) - deviation * odds**power
        covariance += coefficient * (deviation * odds ** -float(power) * lower).sum(axis=1)
    mean = deviation.sum(axis=1) * math.sqrt(2 / math.pi)
    variance = (1 - 2 / math.pi) * (deviation**2).sum(axis=1) + 4 / math.pi * covariance
    return [
        ScaledChi.fitted(float(one * root), float(other * root**2))
        for one, other, root in zip(mean, variance, np.sqrt(spread), strict=True)
    ]
