"""How large a page is: half of the real photographs against the other half, darkened, with a TFLite model."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from shared import shared_folder, show

LIGHT = 0.6


def main() -> None:
    shared = shared_folder()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for at, path in enumerate(sorted((shared / "images").iterdir())):
            half = folder / ("current" if at % 2 else "baseline")
            half.mkdir(exist_ok=True)
            with Image.open(path) as image:
                picture = image.convert("RGB")
            (picture.point(lambda value: value * LIGHT) if at % 2 else picture).save(
                half / f"{path.stem}.jpg", quality=90
            )
        subprocess.run(
            [
                *(sys.executable, "-m", "pipeline", "compare", "--quiet", "--html", "--output", folder / "report.json"),
                *("--data-dir-1", folder / "baseline", "--data-dir-2", folder / "current"),
                *("--model", shared / "models" / "mobilenet_v2_1.0_224_quant.tflite"),
            ],
            check=True,
            cwd=Path(__file__).parents[1],
        )
        show({name: (folder / f"report.{name}").stat().st_size for name in ("html", "json")})


if __name__ == "__main__":
    main()
