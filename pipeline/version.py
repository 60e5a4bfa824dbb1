"""The version of the program, as the documents and the command line give it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.documents import Generator

__version__ = "0.1.0"


def generator() -> Generator:
    """What is written into each document."""
    return {"name": "framewatch", "version": __version__}
