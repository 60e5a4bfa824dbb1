"""What the toy detector must find in a picture, by plain numpy and Python, placed on the picture itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from tests.support.toy_numbers import DETECTOR_SIDE, Box, cell_boxes, cell_means, letterboxed, suppressed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from pipeline.settings import Resize

SIZE = (160, 120)
"""Width and height of the pictures, so that the three ways to resize them differ by hand-made numbers."""


@dataclass(frozen=True)
class Placement:
    """Where a picture of SIZE lies on the detector's input, in its pixels."""

    left: int
    top: int
    width: int
    height: int


PLACEMENTS: dict[Resize, Placement] = {
    "stretch": Placement(0, 0, 64, 64),
    # The shorter side becomes 64 / 0.875 = 73 pixels, the longer one 97.5; the middle is cut out.
    "crop": Placement(-17, -4, 98, 73),
    "letterbox": Placement(0, 8, 64, 48),
}


@dataclass(frozen=True)
class Found:
    """One box that must be found."""

    kind: int
    score: float
    box: Box


def input_pixels(picture: Image.Image, how: Resize) -> NDArray[np.uint8]:
    """The bytes of the detector's input."""
    place = PLACEMENTS[how]
    whole = np.asarray(picture.resize((place.width, place.height), Image.Resampling.BILINEAR))
    if how == "letterbox":
        return letterboxed(whole, (DETECTOR_SIDE, DETECTOR_SIDE), place.left, place.top)
    return whole[-place.top : DETECTOR_SIDE - place.top, -place.left : DETECTOR_SIDE - place.left]


def on_picture(box: Box, how: Resize) -> Box:
    """A box on the input, in pixels, as shares of the picture, held to its edges."""
    place = PLACEMENTS[how]
    shares = (
        (box[0] - place.left) / place.width,
        (box[1] - place.top) / place.height,
        (box[2] - place.left) / place.width,
        (box[3] - place.top) / place.height,
    )
    left, top, right, bottom = (min(max(share, 0.0), 1.0) for share in shares)
    return left, top, right, bottom


def expected_boxes(
    pixels: NDArray[np.uint8],
    how: Resize,
    *,
    score_of: Callable[[Sequence[float]], tuple[float, int]],
    least: float,
    overlap: float | None,
    boxes: Sequence[Box] | None = None,
    over_classes: bool = False,
    most: int | None = None,
) -> list[Found]:
    """The boxes that must be kept, best first.

    Args:
        pixels: The detector's input.
        how: How the picture was resized.
        score_of: From a cell's mean colour to its box's score and class.
        least: The lowest score that is kept.
        overlap: Above which two boxes are one object; None keeps all.
        boxes: By cell; None for those of the pixels.
        over_classes: Whether boxes of different classes may be one object.
        most: How many are kept.
    """
    every = list(boxes or cell_boxes(pixels))
    scored = [score_of(cell) for cell in cell_means(pixels).tolist()]
    likely = [at for at, (score, _) in enumerate(scored) if score >= least]
    chosen = [every[at] for at in likely]
    scores, kinds = [scored[at][0] for at in likely], [scored[at][1] for at in likely]
    kept = suppressed(chosen, scores, None if over_classes else kinds, 2.0 if overlap is None else overlap)
    return [Found(kinds[at], scores[at], on_picture(chosen[at], how)) for at in kept[:most]]


def assert_found(row: dict[str, Any], expected: Sequence[Found]) -> None:
    """The columns of a row are these boxes, in this order."""
    assert row["box_count"] == len(expected)
    assert row["box_classes"] == [one.kind for one in expected]
    assert row["box_scores"] == pytest.approx([one.score for one in expected], abs=1e-4)
    np.testing.assert_allclose(
        np.reshape(row["boxes"], (-1, 4)), np.reshape([one.box for one in expected], (-1, 4)), atol=1e-4
    )
