"""The features that changed: the path of each over the days, the band of chance, and the first days of its changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.compare.changes import named_changes
from pipeline.errors import DocumentError
from pipeline.report.charts.calendar import across, through_days, times
from pipeline.report.charts.days import MARGIN
from pipeline.report.charts.figure import BAND, BASELINE, SOFT_INK, Figure, rows, specification
from pipeline.report.profiles import telling
from pipeline.report.words import counted, number, sentence, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import FeatureChange, FeaturePath, HistoryDocument

MOST_PATHS = 6
"""Features whose paths are drawn, those that changed most; the document has them all."""

_HEIGHT = 110
_MOST_CHANGES = 100
_POINT = 30
_WORDS = {"effect": "value", "chance": "floor"}


def path_figures(history: HistoryDocument) -> list[Figure]:
    """One for each of the features that changed most, those that people look at first before the others.

    Raises:
        DocumentError: A path has more of one quantity than of another, or nothing.
    """
    changes, paths = history.get("changes", []), dict(map(_named, history.get("paths", [])))
    largest = dict[str, float]()
    for one in named_changes(changes):
        if one["feature"] in paths:
            largest[one["feature"]] = max(largest.get(one["feature"], 0.0), one["largest_effect"])
    names = sorted(largest, key=lambda name: (not telling(name), -largest[name] / (paths[name]["threshold"] or 1)))[
        :MOST_PATHS
    ]
    return [
        _figure(at, paths[name], [one for one in changes if one["feature"] == name], history)
        for at, name in enumerate(names, start=1)
    ]


def _named(path: FeaturePath) -> tuple[str, FeaturePath]:
    lengths = {len(one) for one in (path["dates"], path["effects"], path["noise_floors"], path["drifted"])}
    if len(lengths) > 1 or 0 in lengths:
        raise DocumentError(f"the path of {path['feature']} in the document is damaged; make the history again")
    return path["feature"], path


def _figure(at: int, path: FeaturePath, changes: Sequence[FeatureChange], history: HistoryDocument) -> Figure:
    title = sentence(spoken(path["feature"]))
    peak, date = max(zip(path["effects"], path["dates"], strict=True))
    first = changes[0]["since"]
    caption = (
        f"{title}: beyond chance and above its threshold of {number(path['threshold'])} on "
        f"{counted(sum(path['drifted']), history.get('every', 'day'))}, first on {first}; the largest on {date}, "
        f"{number(peak)}."
    )
    return Figure(f"chart-path-{at}", title, caption, _spec(path, changes, history))


def _spec(path: FeaturePath, changes: Sequence[FeatureChange], history: HistoryDocument) -> dict[str, Any]:
    every, dates = history.get("every", "day"), [day["date"] for day in history["days"]]
    values = dict(zip(path["dates"], zip(path["effects"], path["noise_floors"], strict=True), strict=True))
    data = []
    for date in dates:
        effect, floor = values.get(date, (None, None))  # a day without them breaks the line and the band
        data.append({"value": effect, "floor": floor, "noon": times(date, every)["noon"]})
    axis = alt.Axis(tickCount=4, minExtent=MARGIN, maxExtent=MARGIN)
    up = alt.Y("value:Q", title=None, scale=alt.Scale(zero=True, padding=8), axis=axis)
    chart = alt.Chart(rows(data)).encode(x=across(dates, "noon", every))
    began = rows([{"noon": times(one["since"], every)["noon"]} for one in changes[:_MOST_CHANGES]])
    return specification(
        chart.mark_area(color=BAND, invalid="break-paths-filter-domains").encode(y=alt.Y("floor:Q"), y2=alt.Y2Datum(0)),
        alt.Chart(rows([{"value": path["threshold"]}])).mark_rule(color=BASELINE, strokeDash=[6, 4]).encode(y=up),
        alt.Chart(began).mark_rule(color=SOFT_INK).encode(x=across(dates, "noon", every)),
        *through_days(chart.encode(y=up), len(dates), every, _WORDS, alt.value(_POINT)),
        height=_HEIGHT,
    )
