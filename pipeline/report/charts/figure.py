"""A chart with its name and its words, and what all charts share: two series, one type, quiet axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import altair as alt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASELINE = "var(--baseline)"
CURRENT = "var(--current)"
INK = "var(--ink)"
SOFT_INK = "var(--soft-ink)"
LINE = "var(--line)"
BAND = "var(--band)"

Layer: TypeAlias = alt.Chart | alt.LayerChart


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as it stands on the page.

    Attributes:
        name: Its name in the page's markup.
        title: What it shows.
        caption: The main numbers in words: its alternative text.
        spec: The Vega-Lite specification with its data.
    """

    name: str
    title: str
    caption: str
    spec: dict[str, Any]


def rows(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as a chart's data."""
    return alt.InlineData(values=[dict(value) for value in values])


def specification(*layers: Layer, height: int, left: int = 0) -> dict[str, Any]:
    """The layers as one chart as wide as its place on the page, less a margin on the left.

    Colours are references to the style sheet: one chart then serves light, dark and paper. The address of the
    schema is left out, because the page has no use for the network.
    """
    spec: dict[str, Any] = alt.layer(*layers).properties(width="container", height=height).to_dict()
    del spec["$schema"]
    return {**spec, "config": _config(left)}


def _config(left: int) -> dict[str, Any]:
    font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
    return {
        "background": "transparent",
        "font": font,
        "aria": False,
        "padding": {"left": left, "right": 4, "top": 4, "bottom": 0},
        "view": {"stroke": None},
        "axis": {
            "labelColor": SOFT_INK,
            "labelFontSize": 12,
            "titleColor": SOFT_INK,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "titlePadding": 8,
            "gridColor": LINE,
            "domainColor": LINE,
            "tickColor": LINE,
            "tickSize": 4,
            "labelPadding": 5,
        },
        "axisY": {"domain": False, "ticks": False},
    }
