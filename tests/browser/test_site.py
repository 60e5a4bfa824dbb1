"""The overview in a real browser: it opens from the disk, its links lead somewhere, and it fits a telephone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipeline import build_site
from tests.report.hostile import EVERYTHING
from tests.support.reports import Reports

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

_DAYS = 3


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some days of two datasets, one of which has a hostile name, and a history."""
    folder = tmp_path_factory.mktemp("site")
    made = Reports.measured_in(tmp_path_factory.mktemp("scene"))
    for at in range(_DAYS):
        day = (date(2026, 10, 29) + timedelta(at)).isoformat()
        made.write(folder / f"reports/{day}.json", day, dark=at % 3 == 1)
    made.write_history(folder / "reports/history.json", {"2026-10-27": False, "2026-10-28": True})
    finding = {"kind": "pixels", "severity": "medium", "text": EVERYTHING}
    made.write(folder / "reports/<b>'\" #%.json", "2026-10-30", dataset=EVERYTHING, findings=[finding])
    build_site(folder / "reports", folder / "out")
    return folder / "out"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", "days/production/2026.html"])
def test_overview_keeps_to_itself(chromium: Any, site: Path, name: str, width: int, scheme: str) -> None:
    """No message, no request but for the page, no sideways scroll, and no text from outside runs."""
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    seen: list[str] = []
    page.on("console", lambda message: seen.append(message.text))
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("request", lambda request: seen.append(request.url))
    page.goto((site / name).as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate("window.pwned === undefined")
    assert seen == [(site / name).as_uri()]
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["index.html", "days/production/2026.html"])
def test_axe_finds_nothing(chromium: Any, site: Path, name: str, width: int, scheme: str) -> None:
    """No violation of any of axe-core's rules."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    # The page forbids every script, so the rules come in beside its policy.
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((site / name).as_uri())
    assert axe.Axe().run(page).response["violations"] == []
    context.close()


def test_links_lead_where_they_say(chromium: Any, site: Path) -> None:
    """By clicks: to a report, to one whose file has a hostile name, to a year, and back."""
    page = chromium.new_page()
    page.goto((site / "index.html").as_uri())
    page.get_by_title("2026-10-30: high").click()
    assert page.url == (site / "reports/2026-10-30.html").as_uri()
    page.go_back()
    page.get_by_title("2026-10-30: medium").click()
    assert page.locator("h1").count() == 1
    page.go_back()
    page.get_by_role("link", name="2026", exact=True).first.click()
    page.get_by_role("link", name="All datasets").click()
    assert page.url == (site / "index.html").as_uri()
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_days_are_coloured_by_severity(chromium: Any, site: Path, scheme: str) -> None:
    """A dark day is filled with the colour of its badge, one without drift is not; both have a symbol that is drawn."""
    page = chromium.new_page(color_scheme=scheme)
    page.goto((site / "index.html").as_uri())
    colour = "(one, of) => getComputedStyle(one)[of]"
    bad, good = page.get_by_title("2026-10-30: high"), page.get_by_title("2026-10-31: no drift")
    border = page.locator(".badge.severity-high").first.evaluate(colour, "borderTopColor")
    assert bad.evaluate(colour, "backgroundColor") == border
    assert good.evaluate(colour, "backgroundColor") == "rgba(0, 0, 0, 0)"
    for one in (bad, good):
        assert one.locator("use").evaluate("one => one.getBoundingClientRect().width") > 4
    page.close()
