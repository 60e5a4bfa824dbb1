"""The days of a set to how much they differ from each other beyond what chance makes of as many images."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.statistics.day_variance import LEAST_FREEDOM, NO_DAYS, Days, DayVariance
from pipeline.compare.statistics.histograms import Histograms
from pipeline.compare.statistics.rank_test import centred

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.sides.side import Numbers, Side

FEWEST_IMAGES = 2
"""Readable images below which a day tells nothing of how much its images vary."""


PICTURES, PREDICTED = "pictures", "predicted"
"""The two kinds of joint moments: of all readable images, and of those with a prediction."""

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


def _features(days: Sequence[Side]) -> dict[str, tuple[DayVariance, DayVariance, DayVariance]]:
    names, parts = list[str](), list[list[Days]]()
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


def _together(parts: Sequence[Days]) -> Days:
    apart, expected, weight, centre = (
        np.concatenate([getattr(one, name) for one in parts], axis=-1)
        for name in ("apart", "expected", "weight", "centre")
    )
    return Days(apart, expected, weight, centre)


def _number_moments(own: Sequence[Numbers]) -> list[Days]:
    """Of the means, and of the location and spread scores of the pooled ranks."""
    counts, sizes, means, squares = (
        np.array([getattr(one, part) for one in own]) for part in ("counts", "sizes", "means", "squares")
    )
    within = squares.sum(axis=0) / np.maximum(1.0, (counts - 1).sum(axis=0))
    found = [Days.of(means, within, counts, sizes)]
    images = np.array([one.histograms.images for one in own])
    scores = Histograms.of(images.sum(axis=0)).scores
    for score, values in zip((scores.location, scores.spread), centred(images, scores), strict=True):
        middle = (counts * values).sum(axis=0) / counts.sum(axis=0)
        between = (counts * (values - middle) ** 2).sum(axis=0) / counts.sum(axis=0)
        within = np.where(score.any(axis=1), np.maximum(0.0, 1 - between), 0.0)
        found.append(Days.of(values, within, counts, sizes))
    return found


def _pixel_std(days: Sequence[Side]) -> DayVariance:
    counts = np.array([[one.profile.image_count] for one in days], dtype=np.float64)
    sizes = np.array([[one.sizes.pictures] for one in days])
    within = np.array([sum(one.pixels.std_squares for one in days) / counts.sum()])
    return Days.of(np.array([[one.pixels.std] for one in days]), within, counts, sizes).moments.variances()[0]


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
    own = Days.of(counts / totals[:, None], deviations**2, *sides)
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
