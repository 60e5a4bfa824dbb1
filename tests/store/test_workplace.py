"""Where a partition is made ready."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

import pytest

from pipeline.store.layout import Partition
from pipeline.store.workplace import workplace

if TYPE_CHECKING:
    from pathlib import Path

PARTITION = Partition("val", date(2026, 11, 23))


def test_it_lies_beside_the_store(tmp_path: Path) -> None:
    assert workplace(tmp_path / "S", PARTITION).folder == tmp_path / f".S.{PARTITION}"


def test_it_lies_in_a_store_that_is_a_mount_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.path.ismount", lambda path: str(path) == str(tmp_path / "S"))
    assert workplace(tmp_path / "S", PARTITION).folder == tmp_path / "S" / f".S.{PARTITION}"


def test_a_linked_store_has_the_workplace_of_its_target(tmp_path: Path) -> None:
    """Two names of one store must not be two workplaces."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert workplace(tmp_path / "link", PARTITION) == workplace(tmp_path / "real", PARTITION)


@pytest.mark.parametrize("exchange", [True, False])
def test_publishing_replaces_the_partition_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool
) -> None:
    if not exchange:
        monkeypatch.setattr("pipeline.atomic._exchanged", lambda *_: False)
    place = workplace(tmp_path / "S", PARTITION)
    place.live.mkdir(parents=True)
    (place.live / "old.parquet").write_text("old")
    place.prepare()
    place.ready.mkdir()
    (place.ready / "new.parquet").write_text("new")
    place.publish()
    assert [path.name for path in place.live.iterdir()] == ["new.parquet"]
    place.leave()
    assert [path.name for path in tmp_path.iterdir()] == ["S"]


@pytest.mark.parametrize("step", [1, 2])
def test_without_an_exchange_in_one_step_the_next_run_brings_the_partition_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """Killed between the two renames, when the old folder lies aside."""
    monkeypatch.setattr("pipeline.atomic._exchanged", lambda *_: False)
    place = workplace(tmp_path / "S", PARTITION)
    place.live.mkdir(parents=True)
    (place.live / "old.parquet").write_text("old")
    place.prepare()
    place.ready.mkdir()
    (place.ready / "new.parquet").write_text("new")
    renames, rename = list[object](), os.rename

    def dying(*names: object) -> None:
        if len(renames) > step:
            raise KeyboardInterrupt
        renames.append(names)
        rename(*names)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("os.rename", dying)
        with pytest.raises(KeyboardInterrupt):
            place.publish()
    place.prepare()
    assert [path.name for path in place.live.iterdir()] == [["old.parquet"], ["new.parquet"]][step - 1]
