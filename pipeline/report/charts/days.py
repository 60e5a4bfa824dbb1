"""The strip of severities, day by day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.compare.history import has_data
from pipeline.compare.words.findings import shown_severity
from pipeline.report.charts.calendar import across, times
from pipeline.report.charts.figure import Figure, rows, specification
from pipeline.report.signs import NO_DRIFT, all_signs, sign
from pipeline.report.words import counted
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import HistoryDay, HistoryDocument

_STRIP_HEIGHT = 40
_MOST_SIGNS, _SIGN = 45, 190
_QUIET = 0.3
MARGIN = 46
"""Left of every chart of a history, so that their calendars stand one above the other."""


def severity_figure(history: HistoryDocument) -> Figure | None:
    """A cell a day, with its severity's sign where there is room; None where there are no days."""
    days, every = history["days"], history.get("every", "day")
    if not days:
        return None
    signs = all_signs()
    words, dates = [one.word for one in signs], [day["date"] for day in days]
    chart = alt.Chart(rows([_strip_row(day, every) for day in days if has_data(day)])).encode(description="words:N")
    colours = alt.Scale(domain=words, range=[one.colour for one in signs])
    shapes = alt.Scale(domain=words, range=[one.path for one in signs])
    chart = chart.encode(color=alt.Color("severity:N", scale=colours, legend=None))
    quiet = alt.condition(f"datum.severity === '{NO_DRIFT}'", alt.value(_QUIET), alt.value(1))
    cell = chart.mark_rect(opacity=0.22).encode(x=across(dates, "start", every), x2="end:Q")
    # The area of a sign as wide as its cell is on a narrow screen.
    size = alt.ExprRef(f"min({_SIGN}, pow(0.9 * width / {len(days)}, 2))")
    mark = chart.mark_point(filled=True, size=size, opacity=1, aria=True).encode(
        x=across(dates, "noon", every), shape=alt.Shape("severity:N", scale=shapes, legend=None)
    )
    layers = [cell, mark] if len(days) <= _MOST_SIGNS else [cell.mark_rect(aria=True).encode(opacity=quiet)]
    spec = specification(*layers, height=_STRIP_HEIGHT, left=MARGIN)
    return Figure("chart-severity", "Severity", _strip_caption(days, every), spec)


def _strip_row(day: HistoryDay, every: str) -> dict[str, Any]:
    word = sign(shown_severity(day)).word
    return {"severity": word, "words": f"{day['date']}: {word}", **times(day["date"], every)}


def _strip_caption(days: Sequence[HistoryDay], every: str) -> str:
    severities = [shown_severity(day) for day in days if has_data(day)]
    found = [f"{severities.count(level)} {sign(level).word}" for level in reversed(Severity) if level in severities]
    if len(severities) < len(days):
        found.append(f"{len(days) - len(severities)} without data")
    return f"Of {counted(len(days), every)}: " + ", ".join(found) + "."
