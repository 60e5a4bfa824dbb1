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
    """
    files = [path for one in chosen for path in row_files(store, one)]
    schema = pa.unify_schemas([pq.read_schema(path).remove_metadata() for path in files], promote_options="permissive")
    columns = cast("pl.DataFrame", pl.from_arrow(schema.empty_table())).schema
    return pl.scan_parquet(
        files,
        hive_partitioning=True,
        schema=columns,
        missing_columns="insert",
        cast_options=_widening(),
        hive_schema={"dataset": pl.String, "date": pl.Date},
    )


def scan_selection(store: Path, selection: Selection) -> tuple[pl.LazyFrame, ExtractionSettings, list[Partition]]:
    """The rows that a selection means, with the settings that all of them were made with.

    Raises:
        StoreError: There are none.
        SettingsError: Two partitions were made with different settings.
    """
    chosen = select(store, selection)
    return scan(store, chosen), common_settings(store, chosen), chosen


def common_settings(store: Path, chosen: Sequence[Partition]) -> ExtractionSettings:
    """The settings of some partitions.

    Raises:
        SettingsError: Two of them were made with different settings.
    """
    first = partition_settings(store, chosen[0])
    for other in chosen[1:]:
        require_same(first, partition_settings(store, other), where=f"{chosen[0]} (beside {other})")
    return first


def partition_settings(store: Path, partition: Partition) -> ExtractionSettings:
    """The settings that a partition's rows were made with.

    Raises:
        StoreError: Its file is none of ours, or damaged.
    """
    path = row_files(store, partition)[0]
    try:
        recorded = (pq.read_schema(path).metadata or {})[SETTINGS_KEY]
        return ExtractionSettings.from_dict(json.loads(recorded))
    except (KeyError, pa.ArrowInvalid, OSError, DocumentError) as error:
        raise StoreError(
            f"{path}: is not a file of framewatch's ({error}); remove it, or give another store"
        ) from error


def row_files(store: Path, partition: Partition) -> list[Path]:
    """The Parquet files of a partition, by name."""
    return sorted(path for path in partition.folder(store).glob("*.parquet") if not path.name.startswith("."))


def _widening() -> pl.ScanCastOptions:
    return pl.ScanCastOptions(integer_cast="upcast", float_cast="upcast", missing_struct_fields="insert")
