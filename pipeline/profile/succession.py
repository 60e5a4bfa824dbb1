"""Images in the order of their capture to how much each resembles the one before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERING_COLUMNS = ("timestamp", "captured")
"""The columns of the rows that tell the order, the better one first."""


def capture_order(rows: pa.Table) -> NDArray[np.int64] | None:
    """The rows' positions in the order in which their images were taken, or None where nothing tells it.

    That is the order of the timestamps, else of the times of capture, where all rows have one. Names tell nothing:
    `cat-1.jpg` and `dog-1.jpg`, or the pictures of two cameras, are sorted by what they show, and would look alike.
    """
    for name in ORDERING_COLUMNS:
        if name in rows.column_names and rows.num_rows and not rows.column(name).null_count:
            return np.argsort(np.asarray(rows.column(name).cast(pa.int64())), kind="stable")
    return None


def squared_jumps(values: NDArray[np.float64]) -> tuple[int, float]:
    """How many values follow another one, and the sum of the squares of their differences: the numerator of von
    Neumann's ratio ("Distribution of the Ratio of the Mean Square Successive Difference to the Variance", Annals of
    Mathematical Statistics 12, 1941).

    Args:
        values: In the order of capture, NaN where there is none, shape (images,).
    """
    known = np.isfinite(values)
    jumps = np.diff(values) if known.all() else np.diff(np.where(known, values, np.nan))[known[1:] & known[:-1]]
    return len(jumps), float(jumps @ jumps)


def repeats(classes: NDArray[np.float64]) -> tuple[int, int]:
    """How many classes follow another one, and how many of them are the same as that.

    Args:
        classes: As in `squared_jumps`.
    """
    jumps = np.diff(classes)
    return int(np.isfinite(jumps).sum()), int((jumps == 0).sum())
