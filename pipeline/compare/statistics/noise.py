"""What chance alone gives: floors and p-values for a difference when nothing has changed.

All of it is worked out from two profiles: no row is read again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.statistics.day_variance import NO_DAYS, DayVariance, with_days
from pipeline.compare.statistics.dealing import dealt_again
from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.tails import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.statistics.dealing import ByChance


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
        counts: Side sizes.
        squares: Sums of squared deviations from each sample's own mean.
        sizes: How many independent images they are worth; None where all are.
        days: What ordinary days add to it.
    """

    counts: tuple[int, int]
    squares: tuple[float, float]
    sizes: tuple[float, float] | None = None
    days: DayVariance = NO_DAYS

    @property
    def standard_error(self) -> float:
        """Of the difference, from the variance pooled over both samples, which are alike when nothing has changed."""
        return self._with_days()[0]

    @property
    def freedom(self) -> float:
        """Degrees of freedom of the variance; where the images are worth hardly any, one."""
        return self._with_days()[1]

    def _with_days(self) -> tuple[float, float]:
        freedom = sum(self.counts) - 2
        variance = max(0.0, sum(self.squares)) / freedom if freedom else math.inf
        sampling = variance * sum(1 / size for size in self.sizes or self.counts)
        sure = max(1, sum(self.sizes) - 2) if self.sizes else max(0, freedom)
        if math.isinf(sampling) or self.days is NO_DAYS:
            return math.sqrt(sampling), sure
        plain = sampling, sure, self.days.variance, self.days.chance, self.days.freedom
        error, found = with_days(*(np.float64(one) for one in plain))
        return float(error), float(found)


def largest_difference_noise(value: float, differences: Sequence[MeanDifference], alpha: float) -> Noise:
    """The noise of the largest of some absolute differences between means.

    The probabilities of the single ones are added (Bonferroni), which holds however they hang together.

    Args:
        value: The largest of the absolute differences that was seen.
        differences: What each was worked out from.
        alpha: In (0, 1).
    """
    spreads = [(one.standard_error, one.freedom) for one in differences]

    def chance(height: float) -> float:
        return min(1.0, sum(_two_sided(height, *one) for one in spreads))

    return Noise(_height_at(alpha, chance, spreads), chance(value))


def mean_noises(
    values: NDArray[np.float64], errors: NDArray[np.float64], freedoms: NDArray[np.float64], alpha: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The floors and p-values of many absolute differences between means, each by itself.

    Args:
        values: The absolute differences, shape (differences,).
        errors: Their standard errors.
        freedoms: The degrees of freedom of those.
        alpha: In (0, 1).
    """
    known = np.isfinite(errors)
    floors = np.where(known, np.where(known, errors, 0.0) * student_quantiles(alpha, freedoms), 1.0)
    plain = zip(values.tolist(), errors.tolist(), freedoms.tolist(), strict=True)
    return floors, np.array([_two_sided(*one) for one in plain])


def class_noise(
    baseline: NDArray[np.int64],
    current: NDArray[np.int64],
    alpha: float,
    inflation: float = 1.0,
    freedom: float = math.inf,
) -> Noise:
    """The noise of the total variation distance between two samples of classes.

    A permutation test: the images of both samples are thrown together and dealt out again at random, for any number of
    classes and sample sizes, also where most classes are seen once or never. See `dealing` for how it is worked out.

    Args:
        baseline: Counts by class, shape (classes,).
        current: The same classes' counts.
        alpha: In (0, 1).
        inflation: By how much the distance spreads more than that of independent draws: above 1 for a detector, whose
            boxes come several an image, for images that resemble those before them, and for days that differ.
        freedom: Degrees of freedom of the inflation; infinite where it is known.
    """
    value = float(total_variation(baseline, current))
    return distance_noise(value, dealt_again(baseline, current), alpha, inflation, freedom)


def distance_noise(
    value: float, by_chance: ByChance, alpha: float, inflation: float = 1.0, freedom: float = math.inf
) -> Noise:
    """The same of a distance whose distribution by chance is known."""
    floor = min(1.0, by_chance.quantile(surer(alpha, freedom)) * inflation)
    return Noise(floor, less_sure(by_chance.tail(value / inflation), freedom))


def surer(alpha: float, freedom: float) -> float:
    """The probability under a known variance of what an estimated one gives the probability alpha."""
    if math.isinf(freedom):
        return alpha
    return max(_SMALLEST, math.erfc(float(student_quantiles(alpha, np.array(freedom))) / math.sqrt(2)))


def less_sure(p_value: float, freedom: float) -> float:
    """The inverse of `surer`."""
    if math.isinf(freedom) or p_value >= 1:
        return p_value
    return _two_sided(normal_quantile(max(_SMALLEST, p_value) / 2), 1.0, freedom)


_SMALLEST = 1e-300
"""So that a probability has a quantile."""


def _two_sided(height: float, error: float, freedom: float) -> float:
    """P(|difference| >= height) by Student's t."""
    if height <= 0:
        return 1.0
    if error == 0:
        return 0.0
    return math.erfc(_normal_score(height / error, min(freedom, _MANY)) / math.sqrt(2)) if math.isfinite(error) else 1.0


def _normal_score(t: float, freedom: float) -> float:
    """The normal score with the same tail as Student's t, after Wallace, "Bounds on Normal Approximations to
    Student's and the Chi-Square Distributions", Annals of Mathematical Statistics 30, 1959."""
    return (8 * freedom + 1) / (8 * freedom + 3) * math.sqrt(freedom * math.log1p(t**2 / freedom))


def student_quantiles(alpha: float, freedoms: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the absolute value of Student's t passes with probability alpha: the inverse of `_normal_score`."""
    normal = normal_quantile(alpha / 2)
    freedoms = np.minimum(freedoms, _MANY)
    return np.asarray(np.sqrt(freedoms * np.expm1((normal * (8 * freedoms + 3) / (8 * freedoms + 1)) ** 2 / freedoms)))


_MANY = 1e9
"""Degrees of freedom at which Student's t is the normal distribution, and formulas still work."""


def _height_at(alpha: float, chance: Callable[[float], float], spreads: Sequence[tuple[float, float]]) -> float:
    """The height that chance reaches with probability alpha: of one difference by formula, of several by false
    position, as Illinois does it (Dowell and Jarratt, "A Modified Regula Falsi Method for Computing the Root of an
    Equation", BIT 11, 1971)."""
    if not all(math.isfinite(error) for error, _ in spreads):
        return 1.0
    # Each reaches alpha at its lowest height, and all of them share it at their highest.
    errors, freedoms = np.array(spreads).T
    low, high = (float((errors * student_quantiles(level, freedoms)).max()) for level in (alpha, alpha / len(errors)))
    over, under = (_apart(chance(one), alpha) for one in (low, high))
    last = 0.0
    while high - low > _CLOSE * high and under < 0:
        middle = (low * under - high * over) / (under - over)
        found = _apart(chance(middle), alpha)
        if found > 0:
            low, over, under = middle, found, under / 2 if last > 0 else under
        else:
            high, under, over = middle, found, over / 2 if last < 0 else over
        last = found
    return high


def _apart(chance: float, alpha: float) -> float:
    """How far a probability is from alpha: nearly straight in the height."""
    return math.log(max(chance, _SMALLEST) / alpha)


_CLOSE = 1e-9
"""Relative to a height, how far from the true one it may be."""
