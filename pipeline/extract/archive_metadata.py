"""What stands beside images in an archive that was made for something else, as metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.errors import MetadataError
from pipeline.extract.metadata import GIVEN, RESERVED, Metadata, with_fixed_types

if TYPE_CHECKING:
    from collections.abc import Mapping

_DTYPES: dict[frozenset[type], type[pl.DataType]] = {
    frozenset({bool}): pl.Boolean,
    frozenset({int}): pl.Int64,
    frozenset({float}): pl.Float64,
    frozenset({int, float}): pl.Float64,
}


def metadata_from_columns(table: pl.DataFrame, origin: str) -> Metadata | None:
    """What stands beside images in an archive that was made for something else.

    Only numbers, truth values, times and texts are taken. A column with the name of a feature, or a `timestamp` that is
    none, is called `given_NAME`, because nobody would write the archive again for a name.

    Args:
        table: With a column `path`, unique.
        origin: Where it came from, for messages.
    """
    kept = [name for name, dtype in table.schema.items() if _is_scalar(dtype)]
    clashes = [name for name in kept if name in RESERVED and name not in GIVEN]
    if "timestamp" in kept and not _holds_times(table["timestamp"]):
        clashes.append("timestamp")
    if len(kept) == 1:
        return None
    renamed = table.select(kept).rename({name: f"given_{name}" for name in clashes})
    return Metadata(with_fixed_types(renamed, origin), origin)


def metadata_from_records(records: Mapping[str, Mapping[str, object]], origin: str) -> Metadata | None:
    """The same from the fields of each image, by its path; a field that is of several kinds becomes text."""
    names = dict.fromkeys(name for fields in records.values() for name in fields)
    columns = [pl.Series("path", list(records), pl.String)]
    for name in names:
        values = [fields.get(name) for fields in records.values()]
        columns.append(_series("given_path" if name == "path" else name, values))
    return metadata_from_columns(pl.DataFrame(columns), origin)


def _is_scalar(dtype: pl.DataType) -> bool:
    return not dtype.is_nested() and dtype not in {pl.Binary, pl.Object, pl.Null}


def _holds_times(values: pl.Series) -> bool:
    if values.dtype != pl.String:
        return isinstance(values.dtype, (pl.Datetime, pl.Date))
    try:
        with_fixed_types(values.to_frame("timestamp"), "")
    except MetadataError:
        return False
    return True


def _series(name: str, values: list[object]) -> pl.Series:
    kinds = {type(value) for value in values if value is not None}
    dtype = _DTYPES.get(frozenset(kinds), pl.String)
    if name == "label" or dtype == pl.String:
        return pl.Series(name, [None if value is None else str(value) for value in values], pl.String)
    try:
        return pl.Series(name, values, dtype)
    except (pl.exceptions.PolarsError, OverflowError, TypeError):  # an integer of more than 64 bits
        return pl.Series(name, [None if value is None else str(value) for value in values], pl.String)
