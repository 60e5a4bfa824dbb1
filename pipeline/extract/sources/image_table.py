"""Parquet with a column of image files, as Hugging Face datasets writes it."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import beside, is_url, shown
from pipeline.extract.sources.archives import is_pattern
from pipeline.extract.sources.files import as_text, file_ref
from pipeline.extract.sources.interface import ImageRef, Unreadable
from pipeline.extract.sources.parquet_cells import Cell
from pipeline.extract.sources.parquet_rows import Row, images_in, scalars_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.archives import Archive


@dataclass(frozen=True, slots=True)
class _Found:
    """One row of one of the files, with its number in the file."""

    archive: Archive
    number: int
    row: Row


class ImageTable:
    """The rows of Parquet files that hold image files as bytes.

    A row's `path` is the one that stands beside its bytes, or its number where there is none or several rows have it;
    where the location is a pattern or a folder, the file's name and a # come before the number. Its uri is the file's,
    with # and the number. Columns of numbers, truth values, times and texts are metadata.
    """

    def __init__(self, location: str, archives: Sequence[Archive], column: str) -> None:
        """Nothing is read yet.

        Args:
            location: As the user gave it.
            archives: The files.
            column: The one that holds the images.
        """
        self._location = location
        self._several = is_pattern(location) or os.path.isdir(location)
        self._archives = archives
        self._column = column
        self._rows: list[tuple[str, _Found]] | None = None

    @property
    def name(self) -> str:
        """The location as text, without secrets."""
        return shown(self._location)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        refs = [self._ref(path, found) for path, found in self._read()]
        if not refs:
            raise SourceError(f"{self.name}: no images in this table; it has no rows")
        return iter(sorted(refs, key=lambda ref: ref.uri))

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        import polars as pl

        from pipeline.extract.archive_metadata import metadata_from_columns

        tables = []
        for archive, rows in groupby(self._read(), key=lambda row: row[1].archive):
            paths = pl.Series("path", [path for path, _ in rows], pl.String)
            beside = scalars_in(archive, self._column).rename({"path": "given_path"}, strict=False)
            tables.append(pl.DataFrame([paths, *beside]))
        return metadata_from_columns(pl.concat(tables, how="diagonal_relaxed"), self.name) if tables else None

    def _read(self) -> list[tuple[str, _Found]]:
        if self._rows is None:
            rows = [
                _Found(archive, number, row)
                for archive in self._archives
                for number, row in enumerate(images_in(archive, self._column))
            ]
            counts = Counter(found.row.path for found in rows)
            paths = [self._path(found, unique=counts[found.row.path] == 1) for found in rows]
            if len(set(paths)) < len(paths):  # a path is another row's number
                paths = [self._path(found, unique=False) for found in rows]
            self._rows = list(zip(paths, rows, strict=True))
        return self._rows

    def _path(self, found: _Found, *, unique: bool) -> str:
        if found.row.path is not None and unique:
            return as_text(found.row.path)
        return f"{found.archive.name}#{found.number}" if self._several else str(found.number)

    def _ref(self, path: str, found: _Found) -> ImageRef:
        archive, row = found.archive, found.row
        uri = f"{archive.uri}#{found.number}"
        if row.length is None and row.path is not None:
            return replace(_beside(archive, row.path, uri, path), etag=archive.etag)
        place = Cell(archive.location, self._column, row.group, row.within)
        problem = None
        if row.length is None:
            problem = Unreadable("empty file", "its row holds neither bytes nor a path")
        return ImageRef(uri, path, row.length, None, archive.etag, place, problem)


def _beside(archive: Archive, named: str, uri: str, path: str) -> ImageRef:
    """The reference to an image that the table names without holding it."""
    location = named if is_url(named) or os.path.isabs(named) else beside(archive.location, named)
    if not is_url(location):
        return file_ref(location, uri, path)
    from pipeline.extract.sources.remote import ask_remote, remote_ref

    (info,) = ask_remote([location])
    return replace(remote_ref(location, path, info), uri=uri)
