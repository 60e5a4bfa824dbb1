"""Rows at rest to a lazy frame, and the settings that they were made with."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DocumentError, StoreError
from pipeline.settings import ExtractionSettings, require_same
from pipeline.store.layout import Partition, select

if TYPE_CHECKING:
    from collections.abc import Sequence
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
    files = [path for one in chosen for path in row_files(store, one)]
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
    path = row_files(store, partition)[0]
    try:
        return ExtractionSettings.from_dict(json.loads(_schema(path).metadata[SETTINGS_KEY]))
    except (ValueError, DocumentError) as error:
        raise _not_ours(path, error) from error


def row_files(store: Path, partition: Partition) -> list[Path]:
    """The Parquet files of a partition, by name."""
    return sorted(path for path in partition.folder(store).glob("*.parquet") if not path.name.startswith("."))


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
    text = " ".join(str(reason).split())
    return StoreError(
        f"{path}: is not a file of framewatch's, or is damaged ({text}); remove it, or give another store"
    )


def _scan(files: Sequence[Path], schema: pa.Schema) -> pl.LazyFrame:
    return pl.scan_parquet(
        list(files),
        hive_partitioning=True,
        schema=cast("pl.DataFrame", pl.from_arrow(schema.remove_metadata().empty_table())).schema,
        missing_columns="insert",
        hive_schema={"dataset": pl.String, "date": pl.Date},
    )
