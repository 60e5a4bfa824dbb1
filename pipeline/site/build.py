"""A folder of reports to a static site, of which only what has changed is made again."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.document_files import read_report
from pipeline.errors import DocumentError, SourceError
from pipeline.report.site.datasets import Line
from pipeline.report.site.entry import Entry, entry_of
from pipeline.report.site.pages import INDEX, render_site
from pipeline.site.shelf import Record, held_shelf
from pipeline.site.sources import PAGES, find_sources, require_folder
from pipeline.version import __version__

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipeline.site.shelf import Shelf
    from pipeline.site.sources import Source

_AT_ONCE = 8
"""Reports whose pages are made between two writings of the list: what a run that is killed has to do again."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a run has done.

    Attributes:
        index: The page to open.
        reports: How many reports and histories the site shows.
        rendered: How many of their pages were made.
        removed: How many were taken away, because their reports are gone.
        notes: What was left out, and what was left alone, with the reasons.
    """

    index: Path
    reports: int
    rendered: int
    removed: int
    notes: Sequence[str]


@dataclass(slots=True)
class _Found:
    """The reports of a folder, by the names of their pages, as far as they are known."""

    wanted: dict[str, Entry] = field(default_factory=dict)
    changed: list[Source] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def build_site(
    reports: str | os.PathLike[str],
    output: str | os.PathLike[str],
    progress: Callable[[int, int], None] | None = None,
) -> Site:
    """Write an overview of reports and histories, and a page for each of them.

    A page is made again where the bytes of its report have changed, or another framewatch made it. The page of a report
    that is gone is taken away. No other file in the folder is touched. Two runs at once do their work one after the
    other.

    Args:
        reports: A folder; the JSON files in it and below it that `monitor`, `compare` and `history` wrote are shown.
        output: The folder of the site; made where it is missing.
        progress: Told how many pages have been made, of all that have to be.

    Raises:
        SourceError: The folder of reports cannot be read, or there is none in it.
        OutputError: The site cannot be written, or would have to be written over files that are not its own.
    """
    folder, output = Path(reports), Path(output)
    require_folder(folder)  # what most often stands in the way is told before any work is done
    with held_shelf(output) as shelf:
        shelf.require_ours(INDEX)
        # NOTE: looked for while the shelf is held: a list from before a wait would take newer pages away.
        found = _sorted_out(find_sources(folder), shelf)
        rendered = sum(_render_changed(found, shelf, progress))
        if not found.wanted:
            raise SourceError(_nothing(folder, found))
        names = _write_overview(found.wanted, shelf)
        gone = [name for name in shelf.records if name not in names]
        kept = shelf.remove(gone)
        shelf.save()
    removed = sum(name.startswith(PAGES) for name in {*gone} - {*kept})
    notes = [*found.notes, *(f"{output / name}: was changed by somebody, and stays" for name in kept)]
    return Site(output / INDEX, len(found.wanted), rendered, removed, notes)


def _sorted_out(sources: Iterable[Source], shelf: Shelf) -> _Found:
    """What is as it was, what is not, and what is there already under another name, such as `latest.json`."""
    found = _Found()
    seen: dict[str, Source] = {}
    for source in sources:
        if source.digest is not None and (first := seen.setdefault(source.digest, source)) is not source:
            found.notes.append(f"{source.path}: is the same as {first.path}; one page shows both")
        elif (entry := _entry_as_it_was(source, shelf)) is not None:
            found.wanted[source.page] = entry
        else:
            found.changed.append(source)
    return found


def _entry_as_it_was(source: Source, shelf: Shelf) -> Entry | None:
    """The line of a report whose page need not be made again."""
    known = shelf.records.get(source.page, Record())
    same = known.report == source.digest and known.version == __version__
    if not same or known.entry is None or not shelf.holds(source.page):
        return None
    with contextlib.suppress(TypeError):  # somebody has changed the list, or a framewatch between two versions wrote it
        return Entry.from_dict(known.entry)
    return None


def _render_changed(found: _Found, shelf: Shelf, progress: Callable[[int, int], None] | None) -> Iterator[int]:
    """Make the pages that have to be made, some at a time, and give how many those were."""
    total = len(found.changed)
    for start in range(0, total, _AT_ONCE):
        pages = dict(_pages(found.changed[start : start + _AT_ONCE], found.notes))
        shelf.put(pages)
        found.wanted |= {page: Entry.from_dict(record.entry or {}) for page, (_, record) in pages.items()}
        yield len(pages)
        if progress is not None:
            progress(min(start + _AT_ONCE, total), total)


def _pages(sources: Sequence[Source], notes: list[str]) -> Iterator[tuple[str, tuple[str, Record]]]:
    """The pages of what is a report or a history, with what is to be kept of each; a note on each other document."""
    from pipeline.report.page import render_document

    for source in sources:
        try:
            document = read_report(source.path)
            entry, text = entry_of(document), render_document(document)
        except DocumentError as error:
            notes.append(str(error) if str(source.path) in str(error) else f"{source.path}: {error}")
        else:
            yield source.page, (text, Record("", source.digest or "", __version__, entry.to_dict()))


def _write_overview(wanted: Mapping[str, Entry], shelf: Shelf) -> set[str]:
    """Write the pages of the overview that have changed, and give the names of all pages that the site has."""
    pages = dict(render_site([Line(entry, page) for page, entry in wanted.items()]))
    shelf.put({name: (text, Record()) for name, text in pages.items()})
    return {*wanted, *pages}


def _nothing(folder: Path, found: _Found) -> str:
    if not found.notes:
        return f"{folder}: holds no JSON file; give a folder of reports, as monitor, compare and history write them"
    return f"{folder}: holds {len(found.notes)} JSON files, and no report among them; of the first: {found.notes[0]}"
