"""Some partitions of a store, as their files were at one moment: their rows, their settings, their profile."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from pipeline.agreement import require_same
from pipeline.errors import StoreError
from pipeline.profile.measure import PROFILED_COLUMNS, profile_table
from pipeline.profile.merge import merge
from pipeline.store.footer import read_footer
from pipeline.store.layout import row_files
from pipeline.store.scan import scan, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import polars as pl

    from pipeline.profile.profile import Profile
    from pipeline.settings import ExtractionSettings
    from pipeline.store.footer import Footer
    from pipeline.store.layout import Partition

Answer = TypeVar("Answer")

_TRIES, _PATIENCE = 10, 0.01
"""How often a question is asked again because files were replaced meanwhile, and how many seconds longer each time."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Some partitions, by their files."""

    files: dict[Partition, list[Footer]]

    @property
    def rows(self) -> pl.LazyFrame:
        """All their rows, with the columns `dataset` and `date`."""
        return scan(self._all)

    @property
    def settings(self) -> ExtractionSettings:
        """What all rows were made with; those of one file with a model, where only some have one.

        Raises:
            SettingsError: Two files were made with different settings.
        """
        distinct = {file.settings_text: (one, file.settings) for one, own in self.files.items() for file in own}
        named = list(distinct.values())
        where, first = next((one for one in named if one[1].model is not None), named[0])
        for other, settings in named:
            require_same(first, settings, where=f"{where} (beside {other})")
        return first

    def profile(self) -> Profile:
        """The profile of all rows, from the files' own; rows are read only of a file that has none to be trusted."""
        return merge(self.days())

    def days(self) -> list[Profile]:
        """The same of each partition by itself."""
        return [merge(file.profile or profile_of_rows(file) for file in own) for own in self.files.values()]

    @property
    def _all(self) -> list[Footer]:
        return [file for own in self.files.values() for file in own]


def profile_of_rows(file: Footer) -> Profile:
    """The profile of a file's rows, from the rows, whatever its footer says.

    Raises:
        StoreError: The file is damaged.
        FileNotFoundError: It is gone since its folder was listed.
    """
    # NOTE: by Arrow, which reads the pixels' histograms in half the time that Polars takes.
    return merge(profile_table(table) for table in tables_of(file, PROFILED_COLUMNS))


def stored(store: Path, chosen: Iterable[Partition]) -> Stored:
    """Some partitions as they are now, at least one. Without a lock, ask through `ask`.

    Raises:
        StoreError: A file is none of ours, or damaged.
        FileNotFoundError: A file is gone since its folder was listed.
    """
    return Stored({one: [read_footer(path) for path in row_files(store, one)] for one in chosen})


def ask(store: Path, chosen: Iterable[Partition], question: Callable[[Stored], Answer]) -> Answer:
    """Ask a question of some partitions; again, from the start, where a writer has replaced a file meanwhile.

    Raises:
        StoreError: A file is none of ours, or damaged, or files are replaced all the time.
    """
    chosen = list(chosen)
    for tried in range(_TRIES):
        if tried:
            time.sleep(tried * _PATIENCE)
        try:
            return question(_all_there(stored(store, chosen)))
        except FileNotFoundError as error:
            gone = error
    raise StoreError(f"{store}: its files are gone, or replaced faster than they can be read ({gone}); ask again later")


def _all_there(found: Stored) -> Stored:
    """What was found, if it is something of each partition: where folders can only be replaced in two steps, there is
    a moment without."""
    for partition, files in found.files.items():
        if not files:
            raise FileNotFoundError(f"{partition} has no files now")
    return found
