"""Rows of the shared photographs, clean and corrupted: python benchmarks/drift_rows.py FOLDER.

Each photograph is brought to 256 pixels on its shorter side, corrupted, and kept without loss, the clean one too. One
Parquet file for each corruption and severity is left in the folder; the pictures are not. What is there already is
kept, so that a second run goes on where the first ended.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corruptions import CORRUPTIONS, SEVERITIES, corrupt
from PIL import Image
from shared import shared_folder, show

from pipeline import ExtractionOptions, Images
from pipeline.analysis import extract
from pipeline.store.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable

    import polars as pl

CLEAN = "clean"
SETTINGS = "settings.json"
SHORTER_SIDE = 256
"""A crop of 0.875 of it is the model's input, pixel for pixel."""


def main() -> None:
    rows_of_all(named_folder(__doc__))


def named_folder(description: str | None) -> Path:
    """The folder of rows that a script is given."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds the rows, or is to hold them")
    folder: Path = parser.parse_args().folder
    return folder


def name_of(corruption: str, severity: int) -> str:
    """The name of the file that holds the rows of a corruption, without its suffix."""
    return f"{corruption}-{severity}"


def rows_of_all(folder: Path) -> None:
    """Extract what the folder does not hold yet, the clean photographs first."""
    folder.mkdir(parents=True, exist_ok=True)
    _extract_into(folder / f"{CLEAN}.parquet", lambda picture, _: picture)
    for severity in sorted(SEVERITIES, key=(1, 5, 2, 3).index):  # the ends first: they tell most
        for name in CORRUPTIONS:
            _extract_into(folder / f"{name_of(name, severity)}.parquet", partial(_corrupted, name, severity))


def _corrupted(name: str, severity: int, picture: Image.Image, which: str) -> Image.Image:
    return corrupt(picture, name, severity, zlib.crc32(f"{which} {name} {severity}".encode()))


def _extract_into(target: Path, change: Callable[[Image.Image, str], Image.Image]) -> None:
    if target.exists():
        return
    shared = shared_folder()
    with tempfile.TemporaryDirectory() as place:
        pictures, store = Path(place) / "pictures", Path(place) / "store"
        pictures.mkdir()
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(partial(_save, pictures, change), sorted((shared / "images").iterdir())))
        options = ExtractionOptions(resize="crop", scaling="minus-one-one")
        model, labels = shared / "models" / "efficientnet_lite0.onnx", shared / "labels.csv"
        extracted = extract(Images(str(pictures), model, options, labels), store, "pictures", date(2026, 11, 23))
        rows = stored(store, [extracted.partition]).rows.collect()
    (target.parent / SETTINGS).write_text(json.dumps(extracted.settings.to_dict()), encoding="utf-8")
    rows.drop("thumbnail").write_parquet(target.with_suffix(".part"))
    os.replace(target.with_suffix(".part"), target)
    show({"rows": target.stem, "images": len(rows), "accuracy": _accuracy(rows)})


def _save(folder: Path, change: Callable[[Image.Image, str], Image.Image], path: Path) -> None:
    picture = Image.open(path).convert("RGB")
    scale = SHORTER_SIDE / min(picture.size)
    size = (round(picture.width * scale), round(picture.height * scale))
    changed = change(picture.resize(size, Image.Resampling.BILINEAR), path.stem)
    changed.save(folder / path.name, "BMP")  # the old name, which the labels have; nothing is lost again


def _accuracy(rows: pl.DataFrame) -> float:
    return round(float((rows["predicted_class"] == rows["label_index"]).to_numpy().mean()), 4)


if __name__ == "__main__":
    main()
