"""Charts as SVG that needs no script: drawn once for each kind of room that a page may have for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from markupsafe import Markup

from pipeline.report.words import printable

if TYPE_CHECKING:
    from pipeline.report.charts.figure import Figure

WIDTHS = {"narrow": 330, "middle": 540, "wide": 860}
"""Pixels. The style sheet shows the drawing that fits, and stretches or shrinks it by a third at most, so that its
letters stay about as large as those around it."""

_SVG = "{http://www.w3.org/2000/svg}"
_LABEL = "aria-label"
_DEFAULTS = {"opacity": "1", "stroke-width": "1", "font-weight": "normal"}
_NEEDLESS = {"class", "role", "pointer-events", "font-family"}
"""What the style sheet says for all drawings, or nobody asks for."""
_FRACTION = re.compile(r"\d+\.\d{2,}")
_BETWEEN = re.compile(r"(,(-?[\d.]+))(?:L-?[\d.]+,\2(?![\d.]))+(?=L-?[\d.]+,\2(?![\d.]))")
"""After a point of a line, others of the same height that have one more of it behind them."""
_GROUPS = {f"{_SVG}g", f"{_SVG}svg"}


def drawings(figure: Figure) -> Markup:
    """The drawings of a chart, one for each of `WIDTHS`, with what marks say when they are pointed at.

    Args:
        figure: Marks of its specification that have a description are given it as their title. One that is small is
            drawn narrow alone.

    Returns:
        SVG elements of the classes `narrow`, `middle` and `wide`.
    """
    widths = {"narrow": WIDTHS["narrow"]} if figure.small else WIDTHS
    return Markup("").join(Markup(_drawn(figure.spec, name, width)) for name, width in widths.items())  # noqa: S704


def _drawn(spec: dict[str, Any], name: str, width: int) -> str:
    import vl_convert

    fitted = {**_plain(spec), "width": width, "autosize": {"type": "fit-x", "contains": "padding"}}
    drawing = ET.fromstring(vl_convert.vegalite_to_svg(fitted))  # noqa: S314 - of our own making
    _tidy(drawing)
    drawing.attrib = {"class": name, "viewBox": drawing.attrib["viewBox"]}
    text = ET.tostring(drawing, encoding="unicode", short_empty_elements=True)
    return text.replace(f' xmlns:ns0="{_SVG[1:-1]}"', "").replace("ns0:", "")


def _tidy(element: ET.Element) -> None:
    """Take out what is not seen, and let what marks say be their titles."""
    for child in list(element):
        _tidy(child)
        own = child.attrib
        if own.get("class") in {"background", "foreground"} or (child.tag in _GROUPS and not len(child)):
            element.remove(child)
            continue
        label = own.get(_LABEL, "") if child.tag not in _GROUPS else ""
        child.attrib = {key: _short(value) for key, value in own.items() if not _needless(key, value)}
        if label:
            ET.SubElement(child, f"{_SVG}title").text = label


def _needless(key: str, value: str) -> bool:
    return key.startswith("aria-") or key in _NEEDLESS or _DEFAULTS.get(key) == value


def _short(value: str) -> str:
    """Coordinates to a tenth of a pixel, and of a level stretch its two ends: they are most of a drawing."""
    return _BETWEEN.sub(r"\1", _FRACTION.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value))


def _plain(value: Any) -> Any:
    """The same with texts that XML can hold."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return printable(value) if isinstance(value, str) else value
