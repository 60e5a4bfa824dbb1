"""Files are there whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.atomic import replace_folder, replacing, restore_folder, write_text
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_text_is_what_was_given(tmp_path: Path) -> None:
    text = "naïve “<b>”\u202e\n\r\n\t"
    write_text(tmp_path / "deep" / "er" / "out.json", text)
    assert (tmp_path / "deep" / "er" / "out.json").read_bytes().decode() == text
    assert os.listdir(tmp_path / "deep" / "er") == ["out.json"]


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert (temporary.parent, temporary.name[0]) == (tmp_path, ".")
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["out.json"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("written", [True, False])
def test_an_error_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException], written: bool
) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    with pytest.raises(error), replacing(path) as temporary:  # noqa: PT012 - the error is raised inside
        if written:
            temporary.write_text("ne")
        raise error
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]


def _pipe(folder: Path) -> Path:
    os.mkfifo(folder / "out")
    return folder / "out"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        (lambda folder: (folder / "out").mkdir() or folder / "out", "it is a directory"),
        (lambda folder: (folder / "out").write_text("a file") and folder / "out" / "x.json", "cannot be written"),
        (_pipe, "it is no regular file"),
        (lambda folder: folder / ("x" * 300), "too long"),
        (lambda folder: (folder / "loop").symlink_to(folder / "loop") or folder / "loop" / "x", "cannot be written"),
    ],
    ids=["a folder", "below a file", "a pipe", "a name too long", "a loop of links"],
)
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, place: Callable[[Path], Path], reason: str) -> None:
    path = place(tmp_path)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(OutputError, match=reason) as caught:
        write_text(path, "x")
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_device_is_not_replaced() -> None:
    """As root, /dev/null would otherwise become a file for the whole machine."""
    with pytest.raises(OutputError, match="no regular file"):
        write_text(Path("/dev/null"), "x")
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_disk_that_fails_at_the_end_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")

    def failing(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, failing)
    with pytest.raises(OutputError, match=r"out\.json: cannot be written \(No space left on device\)"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["out.json"]


_WRITER = """
import itertools, sys
from pathlib import Path
from pipeline.atomic import replacing
path = Path(sys.argv[1])
for version in itertools.count():
    with replacing(path) as temporary, temporary.open("w") as file:
        for _ in range(200):
            file.write(f"{version % 10}" * 500)
            file.flush()
    print(version, flush=True)
"""


def test_kill_9_leaves_one_whole_version(tmp_path: Path) -> None:
    """A process that writes without end is killed twenty times, at random moments."""
    path = tmp_path / "out.txt"
    chance = random.Random(0)  # noqa: S311
    for _ in range(20):
        with subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            # The moment is random; whichever it is, the assertion below must hold.
            until = time.monotonic() + chance.random() / 50
            while time.monotonic() < until:
                pass
            writer.send_signal(signal.SIGKILL)
        text = path.read_text()
        assert len(text) == 100_000
        assert len(set(text)) == 1


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("before", ["nothing", "an empty folder", "a folder with files"])
def test_a_folder_takes_the_place_of_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr("pipeline.atomic._exchanged", lambda *_: False)
    new, final, aside = (tmp_path / name for name in ("new", "deep/final", "aside"))
    new.mkdir()
    (new / "a").touch()
    if before != "nothing":
        final.mkdir(parents=True)
    if before == "a folder with files":
        (final / "b").touch()
    replace_folder(new, final, aside)
    assert [path.name for path in final.iterdir()] == ["a"]
    assert [path.name for path in new.glob("*")] == (["b"] if before == "a folder with files" else [])
    assert not aside.exists()


def test_an_exchange_that_fails_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "final").mkdir()
    (tmp_path / "final" / "b").touch()
    with pytest.raises(OSError, match="No such file"):
        replace_folder(tmp_path / "missing", tmp_path / "final", tmp_path / "aside")
    assert [path.name for path in (tmp_path / "final").iterdir()] == ["b"]


def test_what_lies_aside_comes_back_only_where_its_place_is_free(tmp_path: Path) -> None:
    final, aside = tmp_path / "final", tmp_path / "aside"
    restore_folder(final, aside)
    aside.mkdir()
    (aside / "old").touch()
    restore_folder(final, aside)
    assert (final / "old").exists()
    aside.mkdir()
    restore_folder(final, aside)
    assert aside.exists()
    assert (final / "old").exists()
