"""Names of partitions and selections."""

from __future__ import annotations

import os
import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import StoreError
from pipeline.store.layout import Partition, Selection, partitions, require_name, row_files, select
from tests.support.rows import shots, store_rows

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True)
DAY = date(2026, 11, 23)


def selections() -> st.SearchStrategy[Selection]:
    days = st.lists(st.dates(), min_size=2, max_size=2).map(sorted)
    return st.one_of(
        st.builds(Selection, NAMES),
        st.builds(lambda name, pair: Selection(name, *pair), NAMES, days),
        st.builds(lambda name, day: Selection(name, day, day), NAMES, st.dates()),
    )


@given(selections())
@settings(max_examples=50, deadline=None)
def test_a_selection_survives_its_text(selection: Selection) -> None:
    assert Selection.parse(str(selection)) == selection


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("val", None, None),
        ("val@2026-11-23", DAY, DAY),
        ("val@2026-11-01..2026-11-23", date(2026, 11, 1), DAY),
    ],
)
def test_the_three_forms(text: str, first: date | None, last: date | None) -> None:
    assert Selection.parse(text) == Selection("val", first, last)


@pytest.mark.parametrize(
    "text",
    ["", "@2026-11-23", "val@", "val@yesterday", "val@2026-11-23..", "val@..2026-11-23", "val@2026-02-30",
     "val@2026-11-07..2026-11-01", "val@2026-11-01..2026-11-02..2026-11-03", "a b", "../etc", "a/b", "val\n"],
)  # fmt: skip
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(StoreError):
        Selection.parse(text)


@given(st.dates(), st.dates(), st.dates())
@settings(max_examples=50, deadline=None)
def test_a_selection_holds_both_its_ends_and_what_is_between(one: date, other: date, day: date) -> None:
    first, last = sorted((one, other))
    assert Selection("val", first, last).holds(day) == (first <= day <= last)


@pytest.mark.parametrize("name", ["", ".", "..", ".val", "-v", "_v", "a=b", "a%2Fb", "ä", "a\0", "a\n", "a b"])
def test_names_that_are_no_part_of_a_path_are_refused(name: str) -> None:
    with pytest.raises(StoreError, match="is no name for a dataset"):
        require_name(name)
    with pytest.raises(StoreError):
        Partition(name, DAY)


def test_the_folder_is_hives(tmp_path: Path) -> None:
    assert Partition("val", DAY).folder(tmp_path) == tmp_path / "dataset=val" / "date=2026-11-23"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two datasets, one of three days, and an empty folder."""
    root = tmp_path_factory.mktemp("store")
    for name, day in (("val", 1), ("val", 3), ("val", 2), ("production", 9)):
        store_rows(root, Partition(name, date(2026, 11, day)), shots(day, 1))
    (root / "dataset=val" / "date=2026-11-04").mkdir()
    return root


def test_partitions_are_found_by_name_and_date_where_they_hold_rows(store: Path) -> None:
    assert list(map(str, partitions(store))) == [
        "production@2026-11-09",
        "val@2026-11-01",
        "val@2026-11-02",
        "val@2026-11-03",
    ]


@pytest.mark.parametrize(
    ("text", "days"),
    [("val", [1, 2, 3]), ("val@2026-11-02", [2]), ("val@2026-11-02..2026-12-01", [2, 3])],
)
def test_a_selection_chooses_days(store: Path, text: str, days: list[int]) -> None:
    assert [one.date.day for one in select(store, Selection.parse(text))] == days


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("val@2026-12-01", r"val has 2026-11-01 to 2026-11-03 \(3 days\)"),
        ("test", "it has production, val"),
        ("va", "it has production, val"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is(store: Path, text: str, hint: str) -> None:
    with pytest.raises(StoreError, match=hint):
        select(store, Selection.parse(text))


def test_a_folder_that_is_no_store_is_answered_with_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"has no dataset val; it has none: `framewatch extract --store .*` adds one"):
        select(tmp_path, Selection.parse("val"))


def test_a_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        StoreError, match=r"nowhere: no such store: it does not exist; `framewatch extract .*` makes one"
    ):
        partitions(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="a: no such store: it does not exist; `framewatch extract"):
        partitions(tmp_path / "no parent" / "a")


@pytest.mark.parametrize(("name", "rows"), [("features", True), ("features", False), ("something", True)])
def test_a_misspelt_store_is_answered_with_the_one_beside_it(tmp_path: Path, name: str, rows: bool) -> None:
    """A folder of a similar name that is no store is not meant, and neither is a store of another name."""
    (tmp_path / name / ("dataset=val" if rows else "images")).mkdir(parents=True)
    with pytest.raises(StoreError, match="feature: no such store: it does not exist; ") as refused:
        partitions(tmp_path / "feature")
    meant = f"did you mean {tmp_path / 'features'}?"
    assert (meant in str(refused.value), "makes one" in str(refused.value)) == (
        (True, False) if name == "features" and rows else (False, True)
    )


def test_a_file_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "features").touch()
    with pytest.raises(StoreError, match="features: no such store: it is no folder"):
        partitions(tmp_path / "features")


@pytest.mark.parametrize("day", ["20261123", "2026-W48-1", "2026-02-30", "today"])
def test_a_folder_of_no_date_is_named(tmp_path: Path, day: str) -> None:
    """Python reads the first two as dates, but our own folder of that date has another name."""
    folder = tmp_path / "dataset=val" / f"date={day}"
    folder.mkdir(parents=True)
    (folder / "rows.parquet").touch()
    with pytest.raises(StoreError, match=day):
        partitions(tmp_path)


def test_a_listing_under_which_the_folder_is_replaced_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The writer exchanges two folders and empties the old one: a listing of that one misses files."""
    partition = Partition("val", DAY)
    store_rows(tmp_path, partition, shots(1, 2))
    folder, (kept,) = partition.folder(tmp_path), row_files(tmp_path, partition)
    ready = tmp_path.with_name("ready")
    shutil.copytree(folder, ready)
    listings: list[Path] = []
    listed = os.listdir

    def replaced_while_listed(path: Path) -> list[str]:
        listings.append(path)
        if len(listings) == 1:
            folder.rename(tmp_path.with_name("old"))
            ready.rename(folder)
            return []
        return listed(path)

    monkeypatch.setattr(os, "listdir", replaced_while_listed)
    assert row_files(tmp_path, partition) == [kept]
    assert listings == [folder, folder]
    assert partitions(tmp_path) == [partition]


def test_a_folder_that_may_not_be_listed_is_no_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store_rows(tmp_path, Partition("val", DAY), shots(1, 2))

    def refuse(path: Path) -> list[str]:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "listdir", refuse)
    with pytest.raises(
        StoreError, match=r"date=2026-11-23: cannot be listed \(Permission denied\); see that this user"
    ):
        partitions(tmp_path)


def test_a_folder_that_is_another_one_each_time_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    partition = Partition("val", DAY)
    store_rows(tmp_path, partition, shots(1, 2))
    monkeypatch.setattr("pipeline.store.layout._identity", lambda _: object())
    with pytest.raises(StoreError, match="is another folder each time"):
        row_files(tmp_path, partition)
