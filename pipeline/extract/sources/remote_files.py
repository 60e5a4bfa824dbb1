"""Folders and globs that are URLs."""

from __future__ import annotations

import glob
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import is_web, shown
from pipeline.extract.sources.files import as_text, is_hidden, is_named_as_image, some_suffixes
from pipeline.extract.sources.interface import ImageRef
from pipeline.extract.sources.remote import RemoteFile, file_system, list_remote, uri_in, version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.metadata import Metadata


@dataclass(frozen=True, slots=True)
class RemoteFiles:
    """The images below a URL, or those that it matches where it holds wildcards; hidden ones are passed over below a
    folder.

    Attributes:
        location: The URL, with whatever secrets are needed.
    """

    location: str

    @property
    def name(self) -> str:
        """The URL without its secrets."""
        return shown(self.location)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        pattern = has_wildcard(self.location)
        found = list_remote(self.location, pattern=pattern)
        system, top = file_system(self.location)
        root = (_fixed_part(top) if pattern else top).rstrip("/")
        refs = []
        for path, info in found.items():
            below = as_text(path.removeprefix(root).lstrip("/"))
            if pattern or (below and is_named_as_image(below) and not is_hidden(below)):
                uri = uri_in(self.location, system, path)
                refs.append(ImageRef(uri, below, *version_of(info), RemoteFile(self.location, path)))
        if not refs:
            raise SourceError(f"{self.name}: {self._what_is_wrong(list(found), top, pattern=pattern)}")
        return iter(sorted(refs, key=lambda ref: ref.uri))

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        return None

    def _what_is_wrong(self, found: list[str], top: str, *, pattern: bool) -> str:
        if pattern:
            return "the pattern matches no file"
        if found == [top]:
            return "it is a file; give a folder, a pattern in quotes, a tar, or a manifest (.csv or .parquet)"
        if any(path.endswith(".parquet") for path in found):
            return f'no images, but Parquet files; if they hold images, give "{self.name.rstrip("/")}/**/*.parquet"'
        return f"no images below this URL (looked for {some_suffixes()}); check its spelling"


def has_wildcard(location: str) -> bool:
    """Whether a URL is a pattern. On the web `?` begins a query, and `[` is part of an address."""
    first = location.partition("::")[0]
    return "*" in first.partition("?")[0] if is_web(first) else glob.has_magic(first)


def _fixed_part(pattern: str) -> str:
    parts = pattern.split("/")
    wild = next(index for index, part in enumerate(parts) if glob.has_magic(part))
    return posixpath.join("", "/".join(parts[:wild]))
