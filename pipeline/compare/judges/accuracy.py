"""How many of today's predictions are right, without labels for today: from the baseline's labelled images."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.compare.sides.side import Side
    from pipeline.documents import AccuracyEstimate
    from pipeline.profile.profile import Profile

FEWEST_LABELLED = 30
"""Labelled images in the baseline below which its own accuracy is hardly known."""

FEWEST_CURRENT = 20.0
"""Independent images that the current set must be worth. One image is right or wrong, whatever its score; of fewer than
these, the truth of a set lies outside of any interval that says something too often."""

FURTHER = 0.5
"""By what part of the two scores' disagreement the estimate lies below the lower one. Both err on the high side where
images change, and the more they do, the further they are apart; measured in `benchmarks/accuracy_grid.py`, where any
part from 0.5 to 1 does about equally well."""

_CERTAINTY = 1.96
"""Standard errors of an interval of 95 %."""


def accuracy_estimate(baseline: Side, current: Side) -> AccuracyEstimate | None:
    """The accuracy of a classifier's current predictions by average thresholded confidence: Garg et al., "Leveraging
    Unlabeled Data to Predict Out-of-Distribution Performance", ICLR 2022.

    A threshold is put where the share of labelled baseline images above it is the baseline's accuracy; the share of
    current images above it is the estimate. Two scores are thresholded: maximum confidence and negative entropy.

    Returns:
        None where the baseline has too few labels, or the current set no predictions, or too few.
    """
    old, new = baseline.profile, current.profile
    scores = {name: _above(old, new, name) for name in ("confidence", "prediction_entropy")}
    found = {name: share for name, share in scores.items() if share is not None}
    size = current.sizes.features.get("confidence", 0.0)
    if old.labelled < FEWEST_LABELLED or size < FEWEST_CURRENT or not found:
        return None
    low, high = min(found.values()), max(found.values())
    value = max(0.0, low - FURTHER * (high - low))
    before = old.correct / old.labelled
    chance = partial(_interval, size=size, more=before * (1 - before) / old.labelled)
    estimate: AccuracyEstimate = {
        "estimated_accuracy": value,
        "low": chance(max(0.0, low - (high - low)))[0],
        "high": chance(high)[1],
        "baseline_accuracy": before,
        "drop": before - value,
        "by_score": found,
        "baseline_labelled_count": old.labelled,
        "current_count": new.features["confidence"].count,
    }
    if new.labelled:
        estimate |= {"true_accuracy": new.correct / new.labelled, "labelled_count": new.labelled}
    return estimate


def _above(baseline: Profile, current: Profile, name: str) -> float | None:
    """The share of current images whose score is above the threshold that the baseline's accuracy puts."""
    if name not in baseline.labelled_histograms or name not in current.features:
        return None
    images = baseline.labelled_histograms[name][0].astype(np.float64)
    wrong = 1 - baseline.correct / baseline.labelled
    # Entropy is low where confidence is high: its scores are counted from above.
    order = slice(None, None, -1 if name == "prediction_entropy" else 1)
    return 1 - _share_below(current.features[name].histogram[order], _place(images[order], wrong))


def _place(images: NDArray[np.float64], share: float) -> float:
    """How many bins, and parts of one, hold that share of the images."""
    ends = np.concatenate([[0.0], np.cumsum(images) / images.sum()])
    return float(np.interp(share, ends, np.arange(len(ends))))


def _share_below(images: NDArray[np.int64], place: float) -> float:
    ends = np.concatenate([[0.0], np.cumsum(images) / images.sum()])
    return float(np.interp(place, np.arange(len(ends)), ends))


def _interval(share: float, size: float, more: float) -> tuple[float, float]:
    """What a share of so many images may be by chance: Agresti and Coull, "Approximate Is Better than 'Exact' for
    Interval Estimation of Binomial Proportions", The American Statistician 52, 1998. Few images leave much open where
    the share is 0 or 1 too.

    Args:
        share: In [0, 1].
        size: Effective sample size.
        more: The variance of what the share is compared with.
    """
    total = size + _CERTAINTY**2
    middle = (share * size + _CERTAINTY**2 / 2) / total
    error = _CERTAINTY * math.sqrt(middle * (1 - middle) / total + more)
    return max(0.0, min(share, middle - error)), min(1.0, max(share, middle + error))
