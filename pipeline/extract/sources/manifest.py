"""A table of paths: CSV or Parquet."""

from __future__ import annotations

import os
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import beside, is_url, last_name, shown, without_file_protocol
from pipeline.extract.sources.archives import find_archives, looked_into, open_archive
from pipeline.extract.sources.files import as_text, file_ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import polars as pl

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.interface import ImageRef


class Manifest:
    """The images that a table names, one a row: relative to the table's folder, absolute, or URLs.

    An image that is not there is one that cannot be read. The other columns are metadata.
    """

    def __init__(self, location: str) -> None:
        """Nothing is read yet."""
        self._location = location
        self._table: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        """The table's path as text, without secrets."""
        return shown(self._location)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        table = self._read()
        locations = [_location(self._location, path) for path in table["path"].to_list()]
        refs = list(_refs(locations, [shown(path) for path in table["path"].to_list()]))
        refs.sort(key=lambda ref: ref.uri)
        for one, other in pairwise(refs):
            if one.uri == other.uri:
                raise SourceError(f"{self.name}: names {other.path} twice; give each image one row")
        if not refs:
            raise SourceError(f"{self.name}: no images in this manifest; it has no rows")
        return iter(refs)

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        import polars as pl

        from pipeline.extract.metadata import metadata_from_table

        table = self._read()
        if table.columns == ["path"]:
            return None
        paths = pl.Series("path", [shown(path) for path in table["path"].to_list()], pl.String)
        return metadata_from_table(table.with_columns(paths), self.name)

    def _read(self) -> pl.DataFrame:
        if self._table is None:
            self._table = _table(self._location)
        return self._table


def _table(location: str) -> pl.DataFrame:
    """The manifest, its images in the column `path`."""
    from pipeline.extract.metadata import normal_paths
    from pipeline.extract.tables import PATH_COLUMNS, missing_header, read_table

    (archive,) = find_archives([location])
    with looked_into(archive), open_archive(location) as file:
        content = file.read()
    try:
        table = read_table(content, os.path.splitext(last_name(location))[1])
    except ValueError as error:
        raise SourceError(f"{archive.uri}: is no table ({error}); give CSV or Parquet") from error
    first = missing_header(table)
    if first is not None:
        raise SourceError(
            f"{archive.uri}: has no row of column names, its first line is {first}; write one before it, with path for "
            "the column of images"
        )
    column = next((name for name in PATH_COLUMNS if name in table.columns), None)
    if column is None:
        raise SourceError(
            f"{archive.uri}: has no column of paths (found {', '.join(table.columns)}); call it one of "
            f"{', '.join(PATH_COLUMNS)}"
        )
    table = table.rename({column: "path"}).with_columns(normal_paths())
    if table["path"].null_count():
        row = int(table["path"].is_null().arg_true()[0])
        raise SourceError(f"{archive.uri}: row {row + 1} names no image; leave it out")
    return table


def _location(manifest: str, path: str) -> str:
    path = without_file_protocol(path)
    return path if is_url(path) or os.path.isabs(path) else beside(manifest, path)


def _refs(locations: list[str], paths: list[str]) -> Iterator[ImageRef]:
    remote = [location for location in locations if is_url(location)]
    told: Iterator[Mapping[str, Any] | OSError] = iter(())
    if remote:
        from pipeline.extract.sources.remote import ask_remote, remote_ref

        told = ask_remote(remote)
    for location, path in zip(locations, paths, strict=True):
        if is_url(location):
            yield remote_ref(location, path, next(told))
        else:
            yield file_ref(location, as_text(os.path.abspath(location)), path)
