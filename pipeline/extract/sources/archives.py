"""Files that hold many images or name them: tars and tables, on this machine or behind a URL."""

from __future__ import annotations

import contextlib
import glob
import os
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import is_url, scrubbed, shown
from pipeline.extract.sources.files import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d+)\.\.(\d+)")


@dataclass(frozen=True, slots=True)
class Archive:
    """One such file.

    Attributes:
        location: What opens it, with whatever secrets are needed.
        uri: The same as absolute text without secrets.
        name: What it is called among the others of its source.
        etag: Its version; None where nothing is known of it.
    """

    location: str
    uri: str
    name: str
    etag: str | None


def find_archives(locations: Sequence[str]) -> list[Archive]:
    """The files that paths, URLs, patterns or lists in braces (`shard-{000..009}.tar`) mean, by their uris.

    Raises:
        SourceError: One of them is missing, or the pattern matches none.
    """
    each = [one for location in locations for one in _expanded(location)]
    found = [one for location in each for one in (_remote(location) if is_url(location) else _local(location))]
    found.sort(key=lambda archive: archive[1])
    names = _names([uri for _, uri, _ in found])
    return [Archive(location, uri, name, etag) for (location, uri, etag), name in zip(found, names, strict=True)]


def is_pattern(location: str) -> bool:
    """Whether a location may mean several files."""
    return len(_expanded(location)) > 1 or glob.has_magic(location.partition("::")[0] if is_url(location) else location)


def open_archive(location: str) -> BinaryIO:
    """The file, to be read from any position.

    Raises:
        OSError: It cannot be opened.
    """
    if not is_url(location):
        return open(location, "rb")
    from pipeline.extract.sources.remote import open_remote

    return open_remote(location)


@contextlib.contextmanager
def looked_into(archive: Archive) -> Iterator[None]:
    """Raise a `SourceError` without secrets for what goes wrong while an archive is looked into."""
    try:
        yield
    except SourceError:
        raise
    except Exception as error:
        if not isinstance(error, (OSError, ValueError)) and not is_url(archive.location):
            raise
        words = getattr(error, "strerror", None) or str(error) or type(error).__name__
        words = scrubbed(words.splitlines()[0], archive.location)
        raise SourceError(f"{archive.uri}: cannot be read ({words})") from None


def _local(location: str) -> Iterator[tuple[str, str, str | None]]:
    from pipeline.extract.sources.globbed import matching_files

    matched = glob.has_magic(location) and not os.path.exists(location)
    files = matching_files(location) if matched else [location]
    if not files:
        raise SourceError(f"{as_text(location)}: the pattern matches no file")
    for file in files:
        try:
            found = os.stat(file)
        except OSError as error:
            raise SourceError(f"{as_text(file)}: cannot be opened ({error.strerror}); check its name") from error
        yield file, as_text(os.path.abspath(file)), f"{found.st_size}-{found.st_mtime_ns}"


def _remote(location: str) -> Iterator[tuple[str, str, str | None]]:
    from pipeline.extract.sources.remote import ask_remote, file_system, list_remote, uri_in, version_of
    from pipeline.extract.sources.remote_files import has_wildcard

    if not has_wildcard(location):
        (info,) = ask_remote([location])
        if isinstance(info, OSError):
            raise SourceError(f"{shown(location)}: cannot be opened ({info}); check the URL and the credentials")
        yield location, info["uri"], _etag(version_of(info))
        return
    found = list_remote(location, pattern=True)
    if not found:
        raise SourceError(f"{shown(location)}: the pattern matches no file")
    system, _ = file_system(location)
    chain = location.partition("::")[2]
    for path, info in found.items():
        own = system.unstrip_protocol(path)
        yield f"{own}::{chain}" if chain else own, uri_in(location, system, path), _etag(version_of(info))


def _etag(version: tuple[int | None, int | None, str | None]) -> str | None:
    """The version of a file in one word."""
    size, modified, etag = version
    return etag or (None if modified is None else f"{size}-{modified}")


def _names(uris: list[str]) -> list[str]:
    """The files' own names where they differ, else what their uris do not share."""
    names = [uri.partition("::")[0].rpartition("/")[2] for uri in uris]
    if len(set(names)) == len(names):
        return names
    shared = os.path.commonprefix(uris).rpartition("/")[0]  # noqa: RUF071 - cut at a / here, and uris are no paths
    return [uri.removeprefix(shared).lstrip("/") for uri in uris]


def _expanded(location: str) -> list[str]:
    """Each member of the lists in braces, as shells and WebDataset write them."""
    pieces = _BRACES.split(location)
    if is_url(location) or not os.path.exists(location):
        choices = [_choices(piece) if index % 2 else [piece] for index, piece in enumerate(pieces)]
        return ["".join(one) for one in product(*choices)]
    return [location]


def _choices(words: str) -> list[str]:
    found = _RANGE.fullmatch(words)
    if found is None:
        return words.split(",") if "," in words else [f"{{{words}}}"]
    first, last = found.groups()
    width = max(len(first), len(last)) if "0" in (first[:1], last[:1]) else 0
    low, high = sorted((int(first), int(last)))
    return [f"{number:0{width}}" for number in range(low, high + 1)]
