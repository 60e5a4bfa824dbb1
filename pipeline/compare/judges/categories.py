"""The categorical features of two sides to what is measured of each: the predicted class is one of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.judges.measures import MIX, POWER_SCORE, Measures
from pipeline.compare.sides.effective import class_inflation
from pipeline.compare.sides.pair import aligned, days_between
from pipeline.compare.statistics.day_variance import NO_DAYS, DayVariance
from pipeline.compare.statistics.dealing import dealt_again
from pipeline.compare.statistics.distances import jensen_shannon, stability_index, total_variation
from pipeline.compare.statistics.noise import less_sure, surer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from pipeline.compare.sides.side import Side

PREDICTED_CLASS = "predicted_class"


def category_measures(baseline: Side, current: Side, level: float) -> list[Measures]:
    """What is measured of each categorical feature that both have, and of the predicted class.

    Args:
        baseline: What is compared with.
        current: What is compared.
        level: The probability of chance that one test is allowed.
    """
    old, new = baseline.profile, current.profile
    sizes = (baseline.sizes.pictures, current.sizes.pictures)

    def days(name: str) -> DayVariance:
        return days_between(baseline, current, lambda own: own.categories.get(name, NO_DAYS))

    found = [
        _measures(name, *_aligned(old.categories[name], new.categories[name]), sizes, days(name), level)
        for name in old.categories
        if name in new.categories
    ]
    if old.classes and new.classes:
        sizes = (baseline.sizes.classes, current.sizes.classes)
        of_classes = days_between(baseline, current, lambda own: own.classes)
        counted = aligned(baseline.classes, current.classes)
        spoken = partial(_class_name, {**baseline.class_names, **current.class_names})
        found.append(_measures(PREDICTED_CLASS, *counted, sizes, of_classes, level, spoken))
    return found


def _class_name(names: Mapping[int, str], key: int) -> str:
    return names.get(key, f"class {key}")


def _value_name(value: str | None) -> str:
    return "none" if value is None else value


def _aligned(
    old: Mapping[str | None, int], new: Mapping[str | None, int]
) -> tuple[list[str | None], NDArray[np.int64], NDArray[np.int64]]:
    values = list(dict.fromkeys([*old, *new]))
    before, now = (np.array([counts.get(one, 0) for one in values], dtype=np.int64) for counts in (old, new))
    return values, before, now


def _measures(
    name: str,
    values: Sequence[Any] | NDArray[np.int64],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
    sizes: tuple[float, float],
    days: DayVariance,
    level: float,
    spoken: Callable[[Any], str] = _value_name,
) -> Measures:
    counts = int(old.sum()), int(new.sum())
    effect = float(total_variation(old, new))
    inflation, freedom = class_inflation(counts, sizes, days)
    by_chance = dealt_again(old, new)
    floor = min(1.0, by_chance.quantile(surer(level, freedom)) * inflation)
    return Measures(
        name,
        "categorical",
        effect,
        floor,
        min(1.0, floor + POWER_SCORE * by_chance.deviation * inflation),
        less_sure(by_chance.tail(effect / inflation), freedom),
        float(jensen_shannon(old, new)),
        float(stability_index(old, new)),
        counts,
        sizes,
        _words(values, old, new, spoken),
        MIX,
    )


def _words(
    values: Sequence[Any] | NDArray[np.int64],
    old: NDArray[np.int64],
    new: NDArray[np.int64],
    spoken: Callable[[Any], str],
) -> str:
    """The value whose share changed most."""
    before, now = old / old.sum(), new / new.sum()
    at = int(np.argmax(np.abs(now - before)))
    more = "more" if now[at] >= before[at] else "less"
    return f"{more} {spoken(values[at])}: {now[at]:.3g} of the images, was {before[at]:.3g}"
