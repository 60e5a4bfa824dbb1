from __future__ import annotations

import io
import os
import pickle
import uuid
import zipfile
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from pipeline.errors import SourceError
from pipeline.extract.sources import open_source
from pipeline.extract.sources.interface import Opened
from pipeline.extract.sources.remote import version_of
from pipeline.extract.sources.remote_errors import readable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MICROSECONDS = 1_795_430_645_123_456
MOMENT = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=MICROSECONDS)


@pytest.fixture
def bucket() -> Iterator[str]:
    """A folder of its own in fsspec's memory, with three images and what is none."""
    system, root = fsspec.filesystem("memory"), f"/{uuid.uuid4().hex}"
    for name in ("b.jpg", "a/x.PNG", "a/y.jpg", "a/.hidden.jpg", ".thumbnails/x.jpg", "notes.txt"):
        system.pipe(f"{root}/{name}", name.encode())
    yield f"memory:/{root}"
    system.rm(root, recursive=True)


def test_a_folder_behind_a_url_is_searched_like_one_of_this_machine(bucket: str) -> None:
    """By suffix, without hidden ones; each with its full URL, its version, and a place that can be sent elsewhere."""
    before = datetime.now(UTC).timestamp() * 1_000_000
    refs = list(open_source(bucket).images())
    assert [ref.path for ref in refs] == ["a/x.PNG", "a/y.jpg", "b.jpg"]
    assert [fsspec.open(ref.uri).open().read().decode() for ref in refs] == ["a/x.PNG", "a/y.jpg", "b.jpg"]
    assert [ref.size for ref in refs] == [7, 7, 5]
    assert all(ref.modified is not None and abs(ref.modified - before) < 60e6 for ref in refs)
    opened = Opened()
    assert [pickle.loads(pickle.dumps(ref.place)).read(opened).decode() for ref in refs] == [ref.path for ref in refs]  # noqa: S301


def test_a_pattern_behind_a_url_takes_what_it_matches(bucket: str) -> None:
    """Paths are relative to the part before the first wildcard."""
    assert [ref.path for ref in open_source(f"{bucket}/a/*.jpg").images()] == [".hidden.jpg", "y.jpg"]
    assert [ref.path for ref in open_source(f"{bucket}/*/y.jpg").images()] == ["a/y.jpg"]
    assert [ref.path for ref in open_source(f"{bucket}/*.txt").images()] == ["notes.txt"]


def test_a_changed_file_has_another_version(bucket: str) -> None:
    """Listings that fsspec keeps are not believed."""
    (before,) = open_source(f"{bucket}/*.txt").images()
    fsspec.filesystem("memory").pipe(bucket.removeprefix("memory:/") + "/notes.txt", b"other")
    (after,) = open_source(f"{bucket}/*.txt").images()
    assert before.uri == after.uri
    assert before.version != after.version


def test_files_in_a_zip_are_images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a chain of URLs, wherever the program was started; the checksum is the version."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("d/x.jpg", b"one")
        archive.writestr("d/y.jpg", b"two")
        archive.writestr("z.png", b"three")
    monkeypatch.chdir(tmp_path)
    for location, expected in (
        ("zip://*/*.jpg::b.zip", ["d/x.jpg", "d/y.jpg"]),
        ("zip://d::b.zip", ["x.jpg", "y.jpg"]),
    ):
        refs = list(open_source(location).images())
        assert [ref.path for ref in refs] == expected
        assert [ref.uri for ref in refs] == [f"zip://d/{name}.jpg::{tmp_path}/b.zip" for name in "xy"]
        assert [ref.place.read(Opened()) for ref in refs] == [b"one", b"two"]
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert [ref.etag for ref in refs] == [str(archive.getinfo(f"d/{name}.jpg").CRC) for name in "xy"]
    assert [ref.path for ref in open_source("zip://::b.zip").images()] == ["d/x.jpg", "d/y.jpg", "z.png"]


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("{bucket}/nothing", "no images below this URL"),
        ("{bucket}/*.tiff", "matches no file"),
        ("{bucket}/b.jpg", "it is a file"),
        ("{bucket}/nothing.tar", "no such file"),
        ("{bucket}/nothing.csv", "no such file"),
        ("{bucket}/nothing-*.tar", "matches no file"),
        ("zip://::/nowhere/b.zip", "does not exist"),
        ("nonsense://b/c", "Protocol not known: nonsense"),
        ("nonsense://b/c.tar", "Protocol not known: nonsense"),
    ],
)
def test_what_cannot_be_reached_is_named(location: str, words: str, bucket: str) -> None:
    """With what is to be checked."""
    location = location.format(bucket=bucket)
    with pytest.raises(SourceError, match=words) as caught:
        open_source(location).images()
    assert str(caught.value).startswith(location)


