"""The categorical features of two sides to what is measured of each: the predicted class is one of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.judges.measures import MIX, POWER_SCORE, Measures
from pipeline.compare.sides.effective import class_inflation
from pipeline.compare.sides.pair import categories_of, classes_of, days_between
from pipeline.compare.statistics.day_variance import NO_DAYS, DayVariance
from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.noise import distance_noise
from pipeline.features import PREDICTED_CLASS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from pipeline.compare.sides.pair import Counted
    from pipeline.compare.sides.side import Side


def category_measures(baseline: Side, current: Side, level: float) -> list[Measures]:
    """What is measured of each categorical feature that both have, and of the predicted class.

    Args:
        baseline: What is compared with.
        current: What is compared.
        level: The probability of chance that one test is allowed.
    """
    sizes = (baseline.sizes.pictures, current.sizes.pictures)

    def days(name: str) -> DayVariance:
        return days_between(baseline, current, lambda own: own.categories.get(name, NO_DAYS))

    found = [
        _measures(name, counted, sizes, days(name), level) for name, counted in categories_of(baseline, current).items()
    ]
    if baseline.profile.classes and current.profile.classes:
        sizes = (baseline.sizes.classes, current.sizes.classes)
        of_classes = days_between(baseline, current, lambda own: own.classes)
        counted = classes_of(baseline, current)
        spoken = partial(_class_name, {**baseline.class_names, **current.class_names})
        found.append(_measures(PREDICTED_CLASS, counted, sizes, of_classes, level, spoken))
    return found


def _class_name(names: Mapping[int, str], key: int) -> str:
    return names.get(key, f"class {key}")


def _value_name(value: str | None) -> str:
    return "none" if value is None else value


def _measures(
    name: str,
    counted: Counted,
    sizes: tuple[float, float],
    days: DayVariance,
    level: float,
    spoken: Callable[[Any], str] = _value_name,
) -> Measures:
    old, new, by_chance = counted.old, counted.new, counted.by_chance
    counts = int(old.sum()), int(new.sum())
    effect = float(total_variation(old, new))
    inflation, freedom = class_inflation(counts, sizes, days)
    noise = distance_noise(effect, by_chance, level, inflation, freedom)
    return Measures(
        name,
        "categorical",
        effect,
        noise.floor,
        min(1.0, noise.floor + POWER_SCORE * by_chance.deviation * inflation),
        noise.p_value,
        counts,
        sizes,
        _words(counted, spoken),
        MIX,
    )


def _words(counted: Counted, spoken: Callable[[Any], str]) -> str:
    """The value whose share changed most."""
    before, now = counted.old / counted.old.sum(), counted.new / counted.new.sum()
    at = int(np.argmax(np.abs(now - before)))
    more = "more" if now[at] >= before[at] else "less"
    return f"{more} {spoken(counted.values[at])}: {now[at]:.3g} of the images, was {before[at]:.3g}"
