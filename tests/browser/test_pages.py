"""The pages in a real browser: they open from a file, draw, fit a telephone, and fetch and run nothing else."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.report.page import render_history, render_report
from tests.report.hostile import EVERYTHING, hostile_history, hostile_report
from tests.report.sample import sample_explained_report, sample_history, sample_report, sample_report_without_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = pytest.mark.browser

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DRAWN = """[...document.querySelectorAll('[data-chart]')].every(
    one => one.querySelector('svg [class*=mark-] path, svg [class*=mark-] line'))"""
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


def _one_class() -> str:
    """The smallest sample: one image, one class, one feature."""
    report = sample_report()
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_distribution"] = {"3": 1}
        report[side]["dataset_info"]["image_count"] = 1
    report["feature_shifts"] = report["feature_shifts"][-1:]
    return render_report(report)


def _one_day() -> str:
    history = sample_history()
    history["days"] = history["days"][:1]
    return render_history(history)


PAGES: dict[str, Callable[[], str]] = {
    "report": lambda: render_report(sample_report()),
    "report without model": lambda: render_report(sample_report_without_model()),
    "report of one class": _one_class,
    "explained report": lambda: render_report(sample_explained_report()),
    "hostile explained report": lambda: render_report(sample_explained_report(EVERYTHING, EVERYTHING)),
    "hostile report": lambda: render_report(hostile_report()),
    "history": lambda: render_history(sample_history()),
    "history of one day": _one_day,
    "hostile history": lambda: render_history(hostile_history()),
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A browser for all tests."""
    found = next((path for path in map(shutil.which, _BROWSERS) if path), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(_BROWSERS)} is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=PAGES, scope="module")
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page on the disk."""
    path: Path = tmp_path_factory.mktemp("pages") / "page.html"
    path.write_text(PAGES[request.param](), encoding="utf-8")
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_page_draws_and_keeps_to_itself(chromium: Any, file: Path, width: int, scheme: str) -> None:
    """Every chart is drawn; no message, no request, no sideways scroll, and no text from outside runs."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    messages: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.on("pageerror", lambda error: messages.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function(_DRAWN, timeout=20_000)
    assert page.locator("[data-chart]").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.pwned === undefined")
    assert messages == []
    assert [one for one in requests if not one.startswith("data:image/jpeg;")] == [file.as_uri()]
    assert page.evaluate("[...document.images].every(one => one.loading === 'lazy' || one.naturalWidth)")
    page.close()


def test_charts_follow_the_colour_scheme(chromium: Any, file: Path) -> None:
    """The ink of a chart's labels differs between light and dark, without drawing again."""
    page = chromium.new_page(color_scheme="light")
    page.goto(file.as_uri())
    page.wait_for_selector("[data-chart] svg text")
    colour = "getComputedStyle(document.querySelector('[data-chart] svg text')).fill"
    light = page.evaluate(colour)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(colour) != light
    page.close()
