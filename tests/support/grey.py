"""Small grey images in a folder, and what a store must then hold: for tests of the store, not of the numbers."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from PIL import Image

from pipeline.extract.sources import open_source
from pipeline.settings import ExtractionSettings
from pipeline.store.layout import Partition
from pipeline.store.staged import Extraction
from pipeline.store.stored import stored
from pipeline.store.update import Update, UpdateSummary, update_partition

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.extract.sources.interface import ImageRef

PARTITION = Partition("val", date(2026, 11, 23))
SETTINGS = ExtractionSettings(input_size=(8, 8))


@dataclass
class GreyImages:
    """A folder of images of one grey each; every drawing has a time of its own, so that a change is a change."""

    folder: Path
    levels: dict[str, int] = field(default_factory=dict)
    _clock: int = 1_700_000_000

    def draw(self, name: str, level: int) -> None:
        """Draw an image, or draw it anew."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        Image.fromarray(np.full((8, 8, 3), level, dtype=np.uint8)).save(path)
        self._clock += 1
        os.utime(path, (self._clock, self._clock))
        self.levels[name] = level

    def remove(self, name: str) -> None:
        """Delete an image."""
        (self.folder / name).unlink()
        del self.levels[name]

    def refs(self) -> list[ImageRef]:
        """What a source gives of them."""
        return list(open_source(str(self.folder)).images())

    def extract(self, store: Path, update: Update | None = None) -> UpdateSummary:
        """Bring a store's partition up to date with them."""
        return update_partition(store, PARTITION, self.refs(), Extraction(SETTINGS, workers=1), update)


def rows_of(store: Path) -> pl.DataFrame:
    """Every row of the partition, all columns, by path."""
    return stored(store, [PARTITION]).rows.sort("path").collect()


def greys_of(store: Path) -> list[tuple[str, int]]:
    """Each row's path and grey level."""
    found = rows_of(store).select("path", (pl.col("pixel_mean") * 255).round().cast(pl.Int64))
    return [(path, level) for path, level in found.iter_rows()]
