from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.extract.sources.files import as_text, file_ref, is_named_as_image

if TYPE_CHECKING:
    from pathlib import Path


def test_a_reference_tells_what_the_file_system_says(tmp_path: Path) -> None:
    """Size, and the time of the last change to the microsecond."""
    image = tmp_path / "deep" / "x.jpg"
    image.parent.mkdir()
    image.write_bytes(b"12345")
    os.utime(image, ns=(0, 1_795_430_645_123_456_789))
    found = file_ref(str(image), "uri", "path")
    assert (found.uri, found.path, found.size, found.etag) == ("uri", "path", 5, None)
    assert found.modified == 1_795_430_645_123_456
    assert found.problem is None


@pytest.mark.parametrize("year", [-1, 1969, 9999, 12_000, 584_000])
def test_no_time_of_change_is_too_strange(year: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems give the year 584554 where they know none: the image is read all the same."""
    image = tmp_path / "x.jpg"
    image.touch()
    original = os.stat

    class Strange:
        def __init__(self, found: os.stat_result) -> None:
            self.st_mode, self.st_size = found.st_mode, found.st_size
            self.st_mtime_ns = round((year - 1970) * 365.2425 * 86_400) * 10**9

    with monkeypatch.context() as patched:
        patched.setattr(os, "stat", lambda path, *rest, **named: Strange(original(path, *rest, **named)))
        found = file_ref(str(image), "uri", "path")
    assert found.problem is None
    if year > 9999:
        assert found.modified is None
    else:
        assert found.modified == round((year - 1970) * 365.2425 * 86_400) * 10**6


@pytest.mark.parametrize(
    ("make", "reason", "detail"),
    [
        (lambda path: path.mkdir(), "not a file", "directory"),
        (os.mkfifo, "not a file", "pipe"),
        (lambda path: path.symlink_to("nowhere.jpg"), "dead link", "No such file"),
        (lambda path: path.symlink_to(path.name), "dead link", "symbolic links"),
        (lambda path: path.symlink_to("/dev/null"), "not a file", "device"),
        (lambda path: path.parent, "cannot be opened", "No such file"),
    ],
    ids=["directory", "pipe", "dead link", "link to itself", "device", "gone"],
)
def test_what_is_no_file_has_a_reason(make: Any, reason: str, detail: str, tmp_path: Path) -> None:
    """Known without opening it, which would wait for ever at a pipe."""
    make(tmp_path / "x.jpg")
    found = file_ref(str(tmp_path / "x.jpg"), "uri", "path")
    assert found.problem is not None
    assert found.problem.reason == reason
    assert detail in found.problem.detail


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"caf\xe9.jpg", "caf\\xe9.jpg"),
        ("café.jpg".encode(), "café.jpg"),
        (b"a/b c\n\"'.jpg", "a/b c\n\"'.jpg"),
        ("\u202eabc.jpg".encode(), "\u202eabc.jpg"),
        (b"\xff\xfe", "\\xff\\xfe"),
        (b"\xed\xa0\x80.jpg", "\\xed\\xa0\\x80.jpg"),
    ],
)
def test_every_name_has_a_text_that_can_be_stored(raw: bytes, text: str) -> None:
    """No surrogates, which neither Arrow nor JSON nor a terminal takes."""
    found = as_text(os.fsdecode(raw))
    assert found == text
    assert found.encode().decode() == found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x.jpg", True),
        ("X.JPG", True),
        ("x.JpEg", True),
        ("x.tar.png", True),
        ("x.TIF", True),
        ("a.b/x.webp", True),
        ("x.txt", False),
        ("jpg", False),
        (".jpg", False),
        ("x.jpg.part", False),
        ("x.jpg/readme", False),
    ],
)
def test_names_of_images(name: str, expected: bool) -> None:
    """By the suffix alone, whatever its case."""
    assert is_named_as_image(name) is expected
