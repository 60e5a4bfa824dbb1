"""How the numeric features' means moved, in the baseline's standard deviations: what explains a drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.sides.pair import in_common
from pipeline.compare.statistics.noise import mean_noises
from pipeline.compare.thresholds import Bands
from pipeline.features import feature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.compare.sides.pair import Pair
    from pipeline.compare.sides.side import Side
    from pipeline.documents import FeatureShift

SHIFT_BANDS = Bands(low=0.5, medium=1.0, high=2.0)
"""Severities of a feature's shift, in the baseline's standard deviations; a smaller one, however certain, is not worth
a word."""


def feature_shifts(baseline: Side, current: Side, alpha: float) -> list[FeatureShift]:
    """The shift of each feature that both have, the largest first.

    Args:
        baseline: What is compared with.
        current: What is compared.
        alpha: The share of unchanged days on which any of the shifts passes its noise floor.
    """
    tests = len(baseline.profile.features.keys() & current.profile.features)
    # The chance that any of the tests passes is at most the sum of their chances (Bonferroni).
    found = [_shift(*row, tests=tests) for pair in in_common(baseline, current) for row in _rows(pair, alpha / tests)]
    return sorted(found, key=lambda one: -abs(one["shift"]))


def _rows(pair: Pair, level: float) -> Iterator[tuple[Any, ...]]:
    """Of each feature its name, both means, their difference and its noise floor in deviations, and its p-value."""
    old, new = pair.old, pair.new
    moved = new.means - old.means
    floors, p_values = mean_noises(np.abs(moved), *pair.standard_errors, level)
    # A feature that never varied in the baseline is measured in the deviations of both together.
    together = np.sqrt((old.squares + new.squares) / (old.counts + new.counts))
    units = np.where(old.stds > 0, old.stds, together)
    unit = np.where(units > 0, units, np.inf)
    columns = (old.means, new.means, moved / unit, floors / unit, p_values)
    return zip(old.names, *(column.tolist() for column in columns), strict=True)


def _shift(
    name: str, before: float, now: float, shift: float, floor: float, p_value: float, *, tests: int
) -> FeatureShift:
    found: FeatureShift = {
        "feature": name,
        "baseline_mean": before,
        "current_mean": now,
        "shift": shift,
        "noise_floor": floor,
        "p_value": min(1.0, p_value * tests),
        "significant": abs(shift) > max(floor, SHIFT_BANDS.low),
    }
    words = feature(name).words
    if words is not None and shift != 0:
        found["words"] = words[0] if shift > 0 else words[1]
    return found
