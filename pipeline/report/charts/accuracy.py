"""The accuracy of each day as far as it is known: the estimate in its interval, what labels say, and the baseline's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.report.accuracy import accuracy_fell
from pipeline.report.charts.calendar import MOST_POINTS, across, through_days, times
from pipeline.report.charts.days import MARGIN
from pipeline.report.charts.figure import BASELINE, CURRENT, INK, Figure, rows, specification
from pipeline.report.words import counted, short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import AccuracyEstimate, HistoryDay, HistoryDocument

_HEIGHT = 110
_POINT, _LABELLED = 45, 60
_BAR, _PALE = 6, 0.45
_WORDS = {
    "": "value", "interval from": "low", "to": "high", "if the classes held at most": "ceiling",
    "by labels": "labelled", "baseline": "baseline",
}  # fmt: skip
_KEYS = {
    "value": "estimated_accuracy", "low": "low", "high": "high", "ceiling": "ceiling_if_classes_held",
    "labelled": "true_accuracy", "baseline": "baseline_accuracy",
}  # fmt: skip


def accuracy_figures(history: HistoryDocument) -> list[Figure]:
    """The one chart; none where no day has an estimate."""
    days, every = history["days"], history.get("every", "day")
    known = {day["date"]: day["accuracy_estimate"] for day in days if "accuracy_estimate" in day}
    if not known:
        return []
    return [Figure("chart-accuracy", "Accuracy", _caption(known, every), _spec(days, every))]


def _caption(known: dict[str, AccuracyEstimate], every: str) -> str:
    date, lowest = min(known.items(), key=lambda one: one[1]["low"])
    estimate, low, high, before = (
        short(lowest[key]) for key in ("estimated_accuracy", "low", "high", "baseline_accuracy")
    )
    fallen = sum(map(accuracy_fell, known.values()))
    beyond = counted(fallen, every) if fallen else f"no {every}"
    told = (
        f"Estimated accuracy: lowest on {date}, {estimate} ({low} to {high}; baseline {before}). "
        f"It fell beyond chance on {beyond}."
    )
    true = {date: one["true_accuracy"] for date, one in known.items() if "true_accuracy" in one}
    if not true:
        return f"{told} The blue around it is its interval."
    worst = min(true, key=lambda one: true[one])
    lowest_true = f"the lowest {short(true[worst])} on {worst}"
    return f"{told} The blue around it is its interval; diamonds are by labels, {lowest_true}."


def _spec(days: Sequence[HistoryDay], every: str) -> dict[str, Any]:
    axis = alt.Axis(tickCount=4, minExtent=MARGIN, maxExtent=MARGIN)
    data = rows([_row(day, every) for day in days])
    chart = alt.Chart(data).encode(x=across([day["date"] for day in days], "noon", every))

    def up(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=alt.Scale(zero=False, padding=8), axis=axis)

    if len(days) <= MOST_POINTS:
        between = chart.mark_rule(color=CURRENT, opacity=_PALE, strokeWidth=_BAR, invalid="filter")
    else:
        between = chart.mark_area(color=CURRENT, opacity=_PALE, invalid="break-paths-filter-domains")
    labelled = chart.mark_point(color=INK, filled=True, shape="diamond", size=_LABELLED, opacity=1, invalid="filter")
    return specification(
        between.encode(y=up("low"), y2="high:Q"),
        chart.mark_line(color=BASELINE, strokeWidth=2, invalid="filter").encode(y=up("baseline")),
        *through_days(chart.encode(y=up("value")), len(days), every, _WORDS, alt.value(_POINT)),
        *([labelled.encode(y=up("labelled"))] if any("labelled" in row for row in data.values) else []),
        height=_HEIGHT,
    )


def _row(day: HistoryDay, every: str) -> dict[str, Any]:
    """A day without an estimate breaks the line."""
    own: dict[str, Any] = {**day.get("accuracy_estimate", {})}
    known = {name: own[key] for name, key in _KEYS.items() if key in own}
    return {"value": None, "noon": times(day["date"], every)["noon"], **known}
