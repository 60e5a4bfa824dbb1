"""What is measured of a store's days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from pipeline.over_time import stored_days
from pipeline.over_time.stored_days import StoredDays
from pipeline.store.layout import Partition
from pipeline.store.stored import ask
from tests.support.rows import shots, store_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

DAYS = [Partition("production", date(2026, 11, 2) + timedelta(days=at)) for at in range(4)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    for at, day in enumerate(DAYS):
        store_rows(folder, day, shots(at, 10 + at))
    return folder


@pytest.mark.parametrize(
    ("kept", "asked"),
    [(0, [0, 1, 1, 2, 0, 1]), (2, [0, 1, 2, 0, 1]), (3, [0, 1, 2])],
)
def test_those_that_were_asked_for_last_are_remembered(
    store: Path, kept: int, asked: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Partition] = []

    def told(where: Path, chosen: Sequence[Partition], question: Callable[..., object]) -> object:
        opened.extend(chosen)
        return ask(where, chosen, question)

    monkeypatch.setattr(stored_days, "ask", told)
    days = StoredDays(store, kept=kept)
    for wanted in ([0], [1], [1, 2], [0, 1]):
        found = days.together([DAYS[at] for at in wanted])
        assert found.profile.image_count == sum(10 + at for at in wanted)
    assert opened == [DAYS[at] for at in asked]
    assert len(days.measured) <= kept
