"""Rows to a profile for each value of a column, against the profile of just those rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import SettingsError
from pipeline.store.layout import Partition
from pipeline.store.segments import MOST_VALUES, segment_names, segment_profiles
from pipeline.store.stored import stored
from tests.profile.same import assert_same
from tests.support.rows import Shot, profile_of, shots, store_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    import polars as pl

    from pipeline.profile.profile import Profile

DAY = Partition("val", date(2026, 11, 23))


def rows_with(folder: Path, made: list[Shot], camera: Sequence[object]) -> pl.LazyFrame:
    store_rows(folder, DAY, made, camera=camera)
    return stored(folder, [DAY]).rows


def segments(
    rows: pl.LazyFrame, column: str, known: Collection[str] = (), where: str = "the store"
) -> dict[str, Profile]:
    """Both steps, one after the other."""
    return segment_profiles(rows, column, segment_names(rows, column, known, where), where)


def test_each_value_has_the_profile_of_its_rows(tmp_path: Path) -> None:
    """Numbers are text, null is "none", and unreadable images count in their segment."""
    made = [*shots(1, 40), *shots(2, 6, "unreadable")]
    camera = [None if at % 5 == 0 else at % 3 for at in range(len(made))]
    found = segments(rows_with(tmp_path, made, camera), "camera")
    assert list(found) == ["0", "1", "2", "none"]
    for value, profile in found.items():
        wanted = None if value == "none" else int(value)
        assert_same(profile, profile_of([one for one, own in zip(made, camera, strict=True) if own == wanted]))


def test_a_column_that_is_profiled_itself_makes_segments_too(tmp_path: Path) -> None:
    made = shots(3, 40)
    found = segments(rows_with(tmp_path, made, [1] * 40), "format")
    formats = [one.row["format"] for one in made]
    assert {value: own.image_count for value, own in found.items()} == {
        name: formats.count(name) for name in set(formats)
    }


def test_all_but_the_most_frequent_values_are_other(tmp_path: Path) -> None:
    """Sixty values, ten of them seen once: fifty keep their names."""
    camera = [f"{at:02}" for at in range(60)] + [f"{at:02}" for at in range(50)]
    found = segments(rows_with(tmp_path, shots(4, len(camera), "pixels"), camera), "camera")
    assert set(found) == {*(f"{at:02}" for at in range(MOST_VALUES)), "other"}
    assert found["other"].image_count == 10


def test_values_of_the_other_set_keep_their_names(tmp_path: Path) -> None:
    """Where it has an "other", a value that it does not name belongs there; where it has none, the value is new."""
    rows = rows_with(tmp_path, shots(5, 6, "pixels"), ["a", "a", "b", "b", "b", "c"])
    assert set(segments(rows, "camera", {"a", "z"})) == {"a", "b", "c"}
    counts = {value: own.image_count for value, own in segments(rows, "camera", {"a", "other"}).items()}
    assert counts == {"a": 2, "other": 4}


@pytest.mark.parametrize(
    ("column", "words"), [("camra", ["camra", "camera", "format", "val@2026-11-23"]), ("boxes", ["boxes", "List"])]
)
def test_a_column_that_makes_no_segments_is_refused(column: str, words: list[str], tmp_path: Path) -> None:
    rows = rows_with(tmp_path, shots(6, 3), [1, 2, 3])
    with pytest.raises(SettingsError) as refused:
        segments(rows, column, where="val@2026-11-23")
    assert all(word in str(refused.value) for word in words)
    assert len(str(refused.value)) < 300, "columns that are different for each image are not offered"
