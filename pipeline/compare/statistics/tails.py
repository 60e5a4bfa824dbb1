"""Tails of the distributions that differences have by chance: chi, chi-squared, F, and the normal one.

They are formulas without tables, good to a few per cent of a probability of 0.00001, and far better near 0.01.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


_NO_SPREAD = 1e-6
"""Relative to its mean, a deviation that rounding alone may have left."""


EVEN = (1 / 2, 1 / 24, 1 / 80, 5 / 896)
"""Coefficients of r**2, r**4, ... in sqrt(1 - r**2) + r asin(r) - 1. Times 2 / pi, that is the covariance of the
absolute values of two standard normal variables of correlation r."""


@dataclass(frozen=True, slots=True)
class ScaledChi:
    """A chi distribution times a scale: what sums of absolute values of normal variables are close to.

    One such variable is a chi of one degree of freedom exactly, and a sum of many weakly dependent ones is normal,
    which chi of many degrees is.

    Attributes:
        scale: Above 0, or 0 where the value is always the same.
        freedom: Degrees of freedom, not necessarily whole.
        mean: Of the distribution.
        deviation: Its standard deviation.
    """

    scale: float
    freedom: float
    mean: float
    deviation: float

    @classmethod
    def fitted(cls, mean: float, variance: float) -> ScaledChi:
        """The one with that mean and variance; with that mean and one degree of freedom, where it varies even more."""
        freedoms, ratios, means = _chi_moments()
        deviation = math.sqrt(max(0.0, variance))
        if mean <= 0 or deviation <= mean * _NO_SPREAD:
            return cls(0.0, 1.0, max(0.0, mean), 0.0)
        at = math.log((deviation / mean) ** 2)
        freedom = math.exp(float(np.interp(-at, ratios, freedoms)))
        expected = math.exp(float(np.interp(-at, ratios, means)))
        return cls(mean / expected, freedom, mean, deviation)

    def tail(self, value: float) -> float:
        """The probability of that value or a larger one."""
        if not self.scale:
            return 1.0 if value <= self.mean * (1 + _NO_SPREAD) else 0.0
        return chi_squared_tail((value / self.scale) ** 2, self.freedom)

    def quantile(self, alpha: float) -> float:
        """The value that is passed with probability alpha."""
        if not self.scale:
            return self.mean
        # Wilson and Hilferty's formula, solved for the value.
        spread = 2 / (9 * self.freedom)
        root = 1 - spread + normal_quantile(alpha) * math.sqrt(spread)
        return self.scale * math.sqrt(self.freedom * max(0.0, root) ** 3)


def chi_squared_tail(value: float, freedom: float) -> float:
    """P(chi-squared >= value), after Wilson and Hilferty, "The Distribution of Chi-Square", PNAS 17, 1931."""
    if value <= 0:
        return 1.0
    spread = 2 / (9 * freedom)
    return _normal_tail(((value / freedom) ** (1 / 3) - 1 + spread) / math.sqrt(spread))


def f_tail(value: float, freedom: float, rest: float) -> float:
    """P(F >= value) of `freedom` and `rest` degrees, after Paulson, "An Approximate Normalization of the Analysis of
    Variance Distribution", Annals of Mathematical Statistics 13, 1942: the same formula for a ratio."""
    if value <= 0:
        return 1.0
    above, below, root = 2 / (9 * freedom), 2 / (9 * rest), value ** (1 / 3)
    return _normal_tail(((1 - below) * root - (1 - above)) / math.sqrt(below * root**2 + above))


def normal_quantile(alpha: float) -> float:
    """The value that a standard normal variable passes with probability alpha."""
    return -NormalDist().inv_cdf(alpha)


def normal_scores(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """The standard normal quantiles of shares in (0, 1), to 0.0005: Abramowitz and Stegun, "Handbook of Mathematical
    Functions", 1964, 26.2.23.

    Args:
        shares: Of one dimension or more.
    """
    # NOTE: in place: t = sqrt(-2 log(tail)), from which goes a fraction of two polynomials in t.
    t = np.minimum(shares, 1 - shares)
    np.log(t, out=t)
    t *= -2
    np.sqrt(t, out=t)
    fraction = _polynomial(t, 0.010328, 0.802853, 2.515517)
    fraction /= _polynomial(t, 0.001308, 0.189269, 1.432788, 1.0)
    t -= fraction
    return np.copysign(t, shares - 0.5, out=t)


def _polynomial(values: NDArray[np.float64], highest: float, *coefficients: float) -> NDArray[np.float64]:
    found = values * highest
    for one in coefficients[:-1]:
        found += one
        found *= values
    found += coefficients[-1]
    return found


def _normal_tail(score: float) -> float:
    return 0.5 * math.erfc(score / math.sqrt(2))


_MANY = 1000


@cache
def _chi_moments() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """By degrees of freedom, logarithms: of the degrees, of mean squared / variance, of the mean."""
    freedoms = np.geomspace(1, 1e7, 400)
    # NOTE: the variance, freedom - mean**2, is about 1/2 and lost to rounding above some thousands of degrees.
    means = np.array([_chi_mean(one) for one in freedoms])
    variances = np.where(freedoms < _MANY, freedoms - means**2, 0.5 - 1 / (8 * freedoms))
    return np.log(freedoms), np.log(means**2 / variances), np.log(means)


def _chi_mean(freedom: float) -> float:
    return math.sqrt(2) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))
