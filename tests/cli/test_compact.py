"""framewatch compact, and what extract has for partitions that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow.dataset as ds
import pytest

from tests.support.folders import draw_plain
from tests.support.program import framewatch, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path


def _extract(root: Path, *more: object, date: str = "2026-11-23") -> list[str]:
    outcome = framewatch_here(
        *("extract", "--data-dir", root / "images", "--store", root / "S", "--dataset", "live", "--date", date), *more
    )
    assert outcome.status == 0, outcome.stderr
    return outcome.stdout.splitlines()


def _paths(root: Path) -> list[str]:
    return sorted(ds.dataset(root / "S", partitioning="hive").to_table()["path"].to_pylist())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A store to which three images came in three nights."""
    for night in range(3):
        draw_plain(tmp_path / "images", {f"{night}.png": (night, 9, 9)})
        _extract(tmp_path)
    assert len(list(tmp_path.glob("S/*/*/*.parquet"))) == 3
    return tmp_path


def test_small_files_become_one(root: Path) -> None:
    outcome = framewatch("compact", "--store", root / "S")
    assert (outcome.status, outcome.stdout) == (0, "live@2026-11-23: 3 files, now 1\n")
    assert len(list(root.glob("S/*/*/*.parquet"))) == 1
    assert _paths(root) == ["0.png", "1.png", "2.png"]
    again = framewatch_here("compact", "--store", root / "S", "--json").document
    assert again == [{"partition": "live@2026-11-23", "before": 1, "after": 1, "rebuilt": 0}]
    assert framewatch_here("compact", "--store", root / "S", "--json", "--quiet").stdout == ""


def test_a_selection_is_compacted_alone(root: Path) -> None:
    _extract(root, date="2026-11-24")
    outcome = framewatch_here("compact", "--store", root / "S", "--select", "live@2026-11-24")
    assert outcome.stdout == "live@2026-11-24: 1 file\n"
    assert len(list(root.glob("S/*/date=2026-11-23/*.parquet"))) == 3
    missing = framewatch_here("compact", "--store", root / "S", "--select", "val")
    assert missing.status == 2
    assert "has no dataset val; it has live" in missing.error


def test_profiles_that_are_not_of_their_rows_are_made_again(root: Path) -> None:
    next(root.glob("S/*/*/*.parquet")).touch()
    outcome = framewatch_here("compact", "--store", root / "S")
    assert outcome.stdout == "live@2026-11-23: 3 files, now 1, 1 profile worked out again\n"


def test_images_that_are_gone_leave_with_sync_alone(root: Path) -> None:
    (root / "images" / "0.png").unlink()
    assert _extract(root)[0].endswith("0 added, 0 replaced, 2 unchanged")
    assert _paths(root) == ["0.png", "1.png", "2.png"]
    assert _extract(root, "--sync")[0].endswith("0 added, 0 replaced, 2 unchanged, 1 removed")
    assert _paths(root) == ["1.png", "2.png"]


def test_other_settings_come_in_with_re_extract_alone(root: Path) -> None:
    """In the partition, and in a new one of the same store."""
    for date in ("2026-11-23", "2026-11-24"):
        arguments = ("extract", "--data-dir", root / "images", "--store", root / "S", "--dataset", "live")
        refused = framewatch_here(*arguments, "--date", date, "--input-size", "32x32")
        assert refused.status == 2
        assert "input_size is [224, 224] there and [32, 32] here" in refused.error
        assert "--re-extract" in refused.error
    assert _extract(root, "--input-size", "32x32", "--re-extract")[0].endswith("0 added, 3 replaced, 0 unchanged")
    assert _extract(root, "--input-size", "32x32", date="2026-11-24")[0].endswith("3 added, 0 replaced, 0 unchanged")
