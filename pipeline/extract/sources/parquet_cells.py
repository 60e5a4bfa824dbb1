"""How an image in a Parquet file is read: with its row group, which a worker keeps for the next ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from pipeline.extract.sources.addresses import scrubbed
from pipeline.extract.sources.archives import open_archive
from pipeline.extract.sources.parquet_rows import parts_of

if TYPE_CHECKING:
    from pipeline.extract.sources.interface import Opened, Order


@dataclass(frozen=True, slots=True)
class Cell:
    """An image in a Parquet file.

    Attributes:
        location: What opens the file, with whatever secrets are needed.
        column: The column's name.
        group: The row group's number.
        within: The row's number in it.
    """

    location: str
    column: str
    group: int
    within: int

    @property
    def order(self) -> Order:
        """See `Place.order`."""
        return self.location, self.group, self.within

    def read(self, opened: Opened) -> bytes:
        """See `Place.read`."""
        try:
            column = opened(("parquet", self.location), lambda: _Column(self.location, self.column))
            value = column(self.group, self.within)
        except Exception as error:  # noqa: BLE001 - Arrow's, and those of each protocol
            raise OSError(scrubbed(str(error), self.location)) from None
        if value is None:
            raise OSError("the file has been written again since it was looked at")
        return cast("bytes", value)


class _Column:
    """A column of an open Parquet file, of which the row group that was last asked for is in memory."""

    def __init__(self, location: str, column: str) -> None:
        import pyarrow.parquet as pq

        self._source = open_archive(location)
        self._file = pq.ParquetFile(self._source)
        self._column = column
        self._group: int | None = None
        self._values: Any = None

    def __call__(self, group: int, within: int) -> bytes | None:
        if group != self._group:
            self._group = self._values = None  # before the next one is read, so that there are never two
            table = self._file.read_row_group(group, columns=[self._column], use_threads=False)
            self._values, _ = parts_of(table.column(0).combine_chunks())
            self._group = group
        value: bytes | None = self._values[within].as_py()
        return value

    def close(self) -> None:
        self._file.close()
        self._source.close()
