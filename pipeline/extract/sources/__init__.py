"""Where images come from: one kind a file, all behind `Source`."""

from __future__ import annotations

import glob
import os
from typing import TYPE_CHECKING

from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.globbed import Glob

if TYPE_CHECKING:
    from pipeline.extract.sources.interface import Source


def open_source(location: str | os.PathLike[str]) -> Source:
    """The source that a user's words mean: a glob where they hold a wildcard and are no folder, else a folder."""
    text = os.fspath(location)
    if glob.has_magic(text) and not os.path.isdir(text):
        return Glob(text)
    return Folder(text)
