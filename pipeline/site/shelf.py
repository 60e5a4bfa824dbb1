"""The files of a site that are ours, and nothing else in its folder.

A list in the folder names them. A name is on the list before its file is written, and leaves it after the file has
gone, so that whatever a run that is killed leaves behind is known to be ours.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import filelock

from pipeline.atomic import write_text
from pipeline.errors import OutputError
from pipeline.site.sources import file_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

LIST, LOCK = ".framewatch-site.json", ".framewatch-site.lock"

LONGEST_WAIT = 600
"""Seconds to wait for another run to end: as long as for a partition."""

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of one file of ours.

    Attributes:
        written: SHA-256 of what was written; empty where a run had only announced that it would write it.
        report: SHA-256 of the report that it shows, where it shows one.
        version: The framewatch that made it.
        entry: What the overview says of that report.
    """

    written: str = ""
    report: str = ""
    version: str = ""
    entry: dict[str, Any] | None = None


@dataclass(slots=True)
class Shelf:
    """The folder of a site, held against other runs.

    Attributes:
        folder: The folder.
        records: What is ours, by its name below the folder.
    """

    folder: Path
    records: dict[str, Record] = field(default_factory=dict)

    def sweep(self) -> None:
        """Remove what a killed run was in the middle of writing: its list, and files that it had announced."""
        for name in (LIST, *(name for name, known in self.records.items() if not known.written)):
            path = self.folder / name
            for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
                left.unlink(missing_ok=True)

    def holds(self, name: str) -> bool:
        """Whether a file of ours is there."""
        return name in self.records and (self.folder / name).is_file()

    def require_ours(self, name: str) -> None:
        """Refuse to write over what is not ours.

        Raises:
            OutputError: There is a file of such a name that somebody else has made or changed.
        """
        path = self.folder / name
        if name not in self.records and os.path.lexists(path):
            raise OutputError(
                f"{path}: was not written by framewatch site, which writes over nothing else; "
                "move it away, or give another --output"
            )
        if self._is_changed(name):
            raise OutputError(
                f"{path}: was changed after framewatch site had written it; move it away, or give another --output"
            )

    def put(self, pages: Mapping[str, tuple[str, Record]]) -> None:
        """Write some files, those that do not hold their text already.

        Args:
            pages: By name, the text and what else is known of it.

        Raises:
            OutputError: One is not ours, or cannot be written.
        """
        records = {name: replace(about, written=_digest(text)) for name, (text, about) in pages.items()}
        new = [name for name in pages if not self.holds(name) or self.records[name].written != records[name].written]
        for name in new:
            self.require_ours(name)
        self.records |= dict.fromkeys(new, Record())
        self.save()
        for name in new:
            write_text(self.folder / name, pages[name][0])
        self.records |= records

    def remove(self, names: Iterable[str]) -> list[str]:
        """Take files of ours away.

        Returns:
            Those that stay, because somebody has changed them. They are ours no longer.

        Raises:
            OutputError: One cannot be removed.
        """
        changed = []
        for name in names:
            if self._is_changed(name):
                changed.append(name)
            else:
                self._unlink(name)
            del self.records[name]
        return changed

    def save(self) -> None:
        """Write the list.

        Raises:
            OutputError: It cannot be written.
        """
        files = {name: asdict(record) for name, record in sorted(self.records.items())}
        write_text(self.folder / LIST, json.dumps({"format": _FORMAT, "files": files}, indent=0) + "\n")

    def _is_changed(self, name: str) -> bool:
        """Whether somebody else has written a file of ours."""
        path, known = self.folder / name, self.records.get(name, Record()).written
        if name in self.records and os.path.lexists(path) and not path.is_file():
            return True
        return bool(known) and self.holds(name) and file_digest(path) != known

    def _unlink(self, name: str) -> None:
        path = self.folder / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(
                f"{path}: cannot be removed ({error.strerror}); remove it, or give another --output"
            ) from error
        with contextlib.suppress(OSError):  # a folder in which there is something else
            for parent in path.relative_to(self.folder).parents[:-1]:
                (self.folder / parent).rmdir()


@contextlib.contextmanager
def held_shelf(folder: Path) -> Iterator[Shelf]:
    """Hold the folder of a site until a block ends. Another run waits so long.

    Args:
        folder: Made where it is missing.

    Raises:
        OutputError: It cannot be written, its list is damaged, or another run does not end.
    """
    lock = filelock.FileLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=LONGEST_WAIT)
    except filelock.Timeout as error:
        raise OutputError(f"{folder}: another framewatch site has been writing it for {LONGEST_WAIT} s") from error
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written ({error.strerror or error}); give another --output") from error
    try:
        shelf = Shelf(folder, _read(folder / LIST))
        shelf.sweep()
        yield shelf
    finally:
        lock.release()


def _read(path: Path) -> dict[str, Record]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != _FORMAT:
            raise ValueError(f"its format is {found['format']!r}, not {_FORMAT}")  # noqa: TRY301
        return {_inside(name): Record(**record) for name, record in found["files"].items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise OutputError(f"{path}: cannot be read ({error.strerror}); give another --output") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise OutputError(
            f"{path}: is not the list that framewatch site keeps, or is damaged ({error}); remove the folder, and let "
            "it be made again"
        ) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _inside(name: str) -> str:
    """A name that stays below the folder."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or "\0" in name:
        raise ValueError(f"{name!r} lies outside")
    return name
