"""A history in a few lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.documents import HistoryDay, HistoryDocument


def history_lines(history: HistoryDocument) -> list[str]:
    """One line a day, and the first day that drifted."""
    return [*map(_line, history["days"]), f"first drift: {history.get('first_drift', 'none')}"]


def _line(day: HistoryDay) -> str:
    if not day["overall_drift_detected"]:
        return f"{day['date']}  ordinary  {day['image_count']} images"
    texts = "; ".join(one["text"] for one in day["findings"])
    return f"{day['date']}  {day['overall_severity']:8}  {texts}"
