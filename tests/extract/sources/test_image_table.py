from __future__ import annotations

import os
import tracemalloc
from typing import TYPE_CHECKING, Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import compute

from pipeline.errors import SourceError
from pipeline.extract.plan import plan
from pipeline.extract.sources import open_source
from pipeline.extract.sources.interface import ImageRef, Opened
from tests.support.archives import write_hugging_face

if TYPE_CHECKING:
    from pathlib import Path

CONTENTS = [b"%d" % number * (number + 1) for number in range(7)]


def contents(refs: list[ImageRef]) -> list[bytes]:
    opened = Opened()
    return [ref.place.read(opened) for ref in refs]


def test_the_rows_of_a_hugging_face_file_are_images(tmp_path: Path) -> None:
    """With the path that stands beside the bytes, the file's version and the bytes' length."""
    pairs = [(content, f"{at}.jpg") for at, content in enumerate(CONTENTS)]
    path = write_hugging_face(tmp_path / "t.parquet", pairs, row_group_size=3)
    refs = list(open_source(path).images())
    found = path.stat()
    assert contents(refs) == CONTENTS
    assert [(ref.uri, ref.path) for ref in refs] == [(f"{path}#{at}", f"{at}.jpg") for at in range(7)]
    assert [ref.version for ref in refs] == [
        (len(content), None, f"{found.st_size}-{found.st_mtime_ns}") for content in CONTENTS
    ]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()], ids=str)
@pytest.mark.parametrize("name", ["image", "jpg", "png", "bytes"])
def test_a_plain_column_of_bytes_holds_images_too(name: str, kind: pa.DataType, tmp_path: Path) -> None:
    """Called by their numbers."""
    pq.write_table(pa.table({"other": pa.array(CONTENTS), name: pa.array(CONTENTS, kind)}), tmp_path / "t.parquet")
    refs = list(open_source(tmp_path / "t.parquet").images())
    assert contents(refs) == CONTENTS
    assert [ref.path for ref in refs] == [str(at) for at in range(7)]


def test_paths_that_several_rows_have_give_way_to_numbers(tmp_path: Path) -> None:
    """As where every file of a data set was called image.png."""
    pairs = [(b"0", "x.png"), (b"1", "x.png"), (b"2", None), (b"3", "y.png")]
    refs = list(open_source(write_hugging_face(tmp_path / "t.parquet", pairs)).images())
    assert [ref.path for ref in refs] == ["0", "1", "2", "y.png"]
    refs = list(open_source(write_hugging_face(tmp_path / "t.parquet", [(b"0", "1"), (b"1", None)])).images())
    assert [ref.path for ref in refs] == ["0", "1"]


@pytest.mark.parametrize("where", ["folder", "pattern", "url"])
def test_several_files_are_one_source(where: str, tmp_path: Path) -> None:
    """A folder of nothing but Parquet, a pattern, and a pattern behind a URL; numbers begin with the file's name."""
    (tmp_path / "data").mkdir()
    for part in "ab":
        path = write_hugging_face(
            tmp_path / "data" / f"{part}.parquet", [(part.encode(), None), (b"2", f"{part}.jpg")], k=[1, 2]
        )
        fsspec.filesystem("memory").pipe(f"{tmp_path}/data/{part}.parquet", path.read_bytes())
    (tmp_path / "data" / "README.md").touch()
    locations: dict[str, str | Path] = {
        "folder": tmp_path,
        "pattern": tmp_path / "data/*.parquet",
        "url": f"memory:/{tmp_path}/data/*.parquet",
    }
    source = open_source(locations[where])
    refs = list(source.images())
    assert [ref.path for ref in refs] == ["a.parquet#0", "a.jpg", "b.parquet#0", "b.jpg"]
    assert contents(refs) == [b"a", b"2", b"b", b"2"]
    metadata = source.metadata()
    assert metadata is not None
    assert metadata.table.rows() == [("a.parquet#0", 1), ("a.jpg", 2), ("b.parquet#0", 1), ("b.jpg", 2)]


def test_a_folder_that_holds_an_image_is_a_folder_of_images(tmp_path: Path) -> None:
    """Wherever the image is, and whatever lies beside it."""
    write_hugging_face(tmp_path / "t.parquet", [(b"1", None)])
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "x.jpg").touch()
    assert [ref.path for ref in open_source(tmp_path).images()] == ["deep/er/x.jpg"]


def test_other_scalar_columns_are_metadata(tmp_path: Path) -> None:
    """Labels as text; nested columns and bytes are left out, and features' names are changed."""
    path = write_hugging_face(
        tmp_path / "t.parquet",
        [(b"0", "x.jpg"), (b"1", "y.jpg")],
        label=[3, None],
        camera=["left", "right"],
        width=[5, 6],
        boxes=[[1], []],
        raw=[b"", b""],
        timestamp=[1, 2],
    )
    metadata = open_source(path).metadata()
    assert metadata is not None
    assert metadata.table.to_dicts() == [
        {"path": name, "label": label, "camera": camera, "given_width": width, "given_timestamp": stamp}
        for name, label, camera, width, stamp in [
            ("x.jpg", "3", "left", 5, 1),
            ("y.jpg", None, "right", 6, 2),
        ]
    ]


