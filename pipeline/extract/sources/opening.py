"""From what the user wrote to the source that is meant."""

from __future__ import annotations

import glob
import os
import re
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import is_url, last_name, shown, without_file_protocol
from pipeline.extract.sources.folder import Folder
from pipeline.extract.sources.globbed import Glob

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.sources.interface import Source

_URL_IN_A_PATH = re.compile(r"[A-Za-z][\w+.-]+:/[^/]")


def open_source(location: str | os.PathLike[str]) -> Source:
    """The source that a user's words mean, by the end of its name and by what is there.

    A folder is a folder of images, unless it holds none but Parquet files. Other names mean, by how they end, tars, a
    manifest, or Parquet that is a manifest or holds images; and where they hold a wildcard, files.

    Raises:
        SourceError: A Parquet file cannot be read, or holds neither images nor paths.
    """
    text = without_file_protocol(os.fspath(location))
    if not is_url(text):
        return _open_local(text)
    from pipeline.extract.sources.remote_files import RemoteFiles

    return _by_suffix(text) or RemoteFiles(text)


def _open_local(path: str) -> Source:
    if os.path.isdir(path):
        tables = _tables_instead_of_images(path)
        return _open_tables(path, tables) if tables else Folder(path)
    if _URL_IN_A_PATH.match(path) and not os.path.exists(path):
        raise SourceError(
            f"{shown(path)}: no such folder; if it is a URL, give it as text: a Path takes one / of its //"
        )
    return _by_suffix(path) or (Glob(path) if glob.has_magic(path) else Folder(path))


def _by_suffix(location: str) -> Source | None:
    from pipeline.extract.sources.tar_members import TAR_SUFFIXES

    name = last_name(location).lower()
    if name.endswith(TAR_SUFFIXES):
        from pipeline.extract.sources.tarred import Tar

        return Tar(location)
    if name.endswith(".csv") and not glob.has_magic(name):
        from pipeline.extract.sources.manifest import Manifest

        return Manifest(location)
    return _open_tables(location, [location]) if name.endswith(".parquet") else None


def _open_tables(location: str, files: list[str]) -> Source:
    """Parquet that holds images, or that names them."""
    from pipeline.extract.sources.archives import find_archives
    from pipeline.extract.sources.image_table import ImageTable
    from pipeline.extract.sources.manifest import Manifest
    from pipeline.extract.sources.parquet_rows import image_column

    archives = find_archives(files)
    column, names = image_column(archives[0])
    if column is not None:
        return ImageTable(location, archives, column)
    if len(archives) == 1:
        return Manifest(archives[0].location)
    raise SourceError(
        f"{shown(location)}: {len(archives)} Parquet files, of which {archives[0].name} has no column of images (found "
        f"{', '.join(names)}); call it image, jpg, png or bytes, or give a single manifest"
    )


def _tables_instead_of_images(folder: str) -> list[str]:
    """The Parquet files of a folder, or none where it holds an image: the first image ends the search."""
    from pipeline.extract.sources.files import is_named_as_image

    tables = []
    for path in _files_below(folder):
        if is_named_as_image(path):
            return []
        if path.lower().endswith(".parquet"):
            tables.append(path)
    return tables


def _files_below(folder: str) -> Iterator[str]:
    """Files of a folder, then those of the folders in it; what cannot be read is passed over."""
    folders = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                else:
                    yield entry.path
    except OSError:
        return  # a folder of images says so when it is searched
    for below in folders:
        yield from _files_below(below)
