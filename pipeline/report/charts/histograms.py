"""Two histograms over each other: fewer bins, shares for counts, so that unequal sample sizes compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from pipeline.report.charts.figure import BASELINE, CURRENT, rows, specification

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Histogram:
    """Shares of the whole in equal bins over [low, high], and the mean of what was counted."""

    shares: Sequence[float]
    mean: float
    low: float = 0.0
    high: float = 1.0


def shares(counts: Sequence[int], bins: int) -> list[float]:
    """The share of all that was counted in each of at most so many equal bins; zeros where nothing was.

    Neighbouring bins are joined whole, so the number is the largest that divides the bins there are.
    """
    joined = next(number for number in range(min(bins, len(counts)), 0, -1) if len(counts) % number == 0)
    sums = np.asarray(counts, dtype=np.int64).reshape(joined, -1).sum(axis=1)
    return [float(value) for value in sums / max(1, sums.sum())]


def overlay(
    baseline: Histogram, current: Histogram, *, title: str, height: int, top: float | None = None
) -> dict[str, Any]:
    """Draws the baseline as an area, the current set as a line over it, and both means as upright rules.

    Args:
        baseline: The filled one.
        current: The outlined one.
        title: The name of the horizontal axis.
        height: The height of the plot in pixels.
        top: The upper end of the vertical axis, to draw several to one scale.
    """
    scale = alt.Scale(domain=[baseline.low, baseline.high], nice=False)
    chart = alt.Chart(rows([*_steps("baseline", baseline), *_steps("current", current)])).encode(
        x=alt.X("value:Q", title=title, scale=scale, axis=alt.Axis(grid=False, tickCount=5)),
        y=alt.Y("share:Q", title=None, scale=_up_to(top), axis=alt.Axis(format="~%", tickCount=4), stack=None),
    )
    area = chart.transform_filter("datum.series === 'baseline'")
    line = chart.transform_filter("datum.series === 'current'")
    return specification(
        area.mark_area(interpolate="step-after", color=BASELINE, opacity=0.45),
        line.mark_line(interpolate="step-after", color=CURRENT, strokeWidth=1.75),
        _mean(baseline.mean, BASELINE, scale),
        _mean(current.mean, CURRENT, scale),
        height=height,
    )


def _steps(series: str, histogram: Histogram) -> list[dict[str, Any]]:
    """A row at the left edge of each bin, and one that closes the last bin on its right."""
    edges = np.linspace(histogram.low, histogram.high, len(histogram.shares) + 1)
    heights = [*histogram.shares, histogram.shares[-1]]
    return [
        {"series": series, "value": float(edge), "share": height} for edge, height in zip(edges, heights, strict=True)
    ]


def _mean(value: float, colour: str, scale: alt.Scale) -> alt.Chart:
    mean = alt.Chart(rows([{"mean": value}])).mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=1.5)
    upright: alt.Chart = mean.encode(x=alt.X("mean:Q", scale=scale))
    return upright


def _up_to(top: float | None) -> alt.Scale:
    return alt.Scale() if not top else alt.Scale(domain=[0, top], nice=True)
