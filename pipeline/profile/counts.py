"""Arrow columns to counts: of pixels, of classes, of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.features import CHANNELS

if TYPE_CHECKING:
    from numpy.typing import NDArray


def pixel_counts(rows: pa.Table) -> NDArray[np.int64]:
    """The sum of the rows' histograms by channel and byte value, shape (3, 256)."""
    counts = np.zeros((len(CHANNELS), 256), dtype=np.int64)
    for at, channel in enumerate(CHANNELS):
        if f"{channel}_histogram" in rows.column_names:
            for chunk in rows.column(f"{channel}_histogram").chunks:
                # NOTE: flatten() leaves the slots of nulls out, which `values` holds with anything in them.
                counts[at] += np.asarray(chunk.flatten()).reshape(-1, 256).sum(axis=0, dtype=np.int64)
    return counts


def class_counts(rows: pa.Table) -> dict[int, int]:
    """The predicted classes, of a detector those of the kept boxes."""
    columns = [rows.column("predicted_class")] if "predicted_class" in rows.column_names else []
    if "box_classes" in rows.column_names:
        columns.append(pc.list_flatten(rows.column("box_classes")))
    counts = dict[int, int]()
    for column in columns:
        for key, count in value_counts(column.drop_null()).items():
            counts[key] = counts.get(key, 0) + count
    return dict(sorted(counts.items()))


def value_counts(column: pa.ChunkedArray) -> dict[Any, int]:
    """How often each value is there, None among them."""
    return {one["values"]: one["counts"] for one in pc.value_counts(column).to_pylist()}


def status_counts(rows: pa.Table) -> dict[tuple[str, str | None], int]:
    """The rows by status and reason."""
    counts = rows.select(["status", "reason"]).group_by(["status", "reason"]).aggregate([([], "count_all")])
    return {(one["status"], one["reason"]): one["count_all"] for one in counts.to_pylist()}
