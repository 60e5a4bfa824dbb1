"""Stage one on JPEGs of 12 megapixels beside a bare loop that reads and decodes them at a reduced scale, in turn."""

from __future__ import annotations

import io
import statistics
import tempfile
from datetime import date
from pathlib import Path
from typing import Literal

from PIL import Image
from shared import many_images, median, shared_folder, show, spent

from pipeline import ExtractionOptions, Images
from pipeline.analysis import extract

SIZE = (4000, 3000)
TILE = (500, 375)
DRAFT = (448, 448)
FILES = 3
IMAGES = 100
ROUNDS = 5


def main() -> None:
    folder = shared_folder()
    with tempfile.TemporaryDirectory() as place:
        originals = _large_jpegs(folder / "images", Path(place) / "originals")
        images = many_images(originals, Path(place) / "images", IMAGES)
        rounds = [
            (spent(_bare_loop, images), spent(_stage_one, images), spent(_stage_one, images, "exact"))
            for _ in range(ROUNDS + 1)
        ][1:]  # the first one imports
        bare, fast, exact = map(median, zip(*rounds, strict=True))
        show(
            {
                "megapixels": SIZE[0] * SIZE[1] / 1e6,
                "megabytes": round(statistics.mean(path.stat().st_size for path in originals.iterdir()) / 1e6, 2),
                "images": IMAGES,
                "threads": 1,
                "bare_milliseconds": round(bare.clock / IMAGES * 1000, 2),
                "framewatch_milliseconds": round(fast.clock / IMAGES * 1000, 2),
                "framewatch_exact_milliseconds": round(exact.clock / IMAGES * 1000, 2),
                "framewatch_to_bare": round(fast.clock / bare.clock, 3),
                "ratio_of_each_round": [round(one[1].clock / one[0].clock, 3) for one in rounds],
                "ratio_of_processor_time": round(fast.processor / bare.processor, 3),
            }
        )


def _large_jpegs(photographs: Path, folder: Path) -> Path:
    """Files as a camera writes them, each of 64 photographs side by side."""
    folder.mkdir()
    paths = sorted(photographs.iterdir())
    across = SIZE[0] // TILE[0]
    for number in range(FILES):
        whole = Image.new("RGB", SIZE)
        for place, path in enumerate(paths[64 * number : 64 * (number + 1)]):
            with Image.open(path) as image:
                tile = image.convert("RGB").resize(TILE)
            whole.paste(tile, (place % across * TILE[0], place // across * TILE[1]))
        whole.save(folder / f"{number}.jpg", quality=90)
    return folder


def _bare_loop(images: Path) -> None:
    for path in sorted(images.iterdir()):
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.draft("RGB", DRAFT)
            image.load()


def _stage_one(images: Path, decode: Literal["fast", "exact"] = "fast") -> None:
    with tempfile.TemporaryDirectory() as store:
        wanted = Images(str(images), options=ExtractionOptions(decode=decode), workers=1)
        extract(wanted, Path(store), "images", date(2026, 11, 23))


if __name__ == "__main__":
    main()
