"""How an image in a tar is read: by its offset, without unpacking the others."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from pipeline.extract.sources.addresses import last_name, scrubbed
from pipeline.extract.sources.archives import open_archive
from pipeline.extract.sources.copies import temporary_copy

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.extract.sources.interface import Opened, Order

_PACKED: dict[str, Callable[[Any], Any]] = {
    ".tar.gz": gzip.open,
    ".tgz": gzip.open,
    ".tar.bz2": bz2.open,
    ".tbz2": bz2.open,
    ".tar.xz": lzma.open,
    ".txz": lzma.open,
}
TAR_SUFFIXES = (".tar", *_PACKED)
"""How the names of tars end."""

DAMAGED = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile)
"""What is raised of a tar, packed or not, that is damaged."""


@dataclass(frozen=True, slots=True)
class Member:
    """An image in a tar.

    Attributes:
        location: What opens the tar, with whatever secrets are needed.
        offset: Of its first byte, in the unpacked tar.
        size: In bytes.
    """

    location: str
    offset: int
    size: int

    @property
    def order(self) -> Order:
        """See `Place.order`."""
        return self.location, 0, self.offset

    def read(self, opened: Opened) -> bytes:
        """See `Place.read`."""
        file = opened(("tar", self.location), lambda: unpacked(self.location))
        try:
            file.seek(self.offset)
            content: bytes = file.read(self.size)
        except Exception as error:  # noqa: BLE001 - each protocol has exceptions of its own
            raise OSError(scrubbed(str(error), self.location)) from None
        if len(content) < self.size:
            raise OSError(f"the tar ends after {len(content)} of the {self.size} bytes")
        return content


def unpacked(location: str) -> IO[bytes]:
    """The tar itself, or a temporary copy of what it holds where it is compressed."""
    name = last_name(location).lower()
    unpack = next((unpack for suffix, unpack in _PACKED.items() if name.endswith(suffix)), None)
    file = open_archive(location)
    if unpack is None:
        return file
    # NOTE: what comes before the damage in a truncated file is copied all the same, and its images are read.
    with file, unpack(file) as packed:
        return temporary_copy(packed, up_to=DAMAGED)
