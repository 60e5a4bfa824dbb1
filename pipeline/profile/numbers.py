"""The values of one numeric feature to its summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.profile.profile import NumericProfile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.features import Bins


def numeric_profile(values: NDArray[np.float64], bins: Bins) -> NumericProfile:
    """Summarise values in two passes, the second of which knows the mean.

    Args:
        values: Finite, shape (values,).
        bins: Of the histogram.
    """
    if not len(values):
        return NumericProfile(0, 0.0, 0.0, 0.0, 0.0, np.zeros(bins.count, dtype=np.int64))
    # NOTE: sums round, so that a constant's mean and deviations would come out as if it varied by 1e-17.
    deviations = values - values[0]
    centre = deviations.mean()
    deviations -= centre
    return NumericProfile(
        len(values),
        float(values[0] + centre),
        float(deviations @ deviations),
        float(values.min()),
        float(values.max()),
        np.bincount(positions(values, bins), minlength=bins.count).astype(np.int64, copy=False),
    )


def positions(values: NDArray[np.float64], bins: Bins) -> NDArray[np.int64]:
    """In which bin each of some finite values is: floor((value - low) / (high - low) * count), or the nearest one."""
    found = values - bins.low
    # NOTE: one factor, because 58 / 100 * 100 is below 58, and whole numbers are to lie in bins of their own.
    found *= bins.count / (bins.high - bins.low)
    np.clip(found, 0, bins.count - 1, out=found)
    return found.astype(np.int64)
