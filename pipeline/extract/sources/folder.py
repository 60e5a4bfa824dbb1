"""A folder, searched recursively."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.files import IMAGE_SUFFIXES, as_text, file_ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.sources.interface import ImageRef


@dataclass(frozen=True, slots=True)
class Folder:
    """Every file below `root` whose name ends like an image's; hidden ones are passed over.

    A directory or a dead link with such a name is an image that cannot be read, not one that is not there.
    """

    root: str

    @property
    def name(self) -> str:
        """The folder's path as text."""
        return as_text(self.root)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        if not os.path.isdir(self.root):
            found = "it is a file" if os.path.exists(self.root) else "it does not exist"
            raise SourceError(f"{self.name}: no such folder ({found}); give a folder of images or a glob in quotes")
        locations = sorted(_image_files(self.root), key=as_text)
        if not locations:
            raise SourceError(f"{self.name}: no images in this folder (looked for {_some_suffixes()} in it and below)")
        return (file_ref(location, self.root) for location in locations)


def _image_files(root: str) -> Iterator[str]:
    pending, seen = [root], set[tuple[int, int]]()
    while pending:
        folder = pending.pop()
        identity = os.stat(folder)
        if (identity.st_dev, identity.st_ino) in seen:
            continue  # a link that leads back up
        seen.add((identity.st_dev, identity.st_ino))
        for entry in _entries(folder):
            if entry.name.startswith("."):
                continue
            if os.path.splitext(entry.name)[1].lower() in IMAGE_SUFFIXES:
                yield entry.path
            if entry.is_dir():
                pending.append(entry.path)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return list(found)
    except OSError as error:
        # NOTE: passing over it would report a folder as complete that was not looked at.
        raise SourceError(
            f"{as_text(folder)}: this folder cannot be read ({error.strerror}); check its permissions"
        ) from error


def _some_suffixes() -> str:
    return ", ".join(sorted(IMAGE_SUFFIXES))
