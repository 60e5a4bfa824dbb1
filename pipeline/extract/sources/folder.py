"""A folder, searched recursively."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.files import IMAGE_SUFFIXES, as_text, file_ref, is_named_as_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.metadata import Metadata
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

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        return None


def _image_files(root: str) -> Iterator[str]:
    pending, seen = deque([root]), set[tuple[int, int]]()
    while pending:
        folder = pending.popleft()
        identity, entries = _look_into(folder)
        if identity in seen:
            continue  # a link to a folder that is searched under its own name, or that leads back up
        seen.add(identity)
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if is_named_as_image(entry.name):
                yield entry.path
            if entry.is_dir(follow_symlinks=False):
                pending.appendleft(entry.path)
            elif os.path.isdir(entry.path):
                pending.append(entry.path)  # a link, after all the folders that have their own name


def _look_into(folder: str) -> tuple[tuple[int, int], list[os.DirEntry[str]]]:
    try:
        identity = os.stat(folder)
        with os.scandir(folder) as found:
            return (identity.st_dev, identity.st_ino), sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        # NOTE: passing over it would report a folder as complete that was not looked at.
        raise SourceError(
            f"{as_text(folder)}: this folder cannot be read ({error.strerror}); check its permissions"
        ) from error


def _some_suffixes() -> str:
    return ", ".join(sorted(IMAGE_SUFFIXES))
