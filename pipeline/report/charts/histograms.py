"""Two histograms over each other: fewer bins, shares for counts, so that unequal sample sizes compare."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np

from pipeline.report.charts.figure import BASELINE, CURRENT, INK, rows, specification

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import FeatureProfile

_TAIL = 0.001
"""The share of the values on either side for which no room is made: a single far one would press all others flat."""

_ARROW = -9
"""Where the arrow from mean to mean stands, in pixels below the top of the plot."""


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


def focused(baseline: FeatureProfile, current: FeatureProfile, bins: int) -> tuple[Histogram, Histogram] | None:
    """The two histograms of a feature over the range in which nearly all values of both lie.

    Args:
        baseline: The feature's profile.
        current: The same of the current set.
        bins: How many to draw at most.

    Returns:
        The baseline's and the current one; None where the two have other bins, or nothing was counted.
    """
    before, now = (np.asarray(one["histogram"], dtype=np.int64) for one in (baseline, current))
    edges = {(one["low"], one["high"], len(one["histogram"])) for one in (baseline, current)}
    if len(edges) > 1 or not before.sum() or not now.sum():
        return None
    low, high, count = edges.pop()
    first, last = _busy(before / before.sum() + now / now.sum())
    width = -(-(last - first) // bins)
    first = max(0, min(first, count - width * -(-(last - first) // width)))
    starts = range(first, last, width)
    step = (high - low) / count
    own = [
        Histogram(
            [float(counts[at : at + width].sum() / counts.sum()) for at in starts],
            profile["mean"],
            low + step * first,
            low + step * (first + width * len(starts)),
        )
        for counts, profile in ((before, baseline), (now, current))
    ]
    return own[0], own[1]


def _busy(both: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[int, int]:
    """The first bin with more than the tail on its left, and the end of the last with more than it on its right."""
    below = np.cumsum(both) / both.sum()
    first = int(np.searchsorted(below, _TAIL, side="right"))
    last = int(np.searchsorted(below, 1 - _TAIL, side="left")) + 1
    return max(0, first - 1), min(len(both), last + 1)


def overlay(
    baseline: Histogram, current: Histogram, *, title: str, height: int, top: float | None = None
) -> dict[str, Any]:
    """Draws the baseline as an area, the current set as a line over it, both means, and an arrow between these.

    Args:
        baseline: The filled one.
        current: The outlined one.
        title: The name of the horizontal axis.
        height: The height of the plot in pixels.
        top: The upper end of the vertical axis, to draw several to one scale.
    """
    scale = alt.Scale(domain=[baseline.low, baseline.high], nice=False, clamp=True)
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
        *_arrow(baseline.mean, current.mean, scale),
        height=height,
        top=16,
    )


def _steps(series: str, histogram: Histogram) -> list[dict[str, Any]]:
    """A row at the left edge of each bin, and one that closes the last bin on its right."""
    edges = np.linspace(histogram.low, histogram.high, len(histogram.shares) + 1)
    heights = [*histogram.shares, histogram.shares[-1]]
    return [
        {"series": series, "value": float(edge), "share": height} for edge, height in zip(edges, heights, strict=True)
    ]


def _mean(value: float, colour: str, scale: alt.Scale) -> alt.Chart:
    mean = alt.Chart(rows([{"mean": value}])).mark_rule(color=colour, strokeDash=[4, 3], strokeWidth=2)
    upright: alt.Chart = mean.encode(x=alt.X("mean:Q", scale=scale))
    return upright


def _arrow(before: float, now: float, scale: alt.Scale) -> list[alt.Chart]:
    if before == now:
        return []
    chart = alt.Chart(rows([{"before": before, "now": now}]))
    shape = "triangle-right" if now > before else "triangle-left"
    return [
        chart.mark_rule(color=INK, y=_ARROW).encode(x=alt.X("before:Q", scale=scale), x2="now:Q"),
        chart.mark_point(color=INK, filled=True, shape=shape, size=55, y=_ARROW, opacity=1).encode(
            x=alt.X("now:Q", scale=scale)
        ),
    ]


def _up_to(top: float | None) -> alt.Scale:
    return alt.Scale() if not top else alt.Scale(domain=[0, top], nice=True)
