"""The only writer of Parquet: tables in, one file that is there whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.atomic import replacing
from pipeline.store.scan import SETTINGS_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.settings import ExtractionSettings

_ROWS_IN_A_GROUP = 2048
"""Rows that are gathered before they are written: at some 4 KB a row, 8 MB."""


def write_rows(path: Path, tables: Iterable[pa.Table], settings: ExtractionSettings) -> int:
    """Write the rows of some tables to one Parquet file.

    Args:
        path: The file; what stood there is replaced when all is written.
        tables: At least one, each with the columns of the first or fewer.
        settings: Recorded in the file.

    Returns:
        How many rows were written.

    Raises:
        OutputError: The file cannot be written.
    """
    with replacing(path) as temporary:
        groups = _grouped(tables)
        first = next(groups)
        schema = first.schema.with_metadata({SETTINGS_KEY: json.dumps(settings.to_dict()).encode()})
        with pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
            count = _write(writer, first)
            for group in groups:
                count += _write(writer, group)
    return count


def _write(writer: pq.ParquetWriter, group: pa.Table) -> int:
    writer.write_table(group.cast(writer.schema.remove_metadata()).replace_schema_metadata(writer.schema.metadata))
    return int(group.num_rows)


def _grouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting, count = list[pa.Table](), 0
    for table in tables:
        waiting.append(table)
        count += table.num_rows
        if count >= _ROWS_IN_A_GROUP:
            yield pa.concat_tables(waiting, promote_options="permissive")
            waiting, count = [], 0
    if waiting:
        yield pa.concat_tables(waiting, promote_options="permissive")
