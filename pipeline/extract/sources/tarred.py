"""Images in tars, as WebDataset writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pipeline.errors import SourceError
from pipeline.extract.sources.addresses import shown
from pipeline.extract.sources.archives import find_archives, is_pattern
from pipeline.extract.sources.files import some_suffixes
from pipeline.extract.sources.interface import ImageRef
from pipeline.extract.sources.tar_index import Entry, Index, index_of, key_of
from pipeline.extract.sources.tar_members import Member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.archives import Archive


class Tar:
    """The members of one tar or several whose names end like an image's; hidden ones are passed over.

    A member's `path` is its name, below the name of its tar where the location is a pattern. Its uri is fsspec's
    `tar://MEMBER::/folder/shard.tar`. A member of the same name but the suffix `.cls` is its label, and the numbers,
    truth values and texts in its `.json` are columns.
    """

    def __init__(self, location: str) -> None:
        """Nothing is read yet."""
        self._location = location
        self._several = is_pattern(location)
        self._shards: list[tuple[Archive, Index]] | None = None

    @property
    def name(self) -> str:
        """The location as text, without secrets."""
        return shown(self._location)

    def images(self) -> Iterator[ImageRef]:
        """See `Source.images`."""
        shards = self._read()
        if not any(index.images for _, index in shards):
            self._refuse(shards)
        refs = [self._ref(archive, entry) for archive, index in shards for entry in (*index.images, *index.damage)]
        return iter(sorted(refs, key=lambda ref: ref.uri))

    def metadata(self) -> Metadata | None:
        """See `Source.metadata`."""
        from pipeline.extract.archive_metadata import metadata_from_records

        records = {}
        for archive, index in self._read():
            for entry in index.images:
                if found := index.samples.get(key_of(entry.name)):
                    records[self._path(archive, entry)] = found
        return metadata_from_records(records, self.name)

    def _refuse(self, shards: list[tuple[Archive, Index]]) -> NoReturn:
        for archive, index in shards:
            for entry in index.damage:
                if entry.problem is not None:
                    raise SourceError(f"{archive.uri}: {entry.problem.detail}, and holds no image before that")
        raise SourceError(f"{self.name}: no images in this archive (looked for {some_suffixes()})")

    def _read(self) -> list[tuple[Archive, Index]]:
        if self._shards is None:
            self._shards = [(archive, index_of(archive)) for archive in find_archives([self._location])]
        return self._shards

    def _ref(self, archive: Archive, entry: Entry) -> ImageRef:
        place = Member(archive.location, entry.offset, entry.size)
        version = entry.size, entry.modified, archive.etag
        return ImageRef(
            f"tar://{entry.name}::{archive.uri}", self._path(archive, entry), *version, place, entry.problem
        )

    def _path(self, archive: Archive, entry: Entry) -> str:
        return f"{archive.name}/{entry.name}" if self._several else entry.name
