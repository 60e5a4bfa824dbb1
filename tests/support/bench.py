"""A folder of images and a store, and which of the images were computed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import filelock
import numpy as np
import polars as pl
import pytest
from PIL import Image

from pipeline.extract.local import run_locally
from pipeline.extract.metadata import Metadata
from pipeline.extract.sources import open_source
from pipeline.settings import ExtractionSettings
from pipeline.store import staged
from pipeline.store.layout import Partition, row_files
from pipeline.store.staged import Extraction
from pipeline.store.stored import stored
from pipeline.store.update import Update, UpdateSummary, update_partition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


PARTITION = Partition("val", date(2026, 11, 23))
SETTINGS = ExtractionSettings(input_size=(8, 8))


@dataclass
class Bench:
    """A folder of images, a store, and what was computed."""

    images: Path
    store: Path
    computed: list[str] = field(default_factory=list)

    def draw(self, name: str, level: int) -> None:
        """Draw a grey image."""
        Image.fromarray(np.full((8, 8, 3), level, dtype=np.uint8)).save(self.images / name)

    def update(
        self, metadata: dict[str, list[Any]] | None = None, how: Update | None = None, **changes: Any
    ) -> UpdateSummary:
        """One update; `computed` then holds the paths that were worked on."""
        self.computed.clear()
        given = None if metadata is None else Metadata(pl.DataFrame(metadata), "test")
        extraction = replace(Extraction(SETTINGS, workers=2, metadata=given), **changes)
        return update_partition(self.store, PARTITION, list(open_source(str(self.images)).images()), extraction, how)

    @property
    def files(self) -> list[Path]:
        """The files of the partition's rows."""
        return row_files(self.store, PARTITION)

    def contents(self) -> dict[str, bytes]:
        """Everything in those files."""
        return {path.name: path.read_bytes() for path in self.files}

    def rows(self, *columns: str) -> dict[str, Any]:
        """Some columns of the stored rows, by path."""
        read = stored(self.store, [PARTITION]).rows.select("path", *columns).collect()
        assert read["path"].is_unique().all()
        return {path: rest[0] if len(rest) == 1 else rest for path, *rest in read.iter_rows()}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Three grey images, not stored yet."""
    own = Bench(tmp_path / "images", tmp_path / "S")
    own.images.mkdir()
    for name, level in (("a.png", 0), ("b.png", 51), ("c.png", 255)):
        own.draw(name, level)

    def counted(units: Any, *rest: Any) -> Iterator[Any]:
        listed = list(units)
        own.computed += [ref.path for unit in listed for ref in unit]
        return run_locally(listed, *rest)

    monkeypatch.setattr(staged, "run_locally", counted)
    return own


class BrokenError(Exception):
    """Something goes wrong while rows are computed."""


def lock_of(store: Path) -> Path:
    """The file that a writer of the partition locks."""
    return PARTITION.folder(store).with_name(".2026-11-23.lock")


def is_free(store: Path) -> bool:
    """Whether another holder could take the partition's lock now, while this process lives."""
    lock = filelock.FileLock(lock_of(store), timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        return False
    lock.release()
    return True
