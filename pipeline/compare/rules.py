"""The three fixed rules: two profiles to a verdict each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.distances import total_variation
from pipeline.compare.effective import class_inflation, class_sizes, effective_sizes
from pipeline.compare.noise import MeanDifference, Noise, class_noise, largest_difference_noise
from pipeline.extract.pixels import pixel_moments
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from pipeline.compare.thresholds import Bands, Rules
    from pipeline.documents import (
        ClassChange,
        ClassDistributionDrift,
        ConfidenceDrift,
        Judgement,
        PixelDistributionDrift,
    )
    from pipeline.profile.profile import NumericProfile, Profile

MOST_CHANGES = 10
"""Classes that a report lists as changed."""


def pixel_rule(baseline: Profile, current: Profile, rules: Rules) -> PixelDistributionDrift:
    """Judge the pooled pixels' mean and standard deviation; its value is the larger of their two shifts."""
    (old_mean, old_std), (new_mean, new_std) = (
        pixel_moments(one.pixel_counts.sum(axis=0)) for one in (baseline, current)
    )
    mean_shift, std_shift = abs(new_mean - old_mean), abs(new_std - old_std)
    value, limits = max(mean_shift, std_shift), rules.pixel
    sizes = effective_sizes(baseline, current, ("pixel_mean", "pixel_square"))
    smaller = (min(own[0] for own in sizes.values()), min(own[1] for own in sizes.values()))
    differences = [
        _mean_difference(baseline, current, "pixel_mean", sizes["pixel_mean"]),
        _std_difference(baseline, current, smaller),
    ]
    noise = largest_difference_noise(value, differences, rules.alpha)
    counts = (baseline.image_count, current.image_count)
    over = mean_shift > limits.mean or std_shift > limits.std
    return {
        **_judgement(value, limits.mean, counts, noise, limits.bands, rules, over=over),
        "baseline_mean": old_mean,
        "current_mean": new_mean,
        "overall_mean_shift": mean_shift,
        "baseline_std": old_std,
        "current_std": new_std,
        "overall_std_shift": std_shift,
        "std_threshold": limits.std,
    }


def confidence_rule(baseline: Profile, current: Profile, rules: Rules) -> ConfidenceDrift:
    """Judge the mean confidence. Both profiles must have predictions."""
    old, new = baseline.features["confidence"], current.features["confidence"]
    value, limits = abs(new.mean - old.mean), rules.confidence
    sizes = effective_sizes(baseline, current, ("confidence",))["confidence"]
    difference = _mean_difference(baseline, current, "confidence", sizes)
    noise = largest_difference_noise(value, [difference], rules.alpha)
    return {
        **_judgement(value, limits.threshold, (old.count, new.count), noise, limits.bands, rules),
        "baseline_mean_confidence": old.mean,
        "current_mean_confidence": new.mean,
        "confidence_shift": value,
    }


def class_rule(
    baseline: Profile, current: Profile, rules: Rules, names: Mapping[int, str] | None = None
) -> ClassDistributionDrift:
    """Judge the predicted classes, of a detector those of its kept boxes. Both profiles must have some."""
    classes = sorted({*baseline.classes, *current.classes})
    old, new = (np.array([one.classes.get(key, 0) for key in classes], dtype=np.int64) for one in (baseline, current))
    value, limits, counts = float(total_variation(old, new)), rules.classes, (int(old.sum()), int(new.sum()))
    noise = class_noise(old, new, rules.alpha, class_inflation(counts, class_sizes(baseline, current)))
    return {
        **_judgement(value, limits.threshold, counts, noise, limits.bands, rules),
        "wasserstein_distance": value,
        "total_variation_distance": value,
        "largest_changes": _largest_changes(classes, old, new, names or {}),
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


def _mean_difference(baseline: Profile, current: Profile, feature: str, sizes: tuple[float, float]) -> MeanDifference:
    return mean_difference(baseline.features[feature], current.features[feature], sizes)


def mean_difference(old: NumericProfile, new: NumericProfile, sizes: tuple[float, float]) -> MeanDifference:
    """The difference between a feature's two means; `sizes` are the effective sample sizes."""
    return MeanDifference((old.count, new.count), (old.squares, new.squares), sizes)


def _std_difference(baseline: Profile, current: Profile, sizes: tuple[float, float]) -> MeanDifference:
    """The difference between two pooled standard deviations, as one between means of what each image contributes.

    By the delta method, an image with mean pixel m and mean squared pixel q moves std = sqrt(Q - M**2) by
    (q - Q - 2 M (m - M)) / (2 std).
    """
    squares = (_std_squares(baseline), _std_squares(current))
    return MeanDifference((baseline.image_count, current.image_count), squares, sizes)


def _std_squares(own: Profile) -> float:
    mean, std = pixel_moments(own.pixel_counts.sum(axis=0))
    if std == 0:
        return 0.0
    of_means, of_squares = own.features["pixel_mean"].squares, own.features["pixel_square"].squares
    total = of_squares - 4 * mean * own.pictures.product("pixel_mean", "pixel_square") + 4 * mean**2 * of_means
    return max(0.0, total) / (4 * std**2)


def _largest_changes(
    classes: list[int], old: NDArray[np.int64], new: NDArray[np.int64], names: Mapping[int, str]
) -> list[ClassChange]:
    old_shares, new_shares = old / old.sum(), new / new.sum()
    order = np.argsort(-np.abs(new_shares - old_shares), kind="stable")[:MOST_CHANGES]
    return [_class_change(classes[at], float(old_shares[at]), float(new_shares[at]), names) for at in order]


def _class_change(key: int, old: float, new: float, names: Mapping[int, str]) -> ClassChange:
    change: ClassChange = {"class_index": str(key), "baseline_share": old, "current_share": new}
    if key in names:
        change["name"] = names[key]
    return change
