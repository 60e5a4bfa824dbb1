"""Where rows lie: `STORE/dataset=NAME/date=YYYY-MM-DD/*.parquet`, and how a user names some of them."""

from __future__ import annotations

import errno
import os
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

from pipeline.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """One dataset on one day."""

    dataset: str
    date: date

    def __post_init__(self) -> None:
        """Refuse names that the hive layout would have to escape."""
        require_name(self.dataset)

    def folder(self, store: Path) -> Path:
        """The folder of the partition's files."""
        return store / f"dataset={self.dataset}" / f"date={self.date.isoformat()}"

    def __str__(self) -> str:
        return f"{self.dataset}@{self.date.isoformat()}"


@dataclass(frozen=True, slots=True)
class Selection:
    """A dataset and, perhaps, the days that are wanted of it."""

    dataset: str
    first: date | None = None
    last: date | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `NAME`, `NAME@2026-11-23` or `NAME@2026-11-01..2026-11-07`.

        Raises:
            StoreError: It is none of these.
        """
        name, at, days = text.partition("@")
        require_name(name)
        if not at:
            return cls(name)
        first, dots, last = days.partition("..")
        try:
            begin, end = date.fromisoformat(first), date.fromisoformat(last if dots else first)
        except ValueError as error:
            raise StoreError(
                f"{text!r}: {days!r} is no date; select NAME, NAME@2026-11-23 or NAME@2026-11-01..2026-11-07"
            ) from error
        if begin > end:
            raise StoreError(f"{text!r}: the first day is after the last; turn them round")
        return cls(name, begin, end)

    def holds(self, day: date) -> bool:
        """Whether a day is wanted."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def __str__(self) -> str:
        if self.first is None or self.last is None:
            return self.dataset
        return f"{self.dataset}@{self.first}" + ("" if self.first == self.last else f"..{self.last}")


def require_name(name: str) -> None:
    """Refuse a dataset's name that cannot be part of a path.

    Raises:
        StoreError: It holds something other than letters, digits, dots, dashes and underscores.
    """
    if not _NAME.fullmatch(name):
        raise StoreError(
            f"{name!r} is no name for a dataset; use letters, digits, '.', '-' and '_', a letter or digit first"
        )


def require_text(store: Path) -> None:
    """Refuse a store whose name is no text: neither Arrow nor Polars could open its files.

    Raises:
        StoreError: The name holds bytes that are no UTF-8.
    """
    try:
        str(store).encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"{os.fsencode(store)!r}: the name of a store must be text; rename the folder") from error


def partitions(store: Path, dataset: str | None = None) -> list[Partition]:
    """The partitions that hold rows, by name and date.

    Raises:
        StoreError: There is no store there.
    """
    require_text(store)
    if not store.is_dir():
        raise StoreError(_no_store(store))
    folders = store.glob(f"dataset={dataset or '*'}/date=*")
    return sorted(_partition(folder) for folder in folders if _row_files_in(folder))


def _no_store(store: Path) -> str:
    if os.path.lexists(store):
        return f"{store}: no such store: it is no folder; name the folder of a store"
    alike = _stores_alike(store)
    made = f"`framewatch extract --store {store}` makes one"
    return f"{store}: no such store: it does not exist; {f'did you mean {alike[0]}?' if alike else made}"


def _stores_alike(store: Path) -> list[Path]:
    """Stores beside one that is not there, and of a similar name; the most similar first."""
    import difflib

    try:
        beside = {path.name: path for path in store.parent.iterdir()}
        named = [beside[name] for name in difflib.get_close_matches(store.name, beside)]
        return [path for path in named if any(path.glob("dataset=*"))]
    except OSError:
        return []


def row_files(store: Path, partition: Partition) -> list[Path]:
    """The files of a partition, by name, as they were at one moment; none where it has no rows yet."""
    return _row_files_in(partition.folder(store))


def _row_files_in(folder: Path) -> list[Path]:
    # NOTE: a writer puts another folder in this one's place and empties this one, perhaps while it is being listed.
    # The list is whole if the name means the same folder before and after.
    for _ in range(_TRIES):
        before = _identity(folder)
        names = sorted(_listed(folder))
        if _identity(folder) == before:
            return [folder / name for name in names if name.endswith(".parquet") and not name.startswith(".")]
    raise StoreError(f"{folder}: is another folder each time that it is looked at; ask again later")


_TRIES = 100
"""How often a folder is listed again because it was replaced meanwhile."""


def _listed(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError as error:
        if error.errno in _NOTHING_THERE:
            return []
        raise StoreError(f"{folder}: cannot be listed ({error.strerror}); see that this user may read it") from error


_NOTHING_THERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ESTALE})
"""The last is what a network file system says of a folder that was replaced."""


def _identity(folder: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(folder)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


def select(store: Path, selection: Selection) -> list[Partition]:
    """The partitions that a selection means, by date.

    Raises:
        StoreError: There are none.
    """
    present = partitions(store, selection.dataset)
    chosen = [one for one in present if selection.holds(one.date)]
    if not chosen:
        if present:
            raise StoreError(f"{store} has no rows of {selection}; {selection.dataset} has {_span(present)}")
        known = sorted({one.dataset for one in partitions(store)})
        others = (
            f"it has {', '.join(known)}" if known else f"it has none: `framewatch extract --store {store}` adds one"
        )
        raise StoreError(f"{store} has no dataset {selection.dataset}; {others}")
    return chosen


def _partition(folder: Path) -> Partition:
    day = folder.name.removeprefix("date=")
    if not _DATE.fullmatch(day):
        raise StoreError(f"{folder}: {day!r} is no date; a store holds date=YYYY-MM-DD folders only")
    try:
        return Partition(folder.parent.name.removeprefix("dataset="), date.fromisoformat(day))
    except ValueError as error:
        raise StoreError(f"{folder}: {day!r} is no date ({error}); rename or remove the folder") from error


def _span(present: list[Partition]) -> str:
    return f"{present[0].date} to {present[-1].date} ({len(present)} days)" if present[1:] else str(present[0].date)
