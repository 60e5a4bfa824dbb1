"""Lines of an overview to its pages, which need no script."""

from __future__ import annotations

import os
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from pipeline.report import embed, words
from pipeline.report.environment import rendered
from pipeline.report.site.datasets import alike, by_dataset, months, unseen_by_all
from pipeline.report.verdict import Verdict
from pipeline.severity import Severity, worst
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.report.site.datasets import Dataset, Line

INDEX = "index.html"

_LINES_ON_INDEX = 7
_MONTHS_ON_INDEX = 3
_UP = "../../"
"""From the page of a year to the folder of the site."""


def render_site(lines: Sequence[Line]) -> Iterator[tuple[str, str]]:
    """The pages of an overview: those of each dataset's years, and the index as the last.

    Args:
        lines: Every report and history with its page, at least one.

    Yields:
        The name of each page below the folder of the site, and its HTML.

    Raises:
        DocumentError: A line has a severity that does not exist.
    """
    datasets = by_dataset(lines)
    for one in datasets:
        for year in one.years():
            yield year_page(one, year), _render_year(one, year)
    yield INDEX, _render_index(datasets)


def year_page(dataset: Dataset, year: str) -> str:
    """The name of the page of a year."""
    return f"days/{dataset.folder}/{year}.html"


def link(page: str) -> str:
    """A page's name as a relative URL; bytes that are no text are kept."""
    return quote(os.fsencode(page))


def _render_index(datasets: Sequence[Dataset]) -> str:
    return _render(
        "index.html.j2",
        "",
        verdict=_verdict(datasets),
        datasets=datasets,
        most_lines=_LINES_ON_INDEX,
        most_months=_MONTHS_ON_INDEX,
    )


def _render_year(dataset: Dataset, year: str) -> str:
    days = {day: cell for day, cell in dataset.days().items() if day.startswith(year)}
    drifted = sum(cell.severity != Severity.NONE for cell in days.values())
    level = worst(cell.severity for cell in days.values())
    headline = f"{year}: {drifted or 'none'} of {words.counted(len(days), 'day')} with findings"
    return _render(
        "year.html.j2",
        _UP,
        verdict=Verdict(level, headline, dataset.name),
        dataset=dataset,
        days=days,
        lines=[line for line in dataset.reports if line.entry.date.startswith(year)],
        histories=[line for line in dataset.histories if line.entry.date.startswith(year)],
    )


def _verdict(datasets: Sequence[Dataset]) -> Verdict:
    """How many datasets have something to look at in their newest report, and the worst of it."""
    found = [one.newest.entry for one in datasets if one.newest.entry.severity != Severity.NONE]
    if not found:
        return Verdict(Severity.NONE, "No drift", "The newest report of each dataset has no finding.")
    first = max(found, key=lambda entry: Severity(entry.severity).rank)
    headline = f"{len(found)} of {words.counted(len(datasets), 'dataset')} with findings"
    return Verdict(first.severity, headline, f"{first.dataset}, {first.date}: {first.sentence}")


def _render(template: str, root: str, **values: object) -> str:
    return rendered(
        f"site/{template}",
        root=root,
        index=INDEX,
        style=_style,
        generator=generator(),
        link=link,
        months=months,
        alike=alike,
        unseen_by_all=unseen_by_all,
        year_page=year_page,
        **values,
    )


@cache
def _style() -> Markup:
    own = files("pipeline.report") / "templates" / "site" / "site.css"
    return embed.style() + Markup(own.read_text(encoding="utf-8"))  # noqa: S704
