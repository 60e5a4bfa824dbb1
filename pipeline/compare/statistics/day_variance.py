"""How much something varies from day to day, and what that adds to a difference."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_FREEDOM = 4.0
"""Degrees of freedom below which no variance between days is taken to be known: fewer would find nothing at all. So two
to four days alarm a little more often than they may. All features together are judged without this help."""

ENOUGH_FREEDOM = 6
"""Degrees of freedom, of seven days, from which the correlations between days are estimated well enough to say how many
independent quantities there are."""

DOUBT = 16.0
"""With fewer, no more than 1 + freedom**2 / 16 are believed in: chosen by simulation, so that ordinary days alarm on
0.02 at most after a baseline of three or five, whether one thing moves all features or many do."""


@dataclass(frozen=True, slots=True)
class DayVariance:
    """How much something varies from day to day.

    Attributes:
        variance: Of it between days, beyond chance, in the square of its own unit.
        chance: What chance alone makes of the variance between days.
        freedom: Degrees of freedom of the sum of both.
        centre: The mean over the days of a spread around each day's own location; 0 of all else.
    """

    variance: float = 0.0
    chance: float = 0.0
    freedom: float = math.inf
    centre: float = 0.0

    def __mul__(self, times: float) -> DayVariance:
        """Of so many times as much of it."""
        return replace(self, variance=self.variance * times, chance=self.chance * times)


NO_DAYS = DayVariance()
"""Of a set of which no days are known."""


def with_days(sampling: Any, freedom: Any, between: Any, chance: Any, sure: Any) -> tuple[Any, Any]:
    """A standard error and its degrees of freedom where days differ: Satterthwaite, "An Approximate Distribution of
    Estimates of Variance Components", Biometrics Bulletin 2, 1946. Of NumPy's numbers or arrays.

    Args:
        sampling: The variance of a difference that images make.
        freedom: Its degrees of freedom.
        between: The variance that days add.
        chance: What of it may be chance.
        sure: The degrees of freedom of both together.
    """
    total = sampling + between
    unsure = sampling**2 / freedom + (between + chance) ** 2 / sure
    told = np.isfinite(unsure) & (unsure > 0)
    return total**0.5, np.divide(total**2, unsure, out=np.array(freedom, dtype=np.float64), where=told)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of several quantities, how the days' means lie apart, and what chance would make of that.

    Attributes:
        products: Sums over the images of the products of two quantities' deviations of their day's mean from the mean
            of all, shape (quantities, quantities).
        expected: The squares among them by chance, shape (quantities,).
        weight: By how much a variance of 1 between days raises those.
        days: How many days.
    """

    products: NDArray[np.float64]
    expected: NDArray[np.float64]
    weight: NDArray[np.float64]
    days: int

    @property
    def independent(self) -> float:
        """How many independent quantities would tell as much: (sum of the eigenvalues)**2 of the correlations between
        days, divided by the sum of their squares, which Bai and Saranadasa estimate without bias ("Effect of High
        Dimension", Statistica Sinica 6, 1996)."""
        squares = np.diag(self.products)
        scale = np.sqrt(squares[squares > 0])
        count, freedom = len(scale), self.days - 1
        if not count or freedom < 2:  # noqa: PLR2004
            return 1.0
        moving = self.products[np.ix_(squares > 0, squares > 0)] / np.outer(scale, scale)
        found = (float((moving**2).sum()) - count**2 / freedom) * freedom**2 / ((freedom + 2) * (freedom - 1))
        # NOTE: of few days, unrelated quantities and one that moves all of them look alike; taken for many, they alarm.
        most = count if freedom >= ENOUGH_FREEDOM else min(count, 1 + freedom**2 / DOUBT)
        return float(np.clip(count**2 / max(found, 1e-9), 1, most))

    def variances(self) -> list[DayVariance]:
        """What varies from day to day, each quantity's variance no less than what all of them together say."""
        known, found = self.expected > 0, np.diag(self.products)
        ratios = np.divide(found, self.expected, out=np.ones(len(known)), where=known)
        shared, more = _shared(ratios[known], self.days - 1)
        chance = self.expected / np.maximum(self.weight, 1e-300)
        excess = np.maximum(0.0, np.maximum(ratios, shared) - 1) * chance
        # What they have in common is known no better than from as many independent ones.
        freedom = max(LEAST_FREEDOM, self.days - 1) + min(more, (self.days - 1) * (self.independent - 1))
        return [DayVariance(*one, freedom) for one in zip(excess.tolist(), chance.tolist(), strict=True)]


@dataclass(frozen=True, slots=True)
class Days:
    """Of several quantities, how each day's mean lies apart; as `Moments`, but for what is said here.

    Attributes:
        apart: Deviations of the day's mean from that of all, times the root of its images, shape (days, quantities).
        expected: Their squares' sum over the days by chance.
        weight: By how much a variance of 1 between days raises it.
        centre: The means of all.
    """

    apart: NDArray[np.float64]
    expected: NDArray[np.float64]
    weight: NDArray[np.float64]
    centre: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        values: NDArray[np.float64],
        within: NDArray[np.float64],
        counts: NDArray[np.float64],
        sizes: NDArray[np.float64],
    ) -> Days:
        """Of each day's mean, the variance of an image's, images and effective sizes; all but the second by day."""
        total = counts.sum(axis=0)
        centre = (counts * values).sum(axis=0) / total
        apart = (values - centre) * np.sqrt(counts)
        expected = within * (counts * (1 - counts / total) / np.maximum(1.0, sizes)).sum(axis=0)
        return cls(apart, expected, total - (counts**2).sum(axis=0) / total, centre)

    @property
    def found(self) -> NDArray[np.float64]:
        """The squares' sums over the days."""
        return np.asarray((self.apart**2).sum(axis=0))

    @property
    def moments(self) -> Moments:
        """The same, summed up."""
        products = np.einsum("di,dj->ij", self.apart, self.apart)
        return Moments(products, self.expected, self.weight, len(self.apart))


def _shared(ratios: NDArray[np.float64], freedom: int) -> tuple[float, float]:
    """What the ratios of many quantities have in common, and the degrees of freedom that it adds to each.

    If their true values are drawn around a common one, the ratios follow an F distribution, whose mean and variance
    give both: Smyth, "Linear Models and Empirical Bayes Methods for Assessing Differential Expression in Microarray
    Experiments", Statistical Applications in Genetics and Molecular Biology 3, 2004, by moments.
    """
    if len(ratios) < 2:  # noqa: PLR2004
        return 0.0, 0.0
    mean = float(ratios.mean())
    spread = float(ratios.var()) / mean**2 * freedom if mean else 0.0
    if spread <= 2:  # noqa: PLR2004
        return mean, math.inf
    more = (4 * spread + 2 * (freedom - 2)) / (spread - 2)
    return mean * (more - 2) / more, more
