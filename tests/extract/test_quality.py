from __future__ import annotations

import colorsys
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageFilter

from pipeline.extract.quality import noise, quality_features, sharpness
from tests.support.pictures import random_pixels, scene

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

lumas = st.builds(random_pixels, st.integers(3, 12), st.integers(3, 12), seed=st.integers(0, 1000)).map(
    lambda luma: luma.astype(np.int16)
)


def convolved(luma: NDArray[np.int16], kernel: list[list[int]]) -> NDArray[np.float64]:
    """What each inner pixel and its eight neighbours add up to: plain loops over numbers of double precision."""
    height, width = luma.shape
    result = np.zeros((height - 2, width - 2))
    for y in range(height - 2):
        for x in range(width - 2):
            result[y, x] = sum(float(kernel[v][u]) * float(luma[y + v, x + u]) for v in range(3) for u in range(3))
    return result


@settings(max_examples=30, deadline=None)
@given(luma=lumas)
def test_sharpness_is_the_logarithm_of_the_laplacians_variance(luma: NDArray[np.int16]) -> None:
    """With the four neighbours' kernel."""
    variance = convolved(luma, [[0, 1, 0], [1, -4, 1], [0, 1, 0]]).var()
    assert sharpness(luma) == pytest.approx(math.log10(1 + variance), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(luma=lumas)
def test_noise_is_immerkaers_estimate(luma: NDArray[np.int16]) -> None:
    """sqrt(pi / 2) / (6 (width - 2) (height - 2)) times the sum of |kernel * picture|, in [0, 1]."""
    height, width = luma.shape
    total = np.abs(convolved(luma, [[1, -2, 1], [-2, 4, -2], [1, -2, 1]])).sum()
    expected = math.sqrt(math.pi / 2) / (6 * (width - 2) * (height - 2)) * total / 255
    assert noise(luma) == pytest.approx(expected, abs=1e-12)


def test_the_steepest_edges_do_not_overflow() -> None:
    """A checkerboard has the largest response that bytes can give: 4 x 255 and 8 x 255 each way."""
    board = (np.indices((18, 18)).sum(axis=0) % 2 * 255).astype(np.int16)
    assert sharpness(board) == pytest.approx(math.log10(1 + 1020**2))
    assert noise(board) == pytest.approx(math.sqrt(math.pi / 2) / 6 * 8)


@pytest.mark.parametrize("deviation", [2, 5, 10, 20])
def test_known_noise_is_estimated_right(deviation: float) -> None:
    """Normal noise on a flat grey, to a twentieth of itself."""
    drawn = 128 + np.random.default_rng(0).normal(0, deviation, (200, 200))
    assert noise(np.rint(drawn).astype(np.int16)) == pytest.approx(deviation / 255, rel=0.05)


@pytest.mark.parametrize("picture", [scene(60, 40), Image.fromarray(random_pixels(31, 17, 3))], ids=["scene", "random"])
def test_brightness_and_contrast_are_of_luma(picture: Image.Image) -> None:
    """0.299 red + 0.587 green + 0.114 blue; rounding each pixel to a byte moves the mean by less than 0.001."""
    luma = np.asarray(picture, dtype=float) @ (0.299, 0.587, 0.114) / 255
    found = quality_features(picture)
    assert found["brightness"] == pytest.approx(luma.mean(), abs=1e-3)
    assert found["contrast"] == pytest.approx(luma.std(), abs=1e-3)


@pytest.mark.parametrize("picture", [scene(60, 40), Image.fromarray(random_pixels(31, 17, 3))], ids=["scene", "random"])
def test_saturation_is_the_mean_of_hsv(picture: Image.Image) -> None:
    """As colorsys has it; a byte cuts off less than 1/255."""
    shares = np.asarray(picture).reshape(-1, 3) / 255
    expected = np.mean([colorsys.rgb_to_hsv(*pixel)[1] for pixel in shares.tolist()])
    assert expected - 1 / 255 <= quality_features(picture)["saturation"] <= expected


@pytest.mark.parametrize(
    ("feature", "change", "amounts"),
    [
        ("sharpness", lambda picture, radius: picture.filter(ImageFilter.GaussianBlur(radius)), [0, 1, 2, 4, 8]),
        ("noise", lambda picture, radius: picture.filter(ImageFilter.GaussianBlur(radius)), [0, 0.5, 1]),
        ("brightness", lambda picture, loss: ImageEnhance.Brightness(picture).enhance(1 - loss), [0, 0.2, 0.5, 0.9]),
        ("contrast", lambda picture, loss: ImageEnhance.Contrast(picture).enhance(1 - loss), [0, 0.2, 0.5, 1]),
        ("saturation", lambda picture, loss: ImageEnhance.Color(picture).enhance(1 - loss), [0, 0.2, 0.5, 1]),
    ],
)
def test_what_is_taken_from_a_picture_falls(
    feature: str, change: Callable[[Image.Image, float], Image.Image], amounts: list[float]
) -> None:
    """Blurred, darkened, flattened or bleached: each step further down."""
    found = [quality_features(change(scene(120, 90), amount))[feature] for amount in amounts]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)


def test_noise_rises_with_noise() -> None:
    """Each step further up."""
    picture, rng = np.asarray(scene(120, 90), dtype=float), np.random.default_rng(1)
    noisy = [
        np.clip(picture + rng.normal(0, deviation, picture.shape), 0, 255).astype(np.uint8)
        for deviation in (0, 5, 10, 20)
    ]
    found = [quality_features(Image.fromarray(pixels))["noise"] for pixels in noisy]
    assert found == sorted(found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (1, 224), (224, 1), (2, 7)])
def test_small_pictures_have_finite_numbers(size: tuple[int, int]) -> None:
    """Brightness and contrast are of the pixels that are there; only the filters see them repeated."""
    grey = random_pixels(*size)
    found = quality_features(Image.fromarray(np.repeat(grey[..., None], 3, axis=2)))
    assert all(math.isfinite(value) for value in found.values())
    assert found["brightness"] == pytest.approx(grey.mean() / 255)
    assert found["contrast"] == pytest.approx(grey.std() / 255)
    assert found["saturation"] == 0


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (90, 90, 90)])
def test_a_plain_grey_has_nothing_but_brightness(colour: tuple[int, int, int]) -> None:
    """No contrast, no edges, no noise, no colour: zeros, not NaN."""
    found = quality_features(Image.new("RGB", (30, 20), colour))
    expected = {"brightness": colour[0] / 255, "contrast": 0.0, "sharpness": 0.0, "noise": 0.0, "saturation": 0.0}
    assert found == pytest.approx(expected)
