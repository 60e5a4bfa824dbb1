"""The three fixed rules: two sides to a verdict each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.sides.between_days import MEANS
from pipeline.compare.sides.effective import class_inflation
from pipeline.compare.sides.pair import classes_of, days_between
from pipeline.compare.statistics.day_variance import NO_DAYS
from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.noise import MeanDifference, Noise, distance_noise, largest_difference_noise
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.compare.sides.pair import Counted
    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Bands, Rules
    from pipeline.documents import (
        ClassChange,
        ClassDistributionDrift,
        ConfidenceDrift,
        Judgement,
        PixelDistributionDrift,
    )

MOST_CHANGES = 10
"""Classes that a report lists as changed."""


def pixel_rule(baseline: Side, current: Side, rules: Rules) -> PixelDistributionDrift:
    """Judge the pooled pixels' mean and standard deviation; its value is the larger of their two shifts."""
    old, new = baseline.pixels, current.pixels
    mean_shift, std_shift = abs(new.mean - old.mean), abs(new.std - old.std)
    value, limits = max(mean_shift, std_shift), rules.pixel
    differences = [mean_difference(baseline, current, "pixel_mean"), _std_difference(baseline, current)]
    noise = largest_difference_noise(value, differences, rules.alpha)
    counts = (baseline.profile.image_count, current.profile.image_count)
    over = mean_shift > limits.mean or std_shift > limits.std
    return {
        **_judgement(value, limits.mean, counts, noise, limits.bands, rules, over=over),
        "baseline_mean": old.mean,
        "current_mean": new.mean,
        "overall_mean_shift": mean_shift,
        "baseline_std": old.std,
        "current_std": new.std,
        "overall_std_shift": std_shift,
        "std_threshold": limits.std,
    }


def confidence_rule(baseline: Side, current: Side, rules: Rules) -> ConfidenceDrift:
    """Judge the mean confidence. Both must have predictions."""
    old, new = baseline.profile.features["confidence"], current.profile.features["confidence"]
    value, limits = abs(new.mean - old.mean), rules.confidence
    noise = largest_difference_noise(value, [mean_difference(baseline, current, "confidence")], rules.alpha)
    return {
        **_judgement(value, limits.threshold, (old.count, new.count), noise, limits.bands, rules),
        "baseline_mean_confidence": old.mean,
        "current_mean_confidence": new.mean,
        "confidence_shift": value,
    }


def class_rule(baseline: Side, current: Side, rules: Rules) -> ClassDistributionDrift:
    """Judge the predicted classes, of a detector those of its kept boxes. Both must have some."""
    pair, limits = classes_of(baseline, current), rules.classes
    value, counts = float(total_variation(pair.old, pair.new)), (int(pair.old.sum()), int(pair.new.sum()))
    days = days_between(baseline, current, lambda own: own.classes)
    inflation = class_inflation(counts, (baseline.sizes.classes, current.sizes.classes), days)
    noise = distance_noise(value, pair.by_chance, rules.alpha, *inflation)
    return {
        **_judgement(value, limits.threshold, counts, noise, limits.bands, rules),
        "wasserstein_distance": value,
        "total_variation_distance": value,
        "largest_changes": _largest_changes(pair, {**baseline.class_names, **current.class_names}),
    }


def _judgement(
    value: float,
    threshold: float,
    counts: tuple[int, int],
    noise: Noise,
    bands: Bands,
    rules: Rules,
    *,
    over: bool | None = None,
) -> Judgement:
    """The verdict on a value; `over` says whether it passes its threshold where that is not one comparison."""
    over = value > threshold if over is None else over
    by_chance = rules.noise_guard and value <= noise.floor
    # The floor is that of this rule alone; all that a report judges share one budget.
    adjusted = rules.adjusted(noise.p_value)
    beyond_budget = rules.noise_guard and adjusted > rules.alpha
    return {
        "drift_detected": over and not by_chance and not beyond_budget,
        "severity": Severity.NONE if by_chance else bands.severity(value),
        "value": value,
        "threshold": threshold,
        "noise_floor": noise.floor,
        "p_value": noise.p_value,
        "adjusted_p_value": adjusted,
        "baseline_count": counts[0],
        "current_count": counts[1],
    }


def mean_difference(baseline: Side, current: Side, feature: str) -> MeanDifference:
    """The difference between a feature's two means."""
    old, new = baseline.profile.features[feature], current.profile.features[feature]
    sizes = baseline.sizes.features[feature], current.sizes.features[feature]
    days = days_between(baseline, current, lambda own: own.features.get(feature, (NO_DAYS,))[MEANS])
    return MeanDifference((old.count, new.count), (old.squares, new.squares), sizes, days)


def _std_difference(baseline: Side, current: Side) -> MeanDifference:
    """The difference between two pooled standard deviations."""
    counts = (baseline.profile.image_count, current.profile.image_count)
    squares = (baseline.pixels.std_squares, current.pixels.std_squares)
    days = days_between(baseline, current, lambda own: own.pixel_std)
    return MeanDifference(counts, squares, (_pixel_size(baseline), _pixel_size(current)), days)


def _pixel_size(own: Side) -> float:
    return min(own.sizes.features[name] for name in ("pixel_mean", "pixel_square"))


def _largest_changes(pair: Counted, names: Mapping[int, str]) -> list[ClassChange]:
    old_shares, new_shares = pair.old / pair.old.sum(), pair.new / pair.new.sum()
    order = np.argsort(-np.abs(new_shares - old_shares), kind="stable")[:MOST_CHANGES]
    return [_class_change(int(pair.values[at]), float(old_shares[at]), float(new_shares[at]), names) for at in order]


def _class_change(key: int, old: float, new: float, names: Mapping[int, str]) -> ClassChange:
    change: ClassChange = {"class_index": str(key), "baseline_share": old, "current_share": new}
    if key in names:
        change["name"] = names[key]
    return change
