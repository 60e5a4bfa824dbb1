from __future__ import annotations

import colorsys
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from pipeline.extract.look import look
from pipeline.extract.quality import quality_columns
from tests.support.pictures import random_pixels, scene

if TYPE_CHECKING:
    from collections.abc import Callable


PICTURES = {
    "scene": scene(60, 40),
    "random": Image.fromarray(random_pixels(31, 17, 3)),
    "letterboxed": ImageOps.pad(scene(60, 20), (40, 40)),
    "one pixel": Image.new("RGB", (1, 1), (200, 30, 7)),
    "black": Image.new("RGB", (9, 7)),
    "red": Image.new("RGB", (9, 7), "red"),
}


def quality_of(*pictures: Image.Image) -> list[dict[str, float]]:
    """The product's columns of some pictures, by picture."""
    looks = look(pictures, [one.convert("L") for one in pictures])
    columns = quality_columns(looks, np.array([one.colours for one in looks], dtype=np.int64).reshape(-1, 3, 256))
    return [{name: float(values[place]) for name, values in columns.items()} for place in range(len(pictures))]


def quality_features(picture: Image.Image) -> dict[str, float]:
    """The columns of one picture."""
    (found,) = quality_of(picture)
    return found


@pytest.mark.parametrize("picture", [scene(60, 40), Image.fromarray(random_pixels(31, 17, 3))], ids=["scene", "random"])
def test_brightness_and_contrast_are_of_luma(picture: Image.Image) -> None:
    """0.299 red + 0.587 green + 0.114 blue; rounding each pixel to a byte moves the mean by less than 0.001."""
    luma = np.asarray(picture, dtype=float) @ (0.299, 0.587, 0.114) / 255
    found = quality_features(picture)
    assert found["brightness"] == pytest.approx(luma.mean(), abs=1e-3)
    assert found["contrast"] == pytest.approx(luma.std(), abs=1e-3)


@pytest.mark.parametrize("name", PICTURES)
def test_saturation_is_the_mean_of_hsv(name: str) -> None:
    """As colorsys has it, pixel by pixel, but for what single precision rounds."""
    shares = np.asarray(PICTURES[name]).reshape(-1, 3) / 255
    expected = np.mean([colorsys.rgb_to_hsv(*pixel)[1] for pixel in shares.tolist()])
    assert quality_features(PICTURES[name])["saturation"] == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("name", PICTURES)
def test_colourfulness_is_hasler_and_suesstrunk_s(name: str) -> None:
    """Their formula (9) and (10) on bytes, by numpy."""
    red, green, blue = np.moveaxis(np.asarray(PICTURES[name], dtype=np.float64), 2, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    expected = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    assert quality_features(PICTURES[name])["colourfulness"] == pytest.approx(expected, abs=1e-9)


def test_long_rows_of_the_strongest_colours_do_not_overflow() -> None:
    """Yellow beside blue has the largest opponents, and 3000 of them pass what 32 bits hold."""
    row = np.zeros((3, 3000, 3), dtype=np.uint8)
    row[:, ::2, :2], row[:, 1::2, 2] = 255, 255
    luma = np.asarray(Image.fromarray(row).convert("L"), dtype=float)
    found = quality_features(Image.fromarray(row))
    assert found["colourfulness"] == pytest.approx(255, abs=1e-9)
    across = luma[1:-1, :-2] - 2 * luma[1:-1, 1:-1] + luma[1:-1, 2:]
    assert found["sharpness"] == pytest.approx(math.log10(1 + across.var()), abs=1e-9)


@pytest.mark.parametrize("name", PICTURES)
def test_entropy_and_clipping_are_of_luma(name: str) -> None:
    """-sum p log2 p over the shares of its values, and the shares at either end."""
    luma = np.asarray(PICTURES[name].convert("L"))
    shares = np.unique(luma, return_counts=True)[1] / luma.size
    found = quality_features(PICTURES[name])
    assert found["entropy"] == pytest.approx(-(shares * np.log2(shares)).sum(), abs=1e-12)
    assert found["clipped_dark"] == pytest.approx((luma <= 5).mean())
    assert found["clipped_bright"] == pytest.approx((luma >= 250).mean())


def test_entropy_of_all_levels_alike_is_eight_bits() -> None:
    """Its largest value."""
    grey = np.arange(256, dtype=np.uint8).reshape(16, 16)
    found = quality_features(Image.fromarray(np.repeat(grey[..., None], 3, axis=2)))
    assert found["entropy"] == pytest.approx(8.0, abs=1e-12)
    assert (found["clipped_dark"], found["clipped_bright"]) == (6 / 256, 6 / 256)


def test_no_picture_s_quality_depends_on_the_others() -> None:
    """To the last bit: which images a unit holds must not show in their rows."""
    assert quality_of(*PICTURES.values()) == [quality_features(one) for one in PICTURES.values()]
    assert quality_of() == []


@pytest.mark.parametrize(
    ("feature", "change", "amounts"),
    [
        ("sharpness", lambda picture, radius: picture.filter(ImageFilter.GaussianBlur(radius)), [0, 1, 2, 4, 8]),
        ("noise", lambda picture, radius: picture.filter(ImageFilter.GaussianBlur(radius)), [0, 0.5, 1]),
        ("brightness", lambda picture, loss: ImageEnhance.Brightness(picture).enhance(1 - loss), [0, 0.2, 0.5, 0.9]),
        ("contrast", lambda picture, loss: ImageEnhance.Contrast(picture).enhance(1 - loss), [0, 0.2, 0.5, 1]),
        ("saturation", lambda picture, loss: ImageEnhance.Color(picture).enhance(1 - loss), [0, 0.2, 0.5, 1]),
        ("colourfulness", lambda picture, loss: ImageEnhance.Color(picture).enhance(1 - loss), [0, 0.2, 0.5, 1]),
        ("entropy", lambda picture, loss: ImageEnhance.Contrast(picture).enhance(1 - loss), [0, 0.5, 0.9, 1]),
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
    expected = dict.fromkeys(found, 0.0) | {
        "brightness": colour[0] / 255,
        "clipped_dark": float(colour[0] == 0),
        "clipped_bright": float(colour[0] == 255),
    }
    assert found == pytest.approx(expected)
