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

_ROWS_IN_A_GROUP = 1024
"""Rows that are gathered before they are written: at some 4 KB a row, 4 MB."""


def write_rows(
    path: Path, tables: Iterable[pa.Table], settings: ExtractionSettings, temporary: Path | None = None
) -> int:
    """Write the rows of some tables to one Parquet file.

    Args:
        path: The file; what stood there is replaced when all is written.
        tables: At least one, each with the columns of the first or fewer.
        settings: Recorded in the file.
        temporary: Where to write until all is written, see `pipeline.atomic.replacing`.

    Returns:
        How many rows were written.

    Raises:
        OutputError: The file cannot be written.
    """
    with replacing(path, temporary) as unfinished:
        groups = _grouped(tables)
        first = next(groups)
        schema = first.schema.with_metadata({SETTINGS_KEY: json.dumps(settings.to_dict()).encode()})
        with pq.ParquetWriter(unfinished, schema, compression="zstd") as writer:
            count = _write(writer, first)
            for group in groups:
                count += _write(writer, group)
    return count


def _write(writer: pq.ParquetWriter, group: pa.Table) -> int:
    # The empty table in front gives the group the columns that it lacks, and their order.
    whole = pa.concat_tables([writer.schema.empty_table(), group], promote_options="permissive")
    writer.write_table(whole.cast(writer.schema))
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
