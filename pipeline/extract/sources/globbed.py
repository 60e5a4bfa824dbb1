"""A glob: the files that a pattern matches."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.files import as_text, file_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.sources.interface import ImageRef


@dataclass(frozen=True, slots=True)
class Glob:
    """Every file that `pattern` matches, `**` meaning any number of folders. Paths are relative to the part of the
    pattern before its first wildcard."""

    pattern: str

    @property
    def name(self) -> str:
        """The pattern as text."""
        return as_text(self.pattern)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        root = _fixed_part(self.pattern)
        matches = glob.iglob(self.pattern, recursive=True)
        locations = sorted((found for found in matches if not os.path.isdir(found)), key=as_text)
        if not locations:
            raise SourceError(f"{self.name}: the pattern matches no file (its fixed part is {as_text(root)})")
        return (file_ref(location, root) for location in locations)


def _fixed_part(pattern: str) -> str:
    parts = pattern.split(os.sep)
    wild = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return os.sep.join(parts[:wild]) or (os.sep if pattern.startswith(os.sep) else os.curdir)
