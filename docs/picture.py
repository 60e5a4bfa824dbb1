"""The picture of a report that the README shows: the demo's day on which the lens went out of focus."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

PICTURE = Path(__file__).with_name("report.png")

_DAY = "production@2026-11-20"
_SIZE = (1280, 900)
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> None:
    """Runs the demo, compares the day with the baseline, and photographs the top of the page."""
    with TemporaryDirectory() as folder:
        _framewatch("demo", "--output", folder)
        sets = ("--baseline-select", "val", "--current-select", _DAY)
        output = Path(folder) / "report.json"
        _framewatch("compare", "--store", f"{folder}/store", *sets, "--output", str(output), "--html")
        taken = _photograph(output.with_suffix(".html"))
    # The accents cover few pixels: a palette by frequency would lose them.
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    picture = Image.open(io.BytesIO(taken)).convert("RGB").quantize(256, method, dither=dither)
    picture.save(PICTURE, optimize=True)


def _framewatch(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pipeline", *arguments, "--quiet"], check=True)


def _photograph(page: Path) -> bytes:
    from playwright.sync_api import sync_playwright

    browser = next((path for path in map(shutil.which, _BROWSERS) if path), None)
    with sync_playwright() as driver:
        view = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"]).new_page(
            viewport={"width": _SIZE[0], "height": _SIZE[1]}, color_scheme="light"
        )
        view.goto(page.as_uri())
        taken: bytes = view.screenshot()
        return taken


if __name__ == "__main__":
    main()
