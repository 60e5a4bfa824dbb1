"""The overview's pages: the newest first, each day in its place, links that lead somewhere, text that stays text."""

from __future__ import annotations

import calendar
import os
import posixpath
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import pytest

from pipeline.errors import DocumentError
from pipeline.report.site.datasets import Line, by_dataset, months
from pipeline.report.site.entry import Entry
from pipeline.report.site.pages import render_site
from tests.report.hostile import EVERYTHING
from tests.report.reading import Page

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVELS = ("none", "low", "medium", "high")


def line(day: str, severity: str = "none", *, dataset: str = "production", page: str = "", **changes: Any) -> Line:
    """A line of a report."""
    made = f"{day}T23:00:00+00:00"
    entry = Entry("report", dataset, day, day, severity, f"about {day}", 0, 100, made)
    return Line(replace(entry, **changes), page or f"reports/{dataset}/{day}.html")


def history(days: Sequence[tuple[str, str]], page: str = "reports/history.html") -> Line:
    """A line of a history."""
    return line(days[-1][0], "high", page=page, kind="history", days=tuple(days))


def site(*lines: Line) -> dict[str, Page]:
    """The pages by their names, as a browser's parser sees them."""
    return {name: Page(html) for name, html in render_site(lines)}


def test_the_newest_report_of_each_dataset_says_how_it_stands() -> None:
    """The worst of them is named in the first lines; a dataset that is well again does not count."""
    found = site(
        line("2026-11-22", "high"),
        line("2026-11-23"),
        line("2026-11-23", "medium", dataset="line-2"),
        line("2026-11-21", "low", dataset="line-3"),
    )["index.html"]
    assert "2 of 3 datasets with findings" in found.text
    assert "line-2, 2026-11-23: about 2026-11-23" in found.text
    calm = site(line("2026-11-22", "high"), line("2026-11-23"))["index.html"]
    assert "No drift" in calm.text
    assert calm.text.count("none") == 0


def test_newest_stand_first() -> None:
    days = [(date(2026, 11, 1) + timedelta(at)).isoformat() for at in (4, 0, 2, 3, 1)]
    text = site(*map(line, days), line("2026-11-09", dataset="line-2"))["index.html"].text
    assert re.findall(r"about (\S+)", text)[-6:] == ["2026-11-09", *sorted(days, reverse=True)]


def test_every_link_leads_to_a_page() -> None:
    """Of names with spaces, quotes, marks of URLs and bytes that are no text, from every page."""
    names = [
        "a b.html",
        "50% #1?.html",
        "'\"<script>.html",
        "line\nbreak.html",
        os.fsdecode(b"\xff\xfe.html"),
        "ü.html",
    ]
    lines = [line(f"2026-11-{at:02}", page=f"reports/x:y/{name}") for at, name in enumerate(names, start=1)]
    lines += [line("2025-01-01", dataset="../../etc", page="reports/etc.html"), history([("2024-05-05", "low")])]
    pages = site(*lines)
    known = {os.fsencode(name) for name in (*pages, *(one.page for one in lines))}
    reached = set()
    for name, page in pages.items():
        for href in page.attributes("href"):
            if href.startswith("#"):
                continue
            assert not re.match(r"[a-z]+:|/", href), href
            target = posixpath.normpath(posixpath.join(posixpath.dirname(os.fsencode(name)), unquote_to_bytes(href)))
            assert target in known
            reached.add(target)
    assert reached == known


def test_datasets_have_folders_of_their_own() -> None:
    """Whatever they are called, below days/, and never the same for two."""
    names = [
        "production",
        "data/production",
        "data-production",
        "..",
        "a/../b",
        "",
        "é",
        "è",
        "x" * 300,
        "x" * 301,
        "a b",
    ]
    folders = [one.folder for one in by_dataset(line("2026-11-23", dataset=name, page=name) for name in names)]
    assert len(set(folders)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,80}", folder) for folder in folders)
    assert "production" in folders


def test_calendar_has_the_days_of_each_month() -> None:
    """Against the standard library's calendar, over a leap year and the end of a year."""
    first = date(2023, 12, 30)
    lines = [line((first + timedelta(at)).isoformat(), LEVELS[at % 4]) for at in range(430)]
    found = months(by_dataset(lines)[0].days())
    assert [month.first for month in found] == sorted((month.first for month in found), reverse=True)
    assert len(found) == 16
    for month in found:
        assert len(month.cells) == calendar.monthrange(month.first.year, month.first.month)[1]
        for at, cell in enumerate(month.cells, start=1):
            day = month.first.replace(day=at)
            number = (day - first).days
            assert (cell is None) == (not 0 <= number < 430)
            assert cell is None or (cell.date, cell.severity) == (day.isoformat(), LEVELS[number % 4])
    assert [month.first.isoformat() for month in months(by_dataset(lines)[0].days(), 2)] == ["2025-03-01", "2025-02-01"]


