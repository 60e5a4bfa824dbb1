"""Rows at rest, read by us and by others: files to a lazy frame, with their settings and their profile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import SettingsError, StoreError
from pipeline.profile.measure import profile_rows
from pipeline.store.footer import SETTINGS_KEY, read_footer
from pipeline.store.layout import Partition, partitions
from pipeline.store.scan import tables_of
from pipeline.store.stored import stored
from tests.support.readers import READERS, with_duckdb
from tests.support.rows import CLASSIFIER, CLASSIFYING, DETECTING, PIXELS_ONLY, shots, store_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from pipeline.settings import ExtractionSettings

FIRST, SECOND = Partition("val", date(2026, 11, 22)), Partition("val", date(2026, 11, 23))


@pytest.mark.parametrize("reader", READERS)
def test_everyone_reads_the_store(tmp_path: Path, reader: str) -> None:
    made = {FIRST: shots(1, 3), SECOND: shots(2, 4), Partition("live", SECOND.date): shots(3, 2, "detected")}
    for partition, own in made.items():
        store_rows(tmp_path, partition, own)
        (partition.folder(tmp_path).with_name(f".{partition.date}.lock")).touch()
    assert sorted(READERS[reader](tmp_path)) == sorted(one.row["path"] for own in made.values() for one in own)


def test_others_see_the_folders_names_as_columns(tmp_path: Path) -> None:
    store_rows(tmp_path, FIRST, shots(1, 2))
    store_rows(tmp_path, SECOND, shots(2, 3))
    counts = with_duckdb(tmp_path, "dataset, date, count(*)", "group by all order by all")
    assert counts == [("val", FIRST.date, 2), ("val", SECOND.date, 3)]


def test_scan_gives_back_every_value_of_every_feature(tmp_path: Path) -> None:
    made = [*shots(1, 3), *shots(2, 3, "detected"), *shots(3, 2, "unreadable"), *shots(4, 2, "invalid")]
    store_rows(tmp_path, FIRST, made)
    read = stored(tmp_path, [FIRST]).rows.collect()
    assert read["dataset"].to_list() == ["val"] * 10
    assert read["date"].to_list() == [FIRST.date] * 10
    for one, row in zip(made, read.iter_rows(named=True), strict=True):
        for name, value in one.row.items():
            expected = value.tolist() if hasattr(value, "tolist") else value
            assert row[name] == (pytest.approx(expected) if name == "box_scores" else expected) or name == "boxes"
        assert all(row[name] is None for name in row.keys() - one.row.keys() - {"dataset", "date"})


def test_a_dataset_called_by_a_number_stays_text(tmp_path: Path) -> None:
    partition = Partition("007", FIRST.date)
    store_rows(tmp_path, partition, shots(1, 1))
    assert stored(tmp_path, [partition]).rows.collect()["dataset"].to_list() == ["007"]


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ([1, 2], ["a", "b"], ["1", "2", "a", "b"]),
        ([1, 2], [0.5, None], [1.0, 2.0, 0.5, None]),
        ([None, None], ["a", "b"], [None, None, "a", "b"]),
        ([True, False], ["a", "b"], ["true", "false", "a", "b"]),
        ([datetime(2026, 1, 1), None], ["a", "b"], ["2026-01-01 00:00:00.000000", None, "a", "b"]),  # noqa: DTZ001
    ],
)
def test_metadata_of_two_types_is_read_as_what_holds_both(
    tmp_path: Path, first: Sequence[object], second: Sequence[object], together: list[object]
) -> None:
    store_rows(tmp_path, FIRST, shots(1, 2), camera=first)
    store_rows(tmp_path, SECOND, shots(2, 2), camera=second)
    read = stored(tmp_path, [FIRST, SECOND]).rows.collect()
    assert read["camera"].to_list() == together
    assert read["date"].to_list() == [FIRST.date] * 2 + [SECOND.date] * 2
    assert read["pixel_mean"].null_count() == 0


@pytest.mark.parametrize("having", [FIRST, SECOND])
def test_metadata_that_only_one_day_has_is_null_on_the_other(tmp_path: Path, having: Partition) -> None:
    for partition in (FIRST, SECOND):
        columns = {"camera": ["north"]} if partition == having else {}
        store_rows(tmp_path, partition, shots(1, 1), CLASSIFYING, **columns)
    read = stored(tmp_path, [FIRST, SECOND]).rows.collect()
    assert dict(zip(read["date"], read["camera"], strict=True)) == {
        one: "north" if one == having.date else None for one in (FIRST.date, SECOND.date)
    }


def test_columns_may_stand_in_another_order(tmp_path: Path) -> None:
    store_rows(tmp_path, FIRST, shots(1, 1), a=["a1"], b=["b1"])
    store_rows(tmp_path, SECOND, shots(2, 1), b=["b2"], a=["a2"])
    assert stored(tmp_path, [FIRST, SECOND]).rows.select("a", "b").collect().rows() == [("a1", "b1"), ("a2", "b2")]


@pytest.mark.parametrize("settings", [PIXELS_ONLY, CLASSIFYING, DETECTING])
def test_a_file_says_how_its_rows_were_made(tmp_path: Path, settings: ExtractionSettings) -> None:
    path = store_rows(tmp_path, FIRST, shots(1, 1), settings)
    assert read_footer(path).settings == settings
    assert SETTINGS_KEY.encode() in pq.read_metadata(path).metadata


def test_a_selection_comes_with_its_settings_and_days(tmp_path: Path) -> None:
    for partition in (FIRST, SECOND):
        store_rows(tmp_path, partition, shots(1, 2))
    own = stored(tmp_path, [FIRST, SECOND])
    assert (own.rows.collect().height, own.settings, [*own.files]) == (4, CLASSIFYING, [FIRST, SECOND])


def test_days_of_other_settings_are_not_mixed(tmp_path: Path) -> None:
    store_rows(tmp_path, FIRST, shots(1, 1))
    store_rows(tmp_path, SECOND, shots(2, 1), replace(CLASSIFYING, resize="crop"))
    with pytest.raises(SettingsError, match=r'resize is "stretch" there and "crop" here'):
        _ = stored(tmp_path, partitions(tmp_path)).settings


@pytest.mark.parametrize("without", [0, 1, 2])
def test_settings_of_days_with_and_without_a_model_are_those_with_one(tmp_path: Path, without: int) -> None:
    days = [Partition("val", date(2026, 11, day)) for day in (1, 2, 3)]
    for at, one in enumerate(days):
        store_rows(tmp_path, one, shots(at, 1), PIXELS_ONLY if at == without else CLASSIFYING)
    assert stored(tmp_path, days).settings == CLASSIFYING


def test_two_models_are_not_mixed_behind_a_day_without_one(tmp_path: Path) -> None:
    other = replace(CLASSIFYING, model=replace(CLASSIFIER, sha256="0ther"))
    days = [Partition("val", date(2026, 11, day)) for day in (1, 2, 3)]
    for one, settings in zip(days, (PIXELS_ONLY, CLASSIFYING, other), strict=True):
        store_rows(tmp_path, one, shots(1, 1), settings)
    with pytest.raises(SettingsError, match=r"another model: .*c1a5.* there and .*0ther.* here"):
        _ = stored(tmp_path, days).settings


def _foreign(path: Path) -> None:
    pq.write_table(pa.table({"a": [1]}), path)


def _bad_settings(path: Path) -> None:
    pq.write_table(pa.table({"uri": ["a"]}).replace_schema_metadata({SETTINGS_KEY: b"{no json"}), path)


def _old_settings(path: Path) -> None:
    pq.write_table(pa.table({"uri": ["a"]}).replace_schema_metadata({SETTINGS_KEY: b'{"resize": "crop"}'}), path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PAR1 and then nothing"),
        lambda path: path.mkdir(),
        _foreign,
        _bad_settings,
        _old_settings,
    ],
)
def test_a_file_that_is_not_ours_is_named(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    path = FIRST.folder(tmp_path) / "rows.parquet"
    path.parent.mkdir(parents=True)
    damage(path)
    with pytest.raises(StoreError, match=r"rows\.parquet") as caught:
        _ = stored(tmp_path, partitions(tmp_path)).settings
    assert "\n" not in str(caught.value)


def test_files_that_start_with_a_dot_are_no_rows(tmp_path: Path) -> None:
    store_rows(tmp_path, FIRST, shots(1, 2))
    (FIRST.folder(tmp_path) / ".half.parquet").write_bytes(b"half")
    assert stored(tmp_path, partitions(tmp_path)).rows.collect().height == 2


def test_damaged_pages_behind_a_good_footer_are_one_line(tmp_path: Path) -> None:
    partition = Partition("val", date(2026, 11, 23))
    store_rows(tmp_path, partition, shots(1, 200))
    path = partition.folder(tmp_path) / "rows.parquet"
    content = bytearray(path.read_bytes())
    content[100 : len(content) // 2] = bytes(len(content) // 2 - 100)
    path.write_bytes(content)
    with pytest.raises(StoreError, match="damaged") as from_polars:
        profile_rows(stored(tmp_path, [partition]).rows)
    with pytest.raises(StoreError, match="damaged") as from_arrow:
        list(tables_of(stored(tmp_path, [partition]).files[partition][0]))
    assert not any("\n" in str(one.value) for one in (from_polars, from_arrow))
