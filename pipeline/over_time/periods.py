"""The days, or weeks, that are in a history, those without rows included."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pipeline.compare.words.missing import last_expected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.store.layout import Partition, Selection

Every = Literal["day", "week"]


def periods(
    wanted: Selection, chosen: Sequence[Partition], every: Every, today: date
) -> Iterator[tuple[date, list[Partition]]]:
    """The first day of each period of a history, and its partitions, perhaps none.

    Args:
        wanted: The dataset, perhaps with some days of it.
        chosen: The partitions that there are of it, by date.
        every: How long a period is; a week begins on Monday.
        today: The day on which it is asked.
    """

    def begin(day: date) -> date:
        return day - timedelta(days=day.weekday() if every == "week" else 0)

    by_first: dict[date, list[Partition]] = {}
    for one in chosen:
        by_first.setdefault(begin(one.date), []).append(one)
    first, last = _ends(wanted, chosen, today)
    day = begin(first)
    while day <= last:
        yield day, by_first.get(day, [])
        day += timedelta(days=7 if every == "week" else 1)


def _ends(wanted: Selection, chosen: Sequence[Partition], today: date) -> tuple[date, date]:
    """The first and the last day of the history."""
    first, last = chosen[0].date, chosen[-1].date
    if wanted.first is None or wanted.last is None:
        return first, last_expected([one.date for one in chosen], today)
    return wanted.first, max(last, min(wanted.last, today - timedelta(days=1)))
