"""The guide's queries run as they are written, on both engines where both are promised, and answer what they say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import polars as pl
import pytest

from pipeline.store.query import query_store
from tests.docs.examples import DAYS, PICTURES
from tests.support.markdown import GUIDE, blocks, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.docs.examples import Reader

VIEW = next(block.text for block in blocks(read(*GUIDE)) if block.argument == "view.sql")
QUERIES = {block.argument: block.text for block in blocks(read(*GUIDE)) if block.verb == "query"}
IN_BOTH = [name for name in QUERIES if not name.endswith(", duckdb")]


@pytest.fixture
def folder(reader_of: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the guide's store is."""
    folder = reader_of(*GUIDE).folder
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def ask(folder: Path) -> Iterator[Callable[[str], list[Any]]]:
    """DuckDB with the guide's view."""
    with duckdb.connect() as connection:
        connection.execute(VIEW)
        yield lambda name: connection.execute(QUERIES[name]).fetchall()


def test_there_are_ten_and_some(ask: Callable[[str], list[Any]]) -> None:
    """And each of them can be asked."""
    assert len(QUERIES) > 10
    for name in QUERIES:
        ask(name)


@pytest.mark.parametrize("name", IN_BOTH)
def test_both_engines_agree(name: str, ask: Callable[[str], list[Any]], folder: Path) -> None:
    """The numbers to rounding, the rest to the letter; of equal places in the order, whatever comes first."""
    ours, theirs = query_store(folder / "features", QUERIES[name]).frame.rows(), ask(name)
    assert len(ours) == len(theirs)
    for left, right in zip(sorted(ours, key=_words), sorted(theirs, key=_words), strict=True):
        assert left == tuple(pytest.approx(one) if isinstance(one, float) else one for one in right)


def test_the_darkest_are_the_darkest(ask: Callable[[str], list[Any]], folder: Path) -> None:
    rows = _production(folder).sort("brightness")
    expected = {day: rows.filter(pl.col("date") == day)["brightness"].head(3).to_list() for day in rows["date"]}
    found = ask("darkest, duckdb")
    assert {day: [row[2] for row in found if row[0] == day] for day in expected} == expected
    least = ask("least certain")
    dark = rows.filter(pl.col("date") == date(2026, 11, 23))
    assert [row[2] for row in least] == dark["confidence"].sort().head(10).to_list()


def test_calibration_is_that_of_plain_python(ask: Callable[[str], list[Any]], folder: Path) -> None:
    """The labelled images of each tenth, what was said of them and what was right."""
    rows = pl.read_parquet(folder / "features/dataset=val/**/*.parquet").to_dicts()
    found = ask("calibration")
    assert sum(row[1] for row in found) == len(rows) == PICTURES
    for start, images, said, right in found:
        own = [row for row in rows if start <= row["confidence"] < start + 0.1 - 1e-9]
        assert images == len(own)
        assert said == pytest.approx(sum(row["confidence"] for row in own) / images)
        assert right == pytest.approx(sum(row["predicted_class"] == row["label_index"] for row in own) / images)


def test_pairs_that_look_alike_are_those_of_plain_python(ask: Callable[[str], list[Any]], folder: Path) -> None:
    """Bits of the exclusive or of each pair."""
    rows = _production(folder).filter(pl.col("date") == date(2026, 11, 23)).select("path", "perceptual_hash").rows()
    expected = {(one, other, (left ^ right).bit_count()) for one, left in rows for other, right in rows if one < other}
    assert set(ask("near duplicates, duckdb")) == {pair for pair in expected if pair[2] <= 10}


def test_missing_days_are_those_between(folder: Path, tmp_path: Path) -> None:
    """Of a store with the first and the fifth of a month, the three between."""
    first = date(2026, 11, 1)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE features (dataset VARCHAR, date DATE)")
        for day in (first, first + timedelta(days=4)):
            connection.execute("INSERT INTO features VALUES ('production', ?)", [day])
        found = connection.execute(QUERIES["missing days, duckdb"]).fetchall()
    assert found == [(first + timedelta(days=number),) for number in (1, 2, 3)]


def test_hours_and_classes_add_up(ask: Callable[[str], list[Any]]) -> None:
    """Every image has its hour, in UTC; what one class gains, others lose."""
    hours = ask("hours, duckdb")
    assert sum(count for _, count in hours) == PICTURES * len(DAYS)
    assert all(isinstance(hour, datetime) and hour.tzinfo is None for hour, _ in hours)
    moved = ask("classes by camera, duckdb")
    assert sum(row[4] for row in moved) == pytest.approx(0)
    assert sum(row[2] for row in moved) == pytest.approx(1)
    assert [len(row[1]) for row in ask("spread, duckdb")] == [3] * len(DAYS)


def _production(folder: Path) -> pl.DataFrame:
    return pl.read_parquet(folder / "features/dataset=production/**/*.parquet", hive_partitioning=True)


def _words(row: tuple[Any, ...]) -> list[str]:
    return [f"{one:.9f}" if isinstance(one, float) else str(one) for one in row]
