"""A folder, searched recursively."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.files import as_text, found_ref, is_named_as_image, missing_ref, some_suffixes

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
            raise SourceError(
                f"{self.name}: no such folder ({found}); give a folder of images, a glob in quotes, a tar, or a "
                "manifest (.csv or .parquet)"
            )
        refs = sorted(_image_refs(self.root), key=attrgetter("uri"))
        if not refs:
            raise SourceError(f"{self.name}: no images in this folder (looked for {some_suffixes()} in it and below)")
        return iter(refs)

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        return None


def _image_refs(root: str) -> Iterator[ImageRef]:
    """One call to the system an image, and strings put together rather than paths taken apart: there are many."""
    uri_of_root = as_text(os.path.abspath(root)).rstrip("/")
    pending, seen = deque([(root, "")]), set[tuple[int, int]]()
    while pending:
        folder, below = pending.popleft()
        identity, entries = _look_into(folder)
        if identity in seen:
            continue  # a link to a folder that is searched under its own name, or that leads back up
        seen.add(identity)
        for entry in entries:
            name = as_text(entry.name)
            if name.startswith("."):
                continue
            path = below + name
            if is_named_as_image(name):
                yield _entry_ref(entry, f"{uri_of_root}/{path}", path)
            if entry.is_dir(follow_symlinks=False):
                pending.appendleft((entry.path, f"{path}/"))
            elif entry.is_symlink() and os.path.isdir(entry.path):
                pending.append((entry.path, f"{path}/"))  # after all the folders that have their own name


def _entry_ref(entry: os.DirEntry[str], uri: str, path: str) -> ImageRef:
    try:
        return found_ref(entry.path, uri, path, entry.stat())
    except OSError as error:
        return missing_ref(entry.path, uri, path, error)


def _look_into(folder: str) -> tuple[tuple[int, int], list[os.DirEntry[str]]]:
    try:
        identity = os.stat(folder)
        with os.scandir(folder) as found:
            return (identity.st_dev, identity.st_ino), sorted(found, key=attrgetter("name"))
    except OSError as error:
        # NOTE: passing over it would report a folder as complete that was not looked at.
        raise SourceError(
            f"{as_text(folder)}: this folder cannot be read ({error.strerror}); check its permissions"
        ) from error
