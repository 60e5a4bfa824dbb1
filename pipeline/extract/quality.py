"""How a picture looks: its light and contrast, sharpness, noise and colours. What is counted in each picture comes
first; what follows from the counts is worked out for many pictures at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.extract.pixels import moments

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

DARKEST = 5
"""Luma up to here counts as clipped: sensors and JPEG leave a few levels of noise above true black."""

BRIGHTEST = 250
"""Luma from here on counts as clipped, for the same reason."""

_LEVELS = np.arange(256, dtype=np.int64)

_SHORT_ROW = (2**31 - 1) // 1020**2
"""Numbers of which 32 bits surely hold the sum of the squares."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What is counted in one picture.

    Attributes:
        colours: Pixels of each byte value of red, then green, then blue: 768 counts.
        luma: Pixels of each byte value of luma: 256 counts.
        sharpness: See `sharpness_and_noise`.
        noise: See `sharpness_and_noise`.
        saturation: See `saturation`.
        products: See `channel_products`.
    """

    colours: list[int]
    luma: list[int]
    sharpness: float
    noise: float
    saturation: float
    products: tuple[int, int]


def look(picture: Image.Image, luma: Image.Image) -> Looks:
    """Count what the pixel and quality columns follow from.

    Args:
        picture: RGB. For sharpness and noise a smaller one is repeated to 3 x 3 pixels.
        luma: The same as L: (299 red + 587 green + 114 blue) / 1000, rounded to a byte.
    """
    red, green, blue = (_bytes_of(picture, channel) for channel in ("R", "G", "B"))
    sharpness, noise = sharpness_and_noise(_at_least_three(_bytes_of(luma, "L")))
    return Looks(
        *(picture.histogram(), luma.histogram(), sharpness, noise),
        *(saturation(red, green, blue), channel_products(red, green, blue)),
    )


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


def sharpness_and_noise(luma: NDArray[np.uint8]) -> tuple[float, float]:
    """Two numbers that follow from the second differences of a picture across and down.

    Sharpness is log10(1 + variance of the Laplacian), after Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000. The logarithm makes the spread over ordinary images even; the 1 keeps a blank one finite.

    Noise is the standard deviation of additive noise in [0, 1], after Immerkaer, "Fast Noise Variance Estimation",
    Computer Vision and Image Understanding 64(2), 1996. Its mask is the second difference down of that across.

    Args:
        luma: Shape (height, width), at least 3 x 3.
    """
    levels = luma.astype(np.int16)
    across, down = _second_differences_across(levels), _second_differences(levels)
    mask = _second_differences(across)
    # The last two columns of what was taken across are of no use.
    response = int(np.abs(mask, out=mask)[:, :-2].sum(dtype=np.int64)) / (mask.shape[0] * (mask.shape[1] - 2))
    laplacian = down[:, 1:-1] + across[1:-1, :-2]
    return math.log10(1 + _variance(laplacian)), math.sqrt(math.pi / 2) / 6 * response / 255


def saturation(red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8]) -> float:
    """The mean of HSV saturation, (largest - smallest) / largest of each pixel's channels; 0 for black."""
    largest = np.maximum(np.maximum(red, green), blue)
    smallest = np.minimum(np.minimum(red, green), blue)
    spread = largest - smallest
    np.maximum(largest, 1, out=largest)
    return float(np.divide(spread, largest, dtype=np.float64).sum()) / spread.size


def channel_products(red: NDArray[np.uint8], green: NDArray[np.uint8], blue: NDArray[np.uint8]) -> tuple[int, int]:
    """The sums over all pixels of red * green and of (red + green) * blue, for `colourfulness`."""
    red_green, wide_green, wide_blue = (_wide(channel) for channel in (red, green, blue))
    product = _sum_of_products(red_green, wide_green)
    red_green += wide_green
    return product, _sum_of_products(red_green, wide_blue)


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


def _bytes_of(picture: Image.Image, channel: str) -> NDArray[np.uint8]:
    """One channel of a picture, shape (height, width)."""
    # NOTE: half as much work as to split the picture and make an array of each of the parts.
    return np.frombuffer(picture.tobytes("raw", channel), np.uint8).reshape(picture.height, picture.width)


def _second_differences(levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """One above - 2 here + one below, for each row but the first and the last; up to 8 x 255 when taken twice."""
    steps = levels[1:] - levels[:-1]
    return np.asarray(steps[1:] - steps[:-1])


def _second_differences_across(levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """The same from left to right: at each place that of the pixel to its right, and anything in the last two columns.

    NOTE: as one long row, because numpy takes three times as long over as many short ones.
    """
    across = np.zeros_like(levels)
    across.reshape(-1)[:-2] = _second_differences(levels.reshape(-1))
    return across


def _variance(numbers: NDArray[np.int16]) -> float:
    count, wide = numbers.size, _wide(numbers)
    total = int(np.einsum("ij->i", wide).sum(dtype=np.int64))
    return (count * _sum_of_products(wide, wide) - total**2) / count**2


def _sum_of_products(one: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]]) -> int:
    return int(np.einsum("ij,ij->i", one, other).sum(dtype=np.int64))


def _wide(numbers: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Numbers up to 4 x 255 either way, in a type that holds the sum of the products of a row."""
    return numbers.astype(np.int32 if numbers.shape[1] <= _SHORT_ROW else np.int64)


def _at_least_three(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = luma.shape
    if min(height, width) >= 3:  # noqa: PLR2004
        return luma
    return np.pad(luma, ((0, max(0, 3 - height)), (0, max(0, 3 - width))), mode="edge")
