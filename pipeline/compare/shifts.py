"""How the numeric features' means moved, in the baseline's standard deviations: what explains a drift."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.effective import effective_sizes
from pipeline.compare.noise import largest_difference_noise
from pipeline.compare.rules import mean_difference
from pipeline.compare.thresholds import Bands
from pipeline.features import feature

if TYPE_CHECKING:
    from pipeline.documents import FeatureShift
    from pipeline.profile.profile import NumericProfile, Profile

SHIFT_BANDS = Bands(low=0.5, medium=1.0, high=2.0)
"""Severities of a feature's shift, in the baseline's standard deviations; a smaller one, however certain, is not worth
a word."""


def feature_shifts(baseline: Profile, current: Profile, alpha: float) -> list[FeatureShift]:
    """The shift of each feature that both profiles have, the largest first.

    Args:
        baseline: What is compared with.
        current: What is compared.
        alpha: The share of unchanged days on which any of the shifts passes its noise floor.
    """
    shared = [name for name in baseline.features if name in current.features]
    sizes = effective_sizes(baseline, current, shared)
    shifts = [
        _shift(name, baseline.features[name], current.features[name], sizes[name], alpha, len(shared))
        for name in shared
    ]
    return sorted(shifts, key=lambda one: -abs(one["shift"]))


def _shift(
    name: str, old: NumericProfile, new: NumericProfile, sizes: tuple[float, float], alpha: float, tests: int
) -> FeatureShift:
    # The chance that any of the tests passes is at most the sum of their chances (Bonferroni).
    difference = mean_difference(old, new, sizes)
    noise = largest_difference_noise(abs(new.mean - old.mean), [difference], alpha / tests)
    # A feature that never varied in the baseline is measured in the deviations of both together.
    unit = old.std or (sum(difference.squares) / sum(difference.counts)) ** 0.5
    shift, floor = ((new.mean - old.mean) / unit, noise.floor / unit) if unit else (0.0, 0.0)
    found: FeatureShift = {
        "feature": name,
        "baseline_mean": old.mean,
        "current_mean": new.mean,
        "shift": shift,
        "noise_floor": floor,
        "p_value": min(1.0, noise.p_value * tests),
        "significant": abs(shift) > max(floor, SHIFT_BANDS.low),
    }
    words = feature(name).words
    if words is not None and shift != 0:
        found["words"] = words[0] if shift > 0 else words[1]
    return found
