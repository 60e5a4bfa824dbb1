"""The stored days of a dataset to its history: each day, or week, against a baseline or against the days before it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Self

from pipeline.agreement import require_same
from pipeline.compare.drift import judge
from pipeline.compare.findings import gravest_first
from pipeline.compare.history import day_without_baseline, judged_day, missing_day, to_history, unreadable_day
from pipeline.compare.sides.baseline import side_from_document, to_document, without_sample
from pipeline.compare.sides.between_days import between_days
from pipeline.compare.sides.side import Side
from pipeline.compare.words.missing import few_finding, last_expected, missing_finding
from pipeline.errors import SettingsError, StoreError
from pipeline.profile.merge import merge
from pipeline.settings import ExtractionSettings
from pipeline.store.layout import Selection, partitions, select
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport, HistoryDay, HistoryDocument, Verdict
    from pipeline.profile.profile import Profile
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
    """Some rows, summed up.

    Attributes:
        source: The selection.
        profile: Of all rows.
        settings: What they were made with.
        dates: The days.
        side: The same for comparing; None where no image can be read.
    """

    source: str
    profile: Profile
    settings: ExtractionSettings
    dates: tuple[str, ...]
    side: Side | None

    @classmethod
    def of(cls, source: str, profile: Profile, settings: ExtractionSettings, days: Mapping[str, Side | None]) -> Self:
        """Of a profile and the sides of its days by their dates."""
        if not profile.image_count:
            return cls(source, profile, settings, tuple(days), None)
        names = settings.model.class_names if settings.model else None
        apart = between_days(one for one in days.values() if one is not None) if len(days) > 1 else None
        side = replace(Side.of(profile), class_names=dict(enumerate(names or ())), days=apart)
        return cls(source, profile, settings, tuple(days), side)

    def document(self) -> BaselineDocument:
        """Its baseline document; at least one image can be read."""
        days = self.side.days if self.side else None
        return to_document(self.profile, self.settings, self.source, self.dates, days=days)


@dataclass(frozen=True, slots=True)
class Reference:
    """What a day is compared with, as a side, and its document, which is made only where it is asked for."""

    side: Side
    settings: ExtractionSettings
    document: Callable[[], BaselineDocument]


class Reports(Mapping[str, "DriftReport"]):
    """Each judged day's own report by its date. A report's documents are made when it is asked for."""

    def __init__(self) -> None:
        """None yet."""
        self.verdicts: dict[str, Verdict] = {}
        self._sides: dict[str, tuple[Reference, Measured]] = {}

    def judge(self, date: str, reference: Reference, current: Measured, side: Side, rules: Rules) -> Verdict:
        """Judge a day, whose `side` is known, and keep the verdict.

        Raises:
            SettingsError: It was made with other settings than what it is compared with.
        """
        require_same(reference.settings, current.settings, where="the baseline")
        self.verdicts[date] = judge(reference.side, side, rules)
        self._sides[date] = reference, current
        return self.verdicts[date]

    def __getitem__(self, date: str) -> DriftReport:
        """The report of a day."""
        reference, current = self._sides[date]
        return {**self.verdicts[date], "baseline": reference.document(), "current": current.document()}

    def __iter__(self) -> Iterator[str]:
        """The dates, in the order of time."""
        return iter(self.verdicts)

    def __len__(self) -> int:
        """How many days were judged."""
        return len(self.verdicts)


def analyze_history(
    store: Path,
    selection: str,
    against: BaselineDocument | Trailing,
    rules: Rules,
    every: Every = "day",
    today: date | None = None,
) -> tuple[HistoryDocument, Reports]:
    """Stage two, day by day: the history of a dataset, and each judged day's own report by its date.

    Args:
        store: The folder of the store.
        selection: The dataset, perhaps with some days of it. All days from the first to the last that is asked for are
            in the history, those without rows too; where none is asked for, from the first that has rows to the last
            that has some or ought to, as `compare.words.missing` says.
        against: What every day is compared with: a baseline document, or the days before.
        rules: Thresholds and the noise guard; their alpha is that of each day, or each week.
        every: Whether days are judged each by itself, or those of a week (from Monday) together. A week's date is its
            Monday's.
        today: The day on which it is asked: no later one is in the history, and it is not over. None for this one.

    Raises:
        StoreError: There are no such rows; or, against the days before, no day has any before it.
        SettingsError: Rows were made with other settings than what they are compared with.
    """
    wanted = Selection.parse(selection)
    stored = _Days(store)
    chosen = select(store, wanted)
    references = _Before(stored, wanted.dataset, against) if isinstance(against, Trailing) else _Fixed(against)
    stored.read(chosen)
    reports = Reports()
    periods = _periods(chosen, _ends(wanted, chosen, today or datetime.now().astimezone().date()), every)
    days = [_day(first, own, stored, references, reports, rules) for first, own in periods]
    if references.last is None:
        raise StoreError(f"{store}: no day of {wanted} has any of the days before it to compare with; give --baseline")
    _tell_gaps(days, {one.date for one in partitions(store, wanted.dataset)}, every)
    history = to_history(
        wanted.dataset,
        days,
        references.last.document(),
        rules,
        reports.verdicts,
        every=every,
        against=str(against) if isinstance(against, Trailing) else "baseline",
    )
    return history, reports


def _day(
    first: date,
    chosen: Sequence[Partition],
    stored: _Days,
    references: _Fixed | _Before,
    reports: Reports,
    rules: Rules,
) -> HistoryDay:
    """A day, or a week, of the history; its report is kept among the reports."""
    name = first.isoformat()
    if not chosen:
        return missing_day(name)
    current, reference = stored.together(chosen), references.of(first)
    if current.side is None:
        return unreadable_day(name, _unreadable(current))
    if reference is None:
        return day_without_baseline(name, current.profile.image_count)
    return judged_day(name, reports.judge(name, reference, current, current.side, rules))


def _tell_gaps(days: Sequence[HistoryDay], present: Collection[date], every: Every) -> None:
    """Add what is to be said of days without images, or with hardly any. A week says it by its images."""
    if every == "week":
        return
    counts = {date.fromisoformat(own["date"]): own["image_count"] for own in days if own["image_count"]}
    for own in days:
        day = date.fromisoformat(own["date"])
        more = few_finding(day, counts) if day in counts else missing_finding(day, present)
        own["findings"] = gravest_first([*own["findings"], *more])


@dataclass(frozen=True, slots=True)
class _Days:
    """What is measured of a store's partitions, each asked for once."""

    store: Path
    measured: dict[Partition, Measured] = field(default_factory=dict)

    def read(self, chosen: Iterable[Partition]) -> None:
        """Measure some partitions before they are asked for: one after the other takes less time than in between."""
        for one in chosen:
            self._measured(one)

    def together(self, chosen: Sequence[Partition]) -> Measured:
        """Some partitions of one dataset, at least one, by date."""
        found = [self._measured(one) for one in chosen]
        for one in found[1:]:
            require_same(found[0].settings, one.settings, where=f"{found[0].source} (beside {one.source})")
        if len(found) == 1:
            return found[0]
        source = Selection(chosen[0].dataset, chosen[0].date, chosen[-1].date)
        days = {one.dates[0]: one.side for one in found}
        return Measured.of(str(source), merge(one.profile for one in found), found[0].settings, days)

    def _measured(self, one: Partition) -> Measured:
        if one not in self.measured:
            profile, settings = ask(self.store, [one], lambda files: (files.profile(), files.settings))
            self.measured[one] = Measured.of(str(one), profile, settings, {one.date.isoformat(): None})
        return self.measured[one]


