"""The categorical features of two profiles to what is measured of each: the predicted class is one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.dealing import dealt_again
from pipeline.compare.distances import jensen_shannon, stability_index, total_variation
from pipeline.compare.effective import class_inflation, class_sizes, picture_sizes
from pipeline.compare.measures import POWER_SCORE, Measures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from numpy.typing import NDArray

    from pipeline.profile.profile import Profile

PREDICTED_CLASS = "predicted_class"


def category_measures(baseline: Profile, current: Profile, level: float) -> list[Measures]:
    """What is measured of each categorical feature that both profiles have, and of the predicted class.

    Args:
        baseline: What is compared with.
        current: What is compared.
        level: The probability of chance that one test is allowed.
    """
    shared = [name for name in baseline.categories if name in current.categories]
    sizes = picture_sizes(baseline, current)
    found = [_measures(name, baseline.categories[name], current.categories[name], sizes, level) for name in shared]
    if baseline.classes and current.classes:
        sizes = class_sizes(baseline, current)
        found.append(_measures(PREDICTED_CLASS, baseline.classes, current.classes, sizes, level))
    return found


def _measures(
    name: str,
    baseline: Mapping[Any, int],
    current: Mapping[Any, int],
    sizes: tuple[float, float],
    level: float,
) -> Measures:
    values = list(dict.fromkeys([*baseline, *current]))
    old, new = (np.array([counts.get(one, 0) for one in values], dtype=np.int64) for counts in (baseline, current))
    counts = int(old.sum()), int(new.sum())
    effect = float(total_variation(old, new))
    inflation = class_inflation(counts, sizes)
    by_chance = dealt_again(old, new)
    floor = min(1.0, by_chance.quantile(level) * inflation)
    return Measures(
        name,
        "categorical",
        effect,
        floor,
        min(1.0, floor + POWER_SCORE * by_chance.deviation * inflation),
        by_chance.tail(effect / inflation),
        float(jensen_shannon(old, new)),
        float(stability_index(old, new)),
        counts,
        sizes,
        _words(values, old, new),
    )


def _words(values: list[Any], old: NDArray[np.int64], new: NDArray[np.int64]) -> str:
    """The value whose share changed most."""
    before, now = old / old.sum(), new / new.sum()
    at = int(np.argmax(np.abs(now - before)))
    value = "none" if values[at] is None else values[at]
    more = "more" if now[at] >= before[at] else "less"
    return f"{more} {value}: {now[at]:.3g} of the images, was {before[at]:.3g}"
