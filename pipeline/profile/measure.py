"""Rows to a `Profile`, some thousands at a time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.errors import StoreError
from pipeline.features import CHANNELS, arrow_schema, categorical_features, numeric_features
from pipeline.profile.counts import class_counts, pixel_counts, status_counts, value_counts
from pipeline.profile.joint import joint_moments
from pipeline.profile.merge import merge
from pipeline.profile.numbers import numeric_profile, positions
from pipeline.profile.profile import Profile
from pipeline.profile.succession import ORDERING_COLUMNS, capture_order, repeats, squared_jumps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from pipeline.features import Bins
    from pipeline.profile.profile import NumericProfile

_HISTOGRAMS = tuple(f"{channel}_histogram" for channel in CHANNELS)

PROFILED_COLUMNS = (
    "status",
    "reason",
    "label_index",
    "predicted_class",
    "box_classes",
    *ORDERING_COLUMNS,
    *_HISTOGRAMS,
    *(one.name for one in categorical_features()),
    *(one.name for one in numeric_features()),
)
"""The columns of the rows that a profile is made of."""

_ROWS_AT_ONCE = 8192
"""Rows that are worked on together: a column of them stays in the processor's cache."""

_JOINT = ("confidence", "margin", "prediction_entropy", "box_count")
"""The features of predictions whose joint moments are kept, with those of the picture."""

_CALIBRATED = ("confidence", "prediction_entropy")
"""The features of predictions that labels say something about."""


def profile_table(rows: pa.Table) -> Profile:
    """Summarise rows that are in memory.

    Args:
        rows: Of `features.arrow_schema`. More columns are ignored, and one that is missing counts as all null. What is
            NaN or infinite counts as null.
    """
    known = set(PROFILED_COLUMNS)
    rows = rows.select([name for name in rows.column_names if name in known])
    starts = range(0, rows.num_rows, _ROWS_AT_ONCE)
    return merge(_profile(_with_words(rows.slice(start, _ROWS_AT_ONCE))) for start in starts)


def profile_rows(rows: pl.LazyFrame) -> Profile:
    """Summarise rows of a store, of which a few thousand are in memory at once.

    Args:
        rows: As for `profile_table`.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    return merge(profile_table(batch) for batch in _batches(rows))


def profile_groups(rows: pl.LazyFrame, group: str) -> dict[str, Profile]:
    """Summarise rows by the value of one of their columns, in one pass.

    Args:
        rows: As for `profile_table`.
        group: A column of texts without nulls that is not profiled itself.

    Raises:
        StoreError: A file of the store is damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    found = dict[str, Profile]()
    for batch in _batches(rows, group):
        values = batch.column(group)
        for value in pc.unique(values).to_pylist():
            part = profile_table(batch.filter(pc.equal(values, value)))
            found[value] = merge([found[value], part]) if value in found else part
    return found


def _batches(rows: pl.LazyFrame, *more: str) -> Iterator[pa.Table]:
    try:
        there = rows.collect_schema().names()
        wanted = rows.select([name for name in (*PROFILED_COLUMNS, *more) if name in there])
        for batch in wanted.collect_batches(chunk_size=_ROWS_AT_ONCE, engine="streaming"):
            # NOTE: Arrow's newer views of texts are not counted by every pyarrow that is supported.
            yield _own_copy(batch).to_arrow(compat_level=pl.CompatLevel.oldest())
    except FileNotFoundError:
        raise
    except (pl.exceptions.ComputeError, OSError) as error:
        reason = " ".join(str(error).split())
        raise StoreError(f"stored rows cannot be read, a file of the store is damaged ({reason})") from error


def _own_copy(batch: pl.DataFrame) -> pl.DataFrame:
    """The same rows, in memory of their own where that matters."""
    # NOTE: of an Array column that has nulls and is a slice of a larger one, Polars 1.35 to 1.38 (2.1 no more) hands
    # Arrow a cut child under an uncut offset: Arrow holds it for valid, and aborts or reads other rows' histograms.
    if not any(batch.get_column(name).null_count() for name in _HISTOGRAMS if name in batch.columns):
        return batch
    return batch.select(pl.all().gather(pl.int_range(pl.len())))


