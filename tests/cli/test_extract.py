"""framewatch extract."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from typing import TYPE_CHECKING

import duckdb
import pyarrow.dataset
import pytest

from tests.support.folders import draw_plain
from tests.support.program import environment, framewatch, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


_MODULES = """
import sys
from pipeline.cli.app import main
try:
    main(sys.argv[1:])
except SystemExit as leaving:
    print(leaving.code or 0, *sys.modules, file=sys.stderr)
"""


def test_a_run_without_new_images_does_not_import_pandas(tmp_path: Path) -> None:
    """Arrow does, for an empty table: a third of a second of each nightly run, where pandas happens to be."""
    folder = draw_plain(tmp_path / "images", {"a.png": (9, 9, 9)})
    arguments = ["extract", "--data-dir", str(folder), "--store", str(tmp_path / "store"), "--dataset", "live"]
    command = [sys.executable, "-c", _MODULES, *arguments, "--date", "2026-11-23"]
    for unchanged in (0, 1):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
        assert f"{1 - unchanged} added, 0 replaced, {unchanged} unchanged" in done.stdout
    status, *modules = done.stderr.split()
    assert status == "0"
    assert "polars" in modules
    assert "pandas" not in modules


def test_only_what_is_new_is_computed(tmp_path: Path) -> None:
    """Three runs over a folder that grows: added, replaced and unchanged are counted right, in text and JSON."""
    folder, store = draw_plain(tmp_path / "images", {"a.png": (9, 9, 9), "b.png": (8, 8, 8)}), tmp_path / "store"
    arguments = ("extract", "--data-dir", folder, "--store", store, "--dataset", "live", "--date", "2026-11-23")
    first = framewatch(*arguments)
    assert first.stdout.splitlines() == [
        "live@2026-11-23 (date from --date): 2 added, 0 replaced, 0 unchanged",
        "live@2026-11-23: 2 rows, 2 ok",
    ]
    assert (first.status, first.stderr) == (0, "")
    draw_plain(folder, {"b.png": (200, 8, 8), "c.png": (7, 7, 7)})
    os.utime(folder / "b.png", (0, 0))
    (folder / "d.jpg").touch()
    second = framewatch_here(*arguments, "--json").document
    assert {name: second[name] for name in ("partition", "date_from", "added", "replaced", "unchanged")} == {
        "partition": "live@2026-11-23",
        "date_from": "--date",
        "added": 2,
        "replaced": 1,
        "unchanged": 1,
    }
    assert second["unreadable"] == {"count": 1, "by_reason": {"empty file": 1}}
    third = framewatch_here(*arguments).stdout.splitlines()
    assert third[0].endswith("0 added, 0 replaced, 4 unchanged")
    assert third[1].endswith("4 rows, 3 ok, 1 unreadable (empty file 1)")
    quiet = framewatch_here(*arguments, "--quiet")
    assert (quiet.status, quiet.stdout, quiet.stderr) == (0, "", "")


def test_a_partition_grows_in_processes_of_their_own(tmp_path: Path) -> None:
    """As cron runs it: what one run imports by chance is no help to the next."""
    folder = draw_plain(tmp_path / "images", {"a.png": (9, 9, 9)})
    arguments = (
        "extract",
        "--data-dir",
        folder,
        "--store",
        tmp_path / "S",
        "--dataset",
        "live",
        "--date",
        "2026-11-23",
    )
    assert framewatch(*arguments).status == 0
    draw_plain(folder, {"b.png": (7, 7, 7)})
    second = framewatch(*arguments, "--json")
    assert (second.status, second.document["added"], second.document["unchanged"]) == (0, 1, 1)


def test_an_empty_folder_name_is_not_this_folder(tmp_path: Path) -> None:
    """`--data-dir $UNSET` in a crontab must not take in whatever lies around."""
    outcome = framewatch_here("extract", "--data-dir", "", "--store", tmp_path / "S", "--dataset", "live")
    assert outcome.status == 2
    assert "unset variable" in outcome.error
    assert not (tmp_path / "S").exists()


@pytest.mark.parametrize(
    ("folder", "options", "date", "origin"),
    [
        ("daily_20261123", (), "2026-11-23", "the folder's name"),
        ("2026-11-22/camera", (), "2026-11-22", "the folder's name"),
        ("2026-11-22/daily_20261123", (), "2026-11-23", "the folder's name"),
        ("daily_20261123", ("--date", "2026-01-02"), "2026-01-02", "--date"),
        ("images", (), None, "today"),
    ],
)
def test_the_date_and_where_it_is_from_are_said(
    folder: str, options: tuple[str, ...], date: str | None, origin: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """--date, else the last part of the path that holds one, else today."""
    root = tmp_path_factory.mktemp("dates")
    before = datetime.now().astimezone().date().isoformat()
    outcome = framewatch_here(
        *("extract", "--data-dir", draw_plain(root / folder, {"a.png": (1, 2, 3)}), "--store", root / "store"),
        *("--dataset", "live", *options),
    )
    after = datetime.now().astimezone().date().isoformat()
    days = {date} if date else {before, after}
    assert outcome.stdout.splitlines()[0] in {
        f"live@{day} (date from {origin}): 1 added, 0 replaced, 0 unchanged" for day in days
    }


def test_the_working_directory_has_a_name_too(tmp_path: Path) -> None:
    """`cd daily_20261123 && framewatch extract --data-dir .`"""
    folder = draw_plain(tmp_path / "daily_20261123", {"a.png": (1, 2, 3)})
    outcome = framewatch(
        *("extract", "--data-dir", ".", "--store", tmp_path / "store", "--dataset", "live", "--json"), cwd=folder
    )
    assert outcome.document["partition"] == "live@2026-11-23"


def test_the_store_is_plain_hive_parquet(scene: Scene, store: Path) -> None:
    """DuckDB and pyarrow read it with their own hive readers; the numbers are those of the pictures."""
    pattern = str(store / "**" / "*.parquet")
    query = "SELECT dataset, date::VARCHAR, count(*), avg(pixel_mean) FROM read_parquet(?) GROUP BY ALL ORDER BY 1, 2"
    rows = duckdb.execute(query, [pattern]).fetchall()
    assert [row[:3] for row in rows] == [
        ("production", "2026-11-04", 60),
        ("production", "2026-11-05", 60),
        ("production", "2026-11-06", 60),
        ("val", "2026-11-01", 60),
    ]
    assert rows[1][3] == pytest.approx(scene.pixels("dark_20261105")[0])
    assert pyarrow.dataset.dataset(store, partitioning="hive").count_rows() == 240


def test_other_settings_do_not_get_into_a_partition(scene: Scene, tmp_path: Path) -> None:
    """Status 2, the field and both values; the partition is as it was."""
    arguments = ("extract", "--data-dir", scene.val, "--store", tmp_path, "--dataset", "val", "--date", "2026-11-01")
    assert framewatch_here(*arguments).status == 0
    outcome = framewatch_here(*arguments, "--resize", "crop")
    assert outcome.status == 2
    for word in ("val@2026-11-01", "resize", '"stretch"', '"crop"'):
        assert word in outcome.error


@pytest.mark.parametrize("name", ["a/b", "../x", "a b", "", "-x", "name=1"])
def test_a_dataset_is_called_something_that_a_folder_can_be(name: str, scene: Scene, tmp_path: Path) -> None:
    outcome = framewatch_here("extract", "--data-dir", scene.val, "--store", tmp_path, f"--dataset={name}")
    assert outcome.status == 2
    assert repr(name) in outcome.error
    assert not list(tmp_path.iterdir())
