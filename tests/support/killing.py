"""Writers of a store that are killed, at random moments and before each single thing that they do to files, and what
everybody reads after each of them.

A process of its own, that forks: `python -m tests.support.killing FOLDER SEED`. It prints what it saw as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from contextlib import contextmanager
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow.dataset as ds

from pipeline.store import write
from pipeline.store.update import Update
from tests.support.grey import GreyImages
from tests.support.readers import with_duckdb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection

    Answers = list[list[tuple[str, float]]]

KILLS = 50
_DONE_TO_FILES = {
    "os.rename",
    "os.link",
    "os.mkdir",
    "os.remove",
    "os.rmdir",
    "os.utime",
    "shutil.rmtree",
    "ctypes.dlopen",
}
"""The audit events before which a writer is killed: ctypes stands for the exchange of two folders."""


def main(root: Path, seed: int) -> None:
    """Kill writers, one after the other, over a folder that changes."""
    with _readers(root / "S") as readers:
        _kill_writers(root, Random(seed), readers)  # noqa: S311 - no secret


def _kill_writers(root: Path, random: Random, readers: Connection) -> None:
    write.ROWS_IN_A_FILE, write._ROWS_IN_A_GROUP = 3, 1
    images = GreyImages(root / "images")
    for index in range(7):
        images.draw(f"{index:02}.png", index)
    began = time.monotonic()
    _in_a_child(lambda: _work(images, root))
    longest = time.monotonic() - began  # later runs take a little less: every moment is hit, and some come to their end
    at_random = _kill(images, readers, random, lambda _: _killed_after(random.uniform(0, longest), images, root), KILLS)
    at_steps = _kill(images, readers, random, lambda step: _killed_before(step, images, root), None)
    _in_a_child(lambda: _work(images, root))
    assert _read(readers) == sorted(images.levels.items())
    beside = sorted(path.name for path in root.iterdir())
    sys.stdout.write(json.dumps({"killed at random": at_random, "killed at steps": at_steps, "beside": beside}))


def _kill(
    images: GreyImages, readers: Connection, random: Random, killed: Callable[[int], bool], wanted: int | None
) -> int:
    """Change the images and kill a writer, until that many were killed, or, with no number, one came to its end.

    Each time the partition is what it was, or what it should become."""
    kills, whole = 0, dict(_read(readers))
    for attempt in count():
        _change(images, random)
        if killed(attempt):
            kills += 1
        elif wanted is None:
            return kills
        found, new = _read(readers), dict(images.levels)
        assert found in (sorted(whole.items()), sorted(new.items())), f"{found} is neither {whole} nor {new}"
        if found == sorted(new.items()):
            whole = new
        if kills == wanted:
            return kills
    raise AssertionError


def _work(images: GreyImages, root: Path) -> None:
    images.extract(root / "S", Update(sync=True))


def _change(images: GreyImages, random: Random) -> None:
    for _ in range(random.randint(1, 3)):
        name = f"{random.randrange(12):02}.png"
        if name in images.levels and len(images.levels) > 4 and random.random() < 0.4:
            images.remove(name)
        else:
            images.draw(name, random.randrange(256))


def _killed_after(seconds: float, images: GreyImages, root: Path) -> bool:
    """Whether the writer was still alive to be killed."""
    child = _fork(lambda: _work(images, root))
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def _killed_before(step: int, images: GreyImages, root: Path) -> bool:
    """Whether the writer got as far as that step."""
    left = iter(range(step))

    def kill(event: str, _: Any) -> None:
        if event in _DONE_TO_FILES and next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        sys.addaudithook(kill)
        _work(images, root)

    return os.WIFSIGNALED(os.waitpid(_fork(work), 0)[1])


def _in_a_child(work: Callable[[], object]) -> None:
    _, status = os.waitpid(_fork(work), 0)
    assert status == 0, f"a child ended with {status}"


def _fork(work: Callable[[], object]) -> int:
    child = os.fork()
    if child:
        return child
    try:
        work()
        os._exit(0)
    finally:
        os._exit(1)


@contextmanager
def _readers(store: Path) -> Iterator[Connection]:
    """A process in which everybody reads a store whenever something is sent to it, and sends back what they saw.

    NOTE: one for all times: the readers' threads, which do not survive a fork, take longer to start than to read. The
    parent imports the readers, but never runs one: its children are the writers.
    """
    forking = get_context("fork")
    ours, theirs = forking.Pipe()
    process = forking.Process(target=_answer, args=(theirs, store), daemon=True)
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        process.terminate()
        process.join()


def _answer(questions: Connection, store: Path) -> None:
    while True:
        questions.recv()
        questions.send(_everybody(store))


def _read(readers: Connection) -> list[tuple[str, int]]:
    """What all readers see, each of them the same."""
    readers.send(None)
    found = [sorted((path, round(mean * 255)) for path, mean in one) for one in readers.recv()]
    assert all(one == found[0] for one in found), found
    return found[0]


def _everybody(store: Path) -> Answers:
    if not list(store.glob("**/*.parquet")):
        return [[]]
    columns = ["path", "pixel_mean"]
    tables = [
        pl.scan_parquet(store, hive_partitioning=True).select(columns).collect().rows(),
        pl.scan_parquet(store / "**/*.parquet", hive_partitioning=True).select(columns).collect().rows(),
        with_duckdb(store, "path, pixel_mean"),
        list(pd.read_parquet(store)[columns].itertuples(index=False, name=None)),
        [tuple(row.values()) for row in ds.dataset(store, partitioning="hive").to_table(columns=columns).to_pylist()],
    ]
    return [[(path, mean) for path, mean in table] for table in tables]


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
