"""How pictures look, by what was counted in them: light and contrast, sharpness, noise and colours."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.extract.pixels import moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.look import Looks

DARKEST = 5
"""Luma up to here counts as clipped: sensors and JPEG leave a few levels of noise above true black."""

BRIGHTEST = 250
"""Luma from here on counts as clipped, for the same reason."""

_LEVELS = np.arange(256, dtype=np.int64)


def quality_columns(looks: Sequence[Looks], counts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The quality columns of some pictures, all at once.

    Args:
        looks: One a picture.
        counts: Their colours, shape (pictures, 3, 256).

    Returns:
        Shape (pictures,), float64, by the name of the column.
    """
    luma = np.array([one.luma for one in looks], dtype=np.int64).reshape(-1, 256)
    brightness, contrast = moments(luma)
    sums, squares = ((counts * levels).sum(axis=2).tolist() for levels in (_LEVELS, _LEVELS**2))
    pixels = luma.sum(axis=1)
    return {
        "brightness": brightness,
        "contrast": contrast,
        "entropy": entropies(luma),
        "sharpness": np.array([one.sharpness for one in looks]),
        "noise": np.array([one.noise for one in looks]),
        "saturation": np.array([one.saturation for one in looks]),
        "colourfulness": np.array(
            [
                colourfulness(total, square, one.products, number)
                for total, square, one, number in zip(sums, squares, looks, pixels.tolist(), strict=True)
            ]
        ),
        "clipped_dark": luma[:, : DARKEST + 1].sum(axis=1) / pixels,
        "clipped_bright": luma[:, BRIGHTEST:].sum(axis=1) / pixels,
    }


def colourfulness(sums: Sequence[int], squares: Sequence[int], products: tuple[int, int], pixels: int) -> float:
    """Hasler and Suesstrunk's M(3), from "Measuring Colourfulness in Natural Images", SPIE 5007, 2003: the spread of
    the opponent colours rg = red - green and yb = (red + green) / 2 - blue, plus 0.3 times their distance from grey.

    Args:
        sums: Of red, green and blue over all pixels, as bytes.
        squares: The sums of their squares.
        products: See `channel_products`.
        pixels: How many there are.
    """
    red, green, blue = sums
    red_green, with_blue = products
    opponents = (red - green, red + green - 2 * blue)
    both = squares[0] + squares[1]
    opponent_squares = (both - 2 * red_green, both + 2 * red_green + 4 * squares[2] - 4 * with_blue)
    # In whole numbers, so that a plain colour has a spread of exactly zero.
    variances = [
        (pixels * square - total**2) / pixels**2 for total, square in zip(opponents, opponent_squares, strict=True)
    ]
    means = [total / pixels for total in opponents]
    # yb is half of red + green - 2 blue.
    return math.sqrt(variances[0] + variances[1] / 4) + 0.3 * math.hypot(means[0], means[1] / 2)


def entropies(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Shannon's entropy of each picture's histogram, in bits.

    Args:
        counts: Shape (pictures, 256).
    """
    shares = counts / counts.sum(axis=1, keepdims=True)
    logarithms = np.log2(shares, out=np.zeros_like(shares), where=shares > 0)
    return np.asarray(np.abs((shares * logarithms).sum(axis=1)))
