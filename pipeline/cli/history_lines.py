"""A history in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.changes import lasting_first, named_changes
from pipeline.compare.history import has_data
from pipeline.compare.judges.measures import named
from pipeline.compare.words.reach import days_out_of_reach
from pipeline.report.accuracy import untold_accuracy
from pipeline.report.changes import change_words, segment_words
from pipeline.report.signs import NO_DRIFT
from pipeline.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftedSegment, FeatureChange, HistoryDay, HistoryDocument

_MOST_CHANGES, _MOST_SEGMENTS = 8, 8


def history_lines(history: HistoryDocument) -> list[str]:
    """A line a day with what was found below it, then the changes, what was not judged, and the first
    day that drifted."""
    days = [line for day in history["days"] for line in _lines(day)]
    segments = map(_segment, lasting_first(history.get("segments", []))[:_MOST_SEGMENTS])
    return [
        *days,
        *_changes(history.get("changes", [])),
        *segments,
        *days_out_of_reach(history["days"], history.get("every", "day")),
        f"first drift: {history.get('first_drift', 'none')}",
    ]


def _lines(day: HistoryDay) -> list[str]:
    accuracy = untold_accuracy(day)
    return [
        f"{day['date']}  {_verdict(day):8}  {counted(day['image_count'], 'image')}",
        *(f"    [{one['severity']}] {one['text']}" for one in day["findings"]),
        *([f"    {accuracy}"] if accuracy else []),
    ]


def _verdict(day: HistoryDay) -> str:
    if day["overall_drift_detected"]:
        return day["overall_severity"]
    if not has_data(day):
        return day["status"]
    return NO_DRIFT


def _changes(changes: Sequence[FeatureChange]) -> list[str]:
    shown = named_changes(changes)[:_MOST_CHANGES]
    left = len(changes) - len(shown)
    return [*map(_change, shown), *([f"and {counted(left, 'more change')}, named in the history"] if left else [])]


def _change(own: FeatureChange) -> str:
    return f"changed: {named(own['feature'], change_words(own))}, {_while(own)}"


def _segment(own: DriftedSegment) -> str:
    return f"changed in {own['column']}={own['value']}: {segment_words(own)}, {_while(own)}"


def _while(own: FeatureChange | DriftedSegment) -> str:
    return f"since {own['since']}, over on {own['until']}" if "until" in own else f"since {own['since']}, and lasts"
