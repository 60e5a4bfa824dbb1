"""Day by day: a strip of severities and, under it to the same calendar, one line for each quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from pipeline.compare.history import has_data
from pipeline.compare.words.findings import shown_severity
from pipeline.report.charts.calendar import across, times
from pipeline.report.charts.figure import BASELINE, CURRENT, Figure, rows, specification
from pipeline.report.signs import NO_DRIFT, all_signs, sign
from pipeline.report.words import counted, number
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import HistoryDay, HistoryDocument

_HEIGHT = 110
_STRIP_HEIGHT = 40
_MOST_SIGNS = 45
_QUIET = 0.3
MARGIN = 46
"""Left of every chart of a history, so that their calendars stand one above the other."""

Quantity = Literal["pixel_mean", "mean_confidence", "total_variation_distance"]


def day_figures(history: HistoryDocument) -> list[Figure]:
    """The strip, then pixel mean, confidence and class distance where the days have them."""
    days = history["days"]
    if not days:
        return []
    predictions = history["baseline"].get("predictions")
    pixels = history["baseline"]["input_distribution"]["pixel_statistics"]["overall"]["mean"]
    confidence = predictions["confidence_statistics"]["mean"] if predictions else None
    every = history.get("every", "day")
    lines = [
        _line(days, every, "pixel_mean", "Mean pixel", pixels),
        _line(days, every, "mean_confidence", "Mean confidence", confidence),
        _line(days, every, "total_variation_distance", "Distance between predicted classes", 0.0),
    ]
    return [_strip(days, every), *(line for line in lines if line is not None)]


def _strip(days: Sequence[HistoryDay], every: str) -> Figure:
    signs = all_signs()
    words, dates = [one.word for one in signs], [day["date"] for day in days]
    chart = alt.Chart(rows([_strip_row(day, every) for day in days if has_data(day)])).encode(
        tooltip=[alt.Tooltip("date:N", title="Day"), alt.Tooltip("severity:N", title="Severity")]
    )
    colours = alt.Scale(domain=words, range=[one.colour for one in signs])
    shapes = alt.Scale(domain=words, range=[one.path for one in signs])
    chart = chart.encode(color=alt.Color("severity:N", scale=colours, legend=None))
    quiet = alt.condition(f"datum.severity === '{NO_DRIFT}'", alt.value(_QUIET), alt.value(1))
    cell = chart.mark_rect(opacity=0.22).encode(x=across(dates, "start", every), x2="end:Q")
    mark = chart.mark_point(filled=True, size=190, opacity=1).encode(
        x=across(dates, "noon", every), shape=alt.Shape("severity:N", scale=shapes, legend=None)
    )
    layers = [cell, mark] if len(days) <= _MOST_SIGNS else [cell.mark_rect().encode(opacity=quiet)]
    spec = specification(*layers, height=_STRIP_HEIGHT, left=MARGIN)
    return Figure("chart-severity", "Severity", _strip_caption(days, every), spec)


def _strip_row(day: HistoryDay, every: str) -> dict[str, Any]:
    return {"date": day["date"], "severity": sign(shown_severity(day)).word, **times(day["date"], every)}


def _strip_caption(days: Sequence[HistoryDay], every: str) -> str:
    severities = [shown_severity(day) for day in days if has_data(day)]
    found = [f"{severities.count(level)} {sign(level).word}" for level in reversed(Severity) if level in severities]
    if len(severities) < len(days):
        found.append(f"{len(days) - len(severities)} without data")
    return f"Of {counted(len(days), every)}: " + ", ".join(found) + "."


def _line(
    days: Sequence[HistoryDay], every: str, quantity: Quantity, title: str, baseline: float | None
) -> Figure | None:
    values = [(day["date"], day[quantity]) for day in days if quantity in day]
    if not values or baseline is None:
        return None
    # A day without the quantity breaks the line.
    data = [
        {"date": day["date"], "value": day.get(quantity), "noon": times(day["date"], every)["noon"]} for day in days
    ]
    spec = _line_spec([day["date"] for day in days], every, data, title, baseline)
    return Figure(f"chart-{quantity.replace('_', '-')}", title, _line_caption(values, title, baseline), spec)


def _line_caption(values: Sequence[tuple[str, float]], title: str, baseline: float) -> str:
    furthest, value = max(values, key=lambda one: abs(one[1] - baseline))
    if baseline == 0:
        return f"{title}: the largest on {furthest}, {number(value)}."
    return f"{title} {number(baseline)} in the baseline; furthest from it on {furthest}, at {number(value)}."


def _line_spec(
    dates: Sequence[str], every: str, data: Sequence[dict[str, Any]], title: str, baseline: float
) -> dict[str, Any]:
    axis = alt.Axis(tickCount=4, minExtent=MARGIN, maxExtent=MARGIN)
    up = alt.Y("value:Q", title=None, scale=alt.Scale(zero=baseline == 0, padding=8), axis=axis)
    line = alt.Chart(rows(data)).encode(
        x=across(dates, "noon", every),
        y=up,
        tooltip=[alt.Tooltip("date:N", title="Day"), alt.Tooltip("value:Q", title=title, format=".3f")],
    )
    level = alt.Chart(rows([{"value": baseline}])).encode(y=up)
    return specification(
        level.mark_rule(color=BASELINE, strokeWidth=2, strokeDash=[6, 4]),
        line.mark_line(color=CURRENT, strokeWidth=2, invalid="break-paths-filter-domains"),
        line.mark_point(color=CURRENT, filled=True, size=45, opacity=1, invalid="filter"),
        height=_HEIGHT,
    )
