"""What is left to do: the images of a source minus those whose rows are there already."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.extract.sources.interface import FILE_BY_ITSELF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.extract.sources.interface import ImageRef, Order, Version

UNIT_SIZE = 128
"""Images in a unit of work: large enough to hide the cost of handing it over, small enough to keep memory flat."""

_SMALLEST_UNIT, _UNITS_LEFT = 16, 16
"""Towards the end units of files become smaller, so that many are left, and all threads end at about the same time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Which images to compute.

    Attributes:
        added: Images that have no row yet.
        changed: Images whose row is of another version.
        unchanged: How many have their row.
    """

    added: tuple[ImageRef, ...]
    changed: tuple[ImageRef, ...]
    unchanged: int

    @property
    def replaced(self) -> frozenset[str]:
        """The uris whose rows are out of date."""
        return frozenset(ref.uri for ref in self.changed)

    def units(self) -> Iterator[list[ImageRef]]:
        """The images to compute, by units of work, in the order in which they are best read: files by their uris,
        those of an archive as they lie in it.

        What is decoded as a whole, such as a row group of Parquet, begins a unit unless it fits into the last one.
        """
        wanted = sorted((*self.added, *self.changed), key=_reading_order)
        files = sum(ref.place.order == FILE_BY_ITSELF for ref in wanted)
        yield from _units_of_files(wanted[:files])
        yield from _units_of_archives(wanted[files:])


def plan(refs: Iterable[ImageRef], known: Mapping[str, Version]) -> Plan:
    """Compare a source with what is stored.

    Args:
        refs: The source's images.
        known: The version of each stored row, by uri.
    """
    added: list[ImageRef] = []
    changed: list[ImageRef] = []
    unchanged = 0
    for ref in refs:
        if ref.uri not in known:
            added.append(ref)
        elif known[ref.uri] != ref.version:
            changed.append(ref)
        else:
            unchanged += 1
    return Plan(tuple(added), tuple(changed), unchanged)


def _units_of_files(refs: list[ImageRef]) -> Iterator[list[ImageRef]]:
    start = 0
    while start < len(refs):
        size = min(UNIT_SIZE, max(_SMALLEST_UNIT, (len(refs) - start) // _UNITS_LEFT))
        yield refs[start : start + size]
        start += size


def _units_of_archives(refs: list[ImageRef]) -> Iterator[list[ImageRef]]:
    unit: list[ImageRef] = []
    for _, part in groupby(refs, key=_part):
        whole = list(part)
        if unit and len(unit) + len(whole) > UNIT_SIZE:
            yield unit
            unit = []
        unit += whole
        while len(unit) >= UNIT_SIZE:
            yield unit[:UNIT_SIZE]
            del unit[:UNIT_SIZE]
    if unit:
        yield unit


def _reading_order(ref: ImageRef) -> tuple[Order, str]:
    return ref.place.order, ref.uri


def _part(ref: ImageRef) -> tuple[str, int]:
    archive, part, _ = ref.place.order
    return archive, part
