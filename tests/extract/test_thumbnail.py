from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract import thumbnail as own
from tests.support.pictures import encoded, random_pixels, scene
from tests.support.shared import shared

sides = st.integers(1, 400)


def thumbnail(picture: Image.Image, size: tuple[int, int]) -> bytes:
    """Both steps of it."""
    return own.thumbnail(own.shrunk(picture, size))


def opened(data: bytes) -> Image.Image:
    """The thumbnail as a viewer sees it."""
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        image.load()
        return image


@settings(max_examples=60, deadline=None)
@given(picture=st.tuples(sides, sides), image=st.tuples(sides, sides))
def test_it_has_the_image_s_aspect_ratio_and_is_no_larger(picture: tuple[int, int], image: tuple[int, int]) -> None:
    """Whatever size the picture has that it is made from: within half a pixel a side, and 96 at most."""
    found = opened(thumbnail(Image.new("RGB", picture, (10, 200, 90)), image))
    longest = min(96, max(image), max(picture))
    assert max(found.size) == longest
    for side, whole in zip(found.size, image, strict=True):
        assert side <= max(1, whole)
        assert abs(side - max(1.0, whole * longest / max(image))) <= 0.5 + 1e-9
    assert np.abs(np.asarray(found, dtype=int) - (10, 200, 90)).max() <= 6


def test_noise_is_made_smaller_until_it_fits() -> None:
    """Nothing is harder to compress."""
    data = thumbnail(Image.fromarray(random_pixels(224, 224, 3)), (224, 224))
    assert len(data) <= 3072
    assert max(opened(thumbnail(scene(224, 224), (640, 480))).size) == 96


def test_nothing_but_pixels_is_inside() -> None:
    """No comment, colour profile, EXIF or XMP of the file that the picture came from."""
    exif = Image.Exif()
    exif[0x010F] = "a camera that shall not be named"
    stored = encoded(
        scene(200, 100), "JPEG", comment=b"secret", icc_profile=b"profile" * 9, exif=exif, xmp=b"<x>secret</x>"
    )
    with Image.open(io.BytesIO(stored)) as image:
        image.load()
        assert image.info["comment"] == b"secret"
        for size in ((200, 100), (96, 48)):
            picture = image.resize(size)
            before = dict(picture.info)
            found = opened(thumbnail(picture, (200, 100)))
            assert set(found.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
            assert not found.getexif()
            assert picture.info == before


def test_it_shows_the_picture() -> None:
    """Against the mean of each part of the picture."""
    picture = scene(384, 384)
    found = np.asarray(opened(thumbnail(picture, (384, 384))), dtype=float)
    expected = np.asarray(picture, dtype=float).reshape(96, 4, 96, 4, 3).mean(axis=(1, 3))
    assert np.abs(found - expected).mean() < 4


def test_photographs_fit_at_the_first_quality() -> None:
    """96 pixels, and at most 3 KB."""
    for path in sorted(shared("images").iterdir())[::10]:
        with Image.open(path) as image:
            data = thumbnail(image.convert("RGB").resize((224, 224)), image.size)
            assert len(data) <= 3072
            assert max(opened(data).size) == 96


@pytest.mark.parametrize("size", [(1, 1), (20_000, 10), (10, 20_000)])
def test_extreme_shapes_have_a_thumbnail(size: tuple[int, int]) -> None:
    """A strip is a line of one pixel."""
    found = opened(thumbnail(Image.new("RGB", size), size))
    assert found.size == tuple(max(1, round(side * min(96, max(size)) / max(size))) for side in size)