def test_files_of_several_schemas_are_one_table(tmp_path: Path) -> None:
    """What one of them lacks is empty; and images alone have no metadata."""
    write_hugging_face(tmp_path / "a.parquet", [(b"0", "x.jpg")])
    assert open_source(tmp_path).metadata() is None
    write_hugging_face(tmp_path / "b.parquet", [(b"1", "y.jpg")], lux=[1])
    write_hugging_face(tmp_path / "c.parquet", [(b"2", "z.jpg")], lux=[0.5], lens=["wide"])
    metadata = open_source(tmp_path).metadata()
    assert metadata is not None
    assert metadata.table.rows() == [("x.jpg", None, None), ("y.jpg", 1.0, None), ("z.jpg", 0.5, "wide")]


def test_images_that_the_table_only_names_are_read_from_beside_it(tmp_path: Path) -> None:
    """Null bytes with a path; null bytes without one are an image that cannot be read."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "x.jpg").write_bytes(b"beside")
    pairs = [(None, "data/x.jpg"), (None, f"{tmp_path}/data/./x.jpg"), (None, "gone.jpg"), (None, None), None]
    refs = list(open_source(write_hugging_face(tmp_path / "t.parquet", pairs)).images())
    assert contents(refs[:2]) == [b"beside", b"beside"]
    assert [ref.problem and ref.problem.reason for ref in refs] == [
        None,
        None,
        "cannot be opened",
        "empty file",
        "empty file",
    ]
    assert [ref.uri for ref in refs] == [f"{tmp_path}/t.parquet#{at}" for at in range(5)]


def test_looking_for_images_holds_few_of_them_in_memory(tmp_path: Path) -> None:
    """What is kept of an image is its length: of a file of 64 MB, a row group of 4 MB is in memory at a time."""
    path = write_hugging_face(
        tmp_path / "t.parquet", [(os.urandom(1 << 16), None) for _ in range(1024)], row_group_size=64
    )
    source, most = open_source(path), 0
    original = compute.binary_length

    def measured(column: Any) -> Any:
        nonlocal most
        most = max(most, pa.total_allocated_bytes() - before)
        return original(column)

    before = pa.total_allocated_bytes()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(compute, "binary_length", measured)
        tracemalloc.start()
        assert len(list(source.images())) == 1024
        _, python = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert 0 < most < 16 << 20
    assert python < 16 << 20


def test_each_row_group_is_read_once_by_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the order in which the plan hands the images out."""
    path = write_hugging_face(tmp_path / "t.parquet", [(b"%d" % at, None) for at in range(100)], row_group_size=30)
    units = list(plan(open_source(path).images(), {}).units())
    original, read = pq.ParquetFile.read_row_group, list[int]()

    def counted(file: Any, group: int, *rest: Any, **named: Any) -> Any:
        read.append(group)
        return original(file, group, *rest, **named)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counted)
    found = contents([ref for unit in units for ref in unit])
    assert found == [b"%d" % at for at in range(100)]
    assert read == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"a": [1], "b": ["x"]}, "no column of paths .found a, b."),
        ({"image": pa.array([], pa.binary())}, "it has no rows"),
    ],
)
def test_a_table_without_images_is_named(table: dict[str, Any], words: str, tmp_path: Path) -> None:
    """With the columns that were found."""
    pq.write_table(pa.table(table), tmp_path / "t.parquet")
    with pytest.raises(SourceError, match=words):
        open_source(tmp_path / "t.parquet").images()


def test_several_tables_without_images_are_refused(tmp_path: Path) -> None:
    """A manifest is one file."""
    for name in "ab":
        pq.write_table(pa.table({"path": ["x.jpg"]}), tmp_path / f"{name}.parquet")
    with pytest.raises(SourceError, match=r"2 Parquet files, of which a.parquet has no column of images .found path."):
        open_source(tmp_path)


@pytest.mark.parametrize("damage", [slice(0, 50), slice(0, 0), slice(4, None)])
def test_a_damaged_table_is_named(damage: slice, tmp_path: Path) -> None:
    """Whatever Arrow says of it."""
    path = write_hugging_face(tmp_path / "t.parquet", [(b"1" * 999, None)])
    path.write_bytes(path.read_bytes()[damage])
    with pytest.raises(SourceError, match=r"t\.parquet: cannot be read"):
        open_source(path).images()


def test_a_table_that_is_gone_before_it_is_read_gives_an_error_of_the_system(tmp_path: Path) -> None:
    """Which becomes a row."""
    path = write_hugging_face(tmp_path / "t.parquet", [(b"1", None)])
    (ref,) = open_source(path).images()
    path.unlink()
    with pytest.raises(OSError, match="No such file"):
        ref.place.read(Opened())
