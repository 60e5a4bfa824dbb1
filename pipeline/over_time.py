"""The stored days of a dataset to its history: each day, or week, against a baseline or against the days before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from pipeline.compare.baseline import from_document, to_document, without_sample
from pipeline.compare.drift import detect_drift
from pipeline.compare.history import day_without_baseline, judged_day, missing_day, to_history, unreadable_day
from pipeline.errors import SettingsError, StoreError
from pipeline.profile.merge import merge
from pipeline.settings import require_same
from pipeline.store.layout import Selection, partitions, select
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport, HistoryDay, HistoryDocument
    from pipeline.profile.profile import Profile
    from pipeline.settings import ExtractionSettings
    from pipeline.store.layout import Partition

Every = Literal["day", "week"]

MOST_TRAILING = 3660
"""Days that a trailing baseline may reach back: ten years."""


@dataclass(frozen=True, slots=True)
class Trailing:
    """Instead of a fixed baseline, the days before the one that is judged.

    Attributes:
        days: How many, of the calendar.
    """

    days: int

    @classmethod
    def parse(cls, text: str) -> Trailing:
        """Read `trailing:28`.

        Raises:
            SettingsError: It is something else.
        """
        kind, _, days = text.partition(":")
        if kind != "trailing" or not days.isdecimal() or not 1 <= int(days) <= MOST_TRAILING:
            raise SettingsError(f"--against: {text!r} is not understood; write trailing:28 for the 28 days before")
        return cls(int(days))

    def __str__(self) -> str:
        return f"trailing:{self.days}"


@dataclass(frozen=True, slots=True)
class Measured:
    """Some rows, summed up: their document where there is an image that can be read, and the profile in it."""

    source: str
    profile: Profile
    settings: ExtractionSettings
    dates: tuple[str, ...]

    def document(self) -> BaselineDocument:
        """Its baseline document."""
        return to_document(self.profile, self.settings, self.source, self.dates)


def analyze_history(
    store: Path, selection: str, against: BaselineDocument | Trailing, rules: Rules, every: Every = "day"
) -> tuple[HistoryDocument, dict[str, DriftReport]]:
    """Stage two, day by day: the history of a dataset, and each judged day's own report by its date.

    Args:
        store: The folder of the store.
        selection: The dataset, perhaps with some days of it. Days without rows between the first and the last that
            have some are in the history.
        against: What every day is compared with: a baseline document, or the days before.
        rules: Thresholds and the noise guard; their alpha is that of each day, or each week.
        every: Whether days are judged each by itself, or those of a week (from Monday) together. A week's date is its
            Monday's.

    Raises:
        StoreError: There are no such rows; or, against the days before, no day has any before it.
        SettingsError: Rows were made with other settings than what they are compared with.
    """
    wanted = Selection.parse(selection)
    stored = _Days(store)
    references = _Fixed(against) if not isinstance(against, Trailing) else _Before(stored, wanted.dataset, against)
    days: list[HistoryDay] = []
    reports: dict[str, DriftReport] = {}
    baseline: BaselineDocument | None = None if isinstance(against, Trailing) else without_sample(against)
    for first, chosen in _periods(select(store, wanted), every):
        name = first.isoformat()
        if not chosen:
            days.append(missing_day(name))
            continue
        current, reference = stored.together(chosen), references.of(first)
        if not current.profile.image_count:
            days.append(unreadable_day(name, _unreadable(current)))
        elif reference is None:
            days.append(day_without_baseline(name, current.profile.image_count))
        else:
            baseline, old = reference
            reports[name] = detect_drift(baseline, current.document(), rules, (old, current.profile))
            days.append(judged_day(name, reports[name]))
    if baseline is None:
        raise StoreError(f"{store}: no day of {wanted} has any of the days before it to compare with; give --baseline")
    history = to_history(
        wanted.dataset,
        days,
        baseline,
        rules,
        reports,
        every=every,
        against=str(against) if isinstance(against, Trailing) else "baseline",
    )
    return history, reports


@dataclass(frozen=True, slots=True)
class _Days:
    """What is measured of a store's partitions, each asked for once."""

    store: Path
    measured: dict[Partition, Measured] = field(default_factory=dict)

    def together(self, chosen: Sequence[Partition]) -> Measured:
        """Some partitions of one dataset, at least one, by date."""
        found = [self._measured(one) for one in chosen]
        for one in found[1:]:
            if one.settings is not found[0].settings:
                require_same(found[0].settings, one.settings, where=f"{found[0].source} (beside {one.source})")
        if len(found) == 1:
            return found[0]
        source = Selection(chosen[0].dataset, chosen[0].date, chosen[-1].date)
        dates = tuple(day for one in found for day in one.dates)
        return Measured(str(source), merge(one.profile for one in found), found[0].settings, dates)

    def _measured(self, one: Partition) -> Measured:
        if one not in self.measured:
            profile, settings = ask(self.store, [one], lambda files: (files.profile(), files.settings))
            self.measured[one] = Measured(str(one), profile, settings, (one.date.isoformat(),))
        return self.measured[one]


class _Fixed:
    """The same baseline for every day."""

    def __init__(self, document: BaselineDocument) -> None:
        self._reference = without_sample(document), from_document(document)

    def of(self, _first: date) -> tuple[BaselineDocument, Profile] | None:
        return self._reference


class _Before:
    """The days before each day."""

    def __init__(self, days: _Days, dataset: str, trailing: Trailing) -> None:
        self._days, self._trailing = days, trailing
        self._present = partitions(days.store, dataset)

    def of(self, first: date) -> tuple[BaselineDocument, Profile] | None:
        """None where there is no image that can be read."""
        begin = first - timedelta(days=self._trailing.days)
        chosen = [one for one in self._present if begin <= one.date < first]
        found = self._days.together(chosen) if chosen else None
        return None if found is None or not found.profile.image_count else (found.document(), found.profile)


def _periods(chosen: Sequence[Partition], every: Every) -> Iterator[tuple[date, list[Partition]]]:
    """The first day of each period from the first partition's to the last one's, and its partitions, perhaps none."""
    by_first: dict[date, list[Partition]] = {}
    for one in chosen:
        first = one.date - timedelta(days=one.date.weekday() if every == "week" else 0)
        by_first.setdefault(first, []).append(one)
    day, last = min(by_first), max(by_first)
    while day <= last:
        yield day, by_first.get(day, [])
        day += timedelta(days=7 if every == "week" else 1)


def _unreadable(own: Measured) -> str:
    reasons = "; ".join(f"{status}: {reason}: {count}" for (status, reason), count in own.profile.statuses.items())
    return f"{own.source}: not one of the images can be read ({reasons}); there is nothing to measure"
