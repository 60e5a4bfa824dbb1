"""What an estimated accuracy cannot exceed where the predicted classes moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.documents import AccuracyEstimate, ClassDistributionDrift


def under_ceiling(estimate: AccuracyEstimate, classes: ClassDistributionDrift | None) -> AccuracyEstimate:
    """An estimate whose interval reaches down to what follows if the true classes are as ever.

    A model that is sure of wrong classes looks right to every estimate by its certainty. But where the shares of its
    predictions moved by a total variation distance d, either the true shares moved, or at least d of the images, less
    those that were wrong before, are taken for another class than their own: the accuracy is then 1 - d + (1 - before)
    at most, because the distance between two mixes of classes is no more than the share of images by which they differ.

    Args:
        estimate: By the model's certainty.
        classes: The class rule; None where it was not judged.
    """
    if classes is None or not classes["drift_detected"]:
        return estimate
    ceiling = min(1.0, 2 - estimate["baseline_accuracy"] - classes["value"])
    return {**estimate, "low": min(estimate["low"], max(0.0, ceiling)), "ceiling_if_classes_held": max(0.0, ceiling)}
