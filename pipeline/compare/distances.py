"""Two distributions to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def total_variation(one: NDArray[Any], other: NDArray[Any]) -> float:
    """The total variation distance, in [0, 1]: half the summed differences of shares, the largest difference in
    probability that any set of classes has.

    Args:
        one: Counts, shape (classes,), not all of them zero.
        other: The same classes' counts, not all of them zero.
    """
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)