def test_a_day_shows_its_worst_report_and_what_only_a_history_knows() -> None:
    """A history tells of days that have no report; one that has its own is not overruled."""
    lines = [
        line("2026-11-23", "low", page="reports/a.html"),
        line("2026-11-23", "high", page="reports/b.html"),
        history([("2026-11-22", "medium"), ("2026-11-23", "none")], "reports/new.html"),
        history([("2026-11-21", "low"), ("2026-11-22", "high")], "reports/old.html"),
    ]
    found = by_dataset(lines)[0].days()
    assert {day: (cell.severity, cell.page) for day, cell in found.items()} == {
        "2026-11-21": ("low", "reports/old.html"),
        "2026-11-22": ("medium", "reports/new.html"),
        "2026-11-23": ("high", "reports/b.html"),
    }


def test_every_day_of_the_calendar_has_symbol_and_word() -> None:
    page = site(*(line(f"2026-11-{at:02}", LEVELS[at % 4]) for at in range(1, 9)))["days/production/2026.html"]
    titles = [title for title in page.attributes("title") if title]
    words = ("no drift", *LEVELS[1:])
    assert titles == [f"2026-11-{at:02}: {words[at % 4]}" for at in range(1, 9)]
    assert {f"#sign-{level}" for level in LEVELS} <= set(page.attributes("href"))
    assert {f"sign-{level}" for level in LEVELS} <= set(page.attributes("id"))


def test_reports_on_the_same_day_are_told_apart() -> None:
    """By where their images came from, what they were held against, and when; others need no such words."""
    about: dict[str, str] = {"source": "data/north", "against": "val"}
    page = site(
        line("2026-11-23", page="reports/a.html", **about),
        line("2026-11-23", page="reports/b.html", source="data/south", against="last year"),
        line("2026-11-22", source="data/west", against="val"),
    )["index.html"]
    text = " ".join(page.text.replace(",", " ").split())
    assert "Images from data/north against val made 2026-11-23 23:00 UTC" in text
    assert "Images from data/south against last year" in text
    assert "data/west" not in text


def test_what_no_report_can_tell_is_said_once() -> None:
    """And in a line what others can; a dataset of one report says it there."""
    never, once = "too few images to judge classes closely", "not judged: class drift"
    page = site(
        line("2026-11-23", unseen=(once, never)),
        line("2026-11-22", unseen=(never,)),
        line("2026-11-22", unseen=(never,), dataset="line-2"),
    )["index.html"]
    text = " ".join(page.text.split())
    assert text.count(f"In all of these reports: {never}") == 1
    assert text.count(f"What cannot be told: {once}") == 1
    assert text.count(f"What cannot be told: {never}") == 1
    assert (text.count(never), text.count(once)) == (2, 1)


def test_accuracy_stands_with_its_interval() -> None:
    text = site(line("2026-11-23", accuracy=(0.8, 0.7, 0.9, 0.95)))["index.html"].text
    assert re.search(r"80\.0%\s+\(70\.0% to 90\.0%\), was 95\.0%", text)


def test_text_from_outside_stays_text() -> None:
    """The same elements whatever the texts are, and the texts as they are."""
    outside = {"dataset": EVERYTHING, "sentence": EVERYTHING, "page": f"reports/{EVERYTHING}"}
    alike, unseen = dict.fromkeys(("source", "against"), EVERYTHING), (EVERYTHING,)
    second = {**outside, "page": "b", **alike}
    hostile = site(line("2026-11-23", "high", **outside), line("2026-11-23", **second, unseen=unseen))
    plain = site(
        line("2026-11-23", "high"),
        line("2026-11-23", page="b", **dict.fromkeys(alike, "plain"), unseen=("plain",)),
    )
    assert list(hostile)[-1] == "index.html"
    for one, other in zip(hostile.values(), plain.values(), strict=True):
        assert [name for name, _ in one.elements] == [name for name, _ in other.elements]
        assert [set(found) for _, found in one.elements] == [set(found) for _, found in other.elements]
        assert one.text.count(EVERYTHING) >= 2


def test_pages_need_no_script_and_nothing_from_elsewhere() -> None:
    for page in site(line("2026-11-23", "high")).values():
        assert page.scripts == 0
        assert not page.attributes("src")
        assert page.headings == sorted(page.headings)
        assert any("default-src 'none'" in one for one in page.attributes("content"))


def test_the_index_of_three_years_of_three_datasets_is_small() -> None:
    """Under a megabyte, each page of a year too: every day once, a year on its page."""
    first = date(2023, 11, 24)
    sentence = "images are darker: brightness 0.307, was 0.415 (-3.5 standard deviations)"
    lines = [
        line((first + timedelta(at)).isoformat(), LEVELS[at % 4], dataset=name, sentence=sentence,
             accuracy=(0.8, 0.7, 0.9, 0.95))
        for name in ("production", "line-2", "line-3") for at in range(1095)
    ]  # fmt: skip
    pages = dict(render_site(lines))
    assert len(pages) == 1 + 3 * 4
    assert len(pages["index.html"].encode()) < 100_000
    assert max(len(html.encode()) for html in pages.values()) < 400_000
    shown = [name for html in pages.values() for name in Page(html).attributes("title") if name]
    assert len(shown) >= len(lines)


def test_refuses_a_severity_that_does_not_exist() -> None:
    with pytest.raises((DocumentError, ValueError), match="dreadful"):
        site(line("2026-11-23", "dreadful"))