class _Fixed:
    """The same baseline for every day."""

    def __init__(self, document: BaselineDocument) -> None:
        shown, settings = without_sample(document), ExtractionSettings.from_dict(document["settings"])
        self.last: Reference | None = Reference(side_from_document(document), settings, lambda: shown)

    def of(self, _first: date) -> Reference | None:
        return self.last


class _Before:
    """The days before each day."""

    def __init__(self, days: _Days, dataset: str, trailing: Trailing) -> None:
        self._days, self._trailing = days, trailing
        self._present = partitions(days.store, dataset)
        self.last: Reference | None = None

    def of(self, first: date) -> Reference | None:
        """None where there is no image that can be read."""
        begin = first - timedelta(days=self._trailing.days)
        chosen = [one for one in self._present if begin <= one.date < first]
        found = self._days.together(chosen) if chosen else None
        if found is None or found.side is None:
            return None
        self.last = Reference(found.side, found.settings, found.document)
        return self.last


def _ends(wanted: Selection, chosen: Sequence[Partition], today: date) -> tuple[date, date]:
    """The first and the last day of the history."""
    first, last = chosen[0].date, chosen[-1].date
    if wanted.first is None or wanted.last is None:
        return first, last_expected([one.date for one in chosen], today)
    return wanted.first, max(last, min(wanted.last, today - timedelta(days=1)))


def _periods(
    chosen: Sequence[Partition], ends: tuple[date, date], every: Every
) -> Iterator[tuple[date, list[Partition]]]:
    """The first day of each period from one day to another, and its partitions, perhaps none."""

    def begin(day: date) -> date:
        return day - timedelta(days=day.weekday() if every == "week" else 0)

    by_first: dict[date, list[Partition]] = {}
    for one in chosen:
        by_first.setdefault(begin(one.date), []).append(one)
    day = begin(ends[0])
    while day <= ends[1]:
        yield day, by_first.get(day, [])
        day += timedelta(days=7 if every == "week" else 1)


def _unreadable(own: Measured) -> str:
    reasons = "; ".join(f"{status}: {reason}: {count}" for (status, reason), count in own.profile.statuses.items())
    return f"{own.source}: not one of the images can be read ({reasons}); there is nothing to measure"
