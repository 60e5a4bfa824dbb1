"""Rows to a profile for each value of one of their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.errors import SettingsError
from pipeline.features import FEATURES
from pipeline.profile.measure import profile_groups
from pipeline.store.scan import collect

if TYPE_CHECKING:
    from collections.abc import Collection

    from pipeline.profile.profile import Profile

MOST_VALUES = 50
"""Values of a column that have a profile of their own: each costs a document some kilobytes."""

NONE, OTHER = "none", "other"
"""What rows without a value are called, and those of all but the most frequent values together."""

_SEGMENT = "framewatch segment"

_OF_NO_USE = frozenset(
    one.name for one in FEATURES if not one.categorical and one.name not in {"label", "predicted_name"}
) | {"dataset"}
"""Columns that nobody is advised to segment by: they are different for each image, or measured."""


def segment_names(rows: pl.LazyFrame, column: str, known: Collection[str] = (), where: str = "the store") -> set[str]:
    """The values of a column that have a profile of their own, as text; all others are one more together.

    Args:
        rows: Of a store.
        column: One of theirs.
        known: The values of the set that is compared with. They keep their names, so that the same images stand behind
            the same name on both sides; where one of them is "other", a further value belongs to that.
        where: Where the rows come from, for messages.

    Raises:
        SettingsError: The rows have no such column, or it holds no single values.
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    _require_values(rows.collect_schema(), column, where)
    return set(known) if OTHER in known else _most_frequent(rows, _text(column), known)


def segment_profiles(
    rows: pl.LazyFrame, column: str, names: Collection[str], where: str = "the store"
) -> dict[str, Profile]:
    """The profiles of a column's values, as text; values of which no image can be read have none.

    Args:
        rows: Of a store.
        column: One of theirs.
        names: The values that have one of their own.
        where: Where the rows come from, for messages.

    Raises:
        SettingsError: The rows have no such column, or it holds no single values.
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    _require_values(rows.collect_schema(), column, where)
    text = _text(column)
    named = rows.with_columns(pl.when(text.is_in(sorted(names))).then(text).otherwise(pl.lit(OTHER)).alias(_SEGMENT))
    return {value: own for value, own in sorted(profile_groups(named, _SEGMENT).items()) if own.image_count}


def rows_of_segment(rows: pl.LazyFrame, column: str, value: str, known: Collection[str]) -> pl.LazyFrame:
    """The rows of a segment.

    Args:
        rows: Of a store.
        column: One of theirs.
        value: The segment's name: a key of `segment_profiles`.
        known: All names that there are.
    """
    text = _text(column)
    return rows.filter(~text.is_in(sorted(set(known) - {OTHER})) if value == OTHER else text == value)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).fill_null(NONE)


def _require_values(schema: pl.Schema, column: str, where: str) -> None:
    if column not in schema:
        usable = ", ".join(sorted(name for name, dtype in schema.items() if _single(dtype) and name not in _OF_NO_USE))
        raise SettingsError(
            f"--segment-by {column}: the rows of {where} have no such column; they have {usable}; "
            "--metadata adds columns"
        )
    if not _single(schema[column]):
        raise SettingsError(f"--segment-by {column}: it holds {schema[column]}, not single values; name another column")


def _single(dtype: pl.DataType) -> bool:
    return not dtype.is_nested() and dtype != pl.Binary


def _most_frequent(rows: pl.LazyFrame, text: pl.Expr, known: Collection[str]) -> set[str]:
    """All that are known, and of the others the most frequent ones; of equally frequent ones, the first by name."""
    counts = rows.select(value=text).filter(~pl.col("value").is_in(sorted(known))).group_by("value").len()
    first = counts.sort(["len", "value"], descending=[True, False]).head(max(0, MOST_VALUES - len(known)))
    return {*known, *collect(first)["value"]}
