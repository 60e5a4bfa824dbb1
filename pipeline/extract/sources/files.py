"""Files of this machine as `ImageRef`s: the part that folders, globs and manifests share."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass

from pipeline.extract.sources.interface import (
    CANNOT_BE_OPENED,
    FILE_BY_ITSELF,
    ImageRef,
    Opened,
    Order,
    Unreadable,
)

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp"}
    | {".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif", ".tga", ".ico"}
)
"""Files that a folder or an archive is searched for; a glob takes whatever it matches."""


_LATEST = 253_402_300_799_999_999
"""The last microsecond of the year 9999: beyond it some file systems put a time that they do not know."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this machine.

    Attributes:
        location: What `open` takes. It may hold bytes that are no text, as Python's surrogate escapes.
    """

    location: str

    @property
    def order(self) -> Order:
        """See `Place.order`."""
        return FILE_BY_ITSELF

    def read(self, _opened: Opened) -> bytes:
        """See `Place.read`."""
        with open(self.location, "rb") as file:
            return file.read()


def file_ref(location: str, uri: str, path: str) -> ImageRef:
    """The reference to one file, whatever is wrong with it.

    Args:
        location: What `open` takes.
        uri: The same as absolute text.
        path: What the source calls it.
    """
    try:
        found = os.stat(location)
    except OSError as error:
        return missing_ref(location, uri, path, error)
    return found_ref(location, uri, path, found)


def found_ref(location: str, uri: str, path: str, found: os.stat_result) -> ImageRef:
    """The reference to something that is there, perhaps not a file."""
    modified = found.st_mtime_ns // 1000
    problem = None if stat.S_ISREG(found.st_mode) else Unreadable("not a file", _kind(found.st_mode))
    version = found.st_size, modified if modified <= _LATEST else None, None
    return ImageRef(uri, path, *version, LocalFile(location), problem)


def missing_ref(location: str, uri: str, path: str, error: OSError) -> ImageRef:
    """The reference to something that the system tells nothing of."""
    reason = "dead link" if os.path.islink(location) else CANNOT_BE_OPENED
    problem = Unreadable(reason, error.strerror or str(error))
    return ImageRef(uri, path, None, None, None, LocalFile(location), problem)


def microseconds(seconds: float) -> int | None:
    """Seconds since 1970 in microseconds; None where they are no number, or of no year that anybody lives to see."""
    return round(seconds * 1_000_000) if abs(seconds) * 1_000_000 <= _LATEST else None


def is_named_as_image(name: str) -> bool:
    """Whether a name ends as the names of images do, in capitals or not."""
    stem, _, suffix = name.rpartition(".")
    return f".{suffix.lower()}" in IMAGE_SUFFIXES and stem.rpartition("/")[2].strip(".") != ""


def is_hidden(path: str) -> bool:
    """Whether a part of a path is hidden, as macOS's `._x.jpg` and what lies in `.thumbnails` are."""
    return path.startswith(".") or "/." in path


def as_text(path: str) -> str:
    r"""A path as text: forward slashes, and bytes that are no text written as `\xNN`."""
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "backslashreplace")


def some_suffixes() -> str:
    """The endings of images' names, for messages."""
    return ", ".join(sorted(IMAGE_SUFFIXES))


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "it is a directory"
    return "it is a pipe, a socket or a device"
