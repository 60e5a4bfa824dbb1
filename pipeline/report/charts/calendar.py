"""Dates to places on the axis that all charts of a history share, and what is drawn through them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.errors import DocumentError
from pipeline.report.charts.figure import CURRENT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MOST_LABELS = 8

MOST_POINTS = 200
"""Days that have a point each on their lines: more have no room for them."""
_LENGTHS = {"day": timedelta(days=1), "week": timedelta(days=7)}


def across(dates: Sequence[str], field: str, every: str) -> alt.X:
    """The calendar from the first day to the last, days without images included, the same for every chart.

    Times are plain numbers to the chart: its own idea of time would be that of the reader's time zone.

    Args:
        dates: Of all days, or weeks, of the history.
        field: One of the keys of `times`.
        every: `day` or `week`.
    """
    dates = sorted(dates)
    domain = [times(dates[0], every)["start"], times(dates[-1], every)["end"]]
    scale = alt.Scale(domain=domain, nice=False, zero=False)
    labelled = [times(one, every)["noon"] for one in dates[:: -(-len(dates) // _MOST_LABELS)]]
    words = "utcFormat(datum.value, '%-d %b')"
    axis = alt.Axis(
        values=labelled, labelExpr=words, grid=False, labelOverlap=True, labelSeparation=8, labelFlush=False
    )
    return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)


def through_days(chart: alt.Chart, days: int, every: str, words: Mapping[str, str], size: Any) -> list[alt.Chart]:
    """A line through the days, and a point on each that tells its numbers, while there is room for points.

    Args:
        chart: Its rows have `noon`; its place is encoded.
        days: How many there are.
        every: `day` or `week`.
        words: Of each number that is told, what it is called and its field; a row may lack it.
        size: Of a point, in square pixels.
    """
    # A day between two without data is a line of no length, of which round ends make a point.
    line = chart.mark_line(color=CURRENT, strokeWidth=2, strokeCap="round", invalid="break-paths-filter-domains")
    if days > MOST_POINTS:
        return [line]
    half = round(_length(every) / 2 / timedelta(milliseconds=1))
    told = [
        f"(isValid(datum.{field}) ? ' {name} ' + format(datum.{field}, '.3f') : '')" for name, field in words.items()
    ]
    points = chart.transform_calculate(words=f"utcFormat(datum.noon - {half}, '%Y-%m-%d:') + {' + '.join(told)}")
    marks = points.mark_point(color=CURRENT, filled=True, opacity=1, aria=True, invalid="filter")
    return [line, marks.encode(size=size, description="words:N")]


def times(day: str, every: str) -> dict[str, int]:
    """The beginning, middle and end of a day, or of the week that begins with it, in UTC, in milliseconds."""
    start, length = datetime.combine(_date(day), datetime.min.time(), UTC), _length(every)
    return {
        name: round((start + part).timestamp() * 1000)
        for name, part in (("start", timedelta()), ("noon", length / 2), ("end", length))
    }


def _length(every: str) -> timedelta:
    return _LENGTHS.get(every, _LENGTHS["day"])


def _date(day: str) -> date:
    try:
        return date.fromisoformat(day)
    except ValueError as error:
        raise DocumentError(f"the day {day!r} in the document is no date; expected one like 2026-11-23") from error
