"""What is left to do: the images of a source minus those whose rows are there already."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.extract.sources.interface import ImageRef, Version

UNIT_SIZE = 32
"""Images in a unit of work: large enough to hide the cost of handing it over, small enough to keep memory flat."""


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
        """The images to compute, in the order of their uris, by units of work."""
        refs = iter(sorted((*self.added, *self.changed), key=lambda ref: ref.uri))
        while unit := list(islice(refs, UNIT_SIZE)):
            yield unit


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
