"""A browser for all tests, and pages opened in it from the disk as a user opens them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.pages import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]


@dataclass
class Opened:
    """A page in a browser.

    Attributes:
        page: Playwright's page.
        address: Where it was opened.
        messages: What stood in the console since.
        requests: What was asked for.
    """

    page: Any
    address: str
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser; tests that want one are skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = next((path for path in map(shutil.which, _BROWSERS) if path), None)
    if found is None:
        pytest.skip(f"no browser: none of {', '.join(_BROWSERS)} is installed")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Opened]]:
    """Opens one of the pages by its name, at a width and in a colour scheme."""
    contexts = []

    def open_page(name: str, width: int = 1280, scheme: str = "light") -> Opened:
        file = tmp_path_factory.mktemp("pages") / "page.html"
        file.write_text(_html(name), encoding="utf-8")
        contexts.append(chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme))
        own = Opened(contexts[-1].new_page(), file.as_uri())
        own.page.on("console", lambda message: own.messages.append(message.text))
        own.page.on("pageerror", lambda error: own.messages.append(str(error)))
        own.page.on("request", lambda request: own.requests.append(request.url))
        own.page.goto(own.address)
        return own

    yield open_page
    for context in contexts:
        context.close()


@cache
def _html(name: str) -> str:
    return PAGES[name]()
