"""What every kind of source gives: references to images, not the images."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

CANNOT_BE_OPENED = "cannot be opened"
"""The reason of what may pass by itself (permissions, a disk's error), so that the next run tries again."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why an image gives no numbers: a value of its own, not an exception.

    Attributes:
        reason: One of the fixed words that the summary counts by.
        detail: What was found, for a person.
    """

    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class ImageRef:
    """One image that a source knows of.

    Attributes:
        location: What `open` takes. It may hold bytes that are no text, as Python's surrogate escapes.
        uri: The same as text that can be stored and shown everywhere.
        path: The part of the uri below the source, with forward slashes; metadata refers to it.
        size: In bytes.
        modified: When the file was last changed, in UTC; None where that cannot be told.
        problem: Set where it is known already that nothing can be read.
    """

    location: str
    uri: str
    path: str
    size: int | None
    modified: datetime | None
    problem: Unreadable | None = None


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
