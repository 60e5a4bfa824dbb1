"""Files of rows to a lazy frame, or to tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import StoreError
from pipeline.store.footer import not_ours, one_line

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from pipeline.store.footer import Footer

_WHOLE_ROWS_AT_ONCE, _ROWS_AT_ONCE = 1024, 8192
"""Rows that are in memory together: whole ones take some 8 KB each."""


def scan(files: Sequence[Footer]) -> pl.LazyFrame:
    """The rows of some files, with the columns `dataset` and `date` that the folders' names give.

    Columns that only some of the files have (metadata) are null elsewhere.

    Args:
        files: At least one.
    """
    types = dict[str, pa.DataType]()
    for file in files:
        for column in file.schema:
            if types.setdefault(column.name, column.type) != column.type:
                # Only metadata may differ; it becomes what holds both, at the worst text.
                return pl.concat([_scan([one.path], one.schema) for one in files], how="diagonal_relaxed")
    return _scan([one.path for one in files], pa.schema(types.items()))


def collect(rows: pl.LazyFrame) -> pl.DataFrame:
    """The answer to a question about stored rows.

    Raises:
        StoreError: A file is damaged.
        FileNotFoundError: A file is gone since its folder was listed, see `pipeline.store.stored.ask`.
    """
    try:
        return rows.collect(engine="streaming")
    except FileNotFoundError:
        raise
    except (pl.exceptions.ComputeError, OSError) as error:
        raise StoreError(f"stored rows cannot be read, a file of the store is damaged ({one_line(error)})") from error


def tables_of(file: Footer, columns: Collection[str] | None = None) -> Iterator[pa.Table]:
    """The rows of a file, some at a time.

    Args:
        file: The file.
        columns: Those that are wanted, where it has them; None for all.

    Raises:
        StoreError: The file is damaged.
        FileNotFoundError: It is gone since its folder was listed.
    """
    try:
        wanted = None if columns is None else [name for name in file.schema.names if name in columns]
        size = _WHOLE_ROWS_AT_ONCE if columns is None else _ROWS_AT_ONCE
        with pq.ParquetFile(file.path) as opened:
            for batch in opened.iter_batches(batch_size=size, columns=wanted):
                yield pa.Table.from_batches([batch])
    except FileNotFoundError:
        raise
    except (pa.ArrowInvalid, OSError) as error:
        raise not_ours(file.path, error) from error


def _scan(paths: Sequence[Path], schema: pa.Schema) -> pl.LazyFrame:
    # NOTE: an empty table of that schema would say the same, but to make one Arrow imports pandas where there is one:
    # a third of a second.
    return pl.scan_parquet(
        list(paths),
        hive_partitioning=True,
        schema=pl.Schema(schema),
        missing_columns="insert",
        hive_schema={"dataset": pl.String, "date": pl.Date},
    )
