"""A second `framewatch extract` over an unchanged folder of 100,000 images, beside a bare walk of it."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from shared import show

IMAGES, IN_A_FOLDER = 100_000, 1_000
RUNS = 5


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = _pictures(Path(place) / "images")
        command = [sys.executable, "-m", "pipeline", "extract", "--data-dir", str(folder), "--store", f"{place}/store"]
        command += ["--dataset", "val", "--date", "2026-11-23", "--input-size", "8x8", "--no-thumbnails"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        bare, second = list[float](), list[float]()
        for _ in range(RUNS):  # in turn, so that a slow moment of the machine hits both
            bare.append(_seconds(lambda: _walk(folder)))
            second.append(_seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)))
    walk, again = statistics.median(bare), statistics.median(second)
    show(
        {
            "images": IMAGES,
            "bare_walk_seconds": round(walk, 3),
            "second_run_seconds": round(again, 3),
            "allowed_seconds": round(2 * walk + 2, 3),
            "share_of_allowed": round(again / (2 * walk + 2), 3),
        }
    )


def _pictures(folder: Path) -> Path:
    """Many small pictures in some folders, as links to one a folder."""
    for at in range(IMAGES // IN_A_FOLDER):
        own = folder / f"{at:03}"
        own.mkdir(parents=True)
        Image.new("RGB", (8, 8), (at, at, at)).save(own / "0000.bmp")
        for index in range(1, IN_A_FOLDER):
            os.link(own / "0000.bmp", own / f"{index:04}.bmp")
    return folder


def _walk(folder: Path) -> int:
    count, pending = 0, [str(folder)]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    pending.append(entry.path)
                else:
                    entry.stat()
                    count += 1
    return count


def _seconds(work: object) -> float:
    began = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
