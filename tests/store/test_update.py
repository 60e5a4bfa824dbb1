"""Partitions brought up to date with a folder of real images."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np
import polars as pl
import pytest
from PIL import Image

from pipeline.errors import OutputError, SettingsError, StoreError
from pipeline.extract.local import run_locally
from pipeline.extract.metadata import Metadata
from pipeline.extract.sources import open_source
from pipeline.extract.sources.files import LocalFile
from pipeline.settings import ExtractionSettings
from pipeline.store import update
from pipeline.store.layout import ROWS_FILE, Partition, partitions
from pipeline.store.scan import scan
from pipeline.store.update import Extraction, UpdateSummary, update_partition
from tests.support.readers import READERS
from tests.support.rows import CLASSIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.extract.sources.interface import Opened

PARTITION = Partition("val", date(2026, 11, 23))
SETTINGS = ExtractionSettings(input_size=(8, 8))


@dataclass
class Bench:
    """A folder of images, a store, and what was computed."""

    images: Path
    store: Path
    computed: list[str] = field(default_factory=list)

    def draw(self, name: str, level: int) -> None:
        """Draw a grey image."""
        Image.fromarray(np.full((8, 8, 3), level, dtype=np.uint8)).save(self.images / name)

    def update(self, metadata: dict[str, list[Any]] | None = None, **changes: Any) -> UpdateSummary:
        """One update; `computed` then holds the paths that were worked on."""
        self.computed.clear()
        given = None if metadata is None else Metadata(pl.DataFrame(metadata), "test")
        extraction = replace(Extraction(SETTINGS, workers=2, metadata=given), **changes)
        return update_partition(self.store, PARTITION, list(open_source(str(self.images)).images()), extraction)

    @property
    def file(self) -> Path:
        """The partition's rows."""
        return PARTITION.folder(self.store) / ROWS_FILE

    def rows(self, *columns: str) -> dict[str, Any]:
        """Some columns of the stored rows, by path."""
        read = scan(self.store, [PARTITION]).select("path", *columns).collect()
        assert read["path"].is_unique().all()
        return {path: rest[0] if len(rest) == 1 else rest for path, *rest in read.iter_rows()}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Three grey images, not stored yet."""
    own = Bench(tmp_path / "images", tmp_path / "S")
    own.images.mkdir()
    for name, level in (("a.png", 0), ("b.png", 51), ("c.png", 255)):
        own.draw(name, level)

    def counted(units: Any, *rest: Any) -> Iterator[Any]:
        listed = list(units)
        own.computed += [ref.path for unit in listed for ref in unit]
        return run_locally(listed, *rest)

    monkeypatch.setattr(update, "run_locally", counted)
    return own


def test_a_new_partition_has_a_row_for_each_image(bench: Bench) -> None:
    assert bench.update() == UpdateSummary(3, 0, 0, {"ok": 3})
    assert bench.rows("pixel_mean") == {"a.png": 0.0, "b.png": pytest.approx(0.2), "c.png": 1.0}
    assert partitions(bench.store) == [PARTITION]


def test_only_new_images_are_computed(bench: Bench) -> None:
    bench.update()
    bench.draw("d.png", 102)
    assert bench.update() == UpdateSummary(1, 0, 3, {"ok": 4})
    assert bench.computed == ["d.png"]
    assert bench.rows("pixel_mean")["d.png"] == pytest.approx(0.4)


@pytest.mark.parametrize("how", ["other time", "other size"])
def test_a_changed_image_replaces_its_row(bench: Bench, how: str) -> None:
    bench.update()
    path = bench.images / "b.png"
    if how == "other time":
        bench.draw("b.png", 204)
        os.utime(path, ns=(0, 10**18))
    else:
        kept = path.stat().st_mtime_ns
        Image.fromarray(np.full((9, 200, 3), 204, dtype=np.uint8)).save(path)
        os.utime(path, ns=(kept, kept))
    assert bench.update() == UpdateSummary(0, 1, 2, {"ok": 3})
    assert bench.computed == ["b.png"]
    assert bench.rows("pixel_mean") == {"a.png": 0.0, "b.png": pytest.approx(0.8), "c.png": 1.0}


def test_a_second_run_changes_nothing(bench: Bench) -> None:
    bench.update()
    before, stamp = bench.file.read_bytes(), bench.file.stat().st_mtime_ns
    assert bench.update() == UpdateSummary(0, 0, 3, {"ok": 3})
    assert bench.computed == []
    assert (bench.file.read_bytes(), bench.file.stat().st_mtime_ns) == (before, stamp)


def test_an_image_that_could_not_be_opened_is_tried_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changes when permissions do is neither size nor time, so the row itself says that it is unfinished."""
    with monkeypatch.context() as patched:
        patched.setattr(LocalFile, "read", _refuse)
        bench.update()
    assert set(bench.rows("status").values()) == {"unreadable"}
    assert bench.update().replaced == 3
    assert set(bench.rows("status").values()) == {"ok"}
    assert bench.update().unchanged == 3


