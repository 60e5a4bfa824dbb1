"""Two sides side by side: what both have, and what ordinary days add to a difference between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.sides.between_days import MEANS
from pipeline.compare.statistics.day_variance import NO_DAYS, with_days
from pipeline.compare.statistics.dealing import dealt_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.sides.between_days import BetweenDays
    from pipeline.compare.sides.side import Numbers, Side
    from pipeline.compare.statistics.day_variance import DayVariance
    from pipeline.compare.statistics.dealing import ByChance


@dataclass(frozen=True)
class Pair:
    """Numeric features of two sides, and what ordinary days differ by.

    Attributes:
        old: Of the baseline.
        new: The same features of the current set.
        days: `times` the variance between days, the same of what chance makes of it, degrees of freedom, and the
            centre, each of the mean, of the location score and of the spread score, shape (4, 3, features); None where
            no days are known.
        times: How often the variance between days is in a difference.
    """

    old: Numbers
    new: Numbers
    days: NDArray[np.float64] | None
    times: float = 0.0

    @property
    def stds_between_days(self) -> NDArray[np.float64]:
        """The standard deviations of the means of the baseline's days beyond chance, shape (features,)."""
        if self.days is None:
            return np.zeros(len(self.old.names))
        return np.asarray(np.sqrt(self.days[0, MEANS] / self.times))

    def errors(
        self, kind: int, variances: NDArray[np.float64], freedom: NDArray[np.float64] | float = math.inf
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The standard errors of differences between two means, and their degrees of freedom, each (features,).

        Args:
            kind: `MEANS`, `LOCATIONS` or `SPREADS`.
            variances: Of one image.
            freedom: Degrees of freedom of those.
        """
        sampling = variances * (1 / self.old.sizes + 1 / self.new.sizes)
        freedoms = np.full(sampling.shape, freedom)
        if self.days is None:
            return np.sqrt(sampling), freedoms
        error, found = with_days(sampling, freedoms, *self.days[:3, kind])
        return np.asarray(error), np.asarray(found)

    @cached_property
    def standard_errors(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """As of `MeanDifference`: of the differences between means, and their degrees of freedom, each (features,)."""
        old, new = self.old, self.new
        freedom = old.counts + new.counts - 2
        variances = np.divide(old.squares + new.squares, freedom, out=np.full(len(freedom), np.inf), where=freedom > 0)
        return self.errors(MEANS, np.maximum(0.0, variances), np.maximum(1.0, old.sizes + new.sizes - 2))


@dataclass(frozen=True)
class Counted:
    """How many images of two sides have each value of something, as their predicted class.

    Attributes:
        values: Those that either side has, shape (values,).
        old: How many of the baseline have each, int64.
        new: The same of the current set.
    """

    values: Sequence[Any] | NDArray[np.int64]
    old: NDArray[np.int64]
    new: NDArray[np.int64]

    @cached_property
    def by_chance(self) -> ByChance:
        """How their total variation distance is distributed when nothing has changed."""
        return dealt_again(self.old, self.new)


def day_weight(baseline: Side, current: Side) -> float:
    """How often the variance between days is in the difference between the means of two sets: once for the current
    day, and a part of it for those of the baseline. 0 where nothing is known of the baseline's days."""
    if baseline.days is None:
        return 0.0
    return baseline.days.unevenness + (1.0 if current.days is None else current.days.unevenness)


def days_between(baseline: Side, current: Side, of: Callable[[BetweenDays], DayVariance]) -> DayVariance:
    """What ordinary days add to the difference of something between two sets."""
    return NO_DAYS if baseline.days is None else of(baseline.days) * day_weight(baseline, current)


_RECENT = 4
"""How many pairs of sides are remembered, each with what several judges ask of it."""


@lru_cache(_RECENT)
def in_common(baseline: Side, current: Side) -> tuple[Pair, ...]:
    """The numeric features that both have, as many bins each at a time."""
    return tuple(_in_common(baseline, current))


def _in_common(baseline: Side, current: Side) -> Iterator[Pair]:
    weight = day_weight(baseline, current)
    for bins, own in baseline.numbers.items():
        there = current.numbers[bins].names if bins in current.numbers else ()
        if names := [name for name in own.names if name in there]:
            yield Pair(own.of(names), current.numbers[bins].of(names), _days(baseline, names, weight), weight)


def _days(baseline: Side, names: Sequence[str], weight: float) -> NDArray[np.float64] | None:
    if baseline.days is None:
        return None
    known, none = baseline.days.features, (NO_DAYS, NO_DAYS, NO_DAYS)
    found = [[(one.variance, one.chance, one.freedom, one.centre) for one in known.get(name, none)] for name in names]
    return np.asarray(np.array(found).transpose(2, 1, 0) * np.array([weight, weight, 1.0, 1.0])[:, None, None])


@lru_cache(_RECENT)
def categories_of(baseline: Side, current: Side) -> dict[str, Counted]:
    """The categorical features that both have, by name; the predicted class is not among them."""
    old, new = baseline.profile.categories, current.profile.categories
    return {name: _values_of(old[name], new[name]) for name in old if name in new}


def _values_of(old: Mapping[str | None, int], new: Mapping[str | None, int]) -> Counted:
    values = list(dict.fromkeys([*old, *new]))
    before, now = (np.array([counts.get(one, 0) for one in values], dtype=np.int64) for counts in (old, new))
    return Counted(values, before, now)


@lru_cache(_RECENT)
def classes_of(baseline: Side, current: Side) -> Counted:
    """The predicted classes of both, in their order; of a detector those of its kept boxes."""
    one, other = baseline.classes, current.classes
    keys = np.sort(np.concatenate([one.keys, other.keys]))
    keys = keys[np.append(True, keys[1:] != keys[:-1])]
    return Counted(keys, one.counts_of(keys), other.counts_of(keys))
