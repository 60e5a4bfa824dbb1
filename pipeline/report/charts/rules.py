"""What the three rules judge, day by day: the quantity, the baseline, the band of chance around it, the threshold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import altair as alt

from pipeline.report.charts.calendar import across, through_days, times
from pipeline.report.charts.days import MARGIN
from pipeline.report.charts.figure import BAND, BASELINE, SOFT_INK, Figure, rows, specification
from pipeline.report.words import counted, number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.documents import DayJudgement, HistoryDay, HistoryDocument

_HEIGHT = 110
_POINT, _FIRED = 45, 130
_WORDS = {"": "value", "baseline": "baseline", "chance": "floor"}

Rule = Literal["pixel_drift", "confidence_drift", "class_distribution_drift"]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A rule as it is drawn.

    Attributes:
        rule: Its key among a day's judgements.
        quantity: What is drawn of a day.
        title: What that is.
        baseline: Its value in the history's baseline, for days that do not say their own.
    """

    rule: Rule
    quantity: Literal["pixel_mean", "mean_confidence", "total_variation_distance"]
    title: str
    baseline: float | None


def rule_figures(history: HistoryDocument) -> list[Figure]:
    """Pixel mean, confidence and class distance, those that the days have."""
    predictions = history["baseline"].get("predictions")
    pixels = history["baseline"]["input_distribution"]["pixel_statistics"]["overall"]["mean"]
    confidence = predictions["confidence_statistics"]["mean"] if predictions else None
    drawn = [
        _Drawn("pixel_drift", "pixel_mean", "Mean pixel", pixels),
        _Drawn("confidence_drift", "mean_confidence", "Mean confidence", confidence),
        _Drawn("class_distribution_drift", "total_variation_distance", "Distance between predicted classes", 0.0),
    ]
    figures = (_figure(one, history["days"], history.get("every", "day")) for one in drawn)
    return [one for one in figures if one is not None]


def _figure(own: _Drawn, days: Sequence[HistoryDay], every: str) -> Figure | None:
    measured = [day for day in days if own.quantity in day]
    if not measured or own.baseline is None:
        return None
    spec = _spec(own, days, every, own.baseline)
    caption = _caption(own, measured, every, own.baseline)
    return Figure(f"chart-{own.quantity.replace('_', '-')}", own.title, caption, spec)


def _row(own: _Drawn, day: HistoryDay, every: str, baseline: float) -> dict[str, Any]:
    """A day without the quantity breaks the line; one of an older version has no band."""
    row = {"value": day.get(own.quantity), "noon": times(day["date"], every)["noon"]}
    if own.quantity not in day:
        return row
    judged = _judged(own, day)
    if judged is None:
        return {**row, "baseline": baseline}
    fired = {"fired": True} if day["drift_summary"][own.rule] else {}
    return {**row, "baseline": judged["baseline"], "floor": judged["noise_floor"], **fired}


def _judged(own: _Drawn, day: HistoryDay) -> DayJudgement | None:
    return day.get("judgements", {}).get(own.rule)


def _caption(own: _Drawn, days: Sequence[HistoryDay], every: str, baseline: float) -> str:
    def held_against(day: HistoryDay) -> tuple[float, float]:
        judged = _judged(own, day)
        return (judged["baseline"], judged["noise_floor"]) if judged else (baseline, 0.0)

    def beyond(day: HistoryDay) -> float:
        middle, floor = held_against(day)
        return abs(day[own.quantity] - middle) - floor

    furthest = max(days, key=beyond)
    middle, floor = held_against(furthest)
    of = f" (baseline {number(middle)})" if middle else ""
    where = f"{own.title}: furthest from the baseline on {furthest['date']}, at {number(furthest[own.quantity])}{of}"
    if _judged(own, furthest) is None:
        return f"{where}."
    by_chance = f"{where}, where chance alone moves it by up to {number(floor)}"
    fired = sum(day["drift_summary"][own.rule] for day in days)
    what = by_chance if beyond(furthest) > 0 else f"{own.title}: always within chance"
    return f"{what}; the rule fired on {counted(fired, every) if fired else f'no {every}'}."


def _spec(own: _Drawn, days: Sequence[HistoryDay], every: str, baseline: float) -> dict[str, Any]:
    axis = alt.Axis(tickCount=4, minExtent=MARGIN, maxExtent=MARGIN)
    scale = alt.Scale(zero=not baseline, padding=8)
    data = rows([_row(own, day, every, baseline) for day in days])
    chart = alt.Chart(data).encode(x=across([day["date"] for day in days], "noon", every))

    def up(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q", title=None, scale=scale, axis=axis)

    size = alt.condition("datum.fired", alt.value(_FIRED), alt.value(_POINT))
    judged = next((one for day in days if (one := _judged(own, day)) is not None), None)
    known = [] if judged is None else [_band(chart, up), *_limits(chart, up, judged["threshold"], both=bool(baseline))]
    return specification(
        *known,
        chart.mark_line(color=BASELINE, strokeWidth=2, invalid="filter").encode(y=up("baseline")),
        *through_days(chart.encode(y=up("value")), len(days), every, _WORDS, size),
        height=_HEIGHT,
    )


def _band(chart: alt.Chart, up: Callable[[str], alt.Y]) -> alt.Chart:
    """What chance does on each day; all three quantities lie in [0, 1]."""
    ends = {"low": "max(0, datum.baseline - datum.floor)", "high": "min(1, datum.baseline + datum.floor)"}
    area: alt.Chart = chart.mark_area(color=BAND, invalid="break-paths-filter-domains").encode(y=up("low"), y2="high:Q")
    return area.transform_calculate(**ends)


def _limits(chart: alt.Chart, up: Callable[[str], alt.Y], threshold: float, *, both: bool) -> list[alt.Chart]:
    """The threshold above each day's baseline, and below it; a distance has none below."""
    return [
        chart.transform_calculate(limit=f"datum.baseline + {by!r}")
        .mark_line(color=SOFT_INK, strokeWidth=1, strokeDash=[6, 4], invalid="filter")
        .encode(y=up("limit"))
        for by in ((threshold, -threshold) if both else (threshold,))
    ]
