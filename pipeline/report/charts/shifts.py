"""How far the mean of every feature moved, against what chance alone would move it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import altair as alt

from pipeline.report.charts.figure import BAND, CURRENT, SOFT_INK, Figure, rows, specification
from pipeline.report.words import counted, signed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftReport, FeatureShift

_ROW_HEIGHT = 21


def shift_figure(report: DriftReport) -> Figure | None:
    """Bars in baseline standard deviations over the band of chance; None where no feature was compared."""
    shifts = report["feature_shifts"]
    return Figure("chart-shifts", "Feature shifts", _caption(shifts), _spec(shifts)) if shifts else None


def _caption(shifts: Sequence[FeatureShift]) -> str:
    first, moved = shifts[0], [one for one in shifts if one["significant"]]
    if not moved:
        return f"None of {counted(len(shifts), 'feature')} moved beyond chance."
    return (
        f"{len(moved)} of {counted(len(shifts), 'feature')} moved beyond chance; the furthest, "
        f"{_label(first)}, by {signed(first['shift'])} standard deviations of the baseline."
    )


def _spec(shifts: Sequence[FeatureShift]) -> dict[str, Any]:
    axis = alt.Axis(labelLimit=130, grid=False, labelPadding=10)
    chart = alt.Chart(rows([_row(one) for one in shifts])).encode(
        y=alt.Y("label:N", sort=None, title=None, axis=axis, scale=alt.Scale(paddingInner=0, paddingOuter=0)),
        tooltip=[
            alt.Tooltip("label:N", title="Feature"),
            alt.Tooltip("shift:Q", title="Shift", format="+.3f"),
            alt.Tooltip("noise_floor:Q", title="Chance", format=".3f"),
        ],
    )
    across = alt.X("lowest:Q", title="baseline standard deviations", axis=alt.Axis(tickCount=6))
    band = chart.mark_bar(color=BAND).encode(x=across, x2="noise_floor:Q")
    strength = alt.condition("datum.significant", alt.value(1), alt.value(0.4))
    bar = chart.mark_bar(color=CURRENT, height={"band": 0.46}).encode(x="shift:Q", opacity=strength)
    zero = alt.Chart(rows([{"zero": 0}])).mark_rule(color=SOFT_INK).encode(x="zero:Q")
    return specification(band, bar, zero, height=_ROW_HEIGHT * len(shifts))


def _row(shift: FeatureShift) -> dict[str, Any]:
    return {
        "label": _label(shift),
        "shift": shift["shift"],
        "noise_floor": shift["noise_floor"],
        "lowest": -shift["noise_floor"],
        "significant": shift["significant"],
    }


def _label(shift: FeatureShift) -> str:
    return shift["feature"].replace("_", " ")