def _with_words(rows: pa.Table) -> pa.Table:
    """The rows with all columns whose nulls are counted."""
    for name in ("status", "reason", *(one.name for one in categorical_features())):
        if name not in rows.column_names:
            rows = rows.append_column(name, pa.nulls(rows.num_rows, arrow_schema().field(name).type))
    return rows


def _profile(rows: pa.Table) -> Profile:
    numbers = {one.name: _numbers(rows, one.name) for one in numeric_features()}
    readable, predicted = np.isfinite(numbers["pixel_mean"]), np.isfinite(numbers["confidence"])
    classes, labels = _numbers(rows, "predicted_class"), _numbers(rows, "label_index")
    labelled = np.isfinite(classes) & np.isfinite(labels)
    correct = labelled & (classes == labels)
    of_pictures = {one.name: numbers[one.name] for one in numeric_features() if one.always}
    profiles = {
        one.name: numeric_profile(_finite(numbers[one.name]), one.bins)
        for one in numeric_features()
        if one.bins is not None
    }
    order = capture_order(rows)
    class_pairs, class_repeats = (0, 0) if order is None else repeats(classes[order])
    return Profile(
        pixel_counts=pixel_counts(rows),
        features={name: _followed(one, numbers[name], order) for name, one in profiles.items() if one.count},
        classes=class_counts(rows),
        statuses=status_counts(rows),
        predicted=joint_moments(of_pictures | {name: numbers[name] for name in _JOINT}, readable & predicted),
        unpredicted=joint_moments(of_pictures, readable & ~predicted),
        categories=_categories(rows, readable),
        labelled=int(labelled.sum()),
        correct=int(correct.sum()),
        labelled_histograms=_labelled_histograms(numbers, labelled, correct),
        class_pairs=class_pairs,
        class_repeats=class_repeats,
    )


def _followed(own: NumericProfile, values: NDArray[np.float64], order: NDArray[np.int64] | None) -> NumericProfile:
    if order is None:
        return own
    pairs, jumps = squared_jumps(values[order])
    return replace(own, pairs=pairs, jumps=jumps)


def _numbers(rows: pa.Table, name: str) -> NDArray[np.float64]:
    """A column, with NaN for null."""
    if name not in rows.column_names:
        return np.full(rows.num_rows, np.nan)
    return np.asarray(rows.column(name).to_numpy(), dtype=np.float64)


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    finite = np.isfinite(values)
    return values if finite.all() else values[finite]


def _categories(rows: pa.Table, readable: NDArray[np.bool_]) -> dict[str, dict[str | None, int]]:
    if not readable.any():
        return {}
    chosen = rows.select([one.name for one in categorical_features()])
    if not readable.all():
        chosen = chosen.filter(pa.array(readable))
    return {
        name: {None if value is None else str(value): count for value, count in value_counts(column).items()}
        for name, column in zip(chosen.column_names, chosen.columns, strict=True)
    }


def _labelled_histograms(
    numbers: dict[str, NDArray[np.float64]], labelled: NDArray[np.bool_], correct: NDArray[np.bool_]
) -> dict[str, NDArray[np.int64]]:
    if not labelled.any():
        return {}
    bins = {one.name: one.bins for one in numeric_features() if one.bins is not None and one.name in _CALIBRATED}
    found = {name: _binned(numbers[name], own, labelled, correct) for name, own in bins.items()}
    return {name: counts for name, counts in found.items() if counts.any()}


def _binned(
    values: NDArray[np.float64], bins: Bins, labelled: NDArray[np.bool_], correct: NDArray[np.bool_]
) -> NDArray[np.int64]:
    finite = np.isfinite(values)
    parts = [positions(values[which & finite], bins) for which in (labelled, correct)]
    return np.array([np.bincount(part, minlength=bins.count) for part in parts], dtype=np.int64)
