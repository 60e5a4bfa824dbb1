"""One writer a partition: the others wait, and are told for whom."""

from __future__ import annotations

import contextlib
import os
import socket
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import filelock

from pipeline.errors import OutputError, StoreError
from pipeline.store.workplace import Workplace, workplace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.store.layout import Partition


@contextlib.contextmanager
def locked(
    store: Path, partition: Partition, wait: float = 0.0, tell: Callable[[str], None] | None = None
) -> Iterator[Workplace]:
    """Hold a partition, and its workplace, against all other writers.

    Args:
        store: The folder of the store; made where it is missing.
        partition: Which one.
        wait: Seconds to wait for another writer to end.
        tell: Told, once, for whom it waits.

    Raises:
        StoreError: Another writer still holds it.
        OutputError: The store cannot be written.
    """
    # NOTE: the file stays empty and outside the partition's folder: Polars reads no folder that holds another file
    # with something in it, and the folder itself is exchanged for another.
    path = partition.folder(store).with_name(f".{partition.date}.lock")
    lock = filelock.FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        place = workplace(store, partition)
        _acquire(lock, place, f"partition {partition} of {store}", wait, tell)
        place.prepare()
        place.holder.write_text(_myself(), encoding="utf-8")
    except OSError as error:
        lock.release()
        raise OutputError(f"{store}: cannot be written ({error.strerror or error}); give another store") from error
    try:
        yield place
    finally:
        place.leave()
        lock.release()


def _acquire(
    lock: filelock.BaseFileLock, place: Workplace, what: str, wait: float, tell: Callable[[str], None] | None
) -> None:
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        if tell is not None and wait > 0:
            tell(f"waiting for {what}: {_whoever(place)} is writing it")
    else:
        return
    try:
        lock.acquire(timeout=wait)
    except filelock.Timeout as error:
        raise StoreError(
            f"{what}: {_whoever(place)} is writing it, and has not ended within {wait:g} seconds; "
            "try again when it has, or give a longer --wait"
        ) from error


def _myself() -> str:
    return f"process {os.getpid()} on {socket.gethostname()} (since {datetime.now(UTC).isoformat(timespec='seconds')})"


def _whoever(place: Workplace) -> str:
    with contextlib.suppress(OSError):
        return place.holder.read_text(encoding="utf-8") or "another framewatch"
    return "another framewatch"
