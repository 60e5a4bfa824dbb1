"""The share of each value before and now, the largest changes first, the rest as one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.report.charts.figure import BASELINE, CURRENT, LINE, SOFT_INK, rows, specification
from pipeline.report.words import counted, share, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SHOWN = 15
_ROW_HEIGHT = 21
_WIDER_LETTERS = 16
"""Pixels left of the labels, for letters of readers that are wider than those that they were measured with."""


@dataclass(frozen=True, slots=True)
class ValueShare:
    """The share of one value, or of several together, among all."""

    label: str
    baseline: float
    current: float
    together: bool = False

    @property
    def words(self) -> str:
        """What its marks say when they are pointed at."""
        return f"{self.label}: {share(self.baseline)} in the baseline, {share(self.current)} now"

    @property
    def change(self) -> float:
        """How far the share moved, in either direction."""
        return abs(self.current - self.baseline)


def value_shares(
    before: Mapping[str, int], now: Mapping[str, int], labels: Mapping[str, str], noun: str
) -> list[ValueShare]:
    """The largest changes first, then one row for all other values where there are any.

    Args:
        before: The baseline's count of each value.
        now: The current set's.
        labels: What each value of either is called, no two of them the same.
        noun: What one value is called.
    """
    all_before, all_now = max(1, sum(before.values())), max(1, sum(now.values()))
    found = [
        ValueShare(label, before.get(value, 0) / all_before, now.get(value, 0) / all_now)
        for value, label in labels.items()
    ]
    found.sort(key=lambda one: (-one.change, one.label))
    return [*found[:_SHOWN], *_together(found[_SHOWN:], noun)]


def _together(rest: Sequence[ValueShare], noun: str) -> list[ValueShare]:
    if not rest:
        return []
    label = f"other ({counted(len(rest), noun)})"
    return [ValueShare(label, sum(one.baseline for one in rest), sum(one.current for one in rest), together=True)]


def shares_caption(shown: Sequence[ValueShare], nothing: str) -> str:
    """The largest change in words, or that there was none."""
    first = shown[0]
    if first.change == 0:
        return nothing
    before, now = share(first.baseline), share(first.current)
    return f"The largest change: {shortened(first.label)}, {before} in the baseline, {now} now."


def shares_spec(shown: Sequence[ValueShare], title: str) -> dict[str, Any]:
    """One row a value: a hollow mark for the baseline, a filled one for now, and a line that joins them.

    What all other values have together is written out: of 1000 classes it is most of the whole, and on
    one scale with the others it would press them flat.
    """
    axis = alt.Axis(labelLimit=130, labelPadding=10, grid=False)
    percent = alt.Axis(format="~%", tickCount=5)
    everything = alt.Chart(rows([{**asdict(one), "words": one.words} for one in shown])).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=axis),
    )
    chart = everything.transform_filter("!datum.together")
    across = alt.X("baseline:Q", title=title, axis=percent)
    joined = chart.mark_rule(color=LINE, strokeWidth=3).encode(x=across, x2="current:Q")
    before = chart.mark_point(color=BASELINE, size=70, strokeWidth=2, opacity=1, aria=True).encode(
        x=across, description="words:N"
    )
    now = chart.mark_point(color=CURRENT, size=70, filled=True, opacity=1, aria=True).encode(
        x="current:Q", description="words:N"
    )
    words = everything.transform_filter("datum.together").transform_calculate(
        both="format(datum.baseline, '.1%') + ' \N{RIGHTWARDS ARROW} ' + format(datum.current, '.1%')"
    )
    rest = words.mark_text(color=SOFT_INK, align="left", x=0, dx=4, fontSize=12).encode(text="both:N")
    return specification(joined, before, now, rest, height=_ROW_HEIGHT * len(shown), left=_WIDER_LETTERS)
