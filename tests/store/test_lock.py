"""One writer a partition."""

from __future__ import annotations

import os
import threading
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline.errors import OutputError, StoreError
from pipeline.store.layout import Partition
from pipeline.store.lock import locked

if TYPE_CHECKING:
    from pathlib import Path

PARTITION, OTHER = Partition("val", date(2026, 11, 23)), Partition("val", date(2026, 11, 24))


def test_who_holds_a_partition_is_said(tmp_path: Path) -> None:
    told = list[str]()
    with (
        locked(tmp_path / "S", PARTITION),
        pytest.raises(StoreError, match=rf"partition val@2026-11-23 of .*S: process {os.getpid()} on \S+ \(since 20"),
        locked(tmp_path / "S", PARTITION, 0.1, told.append),
    ):
        pass
    assert [line.split(":")[0] for line in told] == [f"waiting for partition {PARTITION} of {tmp_path / 'S'}"]


def test_nobody_is_told_to_wait_who_does_not(tmp_path: Path) -> None:
    told = list[str]()
    with locked(tmp_path / "S", PARTITION, 10, told.append):
        pass
    with (
        locked(tmp_path / "S", PARTITION),
        pytest.raises(StoreError),
        locked(tmp_path / "S", PARTITION, 0, told.append),
    ):
        pass
    assert told == []


def test_the_second_goes_on_when_the_first_has_ended(tmp_path: Path) -> None:
    inside, order = threading.Event(), list[str]()

    def first() -> None:
        with locked(tmp_path / "S", PARTITION):
            inside.set()
            waiting.wait(10)
            order.append("first")

    waiting = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    inside.wait(10)
    with locked(tmp_path / "S", PARTITION, 10, lambda _: waiting.set()):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]


def test_two_partitions_are_written_side_by_side(tmp_path: Path) -> None:
    with locked(tmp_path / "S", PARTITION) as one, locked(tmp_path / "S", OTHER) as other:
        assert one.folder != other.folder


def test_nothing_is_left_but_the_empty_lock(tmp_path: Path) -> None:
    with locked(tmp_path / "S", PARTITION):
        pass
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in left] == [".2026-11-23.lock"]
    assert left[0].stat().st_size == 0, "Polars reads no folder with another file that has something in it"


def test_a_store_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "S").write_text("a file")
    with pytest.raises(OutputError, match=r"S: cannot be written"), locked(tmp_path / "S", PARTITION):
        pass
