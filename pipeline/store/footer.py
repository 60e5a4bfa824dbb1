"""What a file of rows says of itself: its columns, the settings of its rows, and their profile."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import DocumentError, StoreError
from pipeline.profile.text import from_text
from pipeline.settings import ExtractionSettings

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.profile.profile import Profile

SETTINGS_KEY, FINGERPRINT_KEY = "framewatch.settings", "framewatch.fingerprint"
PROFILE_KEY, WRITTEN_KEY = "framewatch.profile", "framewatch.written"
"""Under which keys a file's own metadata holds the settings of its rows, their fingerprint, their profile, and the
second at which all of it was written."""


@dataclass(frozen=True)
class Footer:
    """The footer of one file.

    Attributes:
        path: The file.
        settings_text: The settings of its rows, as they are recorded.
        profile_text: The profile of its rows; None where the file has none, or was changed since it was written.
    """

    path: Path
    settings_text: str
    profile_text: str | None

    @property
    def schema(self) -> pa.Schema:
        """Its columns, without metadata.

        Raises:
            StoreError: The file is damaged.
            FileNotFoundError: It is gone.
        """
        return self._columns_and_rows[0]

    @property
    def rows(self) -> int:
        """How many rows it has; raises as `schema` does."""
        return self._columns_and_rows[1]

    @cached_property
    def _columns_and_rows(self) -> tuple[pa.Schema, int]:
        """Read when they are asked for: it takes ten times as long as all else that a comparison needs of a file. No
        other rows are ever written under a file's name, so they belong to what was read before."""
        try:
            with pq.ParquetFile(self.path) as file:
                return file.schema_arrow.remove_metadata(), file.metadata.num_rows
        except FileNotFoundError:
            raise
        except (pa.ArrowInvalid, OSError) as error:
            raise not_ours(self.path, error) from error

    @property
    def settings(self) -> ExtractionSettings:
        """The settings that its rows were made with.

        Raises:
            StoreError: They are none of this version's.
        """
        try:
            return _settings(self.settings_text)
        except (ValueError, DocumentError) as error:
            raise not_ours(self.path, error) from error

    @property
    def profile(self) -> Profile | None:
        """The profile of its rows; None where only the rows themselves can tell."""
        try:
            return None if self.profile_text is None else from_text(self.profile_text)
        except ValueError:
            return None  # of another version, or damaged: the rows know


def read_footer(path: Path) -> Footer:
    """What a file says of itself.

    Raises:
        StoreError: It is none of ours, or damaged.
        FileNotFoundError: It is gone.
    """
    try:
        said = pl.read_parquet_metadata(path.absolute())
        modified = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise
    except (pl.exceptions.PolarsError, OSError) as error:
        raise not_ours(path, error) from error
    if SETTINGS_KEY not in said:
        raise not_ours(path, "it does not say how its rows were made")
    unchanged = said.get(WRITTEN_KEY, "").isdecimal() and int(said[WRITTEN_KEY]) * 10**9 == modified
    return Footer(path, said[SETTINGS_KEY], said.get(PROFILE_KEY) if unchanged else None)


@lru_cache(maxsize=8)
def _settings(text: str) -> ExtractionSettings:
    """What a text says, which all files of a dataset have in common: a year of days is not to parse it 365 times."""
    return ExtractionSettings.from_dict(json.loads(text))


def not_ours(path: Path, reason: object) -> StoreError:
    """The error for a file that cannot be used."""
    return StoreError(
        f"{path}: is not a file of framewatch's, or is damaged ({one_line(reason)}); remove it, or give another store"
    )


def one_line(reason: object) -> str:
    """A foreign library's words in one line."""
    return " ".join(str(reason).split())
