"""What fsspec reaches, as `ImageRef`s; the one place that calls it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.extract.sources.addresses import absolute, is_web, shown
from pipeline.extract.sources.copies import temporary_copy
from pipeline.extract.sources.files import microseconds
from pipeline.extract.sources.interface import CANNOT_BE_OPENED, FILE_BY_ITSELF, ImageRef, Opened, Order, Unreadable
from pipeline.extract.sources.remote_errors import reachable, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import BinaryIO

from pipeline.extract.sources.interface import Version

_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "created")
_ETAGS = ("ETag", "etag", "md5Hash", "content_md5", "Content-MD5", "md5", "checksum", "sha", "CRC", "crc32c", "Digest")
_ASKED_AT_ONCE = 16
"""Requests that wait for a server at the same time, where each file has to be asked for."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that fsspec reaches.

    Attributes:
        location: A URL of its file system, with whatever secrets are needed.
        path: The file's path there.
    """

    location: str
    path: str

    @property
    def order(self) -> Order:
        """See `Place.order`."""
        return FILE_BY_ITSELF

    def read(self, opened: Opened) -> bytes:
        """See `Place.read`."""
        with readable(self.location):
            system, _ = opened(("fsspec", self.location), lambda: file_system(self.location))
            content: bytes = system.cat_file(self.path)
            return content


def file_system(location: str) -> tuple[Any, str]:
    """The file system that fsspec has for a URL, and the path that the URL has there."""
    from fsspec.core import url_to_fs

    found: tuple[Any, str] = url_to_fs(location)
    return found


def open_remote(location: str) -> BinaryIO:
    """A file that fsspec reaches, to be read from any position.

    Raises:
        OSError: It cannot be opened; the message holds no secrets.
    """
    with readable(location):
        system, path = file_system(location)
        file: BinaryIO = system.open(path, "rb")
        # NOTE: a file in an archive is closed with its file system, and goes back only by starting again.
        if "::" in location:
            return _copied(file)
        if is_web(location) and not _gives_parts(file):
            return _copied(system.open(path, "rb", block_size=0))
        return file


def list_remote(location: str, *, pattern: bool) -> dict[str, Mapping[str, Any]]:
    """What fsspec says of each file below a folder, or of each that a pattern matches, by its path.

    Raises:
        SourceError: The place cannot be reached.
    """
    with reachable(location):
        system, path = file_system(location)
        system.invalidate_cache()  # NOTE: fsspec keeps file systems and their listings for the life of the process
        found = system.glob(path, detail=True) if pattern else system.find(path, detail=True)
        files = {name: info for name, info in found.items() if info.get("type") != "directory"}
        unknown = [name for name, info in files.items() if version_of(info) == (None, None, None)]
        return files | dict(zip(unknown, _ask(system, unknown), strict=True))


def ask_remote(locations: Sequence[str]) -> Iterator[Mapping[str, Any] | OSError]:
    """What fsspec says of each of some files, with its `uri` beside; or why it says nothing.

    Several are asked for at once.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        yield from pool.map(_asked, locations)


def remote_ref(location: str, path: str, info: Mapping[str, Any] | OSError) -> ImageRef:
    """The reference to one file by its own URL, whatever is wrong with it."""
    if isinstance(info, OSError):
        place = RemoteFile(location, "")
        return ImageRef(absolute(location), path, None, None, None, place, Unreadable(CANNOT_BE_OPENED, str(info)))
    place = RemoteFile(location, str(info["name"]))
    problem = Unreadable("not a file", "it is a directory") if info.get("type") == "directory" else None
    return ImageRef(info["uri"], path, *version_of(info), place, problem)


def version_of(info: Mapping[str, Any]) -> Version:
    """Size, time and etag, as far as a file system gives them: each calls them by other names."""
    size = info.get("size")
    etag = next((info[name] for name in _ETAGS if info.get(name) is not None), None)
    moment = next((info[name] for name in _TIMES if info.get(name) is not None), None)
    return None if size is None else int(size), _microseconds(moment), None if etag is None else str(etag).strip('"')


def uri_in(location: str, system: Any, path: str) -> str:
    """The full URL of a path in the file system of another URL, without secrets."""
    *_, chain = absolute(location).partition("::")
    own = shown(system.unstrip_protocol(path))
    return f"{own}::{chain}" if chain else own


def _asked(location: str) -> Mapping[str, Any] | OSError:
    try:
        with readable(location):
            system, path = file_system(location)
            system.invalidate_cache(path)
            info: Mapping[str, Any] = system.info(path)
            return {**info, "name": path, "uri": uri_in(location, system, path)}
    except OSError as error:
        return error


def _gives_parts(file: BinaryIO) -> bool:
    """Whether a web server gives a part of a file; some give the whole only."""
    try:
        file.seek(-1, 2)
        file.read(1)
        file.seek(0)
    except Exception:  # noqa: BLE001 - as above; what is really wrong shows when the whole is asked for
        return False
    return True


def _copied(file: BinaryIO) -> BinaryIO:
    with file:
        return temporary_copy(file)


def _ask(system: Any, paths: Sequence[str]) -> list[Mapping[str, Any]]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(_ASKED_AT_ONCE) as pool:
        return list(pool.map(system.info, paths))


def _microseconds(moment: object) -> int | None:
    if isinstance(moment, str):
        with contextlib.suppress(ValueError):
            moment = datetime.fromisoformat(moment)
    if isinstance(moment, datetime):
        since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime(1970, 1, 1, tzinfo=UTC)
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return microseconds(moment) if isinstance(moment, (int, float)) else None
