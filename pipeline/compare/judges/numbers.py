"""The numeric features of two sides to what is measured of each, all of them at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.judges.measures import DOWN, NARROWER, POWER_SCORE, UP, WIDER, Measures
from pipeline.compare.sides.between_days import LOCATIONS, MEANS, SPREADS
from pipeline.compare.sides.pair import in_common
from pipeline.compare.statistics.distances import earth_moved
from pipeline.compare.statistics.noise import mean_noises, student_quantiles
from pipeline.compare.statistics.rank_test import rank_test, rank_test_among_days
from pipeline.features import Bins, feature

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.compare.sides.pair import Pair
    from pipeline.compare.sides.side import Numbers, Side


def number_measures(baseline: Side, current: Side, level: float) -> list[Measures]:
    """What is measured of each numeric feature that both have.

    Args:
        baseline: What is compared with.
        current: What is compared.
        level: The probability of chance that one test is allowed.
    """
    found = {one.feature: one for pair in in_common(baseline, current) for one in _measures(pair, level)}
    return [found[name] for name in baseline.profile.features if name in found]


def _measures(pair: Pair, level: float) -> list[Measures]:
    """Of features with as many bins each, all of them at once."""
    old, new = pair.old, pair.new
    widths, units = np.array([_width(name) for name in old.names]), _units(old, new)
    floors, detectable = _floors(pair, level)
    columns = (
        _effects(old, new, widths, units),
        floors / units,
        detectable / units,
        _p_values(pair, units < widths),
        (new.means - old.means) / units,
        new.stds > old.stds,
        *(part.astype(np.int64) for part in (old.counts, new.counts)),
        old.sizes,
        new.sizes,
        pair.stds_between_days / units,
    )
    rows = zip(old.names, *(column.tolist() for column in columns), strict=True)
    return [_measured(*row, days=pair.days is not None) for row in rows]


def _measured(
    name: str,
    effect: float,
    floor: float,
    detectable: float,
    p_value: float,
    shift: float,
    wider: bool,
    *sides: Any,
    days: bool,
) -> Measures:
    before, now, old_size, new_size, apart = sides
    direction = _direction(effect, shift, wider=wider)
    return Measures(
        name, "numeric", effect, floor, detectable, p_value,
        (before, now), (old_size, new_size), _words(name, direction, effect), direction, apart if days else None,
    )  # fmt: skip


@cache
def _width(name: str) -> float:
    bins = feature(name).bins or Bins(0.0, 1.0)
    return (bins.high - bins.low) / bins.count


def _units(old: Numbers, new: Numbers) -> NDArray[np.float64]:
    """The baseline's standard deviation; where the baseline never varied, that of both together; or 1."""
    count = old.counts + new.counts
    between = old.counts * new.counts / count * (new.means - old.means) ** 2
    together = np.sqrt((new.squares + between) / count)
    return np.where(old.stds > 0, old.stds, np.where(together > 0, together, 1.0))


def _effects(
    old: Numbers, new: Numbers, widths: NDArray[np.float64], units: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The Wasserstein distances. None is less than the means' difference, which knows no bins and no outermost ones."""
    moved = earth_moved(old.histograms, new.histograms) * widths
    return np.asarray(np.maximum(moved, np.abs(new.means - old.means)) / units)


CURVATURE = 1.05
"""By how much the Wasserstein distance that chance rarely passes is above that of a mere shift."""


def _floors(pair: Pair, level: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the distance passes by chance with the probability `level`, and which shift is found with `POWER`.

    The distance is the area under the absolute difference of two cumulative shares (Del Barrio, Gine and Matran,
    "Central Limit Theorems for the Wasserstein Distance", Annals of Probability 27, 1999). Far out, nearly all of that
    difference has one sign, and the area is the absolute difference of the means, whose distribution is normal;
    simulation shows the quantiles of the distance at most a twentieth above those.
    """
    old, new = pair.old, pair.new
    errors, freedoms = pair.errors(MEANS, (old.squares + new.squares) / (old.counts + new.counts))
    quantiles = student_quantiles(level, freedoms)
    return CURVATURE * errors * quantiles, errors * (quantiles + POWER_SCORE)


def _p_values(pair: Pair, narrow: NDArray[np.bool_]) -> NDArray[np.float64]:
    """By ranks of bins; by means, where the values hardly leave one bin."""
    old, new = pair.old, pair.new
    if pair.days is None:
        alone = 1 / old.counts + 1 / new.counts
        found = rank_test(old.histograms, new.histograms, alone / (1 / old.sizes + 1 / new.sizes))
    else:
        single = np.ones(len(old.names))
        (location, sure), (spread, less) = (pair.errors(kind, single) for kind in (LOCATIONS, SPREADS))
        errors, centre = np.array([location, spread]), pair.days[3, SPREADS]
        found = rank_test_among_days(old.histograms, new.histograms, errors, np.minimum(sure, less), centre)
    if narrow.any():
        _, by_means = mean_noises(np.abs(new.means - old.means), *pair.standard_errors, alpha=0.5)
        found[narrow] = by_means[narrow]
    return found


def _direction(effect: float, shift: float, *, wider: bool) -> str:
    """Of the mean where it moved by at least half of the effect, else of the spread."""
    if abs(shift) >= effect / 2:
        return UP if shift > 0 else DOWN
    return WIDER if wider else NARROWER


def _words(name: str, direction: str, effect: float) -> str:
    amount = f"by {effect:.2g} standard deviations"
    if direction in {WIDER, NARROWER}:
        return f"{_spoken(name)} varies {'more' if direction == WIDER else 'less'}, {amount}"
    higher, lower = feature(name).words or (f"higher {_spoken(name)}", f"lower {_spoken(name)}")
    return f"{higher if direction == UP else lower} {amount}"


@cache
def _spoken(name: str) -> str:
    return name.replace("_", " ")
