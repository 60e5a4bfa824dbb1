"""Images that resemble those before them to the number of independent images that tell as much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.statistics.day_variance import NO_DAYS, DayVariance, with_days

if TYPE_CHECKING:
    from pipeline.profile.profile import NumericProfile, Profile

CERTAIN = 1.645
"""Standard errors by which a correlation must be above 0 to count: independent images pass it once in twenty times."""

CAUTION = 1.0
"""Standard errors that are added to one that counts, because too small a one means alarms without a change."""

FEWEST_PAIRS = 10
"""Pairs of images below which a correlation is not estimated."""

MOST_CORRELATED = 0.98
"""A larger correlation would leave next to nothing of any sample."""


@dataclass(frozen=True, slots=True)
class EffectiveSizes:
    """How many independent images tell as much as those of a set.

    Attributes:
        features: By name of a numeric feature.
        pictures: Of all that is known of the pictures together.
        classes: Of the predicted classes, of a detector those of its kept boxes.
    """

    features: dict[str, float]
    pictures: float
    classes: float


def effective_sizes(own: Profile) -> EffectiveSizes:
    """The effective sizes of a set, by how much its images resemble those before them."""
    shared = shared_correlation(own)
    features = {
        name: one.count * remaining(max(shared, cautious(correlation(one), one.pairs)))
        for name, one in own.features.items()
    }
    return EffectiveSizes(features, own.image_count * remaining(shared), _class_size(own, shared))


def class_inflation(
    counts: tuple[int, int], sizes: tuple[float, float], days: DayVariance = NO_DAYS
) -> tuple[float, float]:
    """How much wider a distance spreads by chance than that of as many independent images or boxes, and the degrees of
    freedom of that.

    Args:
        counts: Of images or boxes.
        sizes: How many independent ones they are worth.
        days: What ordinary days add, relative to the variance of one image.
    """
    sampling, single = sum(1 / size for size in sizes), sum(1 / count for count in counts)
    if days is NO_DAYS:
        return math.sqrt(sampling / single), math.inf
    error, freedom = with_days(np.float64(sampling), math.inf, days.variance, days.chance, days.freedom)
    return float(error) / math.sqrt(single), float(freedom)


def _class_size(own: Profile, shared: float) -> float:
    """The boxes of one image resemble each other. At the worst they are all alike; n images with b boxes each then tell
    as much as (sum b)**2 / sum b**2 single ones (Kish, "Survey Sampling", 1965)."""
    total, boxes = float(sum(own.classes.values())), own.features.get("box_count")
    if boxes is not None and boxes.mean:
        total = min(total, (boxes.mean * boxes.count) ** 2 / (boxes.squares + boxes.mean**2 * boxes.count))
    return total * remaining(max(shared, cautious(class_correlation(own), own.class_pairs)))


def remaining(correlation: float) -> float:
    """The share of a sample that correlation from one image to the next leaves, (1 - r) / (1 + r): Bayley and
    Hammersley, "The Effective Number of Independent Observations in an Autocorrelated Time Series", Supplement to the
    Journal of the Royal Statistical Society 8, 1946."""
    return (1 - correlation) / (1 + correlation)


def correlation(own: NumericProfile) -> float:
    """The correlation of a feature from one image to the next by von Neumann's ratio, which is the mean of the squared
    jumps divided by the variance: 1 - ratio / 2."""
    if not own.pairs or not own.squares:
        return 0.0
    return 1 - own.jumps / own.pairs * own.count / (2 * own.squares)


def cautious(found: float, pairs: int) -> float:
    """A correlation as it is reckoned with: 0 where chance may have made it, else a little more than was found.

    The estimate is too small by about (1 + 3 r) / n, and has a standard error of sqrt((1 - r**2) / n): Kendall, "Note
    on Bias in the Estimation of Autocorrelation", Biometrika 41, 1954, and Bartlett, 1946.
    """
    if pairs < FEWEST_PAIRS or found * math.sqrt(pairs) <= CERTAIN:
        return 0.0
    error = math.sqrt((1 - min(found, 1.0) ** 2) / pairs)
    return min(MOST_CORRELATED, found + (1 + 3 * found) / pairs + CAUTION * error)


def shared_correlation(own: Profile) -> float:
    """What the features together say of a sample: the mean of their correlations, reckoned with as one of them.

    A scene that stays moves all features, and their mean is more certain than any.
    """
    found = [correlation(one) for one in own.features.values() if one.pairs and one.squares]
    pairs = max((one.pairs for one in own.features.values()), default=0)
    return cautious(sum(found) / len(found), pairs) if found else 0.0


def class_correlation(own: Profile) -> float:
    """The correlation of the predicted class from one image to the next: how much more often than by chance it stays.

    Of indicators of classes it is Cohen's kappa between an image and the next ("A Coefficient of Agreement for Nominal
    Scales", Educational and Psychological Measurement 20, 1960).
    """
    if not own.class_pairs:
        return 0.0
    total = sum(own.classes.values())
    chance = sum((count / total) ** 2 for count in own.classes.values())
    if chance >= 1:
        return 0.0
    return (own.class_repeats / own.class_pairs - chance) / (1 - chance)
