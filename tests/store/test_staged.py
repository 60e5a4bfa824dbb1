"""New rows: only those that are missing are computed, and none twice."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.extract.local import run_locally
from pipeline.extract.sources.files import LocalFile
from pipeline.store import staged
from pipeline.store.stored import stored
from pipeline.store.update import Update, UpdateSummary
from tests.support.bench import PARTITION, SETTINGS, Bench, BrokenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.sources.interface import Opened


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


def test_progress_counts_to_all_that_is_computed(bench: Bench) -> None:
    told: list[tuple[int, int]] = []
    bench.update(progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (3, 3)
    bench.draw("d.png", 1)
    told.clear()
    bench.update(progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 1)]


@pytest.mark.parametrize("again", [Update(), Update(sync=True)])
def test_rows_that_a_broken_run_has_computed_are_taken_by_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, again: Update
) -> None:
    """Those that are still true: one image has changed since, and is computed again."""
    monkeypatch.setattr("pipeline.extract.plan.UNIT_SIZE", 1)
    monkeypatch.setattr("pipeline.store.write.ROWS_IN_A_FILE", 1)

    def breaking(*arguments: Any) -> Iterator[Any]:
        for done, table in enumerate(run_locally(*arguments)):
            if done == 2:
                raise BrokenError
            yield table

    with monkeypatch.context() as patched:
        patched.setattr(staged, "run_locally", breaking)
        with pytest.raises(BrokenError):
            bench.update()
    assert not bench.files
    bench.draw("a.png", 102)
    os.utime(bench.images / "a.png", ns=(0, 10**18))
    assert bench.update(how=again) == UpdateSummary(3, 0, 0, 0, {"ok": 3})
    assert bench.computed == ["a.png", "c.png"]
    assert bench.rows("pixel_mean") == {"a.png": pytest.approx(0.4), "b.png": pytest.approx(0.2), "c.png": 1.0}


def test_rows_that_a_run_with_other_settings_has_left_are_not_taken(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.store.update.publish", _break)
        with pytest.raises(BrokenError):
            bench.update(settings=replace(SETTINGS, input_size=(9, 9)))
    assert bench.update().added == 3
    assert sorted(bench.computed) == ["a.png", "b.png", "c.png"]
    assert stored(bench.store, [PARTITION]).settings == SETTINGS


def _break(*_: object, **__: object) -> None:
    raise BrokenError
