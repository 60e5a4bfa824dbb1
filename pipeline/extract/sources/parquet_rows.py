"""Image files in a column of a Parquet file: which there are, and what stands beside them."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.extract.sources.archives import Archive, looked_into, open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl


_NAMES = ("image", "img", "jpg", "jpeg", "png", "webp", "bytes")
"""What a column of image files may be called: the first of these that there is."""

_ROWS_AT_ONCE = 64
"""Images that are in memory while their lengths are read."""
_BUFFER = 1 << 20
"""Bytes that are read of a column at once, so that of a large row group only a page need fit into memory."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a Parquet file says of an image: where it is in the file, its bytes' length or None, its path or None."""

    group: int
    within: int
    length: int | None
    path: str | None


def image_column(archive: Archive) -> tuple[str | None, list[str]]:
    """The column that holds image files, or None; and the names of all columns.

    It is of bytes, or of Hugging Face's pairs of bytes and path.
    """
    with _opened(archive) as file:
        schema = file.schema_arrow
    kinds = {field.name: field.type for field in schema}
    holding = [name for name in _NAMES if name in kinds and (_is_bytes(kinds[name]) or _is_pair(kinds[name]))]
    holding += [name for name, kind in kinds.items() if _is_pair(kind)]
    return (holding[0] if holding else None), schema.names


def images_in(archive: Archive, column: str) -> Iterator[Row]:
    """Each row of a file, read a few at a time: what is kept of an image is its length."""
    from pyarrow import compute

    with _opened(archive) as file:
        for group in range(file.num_row_groups):
            within = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, row_groups=[group], columns=[column], use_threads=False):
                content, paths = parts_of(batch.column(0))
                for length, path in zip(compute.binary_length(content).to_pylist(), paths, strict=True):
                    yield Row(group, within, length, path)
                    within += 1


def scalars_in(archive: Archive, column: str) -> pl.DataFrame:
    """The columns beside the images, but for nested ones and bytes."""
    import polars as pl
    import pyarrow as pa

    with _opened(archive) as file:
        names = [
            field.name
            for field in file.schema_arrow
            if field.name != column and not pa.types.is_nested(field.type) and not _is_bytes(field.type)
        ]
        table = file.read(columns=names)
    return pl.DataFrame(table)


@contextlib.contextmanager
def _opened(archive: Archive) -> Iterator[Any]:
    import pyarrow.parquet as pq

    with looked_into(archive), open_archive(archive.location) as source:
        yield pq.ParquetFile(source, buffer_size=_BUFFER, pre_buffer=False)


def parts_of(column: Any) -> tuple[Any, list[str | None]]:
    """The bytes and the paths of a column of either kind."""
    import pyarrow as pa
    from pyarrow import compute

    if not pa.types.is_struct(column.type):
        return column, [None] * len(column)
    content = compute.struct_field(column, "bytes")
    if column.type.get_field_index("path") < 0:
        return content, [None] * len(column)
    return content, compute.struct_field(column, "path").to_pylist()


def _is_bytes(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_pair(kind: Any) -> bool:
    import pyarrow as pa

    if not pa.types.is_struct(kind):
        return False
    at = kind.get_field_index("bytes")
    return at >= 0 and _is_bytes(kind.field(at).type)
