"""Folders, a model and documents that several tests of the command line start from, with what they must come to."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tests.support.colour_model import COLOURS, write_colour_model
from tests.support.folders import Colour, draw_plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

GAIN = 10.0
IMAGES = 60


@dataclass(frozen=True)
class Scene:
    """What is in the folder.

    Attributes:
        folder: Where everything lies.
        val: The baseline's pictures, of one colour each.
        today: Others that are like them.
        dark: The same with two thirds of the light gone, in a folder whose name holds the date 2026-11-05.
        red: As light, but nearly all of them red.
        model: A classifier of red, green and blue.
        labels: The true colour of each picture of `val`; every tenth is wrong.
        pictures: The colours of the pictures, by the folder's name.
    """

    folder: Path
    val: Path
    today: Path
    dark: Path
    red: Path
    model: Path
    labels: Path
    pictures: Mapping[str, Mapping[str, Colour]]

    def pixels(self, name: str) -> tuple[float, float]:
        """Mean and standard deviation over all pixels and channels of a folder's pictures, by plain numpy."""
        values = self._values(name)
        return float(values.mean()), float(values.std())

    def probabilities(self, name: str) -> NDArray[np.float64]:
        """What the model must make of a folder's pictures: one row of three a picture."""
        exponentials = np.exp(GAIN * self._values(name))
        return np.asarray(exponentials / exponentials.sum(axis=1, keepdims=True))

    def shares(self, name: str) -> NDArray[np.float64]:
        """The shares of the three predicted classes."""
        counts = np.bincount(self.probabilities(name).argmax(axis=1), minlength=3)
        return np.asarray(counts / counts.sum())

    def _values(self, name: str) -> NDArray[np.float64]:
        return np.array(list(self.pictures[name].values())) / 255


def build_scene(folder: Path) -> Scene:
    """Draw everything below a folder."""
    pictures = {
        "val": _colours(1, [0, 1, 2]),
        "today": _colours(2, [0, 1, 2]),
        "dark_20261105": _colours(3, [0, 1, 2], light=1 / 3),
        "red": _colours(4, [0, 0, 0, 0, 0, 1]),
    }
    folders = {name: draw_plain(folder / name, colours) for name, colours in pictures.items()}
    model = write_colour_model(folder / "colours.onnx", gain=GAIN)
    labels = _write_labels(folder / "labels.csv", list(pictures["val"]))
    return Scene(
        folder, folders["val"], folders["today"], folders["dark_20261105"], folders["red"], model, labels, pictures
    )


def _colours(seed: int, strongest: Sequence[int], light: float = 1.0) -> dict[str, Colour]:
    """Colours whose strongest channel goes round; the others are about half of it."""
    rng = np.random.default_rng(seed)
    found: dict[str, Colour] = {}
    for number in range(IMAGES):
        levels = rng.integers(70, 110, 3)
        levels[strongest[number % len(strongest)]] = rng.integers(150, 200)
        red, green, blue = (int(level * light) for level in levels)
        found[f"picture-{number:03}.png"] = (red, green, blue)
    return found


def _write_labels(path: Path, names: Sequence[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("path", "label", "camera"))
        for number, name in enumerate(names):
            right = number % 3
            label = (right + 1) % 3 if number % 10 == 0 else right
            writer.writerow((name, label, "left" if number % 2 else "right"))
    return path


def write_names(path: Path) -> Path:
    """The names of the model's classes, as a text file."""
    path.write_text("\n".join(COLOURS), encoding="utf-8")
    return path
