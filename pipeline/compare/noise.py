"""What chance alone gives: floors and p-values for a difference when nothing has changed.

All of it is worked out from two profiles: no row is read again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING

from pipeline.compare.dealing import dealt_again
from pipeline.compare.distances import total_variation

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

SMALLEST_ALPHA = 1e-6
"""Further out in their tails, the distributions that differences have by chance are not known well enough."""


@dataclass(frozen=True, slots=True)
class Noise:
    """What chance makes of a value.

    Attributes:
        floor: The 1 - alpha quantile of the value when nothing has changed.
        p_value: The probability of the value that was seen, or a larger one, when nothing has changed.
    """

    floor: float
    p_value: float


@dataclass(frozen=True, slots=True)
class MeanDifference:
    """The difference between two means.

    Attributes:
        counts: Sample sizes.
        squares: Sums of squared deviations from each sample's own mean.
        sizes: How many independent images they are worth; None where all are.
    """

    counts: tuple[int, int]
    squares: tuple[float, float]
    sizes: tuple[float, float] | None = None

    @property
    def standard_error(self) -> float:
        """Of the difference, from the variance pooled over both samples, which are alike when nothing has changed."""
        freedom = sum(self.counts) - 2
        variance = sum(self.squares) / freedom if freedom else math.inf
        return math.sqrt(max(0.0, variance) * sum(1 / size for size in self.sizes or self.counts))

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the pooled variance; where the images are worth hardly any, one."""
        return max(1, sum(self.sizes) - 2) if self.sizes else max(0, sum(self.counts) - 2)


def largest_difference_noise(value: float, differences: Sequence[MeanDifference], alpha: float) -> Noise:
    """The noise of the largest of some absolute differences between means.

    The probabilities of the single ones are added (Bonferroni), which holds however they hang together.

    Args:
        value: The largest of the absolute differences that was seen.
        differences: What each was worked out from.
        alpha: In (0, 1).
    """

    def chance(height: float) -> float:
        return min(1.0, sum(_two_sided(height, difference) for difference in differences))

    return Noise(_height_at(alpha, chance, differences), chance(value))


def mean_noise(value: float, difference: MeanDifference) -> float:
    """The p-value of an absolute difference between two means."""
    return _two_sided(value, difference)


def class_noise(baseline: NDArray[np.int64], current: NDArray[np.int64], alpha: float, inflation: float = 1.0) -> Noise:
    """The noise of the total variation distance between two samples of classes.

    A permutation test: the images of both samples are thrown together and dealt out again at random, for any number of
    classes and sample sizes, also where most classes are seen once or never. See `dealing` for how it is worked out.

    Args:
        baseline: Counts by class, shape (classes,).
        current: The same classes' counts.
        alpha: In (0, 1).
        inflation: By how much the distance spreads more than that of independent draws: above 1 for a detector, whose
            boxes come several an image, and for images that resemble those before them.
    """
    by_chance = dealt_again(baseline, current)
    value = float(total_variation(baseline, current)) / inflation
    return Noise(min(1.0, by_chance.quantile(alpha) * inflation), by_chance.tail(value))


def _two_sided(height: float, difference: MeanDifference) -> float:
    """P(|difference| >= height) by Student's t."""
    if height <= 0:
        return 1.0
    error = difference.standard_error
    if error == 0:
        return 0.0
    return math.erfc(_normal_score(height / error, difference.freedom) / math.sqrt(2)) if math.isfinite(error) else 1.0


def _normal_score(t: float, freedom: float) -> float:
    """The normal score with the same tail as Student's t, after Wallace, "Bounds on Normal Approximations to
    Student's and the Chi-Square Distributions", Annals of Mathematical Statistics 30, 1959."""
    return (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t**2 / freedom))


def _student_score(normal: float, freedom: float) -> float:
    """The inverse of `_normal_score`."""
    return math.sqrt(freedom * math.expm1((normal * (8 * freedom + 3) / (8 * freedom + 1)) ** 2 / freedom))


def _height_at(alpha: float, chance: Callable[[float], float], differences: Sequence[MeanDifference]) -> float:
    """The height that chance reaches with probability alpha: of one difference by formula, of several by bisection."""
    errors = [difference.standard_error for difference in differences]
    if not all(map(math.isfinite, errors)):
        return 1.0
    if len(differences) == 1:
        return errors[0] * _student_score(-NormalDist().inv_cdf(alpha / 2), differences[0].freedom)
    low, high = 0.0, max(errors)
    if high == 0:
        return 0.0
    while chance(high) > alpha:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > alpha else (low, middle)
    return high
