"""The stored days of a dataset to its history: each day, or week, against a baseline or against the days before it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from pipeline.compare.history import day_without_baseline, judged_day, missing_day, to_history, unreadable_day
from pipeline.compare.sides.segment_document import require_segments
from pipeline.compare.words.findings import gravest_first
from pipeline.compare.words.missing import few_finding, missing_finding
from pipeline.errors import StoreError
from pipeline.over_time.periods import periods
from pipeline.over_time.references import Before, Fixed, Trailing
from pipeline.over_time.reports import Reports
from pipeline.over_time.stored_days import StoredDays
from pipeline.store.layout import Selection, partitions, select
from pipeline.store.segments import segment_names
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, HistoryDay, HistoryDocument
    from pipeline.over_time.periods import Every
    from pipeline.over_time.stored_days import Measured
    from pipeline.store.layout import Partition


_LONGEST = 7
"""Days of the longest period."""


def analyze_history(
    store: Path,
    selection: str,
    against: BaselineDocument | Trailing,
    rules: Rules,
    every: Every = "day",
    segment_by: Sequence[str] = (),
    today: date | None = None,
) -> tuple[HistoryDocument, Reports]:
    """Stage two, day by day: the history of a dataset, and each judged day's own report by its date.

    Args:
        store: The folder of the store.
        selection: The dataset, perhaps with some days of it. All days from the first to the last that is asked for are
            in the history, those without rows too; where none is asked for, from the first that has rows to the last
            that has some or ought to, as `compare.missing` says.
        against: What every day is compared with: a baseline document, or the days before.
        rules: Thresholds and the noise guard; their alpha is that of each day, or each week.
        every: Whether days are judged each by itself, or those of a week (from Monday) together. A week's date is its
            Monday's.
        segment_by: Columns of the rows of whose values each is judged by itself: for them, rows are read.
        today: The day on which it is asked: no later one is in the history, and it is not over. None for this one.

    Raises:
        StoreError: There are no such rows; or, against the days before, no day has any before it.
        SettingsError: Rows were made with other settings than what they are compared with, or there are no such
            segments.
    """
    wanted = Selection.parse(selection)
    chosen = select(store, wanted)
    # The days before a period are, but for its own and the next one's, those before the next.
    kept = against.days + 2 * _LONGEST if isinstance(against, Trailing) else 0
    stored = StoredDays(store, _segments(store, chosen, against, segment_by), kept)
    references = Before(stored, wanted.dataset, against) if isinstance(against, Trailing) else Fixed(against)
    reports = Reports(stored, references, rules)
    all_periods = periods(wanted, chosen, every, today or datetime.now().astimezone().date())
    days = [_day(first, own, stored, references, reports) for first, own in all_periods]
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


def _segments(
    store: Path, chosen: Sequence[Partition], against: BaselineDocument | Trailing, columns: Sequence[str]
) -> dict[str, set[str]]:
    """The values of columns that are judged by themselves: the same on all days, so that days can be put together."""
    known = {} if isinstance(against, Trailing) else against.get("segments", {})
    if not isinstance(against, Trailing):
        require_segments(against, columns)
    rows = partitions(store, chosen[0].dataset) if isinstance(against, Trailing) else chosen

    def names(column: str) -> set[str]:
        own, where = known.get(column, ()), chosen[0].dataset
        return ask(store, rows, lambda files: segment_names(files.rows, column, own, where))

    return {column: names(column) for column in columns}


def _day(
    first: date,
    chosen: Sequence[Partition],
    stored: StoredDays,
    references: Fixed | Before,
    reports: Reports,
) -> HistoryDay:
    """A day, or a week, of the history; its verdict is kept among the reports."""
    name = first.isoformat()
    if not chosen:
        return missing_day(name)
    current, reference = stored.together(chosen), references.of(first)
    if current.side is None:
        return unreadable_day(name, _unreadable(current))
    if reference is None:
        return day_without_baseline(name, current.profile.image_count)
    return judged_day(name, reports.judge(name, chosen, reference, current))


def _tell_gaps(days: Sequence[HistoryDay], present: Collection[date], every: Every) -> None:
    """Add what is to be said of days without images, or with hardly any. A week says it by its images."""
    if every == "week":
        return
    counts = {date.fromisoformat(own["date"]): own["image_count"] for own in days if own["image_count"]}
    for own in days:
        day = date.fromisoformat(own["date"])
        more = few_finding(day, counts) if day in counts else missing_finding(day, present)
        own["findings"] = gravest_first([*own["findings"], *more])


def _unreadable(own: Measured) -> str:
    reasons = "; ".join(f"{status}: {reason}: {count}" for (status, reason), count in own.profile.statuses.items())
    return f"{own.source}: not one of the images can be read ({reasons}); there is nothing to measure"
