"""Day by day: a strip of severities and, under it to the same calendar, one line for each quantity."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from pipeline.compare.findings import shown_severity
from pipeline.errors import DocumentError
from pipeline.report.charts.figure import BASELINE, CURRENT, Figure, rows, specification
from pipeline.report.signs import all_signs, sign
from pipeline.report.words import counted, number
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import HistoryDay, HistoryDocument

_HEIGHT = 110
_STRIP_HEIGHT = 40
_MOST_SIGNS = 45
_MOST_LABELS = 8
_MARGIN = 46
_DAY = timedelta(days=1)

Quantity = Literal["pixel_mean", "mean_confidence", "total_variation_distance"]


def day_figures(history: HistoryDocument) -> list[Figure]:
    """The strip, then pixel mean, confidence and class distance where the days have them."""
    days = history["days"]
    if not days:
        return []
    predictions = history["baseline"].get("predictions")
    pixels = history["baseline"]["input_distribution"]["pixel_statistics"]["overall"]["mean"]
    confidence = predictions["confidence_statistics"]["mean"] if predictions else None
    lines = [
        _line(days, "pixel_mean", "Mean pixel", pixels),
        _line(days, "mean_confidence", "Mean confidence", confidence),
        _line(days, "total_variation_distance", "Distance between predicted classes", 0.0),
    ]
    return [_strip(days), *(line for line in lines if line is not None)]


def _strip(days: Sequence[HistoryDay]) -> Figure:
    signs = all_signs()
    names = [one.name for one in signs]
    chart = alt.Chart(rows([_strip_row(day) for day in days])).encode(
        tooltip=[alt.Tooltip("date:N", title="Day"), alt.Tooltip("severity:N", title="Severity")]
    )
    colours = alt.Scale(domain=names, range=[one.colour for one in signs])
    shapes = alt.Scale(domain=names, range=[one.path for one in signs])
    chart = chart.encode(color=alt.Color("severity:N", scale=colours, legend=None))
    cell = chart.mark_rect(opacity=0.22).encode(x=_across(days, "start"), x2="end:Q")
    mark = chart.mark_point(filled=True, size=190, opacity=1).encode(
        x=_across(days, "noon"), shape=alt.Shape("severity:N", scale=shapes, legend=None)
    )
    layers = [cell, mark] if len(days) <= _MOST_SIGNS else [cell.mark_rect(opacity=1)]
    spec = specification(*layers, height=_STRIP_HEIGHT, left=_MARGIN)
    return Figure("chart-severity", "Severity", _strip_caption(days), spec)


def _strip_row(day: HistoryDay) -> dict[str, Any]:
    return {"date": day["date"], "severity": sign(shown_severity(day)).name, **_times(day["date"])}


def _strip_caption(days: Sequence[HistoryDay]) -> str:
    severities = [shown_severity(day) for day in days]
    found = [(level, severities.count(level)) for level in reversed(Severity) if level in severities]
    return f"Of {counted(len(days), 'day')}: " + ", ".join(f"{times} {level}" for level, times in found) + "."


def _line(days: Sequence[HistoryDay], quantity: Quantity, title: str, baseline: float | None) -> Figure | None:
    values = [(day["date"], day[quantity]) for day in days if quantity in day]
    if not values or baseline is None:
        return None
    spec = _line_spec(days, values, title, baseline)
    return Figure(f"chart-{quantity.replace('_', '-')}", title, _line_caption(values, title, baseline), spec)


def _line_caption(values: Sequence[tuple[str, float]], title: str, baseline: float) -> str:
    furthest, value = max(values, key=lambda one: abs(one[1] - baseline))
    if baseline == 0:
        return f"{title}: the largest on {furthest}, {number(value)}."
    return f"{title} {number(baseline)} in the baseline; furthest from it on {furthest}, at {number(value)}."


def _line_spec(
    days: Sequence[HistoryDay], values: Sequence[tuple[str, float]], title: str, baseline: float
) -> dict[str, Any]:
    data = rows([{"date": day, "value": value, **_times(day)} for day, value in values])
    axis = alt.Axis(tickCount=4, minExtent=_MARGIN, maxExtent=_MARGIN)
    up = alt.Y("value:Q", title=None, scale=alt.Scale(zero=baseline == 0, padding=8), axis=axis)
    line = alt.Chart(data).encode(
        x=_across(days, "noon"),
        y=up,
        tooltip=[alt.Tooltip("date:N", title="Day"), alt.Tooltip("value:Q", title=title, format=".3f")],
    )
    level = alt.Chart(rows([{"value": baseline}])).encode(y=up)
    return specification(
        level.mark_rule(color=BASELINE, strokeWidth=2, strokeDash=[6, 4]),
        line.mark_line(color=CURRENT, strokeWidth=2),
        line.mark_point(color=CURRENT, filled=True, size=45, opacity=1),
        height=_HEIGHT,
    )


def _across(days: Sequence[HistoryDay], field: str) -> alt.X:
    """The calendar from the first day to the last, days without images included, the same for every chart.

    Times are plain numbers to the chart: its own idea of time would be that of the reader's time zone.
    """
    dates = sorted(day["date"] for day in days)
    scale = alt.Scale(domain=[_times(dates[0])["start"], _times(dates[-1])["end"]], nice=False, zero=False)
    labelled = [_times(one)["noon"] for one in _spaced(dates)]
    words = "utcFormat(datum.value, '%-d %b')"
    axis = alt.Axis(values=labelled, labelExpr=words, grid=False, labelOverlap=True, labelFlush=False)
    return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)


def _spaced(dates: Sequence[str]) -> Sequence[str]:
    return dates[:: -(-len(dates) // _MOST_LABELS)]


def _times(day: str) -> dict[str, int]:
    """The beginning, middle and end of a day in UTC, in milliseconds."""
    start = datetime.combine(_date(day), datetime.min.time(), UTC)
    return {
        name: round((start + part).timestamp() * 1000)
        for name, part in (("start", timedelta()), ("noon", _DAY / 2), ("end", _DAY))
    }


def _date(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise DocumentError(f"the day {day!r} in the document is no date; expected one like 2026-11-23") from error
