"""Rows at rest to a lazy frame, and the settings that they were made with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DocumentError, StoreError
from pipeline.settings import ExtractionSettings, require_same
from pipeline.store.layout import ROWS_FILE, Partition, select

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.store.layout import Selection

SETTINGS_KEY = b"framewatch.settings"
"""Under which key a Parquet file's own metadata holds the settings of its rows, as JSON."""


def scan(store: Path, chosen: Sequence[Partition]) -> pl.LazyFrame:
    """The rows of some partitions, with the columns `dataset` and `date` that the folders' names give.

    Columns that only some of the files have (metadata) are null elsewhere.

    Args:
        store: The folder of the store.
        chosen: At least one partition.

    Raises:
        StoreError: A file is none of ours, or damaged.
    """
    files = [_rows_file(store, one) for one in chosen]
    types = dict[str, pa.DataType]()
    for path in files:
        for column in _schema(path):
            if types.setdefault(column.name, column.type) != column.type:
                # Only metadata may differ; it becomes what holds both, at the worst text.
                return pl.concat([_scan([path], _schema(path)) for path in files], how="diagonal_relaxed")
    return _scan(files, pa.schema(types.items()))


def scan_selection(store: Path, selection: Selection) -> tuple[pl.LazyFrame, ExtractionSettings, list[Partition]]:
    """The rows that a selection means, with the settings that all of them were made with.

    Raises:
        StoreError: There are none.
        SettingsError: Two partitions were made with different settings.
    """
    chosen = select(store, selection)
    return scan(store, chosen), common_settings(store, chosen), chosen


def common_settings(store: Path, chosen: Sequence[Partition]) -> ExtractionSettings:
    """The settings of some partitions; those of one with a model, where only some have one.

    Raises:
        StoreError: A file is none of ours, or damaged.
        SettingsError: Two of them were made with different settings.
    """
    settings = {one: partition_settings(store, one) for one in chosen}
    first = next((one for one in chosen if settings[one].model is not None), chosen[0])
    for other in chosen:
        require_same(settings[first], settings[other], where=f"{first} (beside {other})")
    return settings[first]


def partition_settings(store: Path, partition: Partition) -> ExtractionSettings:
    """The settings that a partition's rows were made with.

    Raises:
        StoreError: Its file is none of ours, or damaged.
    """
    path = _rows_file(store, partition)
    try:
        return ExtractionSettings.from_dict(json.loads(_schema(path).metadata[SETTINGS_KEY]))
    except (ValueError, DocumentError) as error:
        raise _not_ours(path, error) from error


def stored_schema(store: Path, partition: Partition) -> pa.Schema | None:
    """The columns that a partition's rows have, or None where it has no rows yet.

    Raises:
        StoreError: The file is none of ours, or damaged.
    """
    path = _rows_file(store, partition)
    return _schema(path).remove_metadata() if path.exists() else None


def stored_tables(store: Path, partition: Partition) -> Iterator[pa.Table]:
    """The rows of a partition, some at a time.

    Raises:
        StoreError: The file is damaged.
    """
    path = _rows_file(store, partition)
    if not path.exists():
        return
    try:
        for batch in pq.ParquetFile(path).iter_batches():
            yield pa.Table.from_batches([batch])
    except (pa.ArrowInvalid, OSError) as error:
        raise _not_ours(path, error) from error


def collect(rows: pl.LazyFrame) -> pl.DataFrame:
    """The answer to a question about stored rows.

    Raises:
        StoreError: A file is damaged.
    """
    try:
        return rows.collect(engine="streaming")
    except (pl.exceptions.ComputeError, OSError) as error:
        raise StoreError(f"stored rows cannot be read, a file of the store is damaged ({_one_line(error)})") from error


def _rows_file(store: Path, partition: Partition) -> Path:
    own = partition.folder(store) / ROWS_FILE
    others = [path for path in own.parent.glob("*.parquet") if path != own and not path.name.startswith(".")]
    if others:
        raise _not_ours(others[0], f"a partition's rows are in {ROWS_FILE}")
    return own


def _schema(path: Path) -> pa.Schema:
    """The columns of a file of ours."""
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise _not_ours(path, error) from error
    if SETTINGS_KEY not in (schema.metadata or {}):
        raise _not_ours(path, "it does not say how its rows were made")
    return schema


def _not_ours(path: Path, reason: object) -> StoreError:
    return StoreError(
        f"{path}: is not a file of framewatch's, or is damaged ({_one_line(reason)}); remove it, or give another store"
    )


def _one_line(reason: object) -> str:
    return " ".join(str(reason).split())


def _scan(files: Sequence[Path], schema: pa.Schema) -> pl.LazyFrame:
    return pl.scan_parquet(
        list(files),
        hive_partitioning=True,
        schema=cast("pl.DataFrame", pl.from_arrow(schema.remove_metadata().empty_table())).schema,
        missing_columns="insert",
        hive_schema={"dataset": pl.String, "date": pl.Date},
    )
