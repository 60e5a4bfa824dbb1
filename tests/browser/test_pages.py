"""The pages in a real browser: they open from a file, draw, fit a telephone, and fetch and run nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.pages import PAGES
from tests.report.hostile import HOSTILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

pytestmark = pytest.mark.browser

_WIDTH = "document.documentElement.scrollWidth"
_HIDDEN = """[...document.querySelectorAll(':is(.heat, .every-change) tbody :is(th, td)')].filter(
    one => !one.checkVisibility()).length"""
_OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


@pytest.mark.parametrize("name", PAGES)
def test_page_draws_and_keeps_to_itself(opened: Callable[..., Opened], name: str) -> None:
    """There are charts; no message, no request, no sideways scroll, folded or not; no text from outside runs."""
    own = opened(name, 390)
    assert own.page.locator(".drawings path").count() >= 1
    assert own.page.evaluate(_WIDTH) <= 390
    own.page.evaluate(_OPEN_ALL)
    for width in (390, 1280):
        own.page.set_viewport_size({"width": width, "height": 900})
        own.page.wait_for_timeout(100)
        assert own.page.evaluate(_WIDTH) <= width
        assert own.page.evaluate(_HIDDEN) == 0
    assert own.page.evaluate("window.pwned === undefined")
    assert own.messages == []
    assert [one for one in own.requests if not one.startswith("data:image/jpeg;")] == [own.address]
    assert own.page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth)")


@pytest.mark.parametrize("width", [390, 1280])
def test_names_of_pictures_are_cut_before_what_tells_them_apart(opened: Callable[..., Opened], width: int) -> None:
    """The end of a long name is within its caption, wherever there is no room for all of it."""
    page = opened("explained report", width).page
    page.evaluate(
        "for (const one of document.querySelectorAll('.strip .name span')) one.textContent = 'n02119022'.repeat(9)"
    )
    fits = """[...document.querySelectorAll('.strip .name')].map(name => {
        const end = document.createRange();
        end.selectNode(name.lastChild);
        return end.getBoundingClientRect().right <= name.parentElement.getBoundingClientRect().right + 1
            && name.firstChild.scrollWidth > name.firstChild.clientWidth; })"""
    assert page.evaluate(fits)
    assert all(page.evaluate(fits))


def test_nothing_is_cut_off_within_the_page(opened: Callable[..., Opened]) -> None:
    """No table or card is wider than its place, at the width at which the last column once was."""
    own = opened("explained report", 1280)
    own.page.evaluate(_OPEN_ALL)
    cut = """[...document.querySelectorAll('table, article, figure, .verdict')].filter(one =>
        one.scrollWidth > one.clientWidth + 1 || one.getBoundingClientRect().right > innerWidth
    ).map(one => one.outerHTML)"""
    assert own.page.evaluate(cut) == []


@pytest.mark.parametrize("name", ["hostile report", "hostile history"])
def test_text_from_outside_is_read_as_it_was_written(opened: Callable[..., Opened], name: str) -> None:
    """Whoever looks sees every piece of it, and the links of the page lead nowhere but into the page."""
    own = opened(name)
    own.page.evaluate(_OPEN_ALL)
    text = own.page.evaluate("document.body.textContent")
    assert all(one in text for one in HOSTILE)
    links = own.page.evaluate("[...document.links].map(one => one.getAttribute('href'))")
    assert all(one.startswith("#") for one in links)
    assert own.page.evaluate("window.pwned === undefined")
    assert own.messages == []
