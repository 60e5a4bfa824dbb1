"""What the model says it sees: the share of each predicted class, before and now."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.report.charts.figure import BASELINE, CURRENT, LINE, SOFT_INK, Figure, rows, specification
from pipeline.report.words import counted, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.documents import DriftReport, Predictions

_SHOWN = 15
_ROW_HEIGHT = 21


@dataclass(frozen=True, slots=True)
class ClassShare:
    """The share of one class, or of several together, among all predictions."""

    label: str
    baseline: float
    current: float
    together: bool = False

    @property
    def change(self) -> float:
        """How far the share moved, in either direction."""
        return abs(self.current - self.baseline)


def class_figure(report: DriftReport) -> Figure | None:
    """The classes whose share changed most, the rest as one; None where either set has no predictions."""
    baseline, current = report["baseline"].get("predictions"), report["current"].get("predictions")
    if baseline is None or current is None:
        return None
    shown = class_shares(baseline, current)
    return Figure("chart-classes", "Predicted classes", _caption(shown), _spec(shown)) if shown else None


def class_shares(baseline: Predictions, current: Predictions) -> list[ClassShare]:
    """The largest changes first, then one row for all other classes where there are any."""
    before, now = baseline["class_distribution"], current["class_distribution"]
    labels = _labels({*before, *now}, {**baseline.get("class_names", {}), **current.get("class_names", {})})
    all_before, all_now = max(1, sum(before.values())), max(1, sum(now.values()))
    found = [
        ClassShare(label, before.get(index, 0) / all_before, now.get(index, 0) / all_now)
        for index, label in labels.items()
    ]
    found.sort(key=lambda one: (-one.change, one.label))
    return [*found[:_SHOWN], *_together(found[_SHOWN:])]


def _labels(indices: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """A label for each class, never the same one twice: two rows of a chart would become one."""
    plain = {index: names.get(index) or f"class {index}" for index in indices}
    times = Counter(plain.values())
    return {index: f"{label} (class {index})" if times[label] > 1 else label for index, label in plain.items()}


def _together(rest: Sequence[ClassShare]) -> list[ClassShare]:
    if not rest:
        return []
    label = f"other ({counted(len(rest), 'class')})"
    return [ClassShare(label, sum(one.baseline for one in rest), sum(one.current for one in rest), together=True)]


def _caption(shown: Sequence[ClassShare]) -> str:
    first = shown[0]
    if first.change == 0:
        return "No class changed its share."
    before, now = share(first.baseline), share(first.current)
    return f"The largest change: {first.label}, {before} in the baseline, {now} now."


def _spec(shown: Sequence[ClassShare]) -> dict[str, Any]:
    """One row a class: a hollow mark for the baseline, a filled one for now, and a line that joins them.

    What all other classes have together is written out: of 1000 classes it is most of the whole, and on
    one scale with the others it would press them flat.
    """
    axis = alt.Axis(labelLimit=130, labelPadding=10, grid=False)
    percent = alt.Axis(format="~%", tickCount=5)
    everything = alt.Chart(rows([asdict(one) for one in shown])).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=axis),
        tooltip=[
            alt.Tooltip("label:N", title="Class"),
            alt.Tooltip("baseline:Q", title="Baseline", format=".1%"),
            alt.Tooltip("current:Q", title="Current", format=".1%"),
        ],
    )
    chart = everything.transform_filter("!datum.together")
    across = alt.X("baseline:Q", title="share of predictions", axis=percent)
    joined = chart.mark_rule(color=LINE, strokeWidth=3).encode(x=across, x2="current:Q")
    before = chart.mark_point(color=BASELINE, size=70, strokeWidth=2, opacity=1).encode(x=across)
    now = chart.mark_point(color=CURRENT, size=70, filled=True, opacity=1).encode(x="current:Q")
    words = everything.transform_filter("datum.together").transform_calculate(
        words="format(datum.baseline, '.1%') + ' \N{RIGHTWARDS ARROW} ' + format(datum.current, '.1%')"
    )
    rest = words.mark_text(color=SOFT_INK, align="left", x=0, dx=4, fontSize=12).encode(text="words:N")
    return specification(joined, before, now, rest, height=_ROW_HEIGHT * len(shown))
