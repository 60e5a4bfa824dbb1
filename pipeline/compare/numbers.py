"""The numeric features of two profiles to what is measured of each, all of them at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.distances import earth_moved, jensen_shannon, stability_index
from pipeline.compare.effective import effective_sizes
from pipeline.compare.measures import POWER_SCORE, Measures
from pipeline.compare.noise import MeanDifference, mean_noise
from pipeline.compare.rank_test import rank_test
from pipeline.compare.tails import normal_quantile
from pipeline.features import Bins, feature

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.profile.profile import NumericProfile, Profile

TENTHS = 10
"""Groups of the baseline's bins, each of about as many images, over which the two divergences are taken: over all bins
they would be made of noise."""


def number_measures(baseline: Profile, current: Profile, level: float) -> list[Measures]:
    """What is measured of each numeric feature that both profiles have.

    Args:
        baseline: What is compared with.
        current: What is compared.
        level: The probability of chance that one test is allowed.
    """
    shared = [name for name in baseline.features if name in current.features]
    groups = dict[int, list[str]]()
    for name in shared:
        groups.setdefault(len(baseline.features[name].histogram), []).append(name)
    found = [one for group in groups.values() for one in _measures(baseline, current, group, level)]
    return sorted(found, key=lambda one: shared.index(one.feature))


def _measures(baseline: Profile, current: Profile, names: list[str], level: float) -> list[Measures]:
    """Of features with as many bins each, all of them at once."""
    old, new = ([own.features[name] for name in names] for own in (baseline, current))
    sizes = np.array(list(effective_sizes(baseline, current, names).values()))
    counts = np.array([[one.count for one in old], [one.count for one in new]]).T
    histograms = np.array([one.histogram for one in old]), np.array([one.histogram for one in new])
    widths, units = np.array([_width(name) for name in names]), np.array(list(map(_unit, old, new)))
    effects = _effects(histograms, widths, units, old, new)
    spread = (1 / sizes).sum(axis=1)
    floors = _floors(level, spread, units, old, new)
    p_values = _p_values(histograms, spread, counts, sizes, widths, units, old, new)
    tenths = _in_tenths(*histograms)
    divergences, stabilities = jensen_shannon(*tenths), stability_index(*tenths)
    detectable = (normal_quantile(level / 2) + POWER_SCORE) * np.sqrt(spread)
    return [
        Measures(
            name,
            "numeric",
            float(effects[at]),
            float(floors[at]),
            float(detectable[at]),
            float(p_values[at]),
            float(divergences[at]),
            float(stabilities[at]),
            (int(counts[at, 0]), int(counts[at, 1])),
            (float(sizes[at, 0]), float(sizes[at, 1])),
            _words(name, old[at], new[at], float(effects[at]), float(units[at])),
        )
        for at, name in enumerate(names)
    ]


def _width(name: str) -> float:
    bins = feature(name).bins or Bins(0.0, 1.0)
    return (bins.high - bins.low) / bins.count


def _unit(old: NumericProfile, new: NumericProfile) -> float:
    """The baseline's standard deviation; where the baseline never varied, that of both together; or 1."""
    count = old.count + new.count
    between = old.count * new.count / count * (new.mean - old.mean) ** 2
    return old.std or ((new.squares + between) / count) ** 0.5 or 1.0


def _effects(
    histograms: tuple[NDArray[np.int64], NDArray[np.int64]],
    widths: NDArray[np.float64],
    units: NDArray[np.float64],
    old: Sequence[NumericProfile],
    new: Sequence[NumericProfile],
) -> NDArray[np.float64]:
    """The Wasserstein distances. None is less than the means' difference, which knows no bins and no outermost ones."""
    shifts = np.abs([its.mean - own.mean for own, its in zip(old, new, strict=True)])
    return np.asarray(np.maximum(earth_moved(*histograms) * widths, shifts) / units)


CURVATURE = 1.05
"""By how much the Wasserstein distance that chance rarely passes is above that of a mere shift."""


def _floors(
    level: float,
    spread: NDArray[np.float64],
    units: NDArray[np.float64],
    old: Sequence[NumericProfile],
    new: Sequence[NumericProfile],
) -> NDArray[np.float64]:
    """What the effect passes by chance with the probability `level`.

    The distance is the area under the absolute difference of two cumulative shares (Del Barrio, Gine and Matran,
    "Central Limit Theorems for the Wasserstein Distance", Annals of Probability 27, 1999). Far out, nearly all of that
    difference has one sign, and the area is the absolute difference of the means, whose distribution is normal;
    simulation shows the quantiles of the distance at most a twentieth above those.
    """
    pooled = [(own.squares + its.squares) / (own.count + its.count) for own, its in zip(old, new, strict=True)]
    return np.asarray(CURVATURE * normal_quantile(level / 2) * np.sqrt(spread) * np.sqrt(pooled) / units)


def _p_values(
    histograms: tuple[NDArray[np.int64], NDArray[np.int64]],
    spread: NDArray[np.float64],
    counts: NDArray[np.int64],
    sizes: NDArray[np.float64],
    widths: NDArray[np.float64],
    units: NDArray[np.float64],
    old: Sequence[NumericProfile],
    new: Sequence[NumericProfile],
) -> NDArray[np.float64]:
    """By ranks of bins; by means, where the values hardly leave one bin."""
    found = rank_test(*histograms, (1 / counts).sum(axis=1) / spread)
    for at in np.flatnonzero(units < widths).tolist():
        own, its = old[at], new[at]
        difference = MeanDifference((own.count, its.count), (own.squares, its.squares), tuple(sizes[at]))
        found[at] = mean_noise(abs(its.mean - own.mean), difference)
    return found


def _in_tenths(baseline: NDArray[np.int64], current: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    middle = (np.cumsum(baseline, axis=1) - baseline / 2) / baseline.sum(axis=1, keepdims=True)
    groups = np.minimum((middle * TENTHS).astype(np.int64), TENTHS - 1)
    flat = (groups + TENTHS * np.arange(len(baseline))[:, None]).ravel()
    shape = (len(baseline), TENTHS)
    first, second = (
        np.bincount(flat, weights=one.ravel(), minlength=shape[0] * TENTHS).reshape(shape).astype(np.int64)
        for one in (baseline, current)
    )
    return first, second


def _words(name: str, old: NumericProfile, new: NumericProfile, effect: float, unit: float) -> str:
    """The direction where the mean moved by at least half of the effect, else what became of the spread."""
    shift = (new.mean - old.mean) / unit
    amount = f"by {effect:.2g} standard deviations"
    if abs(shift) >= effect / 2:
        words = feature(name).words or (f"higher {_spoken(name)}", f"lower {_spoken(name)}")
        return f"{words[0] if shift > 0 else words[1]} {amount}"
    spread = "varies more" if new.std > old.std else "varies less"
    return f"{_spoken(name)} {spread}, {amount}"


def _spoken(name: str) -> str:
    return name.replace("_", " ")
