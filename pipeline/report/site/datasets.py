"""The lines of an overview by dataset, the newest first, and their days as calendars."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.report.site.entry import HISTORY
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.report.site.entry import Entry

_LONGEST_NAME = 60
_DAYS_IN_A_MONTH = 31


@dataclass(frozen=True, slots=True)
class Line:
    """An entry, and the page that shows its document.

    Attributes:
        entry: What is said of it.
        page: The page's name below the folder of the site, with slashes.
    """

    entry: Entry
    page: str

    @property
    def newness(self) -> tuple[str, str, str]:
        """Sorts lines from the oldest to the newest."""
        return self.entry.date, self.entry.made, self.page


@dataclass(frozen=True, slots=True)
class Cell:
    """A day in a calendar: its worst severity, and the page that shows it."""

    date: str
    severity: str
    page: str


@dataclass(frozen=True, slots=True)
class Month:
    """A month in a calendar.

    Attributes:
        first: Its first day.
        cells: Its days; None where nothing was judged.
    """

    first: date
    cells: Sequence[Cell | None]

    @property
    def beyond(self) -> int:
        """How many days fewer than 31 it has."""
        return _DAYS_IN_A_MONTH - len(self.cells)


@dataclass(frozen=True, slots=True)
class Dataset:
    """All that is known of one dataset.

    Attributes:
        name: Its name.
        reports: The newest first.
        histories: The same.
    """

    name: str
    reports: Sequence[Line]
    histories: Sequence[Line]

    @property
    def newest(self) -> Line:
        """What the dataset is shown with: its newest report, else its newest history."""
        return (self.reports or self.histories)[0]

    @property
    def folder(self) -> str:
        """A name for a folder, different for each dataset; that of the dataset where it may be one."""
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", self.name).strip("-.")[:_LONGEST_NAME]
        if plain and plain == self.name:
            return plain
        digest = hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"{plain or 'dataset'}-{digest}"

    def days(self) -> dict[str, Cell]:
        """Each day that was judged: by its own reports, the worst of them, else by the newest history that has it."""
        found: dict[str, Cell] = {}
        for line in reversed(self.histories):
            found |= {day: Cell(day, severity, line.page) for day, severity in line.entry.days}
        for day, lines in groupby(self.reports, key=lambda line: line.entry.date):
            worst = max(lines, key=lambda line: Severity(line.entry.severity).rank)
            found[day] = Cell(day, worst.entry.severity, worst.page)
        return found

    def years(self) -> list[str]:
        """The years of which there is something, the newest first."""
        dates = [*self.days(), *(line.entry.date for line in self.histories)]
        return sorted({day[:4] for day in dates}, reverse=True)


def by_dataset(lines: Iterable[Line]) -> list[Dataset]:
    """The datasets, that of the newest day first."""
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in sorted(lines, key=lambda line: line.newness, reverse=True):
        groups[line.entry.dataset].append(line)
    return [
        Dataset(
            name,
            [line for line in own if line.entry.kind != HISTORY],
            [line for line in own if line.entry.kind == HISTORY],
        )
        for name, own in groups.items()
    ]


def alike(lines: Iterable[Line]) -> set[str]:
    """The pages of lines that have their days in common with another one."""
    by_period: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        by_period[line.entry.period].append(line.page)
    return {page for pages in by_period.values() if len(pages) > 1 for page in pages}


def unseen_by_all(lines: Sequence[Line]) -> list[str]:
    """What none of several reports can tell, which need not be said of each."""
    first, *others = [line.entry.unseen for line in lines]
    return [one for one in first if all(one in other for other in others)] if others else []


def months(days: dict[str, Cell], most: int | None = None) -> list[Month]:
    """The months from the last day to the first, the newest first; those between are there also if they are empty.

    Args:
        days: By date, at least one.
        most: How many months, from the newest.
    """
    last, first = date.fromisoformat(max(days)), date.fromisoformat(min(days))
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return [_month(days, last.year * 12 + last.month - 1 - back) for back in range(min(count, most or count))]


def _month(days: dict[str, Cell], number: int) -> Month:
    year, month = divmod(number, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)  # noqa: PLR2004
    length = (following - first).days
    return Month(first, [days.get(first.replace(day=day).isoformat()) for day in range(1, length + 1)])
