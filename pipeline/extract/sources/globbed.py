"""A glob: the files that a pattern matches."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.files import as_text, file_ref, is_named_as_image

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.interface import ImageRef


@dataclass(frozen=True, slots=True)
class Glob:
    """Every file that `pattern` matches, `**` meaning any number of folders. Paths are relative to the part of the
    pattern before its first wildcard.

    A directory is passed over, unless its name ends like an image's: then it is an image that cannot be read.
    """

    pattern: str

    @property
    def name(self) -> str:
        """The pattern as text."""
        return as_text(self.pattern)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        root = fixed_part(self.pattern)
        locations = matching_files(self.pattern)
        if not locations:
            raise SourceError(f"{self.name}: the pattern matches no file (its fixed part is {as_text(root)})")
        uris = (as_text(os.path.abspath(location)) for location in locations)
        paths = (as_text(os.path.relpath(location, root)) for location in locations)
        return map(file_ref, locations, uris, paths)

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        return None


def matching_files(pattern: str) -> list[str]:
    """What a pattern matches, each once, in the order of their text."""
    matches = glob.iglob(pattern, recursive=True)
    files = (found for found in matches if is_named_as_image(found) or not os.path.isdir(found))
    return sorted(_once_each(files), key=as_text)


def fixed_part(pattern: str) -> str:
    """The folder before a pattern's first wildcard."""
    parts = pattern.split(os.sep)
    wild = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return os.sep.join(parts[:wild]) or (os.sep if pattern.startswith(os.sep) else os.curdir)


def _once_each(locations: Iterable[str]) -> Iterable[str]:
    """Each by its shortest path: `**` goes forty times around a link that leads back up."""
    real, known = cache(os.path.realpath), dict[tuple[str, str], str]()
    for location in sorted(locations, key=lambda one: (len(one), as_text(one))):
        folder, name = os.path.split(location)
        known.setdefault((real(folder), name), location)
    return known.values()
