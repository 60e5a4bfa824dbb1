"""Two distributions as two small outlines over each other, which the page draws without a script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.charts.histograms import focused
from pipeline.report.profiles import category_counts, number_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftReport

WIDTH, HEIGHT = 96, 24
"""Of the drawing, in its own units."""

_BINS = 32
_VALUES = 12


@dataclass(frozen=True, slots=True)
class Sparkline:
    """SVG paths: the baseline to be filled, the current set to be outlined."""

    baseline: str
    current: str


def sparkline(report: DriftReport, feature: str) -> Sparkline | None:
    """The distributions of a feature in both sets; None where the report does not hold them."""
    pair = _shares(report, feature)
    top = max((*pair[0], *pair[1]), default=0.0) if pair else 0.0
    if pair is None or not top:
        return None
    return Sparkline(f"{_outline(pair[0], top)}V{HEIGHT}Z", _outline(pair[1], top))


def _shares(report: DriftReport, feature: str) -> tuple[Sequence[float], Sequence[float]] | None:
    before, now = (number_profile(report[side], feature) for side in ("baseline", "current"))
    if before and now:
        pair = focused(before, now, _BINS)
        return None if pair is None else (pair[0].shares, pair[1].shares)
    return _of_values(*(category_counts(report[side], feature) for side in ("baseline", "current")))


def _of_values(before: dict[str, int], now: dict[str, int]) -> tuple[Sequence[float], Sequence[float]] | None:
    """The values that most images have, in the same order for both."""
    if not before or not now:
        return None
    totals = sum(before.values()) or 1, sum(now.values()) or 1
    both = {one: (before.get(one, 0) / totals[0], now.get(one, 0) / totals[1]) for one in (*before, *now)}
    largest = sorted(both.values(), key=lambda one: -max(one))[:_VALUES]
    return [one[0] for one in largest], [one[1] for one in largest]


def _outline(shares: Sequence[float], top: float) -> str:
    """Steps from the lower left corner, a pixel of room above the highest."""
    step = WIDTH / len(shares)
    points = [f"M0 {HEIGHT}"]
    for at, share in enumerate(shares, start=1):
        points.append(f"V{HEIGHT - share / top * (HEIGHT - 1):.3g}H{at * step:.3g}")
    return "".join(points)
