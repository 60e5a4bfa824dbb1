"""Every kind of source from the command line to the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import fsspec
import polars as pl
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from tests.support.archives import write_hugging_face, write_tar
from tests.support.pictures import encoded, scene
from tests.support.program import framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

IMAGES = {f"{name}.jpg": encoded(scene(20, 20, seed), "JPEG") for seed, name in enumerate("abc")}


def rows(store: Path) -> dict[str, dict[str, Any]]:
    """All that is stored, by path."""
    table = pl.scan_parquet(f"{store}/**/*.parquet", hive_partitioning=True).collect()
    return {row["path"]: row for row in table.iter_rows(named=True)}


def extract(location: object, store: Path, *more: object) -> Any:
    """What the command says that it did."""
    outcome = framewatch_here("extract", "--data-dir", location, "--store", store, "--dataset", "d", "--json", *more)
    assert outcome.status == 0, outcome.stderr
    return outcome.document


def test_a_tar_becomes_rows_with_labels_once(tmp_path: Path) -> None:
    """The date is in its name, its labels and columns are on the rows, and a second run computes nothing."""
    notes = {"a.cls": b"1", "b.cls": b"0", "b.json": b'{"camera": "left"}'}
    path = write_tar(tmp_path / "shard-2026-11-23.tar", IMAGES | notes)
    first = extract(path, tmp_path / "S")
    assert (first["partition"], first["date_from"], first["added"]) == ("d@2026-11-23", "the source's name", 3)
    found = rows(tmp_path / "S")
    assert {name: (row["label"], row["camera"], row["status"]) for name, row in found.items()} == {
        "a.jpg": ("1", None, "ok"),
        "b.jpg": ("0", "left", "ok"),
        "c.jpg": (None, None, "ok"),
    }
    again = extract(path, tmp_path / "S")
    assert (again["added"], again["replaced"], again["unchanged"]) == (0, 0, 3)
    write_tar(path, IMAGES | notes)
    assert extract(path, tmp_path / "S")["replaced"] == 3


def test_metadata_wins_over_what_the_source_says(tmp_path: Path) -> None:
    """Where it names an image."""
    pairs = [(content, name) for name, content in IMAGES.items()]
    path = write_hugging_face(tmp_path / "t.parquet", pairs, label=[1, 2, 3], lux=[7, 8, 9])
    (tmp_path / "m.csv").write_text("path,label,lens\na.jpg,9,wide\n")
    extract(path, tmp_path / "S", "--metadata", tmp_path / "m.csv")
    assert {name: (row["label"], row["lux"], row["lens"]) for name, row in rows(tmp_path / "S").items()} == {
        "a.jpg": ("9", 7, "wide"),
        "b.jpg": ("2", 8, None),
        "c.jpg": ("3", 9, None),
    }


def test_a_manifest_with_a_missing_image_goes_on(tmp_path: Path) -> None:
    """It is a row with a reason, and counted."""
    (tmp_path / "a.jpg").write_bytes(IMAGES["a.jpg"])
    (tmp_path / "m.csv").write_text("file_name,label\na.jpg,1\ngone.jpg,0\n")
    found = extract(tmp_path / "m.csv", tmp_path / "S")
    assert (found["added"], found["unreadable"]) == (2, {"count": 1, "by_reason": {"cannot be opened": 1}})


class Guarded(MemoryFileSystem):  # type: ignore[misc]
    """Fsspec's memory behind a user and a password."""

    protocol = "guarded"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(MemoryFileSystem._strip_protocol(path.removeprefix("guarded://").rpartition("@")[2]))


@pytest.fixture
def guarded() -> str:
    """The URL of a folder with three images, and its password."""
    fsspec.register_implementation("guarded", Guarded, clobber=True)
    for name, content in IMAGES.items():
        fsspec.filesystem("memory").pipe(f"/guarded/2026-11-23/{name}", content)
    return "guarded://ann:verysecret@guarded/2026-11-23"


@pytest.mark.parametrize("end", ["", "/*.jpg"])
def test_a_url_works_from_end_to_end_and_its_password_stays_in_memory(end: str, guarded: str, tmp_path: Path) -> None:
    """Neither rows nor documents nor what is printed hold it."""
    first = extract(f"{guarded}{end}", tmp_path / "S")
    assert (first["partition"], first["date_from"], first["added"]) == ("d@2026-11-23", "the source's name", 3)
    assert extract(f"{guarded}{end}", tmp_path / "S")["unchanged"] == 3
    outcome = framewatch_here("baseline", "--data-dir", f"{guarded}{end}", "--output", tmp_path / "b.json", "--json")
    assert outcome.document["dataset_info"]["source"] == f"guarded://ann@guarded/2026-11-23{end}"
    assert not any(b"verysecret" in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert "verysecret" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("location", ["s3://ann:verysecret@b/c", "nonsense://ann:verysecret@b/x.tar"])
def test_a_url_that_cannot_be_reached_is_one_line(location: str, tmp_path: Path) -> None:
    """Status 2, and no password."""
    outcome = framewatch_here("baseline", "--data-dir", location, "--output", tmp_path / "b.json")
    assert outcome.status == 2
    assert "ann@b/" in outcome.error
    assert "verysecret" not in outcome.stdout + outcome.stderr
