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
class Key:
    """What stands above a chart of two series: the number of each, and what lies between them.

    Attributes:
        baseline: The baseline's number, as text.
        current: The current set's.
        change: The difference, or "" where there is none to tell.
    """

    baseline: str = ""
    current: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart as it stands on the page.

    Attributes:
        name: Its name in the page's markup.
        title: What it shows.
        caption: The main numbers in words: its alternative text.
        spec: The Vega-Lite specification with its data.
        key: Of a chart that shows a baseline and a current set.
        small: Whether it always stands in a row of several, so that one narrow drawing does.
    """

    name: str
    title: str
    caption: str
    spec: dict[str, Any]
    key: Key | None = None
    small: bool = False


def rows(values: Sequence[Mapping[str, Any]]) -> alt.InlineData:
    """Rows as a chart's data, their numbers in five digits: no screen shows more, and they are most of a page."""
    return alt.InlineData(values=[{name: _rounded(one) for name, one in value.items()} for value in values])


def _rounded(value: object) -> object:
    return float(f"{value:.5g}") if isinstance(value, float) else value


def specification(*layers: Layer, height: int, left: int = 0, top: int = 4) -> dict[str, Any]:
    """The layers as one chart as wide as its place on the page, less its margins.

    Colours are references to the style sheet: one chart then serves light, dark and paper. The address of the
    schema is left out, because the page has no use for the network.

    Args:
        layers: The first below the others.
        height: Of the plot, in pixels.
        left: The margin on its left, in pixels.
        top: The margin above it, in pixels.
    """
    # Checking it against the schema of Vega-Lite is half the time of a page, and says what the tests say.
    spec: dict[str, Any] = alt.layer(*layers).properties(width="container", height=height).to_dict(validate=False)
    del spec["$schema"]
    return {**spec, "config": _config(left, top)}


def _config(left: int, top: int) -> dict[str, Any]:
    font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
    return {
        "background": "transparent",
        "font": font,
        "aria": False,
        "padding": {"left": left, "right": 4, "top": top, "bottom": 0},
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
