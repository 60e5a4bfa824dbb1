"""What the toy models compute, in plain numpy and Python: the independent side of every comparison with them.

The scorer's scores are a linear function of a picture's mean colour. The detector looks at an 8 x 8 grid of cells:
each proposes one box about its centre, whose size and scores follow the cell's mean colour, so boxes move with the
picture. Its three classes are the three channels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Box = tuple[float, float, float, float]

SIDE = 32
WEIGHTS = np.array(
    [[6.0, -2.0, 1.0, -3.0, 0.5], [-1.0, 5.0, -4.0, 2.0, 0.5], [0.5, -3.0, 7.0, 1.0, -2.0]], dtype=np.float32
)
BIAS = np.array([-1.5, 0.25, -1.0, 0.5, 1.25], dtype=np.float32)

DETECTOR_SIDE = 64
CELL = 8
GRID = DETECTOR_SIDE // CELL
_CENTRES = (np.arange(GRID) + 0.5) * CELL
ANCHORS = np.array([[x, y, 20.0, 18.0] for y in _CENTRES for x in _CENTRES], dtype=np.float32)
"""Centre and size of each cell's box where the cell is black, in pixels."""
GROWTH = np.array([[0.0, 0.0, 6.0, 2.0], [0.0, 0.0, 1.0, 5.0], [1.0, -1.0, 2.0, 3.0]], dtype=np.float32)
"""By how many pixels each channel's mean moves and stretches it."""
STEEPNESS, MIDDLE = 12.0, 0.5
"""A logit is STEEPNESS * (score - MIDDLE)."""

GREY = 114


def mean_colour(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean of each channel in [0, 1]."""
    return np.asarray(pixels.reshape(-1, 3).astype(np.float64).mean(axis=0) / 255)


def class_logits(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The scorer's logits for a picture scaled zero-one."""
    return np.asarray(mean_colour(pixels) @ WEIGHTS.astype(np.float64) + BIAS)


def softmax(logits: Sequence[float] | NDArray[np.float64]) -> list[float]:
    """The definition, with numbers of unlimited size where it matters."""
    largest = max(logits)
    powers = [math.exp(logit - largest) for logit in logits]
    return [power / math.fsum(powers) for power in powers]


def sigmoid(value: float) -> float:
    """The definition."""
    return 1 / (1 + math.exp(-value))


def cell_means(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """The mean colour of each cell, shape (cells, 3)."""
    cells = pixels.astype(np.float64).reshape(GRID, CELL, GRID, CELL, 3) / 255
    return np.asarray(cells.mean(axis=(1, 3)).reshape(-1, 3))


def cell_boxes(pixels: NDArray[np.uint8]) -> list[Box]:
    """The left, top, right and bottom of each cell's box, in pixels."""
    found = ANCHORS + cell_means(pixels) @ GROWTH
    return [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in found.tolist()]


def overlap(one: Box, other: Box) -> float:
    """Intersection over union, 0 where both are empty."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0.0) * max(height, 0.0)
    union = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared
    return shared / union if union > 0 else 0.0


def suppressed(
    boxes: Sequence[Box], scores: Sequence[float], classes: Sequence[int] | None, threshold: float
) -> list[int]:
    """The positions of the boxes that non-maximum suppression keeps, best first; without classes, over all of them."""
    kept: list[int] = []
    for at in sorted(range(len(boxes)), key=lambda position: -scores[position]):
        for better in kept:
            rivals = classes is None or classes[at] == classes[better]
            if rivals and overlap(boxes[at], boxes[better]) > threshold:
                break
        else:
            kept.append(at)
    return kept


def with_squares(size: tuple[int, int], *squares: tuple[Box, tuple[int, int, int]]) -> Image.Image:
    """A dark picture with coloured rectangles, placed by shares of its width and height, under some noise."""
    picture = Image.new("RGB", size, (8, 10, 6))
    for (left, top, right, bottom), colour in squares:
        place = (round(left * size[0]), round(top * size[1]), round(right * size[0]), round(bottom * size[1]))
        picture.paste(colour, place)
    noise = np.random.default_rng(0).integers(-6, 7, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(picture) + noise, 0, 255).astype(np.uint8))


def letterboxed(inside: NDArray[np.uint8], size: tuple[int, int], left: int, top: int) -> NDArray[np.uint8]:
    """Pixels on a grey canvas, copied one by one."""
    canvas = np.full((size[1], size[0], 3), GREY, dtype=np.uint8)
    for row in range(inside.shape[0]):
        for column in range(inside.shape[1]):
            canvas[top + row, left + column] = inside[row, column]
    return canvas
