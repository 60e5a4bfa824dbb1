"""How far the distribution of each feature moved, whether chance explains it, and whether it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.judges.categories import category_measures
from pipeline.compare.judges.numbers import number_measures
from pipeline.compare.thresholds import SHARES
from pipeline.features import CHANNELS, feature
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.compare.judges.measures import Measures
    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import FeatureVerdict

DRIFTED, BY_CHANCE, SMALL = "drifted", "within chance", "below the threshold"
"""The verdicts."""


def feature_drift(baseline: Side, current: Side, rules: Rules) -> list[FeatureVerdict]:
    """An entry for each feature that both have: those that drifted first, of them the largest effect.

    A feature drifted where its effect is both beyond chance and above its threshold. The budget that all features
    share is kept by the procedure of Benjamini and Hochberg, "Controlling the False Discovery Rate", Journal of the
    Royal Statistical Society B 57, 1995: when nothing has changed, any feature passes with at most that probability.
    """
    measures = measure_features(baseline, current, rules.alpha / SHARES / max(1, feature_tests(baseline, current)))
    found = judged(measures, rules)
    return sorted(found, key=lambda one: (not one["drifted"], one["p_value"], -one["effect"] / one["threshold"]))


def feature_tests(baseline: Side, current: Side) -> int:
    """How many features both have."""
    old, new = baseline.profile, current.profile
    numbers, categories = old.features.keys() & new.features, old.categories.keys() & new.categories
    return len(numbers) + len(categories) + bool(old.classes and new.classes)


def measure_features(baseline: Side, current: Side, level: float) -> list[Measures]:
    """What is measured of each of them; `level` is the probability of chance that one test is allowed."""
    return [*number_measures(baseline, current, level), *category_measures(baseline, current, level)]


def judged(measures: Sequence[Measures], rules: Rules) -> list[FeatureVerdict]:
    """The verdicts, in the same order, on measures that share one part of the budget of false alarms."""
    adjusted = benjamini_hochberg([one.p_value for one in measures])
    return [_entry(one, rules.adjusted(p_value), rules) for one, p_value in zip(measures, adjusted, strict=True)]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """The p-values, so that each may be held against the share of false alarms that is allowed."""
    order = np.argsort(p_values)[::-1]
    ranks = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(np.asarray(p_values)[order] * len(p_values) / ranks))
    return [float(one) for one in adjusted]


def _entry(own: Measures, adjusted: float, rules: Rules) -> FeatureVerdict:
    threshold = rules.features.shift if own.kind == "numeric" else rules.features.distance
    verdict = verdict_on(own.effect, threshold, adjusted, rules)
    found: FeatureVerdict = {
        "feature": own.feature,
        "kind": own.kind,
        "drifted": verdict == DRIFTED,
        "severity": _severity(own, rules) if verdict == DRIFTED else Severity.NONE,
        "verdict": verdict,
        "words": own.words,
        "direction": own.direction,
        "effect": own.effect,
        "threshold": threshold,
        "noise_floor": own.noise_floor,
        "smallest_detectable": max(own.smallest_detectable, threshold),
        "p_value": own.p_value,
        "adjusted_p_value": adjusted,
        "baseline_count": own.counts[0],
        "current_count": own.counts[1],
        "baseline_effective_count": own.sizes[0],
        "current_effective_count": own.sizes[1],
    }
    if own.between_days_std is not None:
        found["between_days_std"] = own.between_days_std
    return found


def verdict_on(effect: float, threshold: float, adjusted: float, rules: Rules) -> str:
    """Whether chance explains an effect, and whether it is large enough to matter."""
    if adjusted > rules.alpha:
        return BY_CHANCE
    return DRIFTED if effect > threshold else SMALL


EXTREMES = frozenset(f"{whose}_{which}" for whose in ("pixel", *CHANNELS) for which in ("min", "max"))
"""Features that hang on a single pixel of each image. Of photographs nearly all have the same, so that their deviation
is next to nothing: that they moved says that something changed, and not how badly."""


def prominence(name: str, effect: float) -> tuple[bool, bool, float]:
    """What sorts drifted features by how much they tell a person, the most telling with the highest value: what a
    picture looks like before any quartile of a channel, and extremes last.

    Args:
        name: Of the feature.
        effect: Relative to its threshold.
    """
    return feature(name).group == "quality", name not in EXTREMES, effect


def _severity(own: Measures, rules: Rules) -> Severity:
    """Of a feature that drifted, at least low; a category's distance counts by the bands of the class rule's."""
    if own.feature in EXTREMES:
        return Severity.LOW
    bands = rules.features.bands if own.kind == "numeric" else rules.classes.bands
    return worst([Severity.LOW, bands.severity(own.effect)])
