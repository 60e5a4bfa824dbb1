from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import SourceError
from pipeline.extract.sources.globbed import Glob

if TYPE_CHECKING:
    from pathlib import Path


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def paths(pattern: str) -> list[str]:
    return [ref.path for ref in Glob(pattern).images()]


@pytest.mark.parametrize(
    ("pattern", "fixed", "expected"),
    [
        ("*.jpg", "", ["a.jpg", "b.jpg"]),
        ("**/*.jpg", "", ["a.jpg", "b.jpg", "day1/red/x.jpg", "day2/red/y.jpg"]),
        ("day*/red/*", "", ["day1/red/x.jpg", "day2/red/y.jpg"]),
        ("day1/**/*.jpg", "day1", ["red/x.jpg"]),
        ("day1/red/?.jpg", "day1/red", ["x.jpg"]),
        ("day[12]/*/*.jpg", "", ["day1/red/x.jpg", "day2/red/y.jpg"]),
        ("*.raw", "", ["c.raw"]),
    ],
)
def test_paths_are_relative_to_the_part_before_the_first_wildcard(
    pattern: str, fixed: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the pattern is absolute or not; and the suffix may be any."""
    touch(tmp_path, "b.jpg", "a.jpg", "c.raw", "day2/red/y.jpg", "day1/red/x.jpg", ".hidden.jpg")
    assert paths(f"{tmp_path}/{pattern}") == expected
    monkeypatch.chdir(tmp_path)
    assert paths(pattern) == expected
    assert [ref.uri for ref in Glob(pattern).images()] == [str(tmp_path / fixed / path) for path in expected]


def test_each_image_is_taken_once(tmp_path: Path) -> None:
    """Python's glob goes forty times around a link that leads back up."""
    touch(tmp_path, "a/x.jpg", "a/b/y.jpg")
    (tmp_path / "a" / "b" / "up").symlink_to("..")
    (tmp_path / "a" / "other.jpg").symlink_to("x.jpg")
    assert paths(f"{tmp_path}/**/*.jpg") == ["a/b/y.jpg", "a/other.jpg", "a/x.jpg"]


def test_directories_are_passed_over_unless_they_are_called_like_an_image(tmp_path: Path) -> None:
    """As in a folder: x.jpg/ is an image that cannot be read. Dead links are, too."""
    touch(tmp_path, "folder/inside.txt", "x.jpg/inside.txt", "good.jpg")
    (tmp_path / "dead.jpg").symlink_to("nowhere")
    (tmp_path / "itself.jpg").symlink_to("itself.jpg")
    found = {ref.path: ref.problem and ref.problem.reason for ref in Glob(f"{tmp_path}/*").images()}
    assert found == {"x.jpg": "not a file", "good.jpg": None, "dead.jpg": "dead link", "itself.jpg": "dead link"}


def test_names_that_are_no_text_are_matched(tmp_path: Path) -> None:
    """And escaped, as in a folder."""
    with open(os.path.join(os.fsencode(tmp_path), b"caf\xe9.jpg"), "wb"):
        pass
    assert paths(f"{tmp_path}/*.jpg") == ["caf\\xe9.jpg"]


def test_a_pattern_that_matches_nothing_is_refused_with_its_fixed_part(tmp_path: Path) -> None:
    """Which is where a typing error usually is."""
    with pytest.raises(SourceError, match="matches no file") as caught:
        Glob(f"{tmp_path}/day*/*.jpg").images()
    assert f"{tmp_path}/day*/*.jpg" in str(caught.value)
    assert f"fixed part is {tmp_path})" in str(caught.value)


def test_the_fixed_part_may_be_the_root_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/*.framewatch` and `*.framewatch`."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError, match=r"fixed part is /\)"):
        Glob("/*.framewatch").images()
    with pytest.raises(SourceError, match=r"fixed part is \.\)"):
        Glob("*.framewatch").images()
