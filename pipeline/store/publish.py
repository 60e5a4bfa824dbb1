"""Files of rows, old and new, to a partition: all at once, and each rewritten only where it must be."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from pipeline.errors import OutputError
from pipeline.features import FEATURES, arrow_schema
from pipeline.store.footer import not_ours
from pipeline.store.scan import tables_of
from pipeline.store.write import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from pipeline.settings import ExtractionSettings
    from pipeline.store.footer import Footer
    from pipeline.store.workplace import Workplace

_OF_METADATA = ("uri", "path", "label", "label_index", "timestamp")
"""The features that metadata reads or changes."""


@dataclass(frozen=True, slots=True)
class Part:
    """A file of rows, and which of them have to go.

    Attributes:
        file: The file.
        dropped: The uris of rows that are out of date.
        rewritten: Whether it is written again even if all its rows stay.
    """

    file: Footer
    dropped: frozenset[str] = frozenset()
    rewritten: bool = False


def publish(
    place: Workplace,
    parts: Sequence[Part],
    settings: ExtractionSettings,
    annotate: Callable[[pa.Table], pa.Table] | None = None,
) -> None:
    """Make some files the partition. Files that stay as they are, are not written again.

    Args:
        place: The partition's workplace.
        parts: What the partition shall consist of: files of its own, and staged ones.
        settings: What all rows were made with.
        annotate: Puts metadata on rows, also on those that are there already.

    Raises:
        OutputError: It cannot be written; the partition is then as it was.
        MetadataError: A label is no class of the model.
    """
    schema = _common_schema(parts, annotate)
    again = {part.file.path for part in parts if not _stays(part, schema, annotate)}
    if not again and {part.file.path for part in parts} == {*place.live.glob("*.parquet")}:
        return
    try:
        place.ready.mkdir()
        for part in parts:
            if part.file.path not in again:
                _link(part.file.path, place.ready / part.file.path.name)
        tables = (table for part in parts if part.file.path in again for table in _rows(part, schema, annotate))
        write_files(place.ready, tables, settings)
        place.publish()
    except OSError as error:
        raise OutputError(f"{place.live}: cannot be written ({error.strerror or error}); give another store") from error


def _stays(part: Part, schema: pa.Schema, annotate: Callable[[pa.Table], pa.Table] | None) -> bool:
    """Whether a file is already what it shall be."""
    if part.rewritten or part.dropped or not part.file.schema.equals(schema):
        return False
    if annotate is None:
        return True
    known = _known(part)
    return bool(known.equals(_conformed(annotate(known), known.schema)))


def _common_schema(parts: Sequence[Part], annotate: Callable[[pa.Table], pa.Table] | None) -> pa.Schema:
    """The columns of all parts, each of a type that holds all that it is given."""
    fields = {field.name: field.type for field in arrow_schema()}
    for part in parts:
        found = [*part.file.schema]
        if annotate is not None:
            found += annotate(_known(part)).schema
        for field in found:
            fields[field.name] = _holding_both(fields.get(field.name, field.type), field.type)
    return pa.schema(fields.items())


def _known(part: Part) -> pa.Table:
    """What of a file metadata reads or changes."""
    ours = {one.name for one in FEATURES} - {*_OF_METADATA}
    try:
        return pq.ParquetFile(part.file.path).read([name for name in part.file.schema.names if name not in ours])
    except (pa.ArrowInvalid, OSError) as error:
        raise not_ours(part.file.path, error) from error


def _holding_both(one: pa.DataType, other: pa.DataType) -> pa.DataType:
    if one.equals(other):
        return one
    if all(pa.types.is_integer(kind) for kind in (one, other)):
        return pa.int64()
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in (one, other)):
        return pa.float64()
    return pa.large_string()


def _rows(part: Part, schema: pa.Schema, annotate: Callable[[pa.Table], pa.Table] | None) -> Iterator[pa.Table]:
    dropped = pa.array(sorted(part.dropped), pa.string())
    for table in tables_of(part.file):
        kept = table.filter(compute.invert(compute.is_in(table.column("uri"), value_set=dropped)))
        if kept.num_rows:
            yield _conformed(kept if annotate is None else annotate(kept), schema)


def _conformed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns: Iterable[pa.ChunkedArray] = (
        table.column(field.name).cast(field.type)
        if field.name in table.column_names
        else pa.nulls(table.num_rows, field.type)
        for field in schema
    )
    return pa.Table.from_arrays(list(columns), schema=schema)


def _link(path: Path, name: Path) -> None:
    try:
        os.link(path, name)
    except OSError:  # a file system without hard links
        shutil.copy2(path, name)
