"""Images in the order of their capture to how much each resembles the one before it."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORDERING_COLUMNS = ("path", "timestamp", "captured")
"""The columns of the rows that tell the order."""


def capture_order(rows: pa.Table) -> NDArray[np.int64] | None:
    """The rows' positions in the order in which their images were taken, or None where nothing tells it.

    That is the order of the timestamps, else of the times of capture, where all rows have one. Else it is that of the
    rows, which lie in the order of their paths, where these are one series: `frame-0001.jpg` and so on. Several
    folders, or names as `cat-1.jpg` and `dog-1.jpg`, are sorted by what they show and not by time; taken for an order
    of capture, they would make a set look as if it held one image a class.
    """
    for name in ("timestamp", "captured"):
        if name in rows.column_names and rows.num_rows and not rows.column(name).null_count:
            return np.argsort(np.asarray(rows.column(name).cast(pa.int64())), kind="stable")
    if "path" not in rows.column_names or not rows.num_rows:
        return None
    some = {rows.column("path")[at].as_py() or "" for at in (0, rows.num_rows // 2, rows.num_rows - 1)}
    return np.arange(rows.num_rows) if len({path.translate(_NO_DIGITS) for path in some}) == 1 else None


_NO_DIGITS = str.maketrans("", "", string.digits)


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
