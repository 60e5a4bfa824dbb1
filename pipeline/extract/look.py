"""What is counted in pictures themselves, and all their pixel and quality columns follow from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.extract.planes import planes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

_PIXELS_TOGETHER = 4 * 224 * 224
"""Of pictures that are worked on in one go: so fewer calls are needed, and what they need stays in the processor's
cache."""

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
        saturation: See `saturations`.
        products: See `channel_products`.
    """

    colours: list[int]
    luma: list[int]
    sharpness: float
    noise: float
    saturation: float
    products: tuple[int, int]


def look(pictures: Sequence[Image.Image], lumas: Sequence[Image.Image]) -> list[Looks]:
    """Count what the pixel and quality columns follow from, in each of some pictures.

    Args:
        pictures: RGB. For sharpness and noise a smaller one is repeated to 3 x 3 pixels.
        lumas: The same as L: (299 red + 587 green + 114 blue) / 1000, rounded to a byte.
    """
    looks = list[Looks]()
    for _, run in groupby(zip(pictures, lumas, strict=True), key=lambda pair: pair[0].size):
        alike = list(run)
        together = max(1, _PIXELS_TOGETHER // math.prod(alike[0][0].size))
        for start in range(0, len(alike), together):
            looks += _look_at_alike(*zip(*alike[start : start + together], strict=True))
    return looks


def sharpness_and_noise(lumas: NDArray[np.uint8]) -> tuple[list[float], list[float]]:
    """Two numbers of each picture that follow from its second differences across and down.

    Sharpness is log10(1 + variance of the Laplacian), after Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000. The logarithm makes the spread over ordinary images even; the 1 keeps a blank one finite.

    Noise is the standard deviation of additive noise in [0, 1], after Immerkaer, "Fast Noise Variance Estimation",
    Computer Vision and Image Understanding 64(2), 1996. Its mask is the second difference down of that across.

    Args:
        lumas: Shape (pictures, height, width), height and width at least 3.
    """
    levels = lumas.astype(np.int16)
    across, down = _second_differences_across(levels), _second_differences_down(levels)
    mask = _second_differences_down(across)
    # The last two columns of what was taken across are of no use.
    responses = _sums(_wide(np.abs(mask, out=mask)[..., :-2]))
    # NOTE: one long row again. It brings across, one to the left, below down; so the first column is of no use either.
    down.reshape(len(down), -1)[:, 1:] += across[:, 1:-1].reshape(len(down), -1)[:, :-1]
    laplacians = _wide(down[..., 1:-1])
    inner = laplacians[0].size
    sums, squares = _sums(laplacians), _sums_of_products(laplacians, laplacians)
    variances = [(inner * square - total**2) / inner**2 for total, square in zip(sums, squares, strict=True)]
    return (
        [math.log10(1 + variance) for variance in variances],
        [math.sqrt(math.pi / 2) / 6 * response / inner / 255 for response in responses],
    )


def saturations(reds: NDArray[np.uint8], greens: NDArray[np.uint8], blues: NDArray[np.uint8]) -> list[float]:
    """The mean of HSV saturation in each picture, to within 1e-7.

    That of a pixel is (largest - smallest) / largest of its channels, and 0 for black.

    Args:
        reds: Shape (pictures, height, width).
        greens: The same.
        blues: The same.
    """
    largest = np.maximum(np.maximum(reds, greens), blues)
    spread = largest - np.minimum(np.minimum(reds, greens), blues)
    # NOTE: a comparison, because numpy takes ten times as long to find the maximum of an array and a number.
    largest += largest == 0
    shares = spread.astype(np.float32)
    shares /= largest.astype(np.float32)
    means: list[float] = (shares.sum(axis=2).sum(axis=1, dtype=np.float64) / shares[0].size).tolist()
    return means


def channel_products(
    reds: NDArray[np.uint8], greens: NDArray[np.uint8], blues: NDArray[np.uint8]
) -> list[tuple[int, int]]:
    """The sums over all pixels of red * green and of (red + green) * blue in each picture, for `colourfulness`.

    Args:
        reds: Shape (pictures, height, width).
        greens: The same.
        blues: The same.
    """
    red_green, wide_greens, wide_blues = (_wide(channel) for channel in (reds, greens, blues))
    products = _sums_of_products(red_green, wide_greens)
    red_green += wide_greens
    return list(zip(products, _sums_of_products(red_green, wide_blues), strict=True))


def _look_at_alike(pictures: Sequence[Image.Image], lumas: Sequence[Image.Image]) -> list[Looks]:
    """Count in pictures of one size."""
    channels = [planes(pictures, channel) for channel in ("R", "G", "B")]
    found = (
        *sharpness_and_noise(_at_least_three(planes(lumas, "L"))),
        *(saturations(*channels), channel_products(*channels)),
    )
    counts = ([one.histogram() for one in several] for several in (pictures, lumas))
    return [Looks(*each) for each in zip(*counts, *found, strict=True)]


def _second_differences_across(levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """From left to right: at each place that of the pixel to its right, and anything in the last two columns.

    NOTE: as one long row, because numpy takes three times as long over many short ones.
    """
    across, row = np.empty_like(levels), levels.reshape(-1)
    steps = row[1:] - row[:-1]
    np.subtract(steps[1:], steps[:-1], out=across.reshape(-1)[:-2])
    return across


def _second_differences_down(levels: NDArray[np.int16]) -> NDArray[np.int16]:
    """One above - 2 here + one below, for each row but the first and the last; up to 8 x 255 when taken twice."""
    steps = levels[:, 1:] - levels[:, :-1]
    return np.asarray(steps[:, 1:] - steps[:, :-1])


def _sums(wide: NDArray[np.integer[Any]]) -> list[int]:
    sums: list[int] = np.einsum("nij->ni", wide).sum(axis=1, dtype=np.int64).tolist()
    return sums


def _sums_of_products(one: NDArray[np.integer[Any]], other: NDArray[np.integer[Any]]) -> list[int]:
    sums: list[int] = np.einsum("nij,nij->ni", one, other).sum(axis=1, dtype=np.int64).tolist()
    return sums


def _wide(numbers: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Numbers up to 4 x 255 either way, in a type that holds the sum of the products of a row."""
    return numbers.astype(np.int32 if numbers.shape[-1] <= _SHORT_ROW else np.int64)


def _at_least_three(lumas: NDArray[np.uint8]) -> NDArray[np.uint8]:
    _, height, width = lumas.shape
    if min(height, width) >= 3:  # noqa: PLR2004
        return lumas
    return np.pad(lumas, ((0, 0), (0, max(0, 3 - height)), (0, max(0, 3 - width))), mode="edge")
