"""Peak memory of one run over 1,000 and over 20,000 small images, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from shared import show

SIZES = (1_000, 20_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        peaks = [_peak(_pictures(Path(folder), size)) for size in SIZES]
    show({"images": SIZES, "peak_megabytes": [round(peak / 1024, 1) for peak in peaks], "ratio": peaks[1] / peaks[0]})


def _pictures(folder: Path, count: int) -> Path:
    """Enough different pictures in one folder, most of them links to few files."""
    target = folder / str(count)
    target.mkdir()
    generator = np.random.default_rng(0)
    for index in range(count):
        path = target / f"{index:05}.jpg"
        if index < 100:  # noqa: PLR2004
            Image.fromarray(generator.integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(path)
        else:
            path.hardlink_to(target / f"{index % 100:05}.jpg")
    return target


def _peak(folder: Path) -> int:
    """Kilobytes that `framewatch baseline` over a folder takes at most."""
    measure = (
        "import resource, sys; from pipeline.cli.app import main\n"
        "try: main()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    command = ["baseline", "--data-dir", str(folder), "--output", str(folder.with_suffix(".json")), "--quiet"]
    done = subprocess.run([sys.executable, "-c", measure, *command], check=True, capture_output=True, text=True)
    return int(done.stdout)


if __name__ == "__main__":
    main()