def _refuse(place: LocalFile, opened: Opened) -> bytes:
    raise PermissionError(13, "Permission denied", place.location)


def test_rows_of_images_that_are_gone_stay(bench: Bench) -> None:
    bench.update()
    (bench.images / "a.png").unlink()
    bench.draw("d.png", 10)
    bench.update()
    assert bench.rows("status").keys() == {"a.png", "b.png", "c.png", "d.png"}


def test_unreadable_images_are_rows_and_are_counted_by_reason(bench: Bench) -> None:
    (bench.images / "bad.png").write_bytes(b"")
    counts = bench.update().status_counts
    assert counts.pop("ok") == 3
    assert list(counts.values()) == [1]
    assert next(iter(counts)).startswith("unreadable: ")
    assert bench.rows("status")["bad.png"] == "unreadable"


def test_labels_that_arrive_later_are_put_on_without_computing_again(bench: Bench) -> None:
    bench.update()
    before = bench.rows("pixel_mean", "modified")
    assert bench.update({"path": ["a.png", "b.png"], "label": ["1", "0"]}) == UpdateSummary(0, 0, 3, {"ok": 3})
    assert bench.computed == []
    assert bench.rows("label", "label_index") == {"a.png": ["1", 1], "b.png": ["0", 0], "c.png": [None, None]}
    assert bench.rows("pixel_mean", "modified") == before


@pytest.mark.parametrize(
    ("first", "second"), [([1, 2], ["left", "right"]), (["left", "right"], [1, 2]), ([1.5, 2.5], [True, False])]
)
def test_a_metadata_column_may_come_again_with_another_type(
    bench: Bench, first: list[object], second: list[object]
) -> None:
    bench.update({"path": ["a.png", "b.png"], "lane": first})
    bench.draw("d.png", 9)
    bench.update({"path": ["a.png", "d.png"], "lane": second})
    as_text = [str(one).lower() for one in (second[0], first[1], second[1])]
    assert bench.rows("lane") == {"a.png": as_text[0], "b.png": as_text[1], "c.png": None, "d.png": as_text[2]}


def test_metadata_stays_on_old_rows_when_new_ones_come_without(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where old and new rows are written in different groups."""
    monkeypatch.setattr("pipeline.store.write._ROWS_IN_A_GROUP", 1)
    bench.update({"path": ["a.png", "b.png", "c.png"], "lane": [1, 2, 3], "z": ["x", "y", "z"]})
    bench.draw("d.png", 9)
    bench.update({"path": ["a.png"], "z": ["changed"]})
    bench.draw("e.png", 9)
    bench.update()
    assert bench.rows("lane", "z") == {
        "a.png": [1, "changed"], "b.png": [2, "y"], "c.png": [3, "z"], "d.png": [None, None], "e.png": [None, None],
    }  # fmt: skip


def test_progress_counts_to_all_that_is_computed(bench: Bench) -> None:
    told: list[tuple[int, int]] = []
    bench.update(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    bench.draw("d.png", 1)
    told.clear()
    bench.update(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


def test_other_settings_are_refused_with_both_values(bench: Bench) -> None:
    bench.update()
    before = bench.file.read_bytes()
    with pytest.raises(SettingsError, match=r'partition val@2026-11-23 .* resize is "stretch" there and "crop" here'):
        bench.update(settings=replace(SETTINGS, resize="crop"))
    assert bench.file.read_bytes() == before
    bench.update()


def test_rows_with_and_without_predictions_are_not_mixed_in_a_partition(bench: Bench) -> None:
    bench.update()
    with pytest.raises(SettingsError, match='model is null there and "c1a5" here'):
        bench.update(settings=replace(SETTINGS, model=CLASSIFIER))
    assert bench.computed == []


def _holding(store: Path) -> subprocess.Popen[str]:
    code = (
        "import filelock, sys\n"
        "with filelock.FileLock(sys.argv[1]):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    lock = PARTITION.folder(store) / ".lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    other = subprocess.Popen(
        [sys.executable, "-c", code, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    return other


def test_a_partition_that_another_process_writes_is_refused_until_that_ends(bench: Bench) -> None:
    with _holding(bench.store) as other:
        with pytest.raises(StoreError, match=r"val@2026-11-23 .*another framewatch is writing it"):
            bench.update()
        assert bench.computed == []
        other.communicate()
    assert bench.update().added == 3


def _free(store: Path) -> bool:
    """Whether another holder could take the partition's lock now, while this process lives."""
    lock = filelock.FileLock(PARTITION.folder(store) / ".lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        return False
    lock.release()
    return True


class BrokenError(Exception):
    """Something goes wrong while rows are computed."""


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt, SystemExit, OSError])
def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    bench.update()
    before = bench.file.read_bytes()
    folder_before, beside_before = _listing(bench.store), _listing(bench.store.parent)
    bench.draw("d.png", 1)

    def failing(*_: Any) -> Iterator[Any]:
        yield from ()
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(update, "run_locally", failing)
        expected = OutputError if error is OSError else error
        with pytest.raises(expected) as caught:
            bench.update()
    assert _free(bench.store), caught.traceback
    assert bench.file.read_bytes() == before
    assert _listing(bench.store) == folder_before
    assert _listing(bench.store.parent) == sorted([*beside_before, bench.images / "d.png"])
    assert bench.update().added == 1


