"""Images in the order of their capture to how much each resembles the one before it."""

from __future__ import annotations

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
    rows, which lie in the order of their paths, where all images are of one folder: several folders are rather
    classes or cameras than one stretch of time after the other.
    """
    for name in ("timestamp", "captured"):
        if name in rows.column_names and rows.num_rows and not rows.column(name).null_count:
            return np.argsort(np.asarray(rows.column(name).cast(pa.int64())), kind="stable")
    if "path" not in rows.column_names or not rows.num_rows:
        return None
    first, last = (rows.column("path")[at].as_py() for at in (0, rows.num_rows - 1))
    return np.arange(rows.num_rows) if first and last and _folder(first) == _folder(last) else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


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
