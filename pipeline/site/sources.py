"""A folder to the JSON files in it, by what they hold."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = "reports/"
"""Where in the folder of the site the pages of reports lie."""

_ENDING = ".json"


@dataclass(frozen=True, slots=True)
class Source:
    """A JSON file that may be a report.

    Attributes:
        path: Where it is.
        page: The name of its page below the folder of the site: its own below the folder of reports, so that files of
            one name in several folders have a page each.
        digest: SHA-256 of its bytes; None where they cannot be read.
    """

    path: Path
    page: str
    digest: str | None


def require_folder(folder: Path) -> None:
    """Refuse a folder of reports that is none.

    Raises:
        SourceError: It cannot be read.
    """
    try:
        os.scandir(folder).close()
    except OSError as error:
        _refuse(error)


def find_sources(folder: Path) -> Iterator[Source]:
    """The JSON files in a folder and those below it, by name; not hidden ones, and not what is no file, such as a pipe.

    Raises:
        SourceError: The folder, or one below it, cannot be read. What cannot be seen is not taken to be gone.
    """
    for parent, folders, names in os.walk(folder, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.endswith(_ENDING) and not name.startswith("."):
                path = Path(parent, name)
                if path.exists() and not path.is_file():
                    continue
                page = PAGES + path.relative_to(folder).with_suffix(".html").as_posix()
                yield Source(path, page, file_digest(path))


def file_digest(path: Path) -> str | None:
    """SHA-256 of a file's bytes; None where they cannot be read."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def _refuse(error: OSError) -> NoReturn:
    raise SourceError(f"{error.filename}: cannot be read ({error.strerror}); give a folder of reports") from error