def _listing(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.name != ".lock")


def test_the_lock_is_let_go_whatever_happens(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, not when the lock happens to be collected as garbage, which is when filelock lets go of it itself."""
    monkeypatch.setattr(filelock.BaseFileLock, "__del__", lambda _: None)
    bench.update()
    assert _free(bench.store)
    with pytest.raises(SettingsError):
        bench.update(settings=replace(SETTINGS, input_size=(9, 9)))
    assert _free(bench.store)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("movable", [True, False])
def test_everyone_reads_the_store_while_it_is_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, reader: str, movable: bool
) -> None:
    """Polars refuses a folder with any other file in it, so the unfinished one lies outside where it can."""
    bench.update()
    bench.draw("d.png", 1)
    if not movable:
        if reader == "polars folder":
            pytest.skip("a store that is a mount point: only the glob is then safe while it is written")
        monkeypatch.setattr(update, "_can_move", lambda path, target: path.parent == target.parent)
    seen: list[list[str]] = []
    sizes: list[int] = []

    def looking(*arguments: Any) -> Iterator[Any]:
        for table in run_locally(*arguments):
            sizes.extend(path.stat().st_size for path in bench.store.parent.rglob("*.tmp"))
            seen.append(READERS[reader](bench.store))
            yield table

    monkeypatch.setattr(update, "run_locally", looking)
    monkeypatch.setattr("pipeline.store.write._ROWS_IN_A_GROUP", 1)
    bench.update()
    assert [size > 0 for size in sizes] == [True], "there was something to stumble over"
    assert list(map(sorted, seen)) == [["a.png", "b.png", "c.png"]]
    assert sorted(READERS[reader](bench.store)) == ["a.png", "b.png", "c.png", "d.png"]


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.store.test_update import Bench
from pipeline.store import update, write
write._ROWS_IN_A_GROUP = 1
def killed(*_):
    os.kill(os.getpid(), signal.SIGKILL)
    yield
update.run_locally = killed
Bench(Path(sys.argv[1]) / "images", Path(sys.argv[1]) / "S").update()
"""


def test_everyone_reads_the_store_after_kill_9_and_the_next_run_tidies_up(bench: Bench) -> None:
    bench.update()
    bench.draw("d.png", 1)
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(bench.store.parent)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(list(bench.store.parent.glob(".S.*.tmp"))) == 1
    for read in READERS.values():
        assert sorted(read(bench.store)) == ["a.png", "b.png", "c.png"]
    assert bench.update().added == 1
    assert not list(bench.store.parent.rglob("*.tmp"))


def test_what_a_killed_process_has_left_is_removed(bench: Bench) -> None:
    bench.update()
    left_over = [folder / f".S.{PARTITION}.0123.tmp" for folder in (bench.store.parent, bench.file.parent)]
    for path in left_over:
        path.write_bytes(b"half a file")
    other = bench.store.parent / ".S.other@2026-11-23.0123.tmp"
    other.touch()
    bench.draw("d.png", 1)
    bench.update()
    assert not any(path.exists() for path in left_over)
    assert other.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bench: bench.store.write_text("a file"),
        lambda bench: bench.file.parent.parent.mkdir(parents=True) or bench.file.parent.write_text("a file"),
        lambda bench: (bench.file / "x").mkdir(parents=True),
    ],
    ids=["the store is a file", "the partition's folder is a file", "the rows' file is a folder"],
)
def test_a_store_that_cannot_be_written_is_named(bench: Bench, spoil: Callable[[Bench], object]) -> None:
    spoil(bench)
    with pytest.raises((OutputError, StoreError), match=str(bench.store)):
        bench.update()


def test_a_full_disk_is_said_and_leaves_the_old_rows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.update()
    before = bench.file.read_bytes()
    bench.draw("d.png", 1)

    class Full:
        def __init__(self, where: Path, *_: Any, **__: Any) -> None:
            where.write_bytes(b"PAR1")
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pyarrow.parquet.ParquetWriter", Full)
        with pytest.raises(OutputError, match=r"rows\.parquet: cannot be written \(No space left on device\)"):
            bench.update()
    assert bench.file.read_bytes() == before
    assert not list(bench.store.parent.rglob("*.tmp"))


def test_a_really_full_device_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full refuses every byte, as Arrow's own writer sees it."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    place = bench.store.parent / ".full.tmp"
    place.symlink_to("/dev/full")
    monkeypatch.setattr(update, "_unfinished", lambda *_: place)
    with pytest.raises(OutputError, match=r"rows\.parquet: cannot be written") as caught:
        bench.update()
    assert "\n" not in str(caught.value)
    assert not bench.file.exists()
