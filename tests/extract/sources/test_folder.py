from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import SourceError
from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.interface import Opened

HOSTILE = [
    b"caf\xe9.jpg",
    b"two\nlines.jpg",
    b"\"double\" and 'single'.jpg",
    "right\u202eto left.jpg".encode(),
    b"<script>alert(1)<.jpg",
    b" leading and trailing .jpg",
    b"-rf.jpg",
    b"back\\slash.jpg",
    b"%41*?[x].jpg",
    "line\u2028separator.jpg".encode(),
    "漢字 🦆.jpg".encode(),
]


def touch(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def paths(root: Path) -> list[str]:
    return [ref.path for ref in Folder(str(root)).images()]


def test_images_are_found_at_every_depth_in_the_order_of_their_uris(tmp_path: Path) -> None:
    """The order does not depend on the order in which they were made."""
    names = ["z.jpg", "a.jpg", "b/z.png", "b/c/d/e.webp", "b.jpg", "B.jpg", "b/a.gif"]
    touch(tmp_path, *names)
    assert paths(tmp_path) == sorted(names)
    uris = [ref.uri for ref in Folder(str(tmp_path)).images()]
    assert uris == sorted(uris)
    assert uris == [str(tmp_path / name) for name in sorted(names)]


def test_suffixes_count_in_any_case_and_nothing_else_does(tmp_path: Path) -> None:
    """Cameras write DSC0001.JPG."""
    touch(tmp_path, "a.JPG", "b.Jpeg", "c.PNG", "d.TiFf", "e.txt", "f.jpg.part", "g", "Thumbs.db", "labels.csv")
    assert paths(tmp_path) == ["a.JPG", "b.Jpeg", "c.PNG", "d.TiFf"]


def test_hidden_files_and_folders_are_passed_over(tmp_path: Path) -> None:
    """Such as macOS's ._x.jpg and .thumbnails; but a folder that the user names may be hidden itself."""
    touch(tmp_path, ".hidden/x.jpg", ".hidden/.x.jpg", "._x.jpg", "x.jpg", "a/.thumbnails/x.jpg", "a/.b.jpg")
    assert paths(tmp_path) == ["x.jpg"]
    assert paths(tmp_path / ".hidden") == ["x.jpg"]


def test_a_directory_and_dead_links_with_an_images_name_are_images(tmp_path: Path) -> None:
    """Each has its problem, what lies in the directory is found, and the rest is unharmed."""
    touch(tmp_path, "good.jpg", "directory.jpg/inside.png")
    (tmp_path / "dead.jpg").symlink_to("nowhere")
    (tmp_path / "itself.jpg").symlink_to("itself.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    found = {ref.path: ref.problem and ref.problem.reason for ref in Folder(str(tmp_path)).images()}
    assert found == {
        "good.jpg": None,
        "directory.jpg": "not a file",
        "directory.jpg/inside.png": None,
        "dead.jpg": "dead link",
        "itself.jpg": "dead link",
        "pipe.jpg": "not a file",
    }


@pytest.mark.parametrize(
    "links",
    [{"itself": "itself"}, {"a/up": ".."}, {"a/here": "."}, {"a/other": "../b", "b/other": "../a"}, {"dead": "no"}],
    ids=str,
)
def test_links_that_lead_in_circles_end(links: dict[str, str], tmp_path: Path) -> None:
    """To themselves, up to the root, and to each other."""
    touch(tmp_path, "a/x.jpg", "b/y.jpg")
    for link, target in links.items():
        (tmp_path / link).symlink_to(target)
    assert paths(tmp_path) == ["a/x.jpg", "b/y.jpg"]


@pytest.mark.parametrize("link", ["0-latest", "latest"])
def test_a_link_to_a_folder_that_is_searched_anyway_adds_nothing(link: str, tmp_path: Path) -> None:
    """Images keep the name of the folder that they lie in, whichever comes first in the alphabet."""
    touch(tmp_path, "2026-11-22/x.jpg", "2026-11-23/y.jpg")
    (tmp_path / link).symlink_to("2026-11-23")
    assert paths(tmp_path) == ["2026-11-22/x.jpg", "2026-11-23/y.jpg"]


def test_links_to_folders_and_files_elsewhere_are_followed(tmp_path: Path) -> None:
    """They are how people put a data set together."""
    touch(tmp_path, "far/x.jpg", "far/y.jpg")
    near = tmp_path / "near"
    near.mkdir()
    (near / "all").symlink_to(tmp_path / "far")
    (near / "one.jpg").symlink_to(tmp_path / "far" / "x.jpg")
    assert paths(near) == ["all/x.jpg", "all/y.jpg", "one.jpg"]


def test_names_of_any_bytes_are_kept_and_can_be_opened(tmp_path: Path) -> None:
    """Each image has a text of its own, and a location that leads to it."""
    for number, name in enumerate(HOSTILE):
        Path(tmp_path, os.fsdecode(name)).write_bytes(bytes([number]))
    found = list(Folder(str(tmp_path)).images())
    assert sorted(ref.place.read(Opened())[0] for ref in found) == list(range(len(HOSTILE)))
    assert {ref.path for ref in found} == {name.decode("utf-8", "backslashreplace") for name in HOSTILE}
    assert all(ref.uri.encode().decode() == ref.uri for ref in found)
    assert all(ref.uri.endswith("/" + ref.path) for ref in found)


def test_a_folder_whose_own_name_is_no_text_is_called_by_its_escaped_name(tmp_path: Path) -> None:
    """In the source's name, in uris and in messages."""
    root = os.path.join(str(tmp_path), os.fsdecode(b"caf\xe9"))
    os.mkdir(root)
    with pytest.raises(SourceError, match=r"caf\\xe9: no images"):
        Folder(root).images()
    touch(Path(root), "x.jpg")
    (ref,) = Folder(root).images()
    assert (ref.path, ref.uri.split("/")[-2]) == ("x.jpg", "caf\\xe9")
    assert Folder(root).name.endswith("caf\\xe9")


def test_a_relative_folder_gives_absolute_uris_and_the_same_paths(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An image has one identity, from wherever it is looked at."""
    touch(tmp_path, "data/x.jpg")
    monkeypatch.chdir(tmp_path)
    for root in ("data", "./data", "data/", "data/../data", str(tmp_path / "data")):
        (ref,) = Folder(root).images()
        assert (ref.path, ref.uri) == ("x.jpg", str(tmp_path / "data" / "x.jpg"))


@pytest.mark.parametrize(
    ("name", "found"), [("missing", "does not exist"), ("file.txt", "it is a file"), ("empty", "no images")]
)
def test_a_folder_without_images_is_refused_by_name(name: str, found: str, tmp_path: Path) -> None:
    """Before anything is read."""
    touch(tmp_path, "file.txt", "empty/readme.txt")
    with pytest.raises(SourceError, match=found) as caught:
        Folder(str(tmp_path / name)).images()
    assert str(tmp_path / name) in str(caught.value)


def test_a_folder_that_cannot_be_read_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Passing over it would call a folder complete that was not looked at."""
    touch(tmp_path, "a/x.jpg", "closed/y.jpg")
    original = os.scandir

    def closed(path: str) -> object:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return original(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(SourceError, match=r"closed: this folder cannot be read \(Permission denied\)"):
        Folder(str(tmp_path)).images()
