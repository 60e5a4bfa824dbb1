"""A changed share of exact duplicates, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.noise import class_noise
from pipeline.compare.thresholds import Bands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.compare.sides.side import Side
    from pipeline.documents import Finding

DUPLICATE_BANDS = Bands(low=0.01, medium=0.1, high=0.3)
"""Severities of a change of the share of duplicates. They do a model no harm; they say that a source repeats itself, or
that images of two sources come together."""


def duplicate_findings(baseline: Side, current: Side, alpha: float) -> Iterator[Finding]:
    """What is to be said of duplicates, where both sets' rows were at hand to count them.

    Args:
        baseline: What is compared with.
        current: What is compared.
        alpha: The probability of a word too many.
    """
    if baseline.duplicates is None or current.duplicates is None:
        return
    old, new = (
        _counts(copies, own) for copies, own in ((baseline.duplicates, baseline), (current.duplicates, current))
    )
    change = float(total_variation(old, new))
    if change > DUPLICATE_BANDS.low and change > class_noise(old, new, alpha).floor:
        text = f"{new[0]} of {new.sum()} images are copies of others (baseline: {old[0]} of {old.sum()})"
        yield {"kind": "duplicates", "severity": DUPLICATE_BANDS.severity(change), "text": text}


def _counts(duplicates: int, own: Side) -> NDArray[np.int64]:
    """How many images are copies, and how many are not."""
    images = own.profile.image_count
    copies = min(duplicates, images)
    return np.array([copies, images - copies], dtype=np.int64)
