"""The real images and models that measurements are made on, where they lie beside the project."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def shared_folder() -> Path:
    """The folder with `images/`, `labels.csv` and `models/`; the script ends with a reason where it is missing."""
    folder = Path(os.environ.get("FRAMEWATCH_SHARED", Path(__file__).parents[2] / "shared"))
    if not (folder / "images").is_dir():
        show({"skipped": f"no images in {folder.name}; set FRAMEWATCH_SHARED to the folder that holds them"})
        sys.exit(0)
    return folder


def many_images(originals: Path, folder: Path, count: int) -> Path:
    """A folder with the same images again and again under other names, as links where the disk can link."""
    folder.mkdir(parents=True)
    paths = sorted(originals.iterdir())
    for number in range(count):
        original = paths[number % len(paths)]
        target = folder / f"{number:06}{original.suffix}"
        try:
            target.hardlink_to(original)
        except OSError:
            shutil.copyfile(original, target)
    return folder


class Spent(NamedTuple):
    """Seconds on the clock, and of all processors together; the latter hardly heeds what else runs on the machine."""

    clock: float
    processor: float


def spent(run: Callable[..., object], *arguments: object) -> Spent:
    """What one call takes."""
    clock, processor = time.perf_counter(), time.process_time()
    run(*arguments)
    return Spent(time.perf_counter() - clock, time.process_time() - processor)


def median(runs: Iterable[Spent]) -> Spent:
    """Of each of the two by itself."""
    return Spent(*map(statistics.median, zip(*runs, strict=True)))


def show(result: dict[str, Any]) -> None:
    """Print one measurement as a line of JSON."""
    print(json.dumps(result), flush=True)
