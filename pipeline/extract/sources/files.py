"""Files of this machine as `ImageRef`s: the part that folders and globs share."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta

from pipeline.extract.sources.interface import CANNOT_BE_OPENED, ImageRef, Unreadable

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp"}
    | {".ppm", ".pgm", ".pbm", ".pnm", ".jp2", ".avif", ".tga", ".ico"}
)
"""Files that a folder is searched for; a glob takes whatever it matches."""


def file_ref(location: str, root: str) -> ImageRef:
    """The reference to one file, whatever is wrong with it.

    Args:
        location: The file's path.
        root: The folder that its `path` is relative to.
    """
    uri, path = as_text(os.path.abspath(location)), as_text(os.path.relpath(location, root))
    try:
        found = os.stat(location)
    except OSError as error:
        reason = "dead link" if os.path.islink(location) else CANNOT_BE_OPENED
        return ImageRef(location, uri, path, None, None, Unreadable(reason, error.strerror or str(error)))
    problem = None if stat.S_ISREG(found.st_mode) else Unreadable("not a file", _kind(found.st_mode))
    return ImageRef(location, uri, path, found.st_size, _modified(found), problem)


def is_named_as_image(name: str) -> bool:
    """Whether a name ends as the names of images do, in capitals or not."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def as_text(path: str) -> str:
    r"""A path as text: forward slashes, and bytes that are no text written as `\xNN`."""
    return os.fsencode(path).decode("utf-8", "backslashreplace").replace(os.sep, "/")


def _modified(found: os.stat_result) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=found.st_mtime_ns // 1000)
    except OverflowError:
        return None  # beyond the year 9999, where some file systems put a time that they do not know


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "it is a directory"
    return "it is a pipe, a socket or a device"
