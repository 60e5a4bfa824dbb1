"""What is known of images from elsewhere: labels, timestamps, and whatever columns a metadata file brings."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from pipeline.errors import MetadataError
from pipeline.extract.sources.files import as_text, is_named_as_image
from pipeline.extract.tables import PATH_COLUMNS, missing_header, read_table
from pipeline.features import FEATURES

if TYPE_CHECKING:
    from pathlib import Path

RESERVED = frozenset(feature.name for feature in FEATURES) | {"dataset", "date"}
"""The names that columns of the user's cannot have."""
GIVEN = ("path", "label", "timestamp")
"""Those of them that metadata gives."""
_TEXT = ("path", "label")
_SECOND = " of the second"
_ESCAPED_BYTE = r"\\x[0-9a-f]{2}"


@dataclass(frozen=True, slots=True)
class Metadata:
    """A table of metadata, keyed by `path`.

    Attributes:
        table: `path` (text, unique) and any of `label` (text), `timestamp` (UTC) and columns of the user's.
        origin: Where it came from, for messages.
        notes: What was assumed about it, to be said to the user.
    """

    table: pl.DataFrame
    origin: str
    notes: tuple[str, ...] = ()


def read_metadata(path: Path) -> Metadata:
    """Read a CSV or Parquet file with a column `path`, and perhaps `label`, `timestamp` and others.

    Two columns without a row of names, the first of images, are taken for `path` and `label`, which a note says.

    Raises:
        MetadataError: It cannot be read, has no column `path`, names an image twice, or has a feature's name for a
            column.
    """
    table, notes = _read(path)
    if "path" not in table.columns:
        alike = (name for name in table.columns if name.lower() in PATH_COLUMNS)
        meant = next(alike, "the one that names each row's image")
        raise MetadataError(f"{path}: has no column path (found {', '.join(table.columns)}); call {meant} path")
    return metadata_from_table(table, as_text(str(path)), notes)


def metadata_from_table(table: pl.DataFrame, origin: str, notes: tuple[str, ...] = ()) -> Metadata:
    """What a table that somebody wrote for framewatch says of images.

    Args:
        table: With a column `path`.
        origin: Where it came from, for messages.
        notes: What was assumed about it.

    Raises:
        MetadataError: It names an image twice, or has a feature's name for a column.
    """
    clashes = [name for name in table.columns if name in RESERVED and name not in GIVEN]
    if clashes:
        raise MetadataError(f"{origin}: the column {clashes[0]} has the name of a feature; call it something else")
    table = with_fixed_types(table.with_columns(normal_paths()), origin)
    twice = table.filter(pl.col("path").is_duplicated())
    if len(twice):
        raise MetadataError(f"{origin}: names {twice['path'][0]} twice; give each image one row")
    return Metadata(table, origin, notes)


def combined(first: Metadata | None, second: Metadata | None) -> Metadata | None:
    """Both together: where the second names an image, its columns win over the first one's of the same name."""
    if first is None or second is None:
        return first or second
    both = first.table.join(second.table.with_columns(named=True), on="path", how="full", coalesce=True, suffix=_SECOND)
    named = both["named"].fill_null(value=False)
    columns = [both["path"]]
    for name in dict.fromkeys((*first.table.columns[1:], *second.table.columns[1:])):
        if name not in first.table.columns or name not in second.table.columns:
            columns.append(both[name])
        else:
            columns.append(merged(both[f"{name}{_SECOND}"], both[name], named).alias(name))
    return Metadata(pl.DataFrame(columns), f"{first.origin} with {second.origin}")


def merged(new: pl.Series, old: pl.Series, named: pl.Series) -> pl.Series:
    """New values where metadata names an image, old ones elsewhere, in the type that holds both, at the worst text.

    Args:
        new: Of each image.
        old: The same.
        named: Whether the metadata names it.
    """
    if new.dtype != old.dtype and not (new.dtype.is_numeric() and old.dtype.is_numeric()):
        new, old = new.cast(pl.String), old.cast(pl.String)
    return pl.select(pl.when(named).then(new).otherwise(old)).to_series()


def with_fixed_types(table: pl.DataFrame, origin: str) -> pl.DataFrame:
    """A table with labels as text and timestamps in UTC.

    Raises:
        MetadataError: They cannot be understood.
    """
    columns = []
    if "label" in table.columns:
        columns.append(pl.col("label").cast(pl.String))
    if "timestamp" in table.columns:
        if table.schema["timestamp"].is_numeric():
            raise MetadataError(f"{origin}: the column timestamp holds numbers; give 2026-11-23T10:30:00+00:00")
        columns.append(_as_utc(table.schema["timestamp"]))
    try:
        return table.with_columns(columns)
    except pl.exceptions.PolarsError as error:
        raise MetadataError(f"{origin}: label or timestamp cannot be understood ({_first_line(error)})") from error


def normal_paths() -> pl.Expr:
    """The column `path` as sources write it: Windows' backslashes turned, no `./` before it.

    A path with bytes that are no text, see `files.as_text`, is left as it is.
    """
    path = pl.col("path").cast(pl.String)
    turned = path.str.replace_all("\\", "/", literal=True)
    return pl.when(path.str.contains(_ESCAPED_BYTE)).then(path).otherwise(turned).str.strip_prefix("./")


def labels_from_parents(paths: list[str]) -> Metadata:
    """Labels from the names of the folders that the images lie in.

    Args:
        paths: Relative to the source.
    """
    labels = [posixpath.basename(posixpath.dirname(path)) or None for path in paths]
    return Metadata(
        pl.DataFrame({"path": paths, "label": labels}, schema=dict.fromkeys(_TEXT, pl.String)).unique("path"),
        "--label-from parent",
    )


def _read(path: Path) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The table in a file, and what had to be assumed about it."""
    try:
        content = path.read_bytes()
        table = read_table(content, path.suffix)
        first = missing_header(table)
        if first is None:
            return table, ()
        if len(table.columns) == len(_TEXT):
            table = read_table(content, path.suffix, _TEXT)
            if all(name and is_named_as_image(name) for name in table["path"]):
                return table, (f"{path} has no row of column names (it begins {first}); path and label are assumed",)
    except OSError as error:
        raise MetadataError(f"{path}: the metadata cannot be read ({error.strerror}); check the name") from error
    except ValueError as error:
        raise MetadataError(f"{path}: the metadata cannot be read ({error}); give CSV or Parquet") from error
    raise MetadataError(
        f"{path}: has no row of column names, its first line is {first}; write one before it: path, and label, "
        "timestamp or names of yours for the other columns"
    )


def _as_utc(dtype: pl.DataType) -> pl.Expr:
    stamp = pl.col("timestamp")
    if dtype == pl.String:
        return stamp.str.to_datetime(time_unit="us", time_zone="UTC")
    if isinstance(dtype, pl.Datetime) and dtype.time_zone is not None:
        return stamp.dt.convert_time_zone("UTC").dt.cast_time_unit("us")
    return stamp.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
