"""What every kind of source gives: references to images, not the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator
    from typing import Any

    from pipeline.extract.metadata import Metadata

CANNOT_BE_OPENED = "cannot be opened"
"""The reason of what may pass by itself (permissions, a disk's error), so that the next run tries again."""

Version = tuple["int | None", "int | None", "str | None"]
"""Size in bytes, last change in microseconds since 1970 UTC, and etag: an image with the same uri and version is the
same image."""

Order = tuple[str, int, int]
"""Images are read in this order, and those that agree in archive and part by as few workers as can be."""

FILE_BY_ITSELF: Order = ("", 0, 0)
"""The order of an image that is in no archive."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an image gives no numbers: a value of its own, not an exception.

    Attributes:
        reason: One of the fixed words that the summary counts by.
        detail: What was found, for a person.
    """

    reason: str
    detail: str


class Opened:
    """What one worker keeps open from image to image: the archive that it last read from."""

    def __init__(self) -> None:
        """Nothing is open yet."""
        self._key: Hashable = None
        self._thing: Any = None

    def __call__(self, key: Hashable, opening: Callable[[], Any]) -> Any:
        """The thing with that key, opened if the last one was another."""
        if key != self._key:
            self.close()
            self._thing = opening()
            self._key = key
        return self._thing

    def close(self) -> None:
        """Let go of what is open."""
        thing, self._key, self._thing = self._thing, None, None
        if hasattr(thing, "close"):
            thing.close()

    def __del__(self) -> None:
        """A worker ends with its thread, and nobody tells it."""
        self.close()


class Place(Protocol):
    """Where the bytes of one image are; hashable, and small enough to send to a worker anywhere."""

    @property
    def order(self) -> Order:
        """The archive that it is read from, the part of it that is decoded as a whole, and its place within."""

    def read(self, opened: Opened) -> bytes:
        """The image file's content.

        Raises:
            OSError: It cannot be read.
        """


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One image that a source knows of.

    Attributes:
        uri: Where it is, as text that can be stored and shown everywhere.
        path: The part of the uri below the source, with forward slashes; metadata refers to it.
        size: In bytes.
        modified: When it was last changed, in microseconds since 1970 UTC; None where that cannot be told.
        etag: The version that its store or archive gives it; None where there is none.
        place: Where its bytes are.
        problem: Set where it is known already that nothing can be read.
    """

    uri: str
    path: str
    size: int | None
    modified: int | None
    etag: str | None
    place: Place
    problem: Unreadable | None = None

    @property
    def version(self) -> Version:
        """What changes when the image does."""
        return self.size, self.modified, self.etag


class Source(Protocol):
    """A place that images come from."""

    @property
    def name(self) -> str:
        """How the source is called in messages and documents."""

    def images(self) -> Iterator[ImageRef]:
        """The images in the order of their uris.

        Raises:
            SourceError: The place cannot be read, or holds no image.
        """

    def metadata(self) -> Metadata | None:
        """What the source itself knows of its images, such as the other columns of a manifest; None where nothing."""
