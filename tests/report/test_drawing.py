"""Charts are drawn for every kind of room, from the page's own numbers and as nothing but shapes and text."""

from __future__ import annotations

import inspect
from xml.etree import ElementTree as ET

import altair as alt
import pytest
import vl_convert

from pipeline.report.charts.classes import class_figure
from pipeline.report.charts.confidence import confidence_figure
from pipeline.report.charts.drawing import WIDTHS, drawings
from pipeline.report.charts.figure import Figure, rows, specification
from pipeline.report.charts.pixels import pixel_figures
from tests.report.sample import sample_report

_SEEN = {"svg", "g", "path", "line", "rect", "text", "title"}


def _drawn(figure: Figure) -> list[ET.Element]:
    return list(ET.fromstring(f"<all>{drawings(figure)}</all>"))  # noqa: S314


def test_each_width_has_a_drawing_that_wide() -> None:
    """By its class, which the style sheet chooses by, and its own scale."""
    figure = confidence_figure(sample_report())
    assert figure is not None
    found = {one.attrib["class"]: float(one.attrib["viewBox"].split()[2]) for one in _drawn(figure)}
    assert found == WIDTHS
    assert [len(_drawn(one)) for one in pixel_figures(sample_report())] == [1, 1, 1]


def test_drawing_again_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """To the letter, whatever was drawn between: pages are compared by their bytes, and tests draw each chart once."""
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", inspect.unwrap(vl_convert.vegalite_to_svg))
    figures = [*pixel_figures(sample_report()), confidence_figure(sample_report()), class_figure(sample_report())]
    first, again = ([drawings(one) for one in figures if one is not None] for _ in range(2))
    assert len(first) == 5
    assert first == again


def test_both_means_stand_where_they_are_on_the_axis() -> None:
    """0.92 and 0.77 on a scale from 0 to 1, in pixels of the plot."""
    figure = confidence_figure(sample_report())
    assert figure is not None
    wide = _drawn(figure)[-1]
    dashed = [one for one in wide.iter("line") if "stroke-dasharray" in one.attrib]
    places = [float(one.attrib["transform"].removeprefix("translate(").split(",")[0]) for one in dashed]
    [right] = {float(one.attrib["x2"]) for one in wide.iter("line") if one.attrib.get("x2", "0") > "1"} & {
        max(float(one.attrib.get("x2", 0)) for one in wide.iter("line"))
    }
    assert [place / right for place in places] == pytest.approx([0.92, 0.77], abs=0.002)


def test_a_level_stretch_is_drawn_by_its_two_ends() -> None:
    """Of nine points those between others of their height go; where a line goes is not changed."""
    heights = [1, 1, 1, 10, 10, 10, 10, 1, 1]
    data = rows([{"x": at, "y": height} for at, height in enumerate(heights)])
    spec = specification(alt.Chart(data).mark_line().encode(x="x:Q", y="y:Q"), height=90)
    drawing = _drawn(Figure("level", "Level", "", spec))[-1]
    [line] = [one.attrib["d"] for one in drawing.iter("path") if one.attrib["d"].count("L") > 3]
    points = [tuple(map(float, one.split(","))) for one in line.removeprefix("M").split("L")]
    (left, bottom), (right, _) = points[0], points[-1]
    assert [round((x - left) / (right - left) * 8) for x, _ in points] == [0, 2, 3, 6, 7, 8]
    assert [y == bottom for _, y in points] == [True, True, False, False, True, True]


def test_a_drawing_is_shapes_and_text_whatever_the_names_are() -> None:
    """No element but those of a drawing, no attribute that runs or fetches; what XML cannot hold is an escape."""
    report = sample_report()
    hostile = "</text><script>1</script>\x00\x1b\udce9\u202e\"'&"
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_names"] = {str(at): f"{at}{hostile}" for at in range(30)}
    figure = class_figure(report)
    assert figure is not None
    for drawing in _drawn(figure):
        assert {one.tag for one in drawing.iter()} <= _SEEN
        keys = {key for one in drawing.iter() for key in one.attrib}
        assert not {key for key in keys if key.startswith("on") or "href" in key or key == "style"}
        titles = [one.text or "" for one in drawing.iter("title")]
        assert len(titles) == 2 * 15
        assert all("<script>1</script>\\x00\\x1b\\udce9\\u202e" in one for one in titles)
