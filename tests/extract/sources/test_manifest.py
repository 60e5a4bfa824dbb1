from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import fsspec
import polars as pl
import pytest

from pipeline.errors import MetadataError, SourceError
from pipeline.extract.sources import open_source
from pipeline.extract.sources.interface import Opened

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A folder with two images in another one."""
    (tmp_path / "data").mkdir()
    for name in ("x.jpg", "y.raw"):
        (tmp_path / "data" / name).write_bytes(name.encode())
    return tmp_path


def test_relative_and_absolute_paths_and_urls_are_images(images: Path) -> None:
    """Whatever their suffix; a file of this machine has the identity that a folder gives it."""
    fsspec.filesystem("memory").pipe("/manifest/z.jpg", b"z.jpg")
    (images / "m.csv").write_text(f"path\n./data/y.raw\n{images}/data/x.jpg\nmemory://manifest/z.jpg\n")
    refs = list(open_source(str(images / "m.csv")).images())
    assert {ref.path: ref.place.read(Opened()) for ref in refs} == {
        "data/y.raw": b"y.raw",
        f"{images}/data/x.jpg": b"x.jpg",
        "memory://manifest/z.jpg": b"z.jpg",
    }
    (alone,) = open_source(str(images / "data")).images()
    assert [(ref.uri, ref.version) for ref in refs if ref.uri == alone.uri] == [(alone.uri, alone.version)]
    assert [ref.uri for ref in refs] == sorted(ref.uri for ref in refs)


@pytest.mark.parametrize("column", ["path", "uri", "url", "filename", "file_name", "image_path"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_the_column_of_paths_may_have_several_names(column: str, suffix: str, images: Path) -> None:
    """In CSV and in Parquet."""
    table = pl.DataFrame({"camera": ["left"], column: ["data/x.jpg"]})
    getattr(table, f"write_{suffix}")(images / f"m.{suffix}")
    source = open_source(images / f"m.{suffix}")
    assert [ref.path for ref in source.images()] == ["data/x.jpg"]
    metadata = source.metadata()
    assert metadata is not None
    assert metadata.table.to_dicts() == [{"camera": "left", "path": "data/x.jpg"}] or metadata.table.select(
        "path", "camera"
    ).rows() == [("data/x.jpg", "left")]


def test_other_columns_are_metadata_by_the_rules_of_metadata_files(images: Path) -> None:
    """Labels are text, timestamps UTC, and a feature's name is refused."""
    (images / "m.csv").write_text("label,timestamp,path,lux\n007,2026-11-23T10:00:00+02:00,data\\x.jpg,3\n")
    source = open_source(images / "m.csv")
    assert [ref.path for ref in source.images()] == ["data/x.jpg"]
    metadata = source.metadata()
    assert metadata is not None
    expected = ("data/x.jpg", "007", datetime(2026, 11, 23, 8, tzinfo=UTC), 3)
    assert metadata.table.select("path", "label", "timestamp", "lux").rows() == [expected]
    (images / "m.csv").write_text("path,width\ndata/x.jpg,3\n")
    with pytest.raises(MetadataError, match="the column width has the name of a feature"):
        open_source(images / "m.csv").metadata()


def test_a_manifest_of_paths_alone_has_no_metadata(images: Path) -> None:
    """So that a second run leaves the rows alone."""
    (images / "m.csv").write_text("filename\ndata/x.jpg\n")
    assert open_source(images / "m.csv").metadata() is None


def test_missing_images_are_images_that_cannot_be_read(images: Path) -> None:
    """On this machine and behind URLs."""
    (images / "m.csv").write_text("path\ndata/x.jpg\ndata/gone.jpg\nmemory://nowhere/x.jpg\ndata\n")
    found = {ref.path: ref.problem and ref.problem.reason for ref in open_source(images / "m.csv").images()}
    assert found == {
        "data/x.jpg": None,
        "data/gone.jpg": "cannot be opened",
        "memory://nowhere/x.jpg": "cannot be opened",
        "data": "not a file",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("path\ndata/x.jpg\n./data/x.jpg\n", "names data/x.jpg twice"),
        ("path\ndata/x.jpg\ndata/../data/x.jpg\n", "twice"),
        ("where\ndata/x.jpg\n", "no column of paths .found where.; call it one of path, uri"),
        ("data/x.jpg\ndata/y.jpg\n", "its first line is data/x.jpg; write one before it, with path for"),
        ("path\n", "it has no rows"),
        ("path,b\n,1\n", "row 1 names no image"),
        ("", "is no table"),
    ],
)
def test_what_is_no_manifest_is_named(text: str, words: str, images: Path) -> None:
    """With what was found."""
    (images / "m.csv").write_text(text)
    with pytest.raises(SourceError, match=words) as caught:
        open_source(images / "m.csv").images()
    assert str(images / "m.csv") in str(caught.value)


def test_a_manifest_behind_a_url_names_what_lies_beside_it() -> None:
    """Without secrets in paths and metadata."""
    system = fsspec.filesystem("memory")
    system.pipe("/beside/data/x.jpg", b"1")
    system.pipe("/beside/m.csv", b"url,lux\ndata/x.jpg,1\nhttps://ann:secret@nowhere.invalid/y.jpg?sig=0123,2\n")
    source = open_source("memory://beside/m.csv")
    refs = list(source.images())
    assert [ref.path for ref in refs] == ["https://nowhere.invalid/y.jpg", "data/x.jpg"]
    assert refs[1].place.read(Opened()) == b"1"
    metadata = source.metadata()
    assert metadata is not None
    assert set(metadata.table["path"]) == {ref.path for ref in refs}
    assert "secret" not in str([(ref.uri, ref.path, ref.problem) for ref in refs])
