"""Two distributions to one number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def total_variation(one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.float64]:
    """The total variation distance, in [0, 1]: half the summed differences of shares, the largest difference in
    probability that any set of classes has.

    Equal distances of samples of the same sizes are equal to the last bit, whichever classes they come from: the
    shares are brought to their common denominator, whose numerators are whole numbers.

    Args:
        one: Counts, shape (..., classes), not all of them zero.
        other: The same classes' counts, not all of them zero.
    """
    one, other = one.astype(np.float64), other.astype(np.float64)
    one_size, other_size = (counts.sum(axis=-1, keepdims=True) for counts in (one, other))
    apart = np.abs(one * other_size - other * one_size).sum(axis=-1)
    return np.asarray(apart / (2 * one_size * other_size)[..., 0])