@pytest.mark.parametrize(
    ("location", "package"),
    [("s3://b/c", "s3fs"), ("s3://b/*.jpg", "s3fs"), ("gs://b/c.tar", "gcsfs"), ("abfs://b@h/c.csv", "adlfs")],
)
def test_a_package_that_is_missing_is_named(location: str, package: str) -> None:
    """With the command that brings it."""
    try:
        __import__(package)
    except ImportError:
        with pytest.raises(SourceError, match=f"pip install {package}"):
            open_source(location).images()
    else:
        pytest.skip(f"{package} is installed")


class Refusing(fsspec.AbstractFileSystem):  # type: ignore[misc]
    """A server that quotes the whole URL in whatever it refuses."""

    protocol = "refusing"

    def __getattribute__(self, name: str) -> Any:
        if name in {"find", "glob", "info", "cat_file", "open"}:
            return self.refuse
        return super().__getattribute__(name)

    def refuse(self, path: str, *_: Any, **__: Any) -> Any:
        """Never give anything."""
        raise RuntimeError(f"403 for refusing://ann:verysecret@host/{path}\nand much more")

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(path)


@pytest.mark.parametrize("end", ["", "/*.jpg", "/x.tar", "/x.csv", "/x.parquet"])
def test_what_a_server_says_is_passed_on_without_secrets(end: str) -> None:
    """Whatever exception it raises, in one line; and the cause, which holds the URL, is cut off."""
    fsspec.register_implementation("refusing", Refusing, clobber=True)
    with pytest.raises(SourceError, match="403 for refusing://ann@host") as caught:
        open_source(f"refusing://ann:verysecret@host/data{end}").images()
    assert "verysecret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert "verysecret" not in str(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class Breaking(io.BytesIO):
    """A file of a server that breaks off."""

    def read(self, *_: Any) -> bytes:
        """Never give anything."""
        raise RuntimeError("403 for refusing://ann:verysecret@host/x\nand much more")


@pytest.mark.parametrize("name", ["x.tar", "x.tgz", "x.csv", "x.parquet"])
def test_what_breaks_off_while_an_archive_is_looked_into_is_named_without_secrets(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Servers fail after a file was opened, too."""
    fsspec.filesystem("memory").pipe(f"/breaking/{name}", b"1" * 999)
    monkeypatch.setattr(fsspec.filesystem("memory"), "open", lambda *_, **__: Breaking(b"1" * 999), raising=False)
    with pytest.raises(SourceError, match=f"{name}: cannot be read .403 for refusing://ann@host/x") as caught:
        open_source(f"memory://breaking/{name}").images()
    assert "verysecret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_what_goes_wrong_while_reading_is_an_error_of_the_system_without_secrets() -> None:
    """Which a worker turns into a row."""
    location = "ftp://ann:verysecret@host/x.jpg"
    with pytest.raises(OSError, match=r"^no login for ftp://ann@host/x.jpg") as caught, readable(location):
        raise RuntimeError(f"no login for {location}")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("info", "expected"),
    [
        ({"LastModified": MOMENT, "ETag": '"0a1b"', "size": 3}, (3, MICROSECONDS, "0a1b")),
        ({"mtime": MOMENT.timestamp(), "created": 0.0, "size": 3}, (3, MICROSECONDS, None)),
        ({"mtime": MOMENT, "size": 3}, (3, MICROSECONDS, None)),
        ({"updated": "2026-11-23T10:44:05.123456Z", "md5Hash": "abc==", "size": "3"}, (3, MICROSECONDS, "abc==")),
        (
            {"last_modified": MOMENT.astimezone(timezone(timedelta(hours=5))), "etag": "0x8"},
            (None, MICROSECONDS, "0x8"),
        ),
        ({"created": MOMENT.replace(tzinfo=None), "size": 0}, (0, MICROSECONDS, None)),
        ({"ETag": "W/x", "size": None}, (None, None, "W/x")),
        ({"modify": "20261123", "size": 3, "type": "file"}, (3, None, None)),
    ],
    ids=["s3", "local", "sftp", "gcs", "azure", "memory", "http", "unknown"],
)
def test_versions_are_read_as_each_file_system_gives_them(info: dict[str, Any], expected: object) -> None:
    """To the microsecond, whatever the time zone."""
    assert version_of(info) == expected


def test_a_url_of_this_machine_is_a_path(tmp_path: Path) -> None:
    """So that an image has one identity, and a folder is walked as fast."""
    (tmp_path / "x.jpg").write_bytes(b"1")
    assert list(open_source(f"file://{tmp_path}").images()) == list(open_source(str(tmp_path)).images())


def test_a_url_that_lost_a_slash_in_a_path_is_explained() -> None:
    """`Path("s3://bucket")` is `s3:/bucket`."""
    with pytest.raises(SourceError, match="give it as text"):
        open_source(os.path.join("s3:/bucket", "x"))
