"""The archives that images travel in, in exactly the shapes that others write."""

from __future__ import annotations

import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WRITTEN = 1_700_000_000.25
"""When the members of tars were written, in seconds since 1970."""


def write_tar(path: Path, members: Mapping[str, bytes], mode: str = "w|") -> Path:
    """A tar as WebDataset's TarWriter writes one: a stream of plain members with a mode, an owner and a time."""
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.mode = len(content), WRITTEN, 0o444
            member.uname = member.gname = "bigdata"
            tar.addfile(member, io.BytesIO(content))
    return path


def write_hugging_face(
    path: Path, images: Sequence[tuple[bytes | None, str | None] | None], row_group_size: int = 100, **columns: Any
) -> Path:
    """Parquet as Hugging Face datasets writes it: pairs of bytes and path, and its own metadata in the schema."""
    pair = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    cells = [None if image is None else dict(zip(("bytes", "path"), image, strict=True)) for image in images]
    table = pa.table({"image": pa.array(cells, pair), **{name: pa.array(values) for name, values in columns.items()}})
    features = {"image": {"_type": "Image"}, **{name: {"_type": "Value"} for name in columns}}
    kept = {"huggingface": json.dumps({"info": {"features": features}})}
    pq.write_table(table.replace_schema_metadata(kept), path, row_group_size=row_group_size)
    return path
