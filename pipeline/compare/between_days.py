"""The days of a set to how much they differ from each other beyond what chance makes of as many images."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.rank_test import centred, standard_scores

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.side import Numbers, Side

FEWEST_IMAGES = 2
"""Readable images below which a day tells nothing of how much its images vary."""


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

PICTURES, PREDICTED = "pictures", "predicted"
"""The two kinds of joint moments: of all readable images, and of those with a prediction."""

LEAST_FREEDOM = 4.0
"""Degrees of freedom below which no variance between days is taken to be known: fewer would find nothing at all. So two
to four days alarm a little more often than they may. All features together are judged without this help."""

ENOUGH_FREEDOM = 6
"""Degrees of freedom, of seven days, from which the correlations between days are estimated well enough to say how many
independent quantities there are."""

DOUBT = 16.0
"""With fewer, no more than 1 + freedom**2 / 16 are believed in: chosen by simulation, so that ordinary days alarm on
0.02 at most after a baseline of three or five, whether one thing moves all features or many do."""

MEANS, LOCATIONS, SPREADS = range(3)
"""What varies of a numeric feature: its mean, and the two scores of the rank test."""


@dataclass(frozen=True, slots=True)
class BetweenDays:
    """How much the days of a set differ from each other.

    Attributes:
        days: How many there are.
        unevenness: The sum of the squares of their shares of the images: 1 / days where all are alike.
        features: By name of a numeric feature, its mean, its location score and its spread score.
        pixel_std: The standard deviation of the pooled pixels.
        classes: The shares of the predicted classes, together and relative to their own variance within a day.
        categories: The same by name of a categorical feature.
        products: By `PICTURES` and `PREDICTED`, sums over the images of the products of two features' deviations of
            their day's mean from the mean of all, in the order of the set's joint moments.
        expected: What chance would make of such a sum of squares of something whose variance within a day is 1.
        weight: By how much a variance of 1 between days would raise it.
    """

    days: int
    unevenness: float
    features: Mapping[str, tuple[DayVariance, DayVariance, DayVariance]] = field(default_factory=dict)
    pixel_std: DayVariance = NO_DAYS
    classes: DayVariance = NO_DAYS
    categories: Mapping[str, DayVariance] = field(default_factory=dict)
    products: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    expected: float = 0.0
    weight: float = 0.0


def between_days(sides: Iterable[Side]) -> BetweenDays | None:
    """How much some days differ, by the method of moments; None where there are not two.

    The estimator is that of the analysis of variance, as DerSimonian and Laird, "Meta-Analysis in Clinical Trials",
    Controlled Clinical Trials 7, 1986, with the weights of DerSimonian and Kacker, Contemporary Clinical Trials 28,
    2007: here each day's images, because the mean of the whole weighs days so.
    """
    days = [one for one in sides if one.profile.image_count >= FEWEST_IMAGES]
    if len(days) < 2:  # noqa: PLR2004
        return None
    counts = np.array([one.profile.image_count for one in days], dtype=np.float64)
    shares, sizes = counts / counts.sum(), np.array([one.sizes.pictures for one in days])
    return BetweenDays(
        len(days),
        float(shares @ shares),
        _features(days),
        _pixel_std(days),
        _of_counts([one.profile.classes for one in days], [one.sizes.classes for one in days]),
        _categories(days),
        {PICTURES: _pictures(days), PREDICTED: _predicted(days)},
        float((counts * (1 - shares) / sizes).sum()),
        float(counts.sum() * (1 - shares @ shares)),
    )


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
class _Days:
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
    ) -> _Days:
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


def _features(days: Sequence[Side]) -> dict[str, tuple[DayVariance, DayVariance, DayVariance]]:
    names, parts = list[str](), list[list[_Days]]()
    for bins in days[0].numbers:
        there = [set(one.numbers[bins].names) if bins in one.numbers else set() for one in days]
        if shared := [name for name in days[0].numbers[bins].names if all(name in own for own in there)]:
            names += shared
            parts.append(_number_moments([one.numbers[bins].of(shared) for one in days]))
    if not parts:
        return {}
    means, locations, spreads = (_together([part[kind] for part in parts]) for kind in (MEANS, LOCATIONS, SPREADS))
    of_spreads = map(_centred, spreads.moments.variances(), spreads.centre.tolist())
    kinds = means.moments.variances(), locations.moments.variances(), of_spreads
    return {name: (one, other, third) for name, one, other, third in zip(names, *kinds, strict=True)}


def _centred(own: DayVariance, centre: float) -> DayVariance:
    return replace(own, centre=centre)


def _together(parts: Sequence[_Days]) -> _Days:
    apart, expected, weight, centre = (
        np.concatenate([getattr(one, name) for one in parts], axis=-1)
        for name in ("apart", "expected", "weight", "centre")
    )
    return _Days(apart, expected, weight, centre)


def _number_moments(own: Sequence[Numbers]) -> list[_Days]:
    """Of the means, and of the location and spread scores of the pooled ranks."""
    counts, sizes, means, squares = (
        np.array([getattr(one, part) for one in own]) for part in ("counts", "sizes", "means", "squares")
    )
    within = squares.sum(axis=0) / np.maximum(1.0, (counts - 1).sum(axis=0))
    found = [_Days.of(means, within, counts, sizes)]
    histograms = np.array([one.histograms for one in own])
    scores = standard_scores(histograms.sum(axis=0))
    for score, values in zip(scores, centred(histograms, scores), strict=False):
        middle = (counts * values).sum(axis=0) / counts.sum(axis=0)
        between = (counts * (values - middle) ** 2).sum(axis=0) / counts.sum(axis=0)
        within = np.where(score.any(axis=1), np.maximum(0.0, 1 - between), 0.0)
        found.append(_Days.of(values, within, counts, sizes))
    return found


def _pixel_std(days: Sequence[Side]) -> DayVariance:
    counts = np.array([[one.profile.image_count] for one in days], dtype=np.float64)
    sizes = np.array([[one.sizes.pictures] for one in days])
    within = np.array([sum(one.pixels.std_squares for one in days) / counts.sum()])
    return _Days.of(np.array([[one.pixels.std] for one in days]), within, counts, sizes).moments.variances()[0]


def _categories(days: Sequence[Side]) -> dict[str, DayVariance]:
    sizes = [one.sizes.pictures for one in days]
    return {
        name: _of_counts([one.profile.categories[name] for one in days], sizes)
        for name in days[0].profile.categories
        if all(name in one.profile.categories for one in days)
    }


def _of_counts(days: Sequence[Mapping[Any, int]], sizes: Sequence[float]) -> DayVariance:
    """Of the shares of several values, each with the weight that it has in a sum of absolute differences.

    The variance between days is relative to that of single images. It is the first-order correction of Rao and Scott,
    "The Analysis of Categorical Data from Complex Side Surveys", Journal of the American Statistical Association 76,
    1981, with the weights of the total variation distance.
    """
    values = list(dict.fromkeys(value for one in days for value in one))
    counts = np.array([[one.get(value, 0) for value in values] for one in days], dtype=np.float64)
    totals = counts.sum(axis=1)
    if not totals.all() or len(values) < 2:  # noqa: PLR2004
        return NO_DAYS
    shares = counts.sum(axis=0) / totals.sum()
    deviations = np.sqrt(shares * (1 - shares))
    sides = totals[:, None], np.array(sizes)[:, None]
    own = _Days.of(counts / totals[:, None], deviations**2, *sides)
    weights = 1 / deviations
    found, expected = float(own.found @ weights), float(own.expected @ weights)
    chance = expected / float(own.weight[0]) / float(deviations.sum())
    variance = max(0.0, found / expected - 1) * chance
    # What chance does is spread over the classes; what days do may be one thing.
    many = float(deviations.sum() ** 2 / (deviations**2).sum())
    freedom = max(LEAST_FREEDOM, len(days) - 1) * (variance + chance) ** 2 / (variance**2 + chance**2 / many)
    return DayVariance(variance, chance, freedom)


def _pictures(days: Sequence[Side]) -> NDArray[np.float64]:
    return _products([one.pictures.count for one in days], [one.pictures.means for one in days])


def _predicted(days: Sequence[Side]) -> NDArray[np.float64]:
    there = [one.profile.predicted for one in days if one.profile.predicted.count]
    return _products([one.count for one in there], [one.means for one in there])


def _products(counts: Sequence[int], means: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """None, shape (0, 0), where the days know different features."""
    if not counts or len({len(one) for one in means}) > 1:
        return np.zeros((0, 0))
    own, weights = np.array(means), np.array(counts, dtype=np.float64)
    apart = (own - weights @ own / weights.sum()) * np.sqrt(weights)[:, None]
    return np.asarray(np.einsum("di,dj->ij", apart, apart))
