"""The pages for whoever does not see them as they are drawn: axe-core's rules, the keyboard, and words for charts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

pytestmark = pytest.mark.browser

_OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"
_COLOURS = {"runOnly": ["color-contrast"]}
_PAGES = ("explained report", "segmented report", "report without drift", "history")


@pytest.mark.parametrize("name", _PAGES)
def test_axe_finds_nothing(opened: Callable[..., Opened], name: str) -> None:
    """No violation of any of axe-core's rules, of WCAG and of good practice, with everything unfolded, on a telephone
    and on a desk, light and dark. The drawings themselves are hidden from screen readers."""
    page = opened(name).page
    page.evaluate(_OPEN_ALL)
    for width, scheme, rules in (
        (1280, "light", {}),
        (390, "dark", {}),
        (1280, "dark", _COLOURS),
        (390, "light", _COLOURS),
    ):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        context = {"exclude": [[".drawings"]]}
        found = axe.Axe().run(page, context=context, options=rules).response["violations"]
        assert [(one["id"], width, scheme, [node["html"] for node in one["nodes"]][:3]) for one in found] == []


@pytest.mark.parametrize("name", ["explained report", "history"])
def test_keyboard_starts_with_a_way_to_the_evidence(opened: Callable[..., Opened], name: str) -> None:
    """The first stop is a link that becomes visible and leads past the top."""
    page = opened(name).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the evidence"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    assert page.evaluate("document.activeElement.id") == "main"


def test_focus_is_seen(opened: Callable[..., Opened]) -> None:
    """Every stop of the keyboard has an outline."""
    page = opened("explained report").page
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.parametrize("name", _PAGES)
def test_every_chart_is_a_picture_with_numbers_in_words(opened: Callable[..., Opened], name: str) -> None:
    """Its name, as a screen reader says it, holds at least one number, and its drawing is not read out."""
    page = opened(name).page
    charts = page.locator("[role=img]")
    assert charts.count() >= 1
    for at in range(charts.count()):
        words = page.locator(f"#{charts.nth(at).get_attribute('aria-labelledby')}").text_content()
        assert re.search(r"\d|No class|No value", words)
