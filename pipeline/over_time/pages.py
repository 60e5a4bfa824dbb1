"""Each judged day's own report and page, as files."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pipeline.atomic import write_text
from pipeline.document_files import to_json
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from pipeline.over_time.periods import Every
    from pipeline.over_time.reports import Reports


def write_reports(
    reports: Reports,
    folder: Path,
    dataset: str,
    every: Every = "day",
    progress: Callable[[int, int], None] | None = None,
) -> dict[str, Path]:
    """Write the report of each judged day, and its page beside it; those that are there and say the same stay.

    Args:
        reports: Of a history.
        folder: Made where it is missing. The files are called after the dataset and the day.
        dataset: The dataset's name.
        every: What was judged together.
        progress: Told how many are done, of all.

    Returns:
        The pages by date.

    Raises:
        OutputError: A file cannot be written there.
        StoreError: A file of rows is damaged.
    """
    from pipeline.report.page import render_report

    pages: dict[str, Path] = {}
    for done, date in enumerate(reports, start=1):
        path = folder / f"{dataset}-{_PREFIXES[every]}{date}.json"
        pages[date] = path.with_suffix(".html")
        report = reports[date]
        if not (pages[date].is_file() and _says(path, report)):
            illustrated = reports.illustrated(date, report)
            write_text(pages[date], render_report(illustrated))
            write_text(path, to_json(illustrated))  # last: where it is there, its page is, and is of it
        if progress is not None:
            progress(done, len(reports))
    return pages


def require_free(folder: Path, dataset: str, others: Iterable[Path]) -> None:
    """Refuse a folder of reports in which one may be written over a file that has another purpose.

    Raises:
        OutputError: There is such a file.
    """
    pattern = re.compile(rf"{re.escape(dataset)}-({_PREFIXES['week']})?\d{{4}}-\d\d-\d\d\.(json|html)")
    for one in others:
        if one.resolve().parent == folder.resolve() and pattern.fullmatch(one.name):
            raise OutputError(f"{one}: --reports writes the report of a day there; give another place")


def relative_links(pages: Mapping[str, Path], page: Path) -> dict[str, str]:
    """The URLs of pages as another one has to have them."""
    here = os.path.abspath(page.parent)
    return {date: quote(os.fsencode(os.path.relpath(os.path.abspath(path), here))) for date, path in pages.items()}


_PREFIXES: dict[Every, str] = {"day": "", "week": "week-"}
"""A week is called after its Monday, and is not to be taken for it."""


def _says(path: Path, report: Mapping[str, Any]) -> bool:
    """Whether a report is there already, but for the time at which it was made, and its images."""
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
        return bool(_timeless(there) == _timeless(json.loads(to_json(report))))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False


def _timeless(report: Mapping[str, Any]) -> dict[str, Any]:
    documents = {side: {**report[side], "timestamp": ""} for side in ("baseline", "current")}
    return {**report, **documents, "timestamp": "", "examples": []}
