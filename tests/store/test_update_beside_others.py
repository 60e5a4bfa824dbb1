"""Updates of a partition beside other writers and readers."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import filelock
import polars as pl
import pytest

from pipeline.errors import SettingsError, StoreError
from pipeline.extract.local import run_locally
from pipeline.store import staged
from pipeline.store.scan import collect
from pipeline.store.stored import ask
from pipeline.store.workplace import workplace
from tests.support.bench import PARTITION, SETTINGS, Bench, is_free, lock_of
from tests.support.readers import READERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _holding(store: Path) -> subprocess.Popen[str]:
    code = (
        "import filelock, sys\n"
        "with filelock.FileLock(sys.argv[1]):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    lock = lock_of(store)
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


def test_the_lock_is_let_go_whatever_happens(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, not when the lock happens to be collected as garbage, which is when filelock lets go of it itself."""
    monkeypatch.setattr(filelock.BaseFileLock, "__del__", lambda _: None)
    bench.update()
    assert is_free(bench.store)
    with pytest.raises(SettingsError):
        bench.update(settings=replace(SETTINGS, input_size=(9, 9)))
    assert is_free(bench.store)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("beside", [True, False])
def test_everyone_reads_the_store_while_it_is_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, reader: str, beside: bool
) -> None:
    """Polars refuses a folder with any other file in it, so what is unfinished lies outside where it can."""
    bench.update()
    bench.draw("b.png", 204)
    os.utime(bench.images / "b.png", ns=(0, 10**18))
    bench.draw("d.png", 1)
    if not beside:
        if reader not in {"pandas", "pyarrow"}:
            pytest.skip("a store that is a mount point: only readers that pass over hidden folders are then safe")
        monkeypatch.setattr("os.path.ismount", lambda _: True)
    seen: list[list[str]] = []
    counts: list[int] = []

    def looking(*arguments: Any) -> Iterator[Any]:
        for table in run_locally(*arguments):
            yield table
            counts.append(len(list(workplace(bench.store, PARTITION).staged.iterdir())))
            seen.append(READERS[reader](bench.store))

    monkeypatch.setattr(staged, "run_locally", looking)
    for name, value in (("_ROWS_IN_A_GROUP", 1), ("ROWS_IN_A_FILE", 1)):
        monkeypatch.setattr(f"pipeline.store.write.{name}", value)
    bench.update()
    assert counts == [1], "there was something to stumble over"
    assert list(map(sorted, seen)) == [["a.png", "b.png", "c.png"]]
    assert sorted(READERS[reader](bench.store)) == ["a.png", "b.png", "c.png", "d.png"]


_WRITER = """
import sys
from pathlib import Path
from tests.support.grey import GreyImages, Update
print(GreyImages(Path(sys.argv[1])).extract(Path(sys.argv[2]), Update(wait=60)).added, flush=True)
"""


def test_two_processes_on_one_partition_lose_and_double_no_row(bench: Bench) -> None:
    """The second waits for the first, and then finds everything there."""
    for index in range(100):
        bench.draw(f"{index:03}.png", index)
    command = [sys.executable, "-c", _WRITER, str(bench.images), str(bench.store)]
    writers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    added = [int(writer.communicate()[0]) for writer in writers]
    assert sorted(added) == [0, 0, 103]
    assert len(bench.rows("status")) == 103


@pytest.mark.parametrize("exchangeable", [True, False])
def test_readers_see_one_state_or_the_next_while_writers_replace_it(
    bench: Bench, exchangeable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Our own readers ask again where a file was replaced under their hands; they never see a mixture, nor
    nothing of a partition that they know, also where a file system replaces a folder in two steps only."""
    if not exchangeable:
        monkeypatch.setattr("pipeline.atomic._exchanged", lambda *_: False)
    for index in range(8):
        bench.draw(f"{index}.png", 0)
    bench.update()
    stop, problems = threading.Event(), list[BaseException]()

    def write() -> None:
        try:
            for level in range(1, 13):
                for index in range(8):
                    bench.draw(f"{index}.png", level)
                    os.utime(bench.images / f"{index}.png", (level, level))
                bench.update()
        except BaseException as error:  # noqa: BLE001 - told to the test
            problems.append(error)
        finally:
            stop.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set[float]()
    while not stop.is_set():
        read = ask(bench.store, [PARTITION], lambda files: collect(files.rows.select("path", "pixel_mean")))
        changing = read.filter(pl.col("path").str.len_chars() == 5, pl.col("path").str.contains(r"^[0-7]"))
        assert changing.height == 8
        assert changing["pixel_mean"].n_unique() == 1, "eight images that change together"
        seen.add(changing["pixel_mean"][0])
    writer.join()
    assert not problems
    assert len(seen) > 1
