"""Files of this machine as `ImageRef`s: the part that folders and globs share."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from pipeline.extract.sources.interface import CANNOT_BE_OPENED, ImageRef, Opened, Unreadable

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp"}
    | {".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif", ".tga", ".ico"}
)
"""Files that a folder is searched for; a glob takes whatever it matches."""


_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999: beyond it some file systems put a time that they do not know."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this machine.

    Attributes:
        location: What `open` takes. It may hold bytes that are no text, as Python's surrogate escapes.
    """

    location: str

    def read(self, _opened: Opened) -> bytes:
        """See `Place.read`."""
        with open(self.location, "rb") as file:
            return file.read()


def file_ref(location: str, root: str) -> ImageRef:
    """The reference to one file, whatever is wrong with it.

    Args:
        location: The file's path.
        root: The folder that its `path` is relative to.
    """
    uri, path = as_text(os.path.abspath(location)), as_text(os.path.relpath(location, root))
    place = LocalFile(location)
    try:
        found = os.stat(location)
    except OSError as error:
        reason = "dead link" if os.path.islink(location) else CANNOT_BE_OPENED
        return ImageRef(uri, path, None, None, None, place, Unreadable(reason, error.strerror or str(error)))
    problem = None if stat.S_ISREG(found.st_mode) else Unreadable("not a file", _kind(found.st_mode))
    return ImageRef(uri, path, found.st_size, _modified(found), None, place, problem)


def is_named_as_image(name: str) -> bool:
    """Whether a name ends as the names of images do, in capitals or not."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def as_text(path: str) -> str:
    r"""A path as text: forward slashes, and bytes that are no text written as `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _modified(found: os.stat_result) -> int | None:
    modified = found.st_mtime_ns // 1000
    return modified if modified <= _LATEST else None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "it is a directory"
    return "it is a pipe, a socket or a device"
