"""The days of a history, and its changes, in the portions in which a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.compare.changes import lasting_first, named_changes
from pipeline.report.profiles import telling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftedSegment, FeatureChange, HistoryDay, HistoryDocument

DAYS_OPEN = 35
"""The latest days, which are seen at once."""

BEGINNINGS_OPEN, CHANGES_NAMED = 8, 4
"""The latest days on which something changed, and the changes of each that are told, by words where there are any."""

MOST_CHANGES = 150
"""The changes in the table that is folded away."""


MOST_SEGMENTS = 50
"""Times at which a segment drifted."""


@dataclass(frozen=True, slots=True)
class Month:
    """Some days, the latest first."""

    title: str
    days: Sequence[HistoryDay]

    @property
    def drifted(self) -> int:
        """How many of them drifted."""
        return sum(day["overall_drift_detected"] for day in self.days)


@dataclass(frozen=True, slots=True)
class Beginning:
    """A day on which changes began: the largest of them, and how many more there were."""

    date: str
    changes: Sequence[FeatureChange]
    more: int


@dataclass(frozen=True, slots=True)
class Changes:
    """When features changed.

    Attributes:
        beginnings: The latest days on which something changed.
        earlier: How many changes began before those.
        every: All changes, the latest first.
        left_out: How many more there are.
    """

    beginnings: Sequence[Beginning]
    earlier: int
    every: Sequence[FeatureChange]
    left_out: int


def months(history: HistoryDocument) -> list[Month]:
    """The latest days as one portion, then those before them by month; nothing where there are no days."""
    days = sorted(history["days"], key=lambda day: day["date"], reverse=True)
    if not days:
        return []
    latest, older = days[:DAYS_OPEN], days[DAYS_OPEN:]
    return [Month("", latest), *(Month(title, list(own)) for title, own in groupby(older, lambda day: day["date"][:7]))]


def changed(history: HistoryDocument) -> Changes:
    """The changes of a history, by the days on which they began, and all of them."""
    every = _latest(history.get("changes", []))
    by_day = [(date, list(own)) for date, own in groupby(every, lambda one: one["since"])]
    beginnings = [_beginning(*one) for one in by_day[:BEGINNINGS_OPEN]]
    earlier = sum(len(own) for _, own in by_day[BEGINNINGS_OPEN:])
    return Changes(beginnings, earlier, every[:MOST_CHANGES], max(0, len(every) - MOST_CHANGES))


def drifted_segments(history: HistoryDocument) -> list[DriftedSegment]:
    """The times at which a segment drifted: those that last before the others, the latest first."""
    latest = sorted(history.get("segments", []), key=lambda one: one["since"], reverse=True)
    return lasting_first(latest)[:MOST_SEGMENTS]


def _beginning(date: str, changes: Sequence[FeatureChange]) -> Beginning:
    told = named_changes(changes)[:CHANGES_NAMED]
    return Beginning(date, told, len(changes) - len(told))


def _latest(changes: Sequence[FeatureChange]) -> list[FeatureChange]:
    """The latest beginnings first, of one day the largest change of a feature that people look at first."""
    by_size = sorted(changes, key=lambda one: (not telling(one["feature"]), -one["largest_effect"]))
    return sorted(by_size, key=lambda one: one["since"], reverse=True)
