"""The real images and models that measurements are made on, where they lie beside the project."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any


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


def show(result: dict[str, Any]) -> None:
    """Print one measurement as a line of JSON."""
    print(json.dumps(result), flush=True)
