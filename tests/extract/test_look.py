from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract.look import look, sharpness_and_noise
from tests.support.pictures import random_pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

lumas = st.builds(random_pixels, st.integers(3, 12), st.integers(3, 12), seed=st.integers(0, 1000))


def sharpness(luma: NDArray[np.uint8]) -> float:
    """The first of two numbers."""
    return sharpness_and_noise(luma[np.newaxis])[0][0]


def noise(luma: NDArray[np.uint8]) -> float:
    """The second."""
    return sharpness_and_noise(luma[np.newaxis])[1][0]


def convolved(luma: NDArray[np.uint8], kernel: list[list[int]]) -> NDArray[np.float64]:
    """What each inner pixel and its eight neighbours add up to: plain loops over numbers of double precision."""
    height, width = luma.shape
    result = np.zeros((height - 2, width - 2))
    for y in range(height - 2):
        for x in range(width - 2):
            result[y, x] = sum(float(kernel[v][u]) * float(luma[y + v, x + u]) for v in range(3) for u in range(3))
    return result


@settings(max_examples=30, deadline=None)
@given(luma=lumas)
def test_sharpness_is_the_logarithm_of_the_laplacians_variance(luma: NDArray[np.uint8]) -> None:
    """With the four neighbours' kernel."""
    variance = convolved(luma, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]).var()
    assert sharpness(luma) == pytest.approx(math.log10(1 + variance), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(luma=lumas)
def test_noise_is_immerkaers_estimate(luma: NDArray[np.uint8]) -> None:
    """sqrt(pi / 2) / (6 (width - 2) (height - 2)) times the sum of |kernel * picture|, in [0, 1]."""
    height, width = luma.shape
    total = np.abs(convolved(luma, [[1, -2, 1], [-2, 4, -2], [1, -2, 1]])).sum()
    expected = math.sqrt(math.pi / 2) / (6 * (width - 2) * (height - 2)) * total / 255
    assert noise(luma) == pytest.approx(expected, abs=1e-12)


def test_the_steepest_edges_do_not_overflow() -> None:
    """A checkerboard has the largest response that bytes can give: 4 x 255 and 8 x 255 each way."""
    board = (np.indices((18, 18)).sum(axis=0) % 2 * 255).astype(np.uint8)
    assert sharpness(board) == pytest.approx(math.log10(1 + 1020**2))
    assert noise(board) == pytest.approx(math.sqrt(math.pi / 2) / 6 * 8)


@pytest.mark.parametrize("deviation", [2, 5, 10, 20])
def test_known_noise_is_estimated_right(deviation: float) -> None:
    """Normal noise on a flat grey, to a twentieth of itself."""
    drawn = 128 + np.random.default_rng(0).normal(0, deviation, (200, 200))
    assert noise(np.rint(drawn).astype(np.uint8)) == pytest.approx(deviation / 255, rel=0.05)


def test_the_longest_rows_do_not_overflow() -> None:
    """3000 of the steepest edges pass what 32 bits hold."""
    stripes = np.zeros((3, 3000), dtype=np.uint8)
    stripes[:, ::2] = 255
    stripes[1] = 255 - stripes[1]
    assert sharpness(stripes) == pytest.approx(math.log10(1 + 1020**2), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(sizes=st.lists(st.sampled_from([(224, 224), (224, 168), (300, 300), (1, 2)]), max_size=11))
def test_no_picture_s_counts_depend_on_the_others(sizes: list[tuple[int, int]]) -> None:
    """To the last bit: which pictures are worked on in one go must not show."""
    pictures = [Image.fromarray(random_pixels(*size, 3, seed=place)) for place, size in enumerate(sizes)]
    lumas = [one.convert("L") for one in pictures]
    assert look(pictures, lumas) == [look([one], [luma])[0] for one, luma in zip(pictures, lumas, strict=True)]
