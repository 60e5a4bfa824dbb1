"""A history in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.documents import HistoryDay, HistoryDocument


def history_lines(history: HistoryDocument) -> list[str]:
    """A line a day with what was found below it, and the first day that drifted."""
    days = [line for day in history["days"] for line in _lines(day)]
    return [*days, f"first drift: {history.get('first_drift', 'none')}"]


def _lines(day: HistoryDay) -> list[str]:
    quiet = "no drift" if day["findings"] else "ordinary"
    verdict = day["overall_severity"] if day["overall_drift_detected"] else quiet
    return [
        f"{day['date']}  {verdict:8}  {day['image_count']} images",
        *(f"    [{one['severity']}] {one['text']}" for one in day["findings"]),
    ]
