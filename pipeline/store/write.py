"""The only writer of Parquet: tables in, files out that are there whole or not at all, each with its settings and its
profile in its own footer."""

from __future__ import annotations

import json
import os
import time
from itertools import chain
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.atomic import replacing
from pipeline.features import FEATURES
from pipeline.profile.measure import profile_table
from pipeline.profile.merge import merge
from pipeline.profile.text import to_text
from pipeline.store.footer import FINGERPRINT_KEY, PROFILE_KEY, SETTINGS_KEY, WRITTEN_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.profile.profile import Profile
    from pipeline.settings import ExtractionSettings

ROWS_IN_A_FILE = 16_384
"""Rows at which a file is closed and the next one begun: at some 5 KB a row, 80 MB."""

_SECONDS_FOR_A_FILE = 30.0
"""Seconds after which it is closed all the same: what a killed run has to compute again."""

_ROWS_IN_A_GROUP = 512
"""Rows that are gathered before they are written: at some 8 KB a row in memory, 4 MB."""

_SCALARS = [one.name for one in FEATURES if one.dtype not in {"binary", "histogram", "int32s", "float32s", "boxes"}]
"""Columns worth statistics and a dictionary: those of the others would only fill the footer."""


_ENCODINGS = {f"{one.name}.list.element": "DELTA_BINARY_PACKED" for one in FEATURES if one.dtype == "histogram"}
"""Neighbouring counts of a histogram are alike: a third smaller than plain, and half as long to read."""


def write_rows(path: Path, tables: Iterable[pa.Table], settings: ExtractionSettings) -> None:
    """Write the rows of some tables to one Parquet file.

    Args:
        path: The file; what stood there is replaced when all is written.
        tables: At least one, each with the columns of the first or fewer.
        settings: Recorded in the file.

    Raises:
        OutputError: The file cannot be written.
    """
    groups = grouped(tables)
    first = next(groups)
    recorded = {SETTINGS_KEY: json.dumps(settings.to_dict()), FINGERPRINT_KEY: settings.fingerprint}
    schema = first.schema.with_metadata(recorded)
    with replacing(path) as unfinished:
        with pq.ParquetWriter(
            unfinished,
            schema,
            compression="zstd",
            write_statistics=_SCALARS,
            use_dictionary=_SCALARS,
            column_encoding={path: kind for path, kind in _ENCODINGS.items() if path.split(".")[0] in schema.names},
        ) as writer:
            found = merge(_write(writer, group) for group in chain([first], groups))
            written = int(time.time())
            writer.add_key_value_metadata({PROFILE_KEY: to_text(found), WRITTEN_KEY: str(written)})
        # NOTE: whoever changes the file changes this time: so a profile is known to be of the rows beside it. Whole
        # seconds, because every file system can keep those.
        os.utime(unfinished, (written, written))


def write_files(folder: Path, tables: Iterable[pa.Table], settings: ExtractionSettings) -> None:
    """Write the rows of some tables to files of a sensible size, each in its place as soon as it is whole.

    Args:
        folder: Where new files go; no name is used twice.
        tables: Perhaps none, all with the same columns.
        settings: Recorded in each file.

    Raises:
        OutputError: A file cannot be written.
    """
    waiting = iter(tables)
    for first in waiting:
        write_rows(folder / new_name(), _until_full(first, waiting), settings)


def grouped(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in fewer tables, each of about as many as are written together."""
    waiting, count = list[pa.Table](), 0
    for table in tables:
        waiting.append(table)
        count += table.num_rows
        if count >= _ROWS_IN_A_GROUP:
            yield pa.concat_tables(waiting, promote_options="permissive")
            waiting, count = [], 0
    if waiting:
        yield pa.concat_tables(waiting, promote_options="permissive")


def new_name() -> str:
    """A file name that no file of a partition has, had or will have: a reader that has listed the files of a partition
    never gets other rows under a name than those that it has listed."""
    return f"rows-{os.urandom(8).hex()}.parquet"


def _until_full(first: pa.Table, more: Iterator[pa.Table]) -> Iterator[pa.Table]:
    count, began = first.num_rows, time.monotonic()
    yield first
    while count < ROWS_IN_A_FILE and time.monotonic() < began + _SECONDS_FOR_A_FILE:
        table = next(more, None)
        if table is None:
            return
        count += table.num_rows
        yield table


def _write(writer: pq.ParquetWriter, group: pa.Table) -> Profile:
    # The empty table in front gives the group the columns that it lacks, and their order.
    whole = pa.concat_tables([writer.schema.empty_table(), group], promote_options="permissive").cast(writer.schema)
    writer.write_table(whole)
    return profile_table(whole)
