"""The days of a history, and its changes, in the portions in which a page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.compare.changes import named_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import FeatureChange, HistoryDay, HistoryDocument

DAYS_OPEN = 35
"""The latest days, which are seen at once."""

CHANGES_OPEN, MOST_CHANGES = 12, 150
"""The latest changes that are seen at once, and with the others unfolded."""


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
class Changes:
    """Changes of features, the latest first: those seen at once, those behind them, and how many there are beyond."""

    shown: Sequence[FeatureChange]
    folded: Sequence[FeatureChange]
    left_out: int


def months(history: HistoryDocument) -> list[Month]:
    """The latest days as one portion, then those before them by month; nothing where there are no days."""
    days = sorted(history["days"], key=lambda day: day["date"], reverse=True)
    if not days:
        return []
    latest, older = days[:DAYS_OPEN], days[DAYS_OPEN:]
    return [Month("", latest), *(Month(title, list(own)) for title, own in groupby(older, lambda day: day["date"][:7]))]


def changed(history: HistoryDocument) -> Changes:
    """The changes that a person has words for, then the others, each the latest first."""
    changes = history.get("changes", [])
    named = named_changes(changes)
    others = [one for one in changes if one not in named]
    found = [*_latest(named), *_latest(others)]
    at = min(CHANGES_OPEN, len(named))
    return Changes(found[:at], found[at:MOST_CHANGES], max(0, len(found) - MOST_CHANGES))


def _latest(changes: Sequence[FeatureChange]) -> list[FeatureChange]:
    """Those that last first, then by the day on which they began; of one day the largest first."""
    by_size = sorted(changes, key=lambda one: -one["largest_effect"])
    by_day = sorted(by_size, key=lambda one: one["since"], reverse=True)
    return sorted(by_day, key=lambda one: "until" in one)
