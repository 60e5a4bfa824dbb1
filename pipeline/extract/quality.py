"""How good a picture is to look at: brightness, contrast, sharpness, noise, saturation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

_LAPLACIAN = ((0, 1, 0), (1, -4, 1), (0, 1, 0))
_NOISE = ((1, -2, 1), (-2, 4, -2), (1, -2, 1))


def quality_features(picture: Image.Image) -> dict[str, float]:
    """The quality columns of one RGB picture; for sharpness and noise a smaller one is repeated to 3 x 3 pixels."""
    luma = np.asarray(picture.convert("L"), dtype=np.int16)
    enough = _at_least_three(luma)
    return {
        "brightness": float(luma.mean()) / 255,
        "contrast": float(luma.std()) / 255,
        "sharpness": sharpness(enough),
        "noise": noise(enough),
        "saturation": float(np.asarray(picture.convert("HSV").getchannel("S")).mean()) / 255,
    }


def sharpness(luma: NDArray[np.int16]) -> float:
    """log10(1 + variance of the Laplacian), after Pech-Pacheco et al., "Diatom autofocusing in brightfield
    microscopy", ICPR 2000. The logarithm makes the spread over ordinary images even; the 1 keeps a blank one finite.

    Args:
        luma: Shape (height, width), byte values 0..255, at least 3 x 3.
    """
    return math.log10(1.0 + float(_convolve(luma, _LAPLACIAN).var()))


def noise(luma: NDArray[np.int16]) -> float:
    """The standard deviation of additive noise in [0, 1], after Immerkaer, "Fast Noise Variance Estimation",
    Computer Vision and Image Understanding 64(2), 1996.

    Args:
        luma: Shape (height, width), byte values 0..255, at least 3 x 3.
    """
    return math.sqrt(math.pi / 2) / 6 * float(np.abs(_convolve(luma, _NOISE)).mean()) / 255


def _convolve(luma: NDArray[np.int16], kernel: tuple[tuple[int, ...], ...]) -> NDArray[np.int16]:
    height, width = luma.shape
    result = np.zeros((height - 2, width - 2), dtype=np.int16)
    for row, weights in enumerate(kernel):
        for column, weight in enumerate(weights):
            if weight:
                result += weight * luma[row : row + height - 2, column : column + width - 2]
    return result


def _at_least_three(luma: NDArray[np.int16]) -> NDArray[np.int16]:
    height, width = luma.shape
    return np.pad(luma, ((0, max(0, 3 - height)), (0, max(0, 3 - width))), mode="edge")
