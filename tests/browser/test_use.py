"""What a reader does with a page: sort, fold, choose light or dark, follow a finding, print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.browser.conftest import Opened

pytestmark = pytest.mark.browser

_COLOUR = "getComputedStyle(document.querySelector('.drawings text')).fill"


def _column(page: Any, number: int) -> list[float]:
    cells: list[str] = page.evaluate(
        f"[...document.querySelectorAll('details .features tbody tr:not(.group)')]"
        f".map(row => row.cells[{number}].dataset.value ?? row.cells[{number}].textContent)"
    )
    return [float(one) for one in cells]


def test_a_table_is_sorted_by_keyboard_and_back(opened: Callable[..., Opened]) -> None:
    """Largest first, smallest first, then by kind again; the header says which, and only one does."""
    page = opened("segmented report").page
    page.evaluate("document.querySelector('#features details').open = true")
    head = page.locator("#features details th:nth-child(5)")
    before = _column(page, 4)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    assert _column(page, 4) == sorted(before, reverse=True)
    page.keyboard.press("Space")
    assert head.get_attribute("aria-sort") == "ascending"
    assert _column(page, 4) == sorted(before)
    page.locator("#features details th:nth-child(9) button").click()
    assert head.get_attribute("aria-sort") is None
    assert page.locator("#features details [aria-sort]").count() == 1
    page.locator("#features details th:nth-child(9) button").click()
    page.locator("#features details th:nth-child(9) button").click()
    assert page.locator("#features details [aria-sort]").count() == 0
    assert _column(page, 4) == before
    assert page.locator("#features details .group").count() >= 1


def test_names_are_sorted_as_names(opened: Callable[..., Opened]) -> None:
    """By the alphabet, from either end."""
    page = opened("segmented report").page
    page.evaluate("document.querySelector('#features details').open = true")
    button = page.locator("#features details th:nth-child(1) button")
    names = "[...document.querySelectorAll('details .features tbody th[scope=row]')].map(one => one.textContent.trim())"
    button.click()
    falling = page.evaluate(names)
    assert falling == sorted(falling, reverse=True)
    button.click()
    assert page.evaluate(names) == sorted(falling)


@pytest.mark.parametrize("name", ["report", "history"])
def test_theme_follows_the_system_until_it_is_chosen(opened: Callable[..., Opened], name: str) -> None:
    """The charts go along without being drawn again, and the choice outlives the page."""
    page = opened(name).page
    light = page.evaluate(_COLOUR)
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate(_COLOUR)
    assert dark != light
    button = page.get_by_role("button", name="Theme: auto")
    button.click()
    assert page.evaluate(_COLOUR) == light
    page.reload()
    assert page.evaluate(_COLOUR) == light
    page.get_by_role("button", name="Theme: light").click()
    assert page.evaluate(_COLOUR) == dark
    page.get_by_role("button", name="Theme: dark").click()
    page.emulate_media(color_scheme="light")
    assert page.evaluate(_COLOUR) == light


def test_a_browser_that_forbids_to_remember_still_switches(opened: Callable[..., Opened]) -> None:
    """Files may have no storage: reading or writing it then fails."""
    own = opened("report")
    own.page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")
    own.page.reload()
    own.page.get_by_role("button", name="Theme: auto").click()
    assert own.page.evaluate("document.documentElement.dataset.theme") == "light"
    assert own.messages == []


@pytest.mark.parametrize("width", [390, 800, 1280, 1920])
def test_of_each_chart_the_drawing_is_seen_that_fits(opened: Callable[..., Opened], width: int) -> None:
    """One of the three, as wide as its place, its letters about as large as those around them, folded away or not."""
    page = opened("report without drift", width).page
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    seen = """[...document.querySelectorAll('.drawings')].map(place => {
        const shown = [...place.children].filter(one => one.checkVisibility());
        return [shown.length, place.clientWidth - shown[0].clientWidth,
            shown[0].clientWidth / shown[0].viewBox.baseVal.width]; })"""
    found = page.evaluate(seen)
    assert len(found) >= 5
    for count, left, scale in found:
        assert (count, abs(left) <= 1) == (1, True)
        assert 0.7 < scale < 1.75


def test_a_mark_says_what_it_stands_for(opened: Callable[..., Opened]) -> None:
    """Its title, which browsers show beside the pointer, holds the name and both shares, as text."""
    page = opened("report").page
    told = page.evaluate("[...document.querySelectorAll('#chart-classes .wide title')].map(one => one.textContent)")
    assert len(told) >= 2 * 10
    assert all(" in the baseline, " in one and one.endswith(" now") for one in told)


def test_a_finding_leads_to_its_evidence(opened: Callable[..., Opened]) -> None:
    """Its link moves the reader there."""
    page = opened("report").page
    page.locator(".found a").nth(2).click()
    page.wait_for_timeout(900)
    assert page.evaluate("location.hash") == "#finding-3"
    top = page.evaluate("document.getElementById('finding-3').getBoundingClientRect().top")
    assert -50 < top < 900


def test_paper_is_light_and_unfolded(opened: Callable[..., Opened]) -> None:
    """Whatever the screen shows; afterwards all is folded as it was."""
    page = opened("report without drift", scheme="dark").page
    dark = page.evaluate(_COLOUR)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.evaluate(_COLOUR) != dark
    hidden = "[...document.querySelectorAll('details > *')].filter(one => !one.checkVisibility()).length"
    assert page.evaluate(hidden) == 0
    assert page.locator("#theme").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_without_scripts_the_words_are_there(chromium: Any, opened: Callable[..., Opened]) -> None:
    """Verdict, findings, charts, captions and small multiples need none."""
    address = opened("explained report").address
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.get_by_role("heading", level=1).inner_text() == "High drift"
    assert page.locator("#finding-1 .wide path").first.is_visible()
    assert page.locator("figcaption").first.is_visible()
    assert page.locator(".spark path").first.is_visible()
    assert page.locator("#theme").is_hidden()
    context.close()
