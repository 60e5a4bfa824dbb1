"""SQL over a store."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import StoreError
from pipeline.store.layout import Partition
from pipeline.store.query import query_store
from tests.support.rows import Shot, shots, store_rows

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = '<script>alert("1")</script>,\n\'; DROP TABLE features; --\u202e\t|'
DAYS = [Partition("val", date(2026, 11, day)) for day in (22, 23)]


@pytest.fixture(scope="module")
def made() -> dict[Partition, list[Shot]]:
    """Four classified images, three detected and an unreadable one, one of them with a hostile name."""
    rows = {DAYS[0]: shots(1, 4), DAYS[1]: [*shots(2, 3, "detected"), *shots(3, 1, "unreadable")]}
    rows[DAYS[0]][0].row["path"] = HOSTILE
    return rows


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, made: dict[Partition, list[Shot]]) -> Path:
    root = tmp_path_factory.mktemp("store")
    for partition, own in made.items():
        store_rows(root, partition, own)
    return root


def test_sql_counts_filters_and_groups(store: Path, made: dict[Partition, list[Shot]]) -> None:
    found = query_store(
        store, "SELECT date, COUNT(*) AS n, AVG(pixel_mean) AS light FROM features GROUP BY date ORDER BY date"
    ).frame
    for (day, count, light), partition in zip(found.iter_rows(), DAYS, strict=True):
        values = [one.row["pixel_mean"] for one in made[partition] if "pixel_mean" in one.row]
        assert (day, count) == (partition.date, 4)
        assert light == pytest.approx(sum(values) / len(values), abs=1e-12)


def test_columns_of_the_folders_names_can_be_asked_for(store: Path) -> None:
    sql = "SELECT DISTINCT dataset FROM features WHERE date = DATE '2026-11-22'"
    assert query_store(store, sql).frame.rows() == [("val",)]


def test_a_limit_holds(store: Path) -> None:
    assert query_store(store, "SELECT path FROM features", limit=3).frame.height == 3


def test_every_column_goes_into_json_and_csv(store: Path, made: dict[Partition, list[Shot]]) -> None:
    """Lists of lists and arrays too, the same in both."""
    result = query_store(store, "SELECT * FROM features ORDER BY date")
    rows = json.loads(result.as_json())
    flat = list(csv.DictReader(io.StringIO(result.as_csv())))
    assert len(rows) == len(flat) == 8
    wanted = {one.row["path"]: one.row for own in made.values() for one in own}
    for row, line in zip(rows, flat, strict=True):
        own = wanted[row["path"]]
        assert line["path"] == row["path"]
        for name in ("red_histogram", "box_classes", "boxes"):
            expected = own.get(name)
            if expected is None:
                assert row[name] is None
                assert line[name] == ""
            else:
                values = pytest.approx([part for one in expected for part in (one if name == "boxes" else [one])])
                for found in (row[name], json.loads(line[name])):
                    assert [part for one in found for part in (one if name == "boxes" else [one])] == values


def test_hostile_text_stays_text(store: Path) -> None:
    sql = "SELECT path, 'a' AS b FROM features WHERE path LIKE '%script%'"
    result = query_store(store, sql)
    assert json.loads(result.as_json()) == [{"path": HOSTILE, "b": "a"}]
    assert list(csv.DictReader(io.StringIO(result.as_csv(), newline=""))) == [{"path": HOSTILE, "b": "a"}]
    lines = result.as_text()
    assert len(lines) == 4, "a header, a rule, a row and the count: a newline in a name makes no line"
    assert lines[-1] == "(1 row)"


def test_the_table_stands_in_columns_and_cuts_long_cells(store: Path) -> None:
    lines = query_store(store, "SELECT 'x' AS short, red_histogram, path FROM features WHERE path LIKE '1-%'").as_text()
    assert lines[0].split() == ["short", "red_histogram", "path"]
    assert {line.index("1-") for line in lines[2:-1]} == {lines[0].index("path")}
    assert all("..." in line for line in lines[2:-1])


def test_no_rows_are_an_answer(store: Path) -> None:
    result = query_store(store, "SELECT path FROM features WHERE FALSE")
    assert json.loads(result.as_json()) == []
    assert result.as_csv() == "path\n"
    assert result.as_text() == ["path", "----", "(0 rows)"]


@pytest.mark.parametrize(
    "sql",
    ["", ";", "SELEC 1", "SELECT nothing FROM features", "SELECT * FROM elsewhere", "SELECT path FROM features WHERE",
     "SELECT path + 1 FROM features WHERE path > 3", "SELECT 1; SELECT 2", "DROP TABLE", "\0", "SELECT '",
     "SELECT NOSUCH(path) FROM features"],
)  # fmt: skip
def test_sql_that_cannot_be_run_is_one_line(store: Path, sql: str) -> None:
    with pytest.raises(StoreError, match="the table is called features") as caught:
        query_store(store, sql)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("missing", [True, False])
def test_a_store_without_rows_is_named(tmp_path: Path, missing: bool) -> None:
    store = tmp_path / "S"
    if not missing:
        store.mkdir()
    with pytest.raises(StoreError, match=str(store)):
        query_store(store, "SELECT * FROM features")


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    store_rows(tmp_path, DAYS[0], shots(1, 1)).write_bytes(b"PAR1 nonsense")
    with pytest.raises(StoreError, match=r"rows\.parquet"):
        query_store(tmp_path, "SELECT * FROM features")


def test_asking_does_not_change_the_store(store: Path) -> None:
    before = {path: path.read_bytes() for path in store.rglob("*.parquet")}
    for sql in ("DROP TABLE features", "DELETE FROM features", "TRUNCATE TABLE features"):
        with pytest.raises(StoreError, match="write one SELECT"):
            query_store(store, sql)
    assert {path: path.read_bytes() for path in store.rglob("*.parquet")} == before
