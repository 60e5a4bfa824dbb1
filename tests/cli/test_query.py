"""framewatch query."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from tests.support.program import framewatch, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene

DAYS = "SELECT date, count(*) AS images, avg(pixel_mean) AS light FROM features WHERE dataset = 'production' "
DAYS += "GROUP BY date ORDER BY date"


def test_the_answer_comes_as_a_table_csv_or_json(scene: Scene, store: Path) -> None:
    """The same numbers three times, and they are those of the pictures."""
    expected = [scene.pixels(name)[0] for name in ("today", "dark_20261105", "today")]
    as_json = framewatch("query", DAYS, "--store", store, "--json")
    assert as_json.stderr == ""
    assert [row["date"] for row in as_json.document] == ["2026-11-04", "2026-11-05", "2026-11-06"]
    assert [row["light"] for row in as_json.document] == pytest.approx(expected)
    assert framewatch_here("query", DAYS, "--store", store, "--format", "json").document == as_json.document
    as_csv = framewatch_here("query", DAYS, "--store", store, "--format", "csv").stdout
    assert [float(row["light"]) for row in csv.DictReader(io.StringIO(as_csv))] == pytest.approx(expected)
    lines = framewatch_here("query", DAYS, "--store", store).stdout.splitlines()
    assert lines[0].split() == ["date", "images", "light"]
    assert set(lines[1]) == {"-", " "}
    assert lines[3].split() == ["2026-11-05", "60", f"{expected[1]:.6g}"]
    assert lines[-1] == "(3 rows)"


def test_a_limit_and_quiet_are_kept(store: Path) -> None:
    some = framewatch_here("query", "SELECT path FROM features", "--store", store, "--limit", "2", "--json")
    assert len(some.document) == 2
    assert framewatch_here("query", "SELECT path FROM features", "--store", store, "--quiet").stdout == ""


def test_two_formats_are_one_too_many(store: Path) -> None:
    outcome = framewatch_here("query", DAYS, "--store", store, "--json", "--format", "csv")
    assert (outcome.status, "--format csv" in outcome.error) == (2, True)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT nothing FROM features", ["nothing", "SELECT * with --limit 1"]),
        ("SELECT brightnes FROM features", ["did you mean brightness?"]),
        ("SELECT path FROM elsewhere", ["elsewhere", "features"]),
        ("SELEC path", ["features"]),
        ("", ["features"]),
    ],
)
def test_sql_that_cannot_be_run_is_refused_in_one_line(sql: str, words: list[str], store: Path) -> None:
    outcome = framewatch_here("query", sql, "--store", store)
    assert outcome.status == 2
    assert len(outcome.error) < 200, "no list of all columns"
    for word in words:
        assert word in outcome.error


def test_a_store_that_is_none_is_named(tmp_path: Path) -> None:
    for place in (tmp_path / "missing", tmp_path):
        outcome = framewatch_here("query", "SELECT 1 FROM features", "--store", place)
        assert outcome.status == 2
        assert str(place) in outcome.error
