from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract.resize import Resized, decode_size, resize
from tests.support.pictures import random_pixels, scene

if TYPE_CHECKING:
    from pipeline.settings import Resize

WAYS: tuple[Resize, ...] = ("stretch", "crop", "letterbox")
sides = st.integers(1, 120)
sizes = st.tuples(sides, sides)
input_sizes = st.tuples(st.integers(3, 80), st.integers(3, 80))


@settings(max_examples=50, deadline=None)
@given(given_size=sizes, size=input_sizes, how=st.sampled_from(WAYS))
def test_the_picture_has_the_input_size(given_size: tuple[int, int], size: tuple[int, int], how: Resize) -> None:
    """Letterboxed it is as large as fits, with room at two sides at most."""
    found = resize(Image.new("RGB", given_size), size, how).picture
    if how == "letterbox":
        assert found.width <= size[0]
        assert found.height <= size[1]
        assert found.width == size[0] or found.height == size[1]
    else:
        assert found.size == size


@settings(max_examples=50, deadline=None)
@given(given_size=sizes, size=input_sizes, how=st.sampled_from(WAYS), colour=st.tuples(*[st.integers(0, 255)] * 3))
def test_a_plain_picture_stays_plain(
    given_size: tuple[int, int], size: tuple[int, int], how: Resize, colour: tuple[int, int, int]
) -> None:
    """Nothing is mixed in at the edges: no padding, no black."""
    found = np.asarray(resize(Image.new("RGB", given_size, colour), size, how).picture)
    assert (found == colour).all()


@settings(max_examples=50, deadline=None)
@given(
    given_size=st.tuples(st.integers(40, 120), st.integers(40, 120)),
    size=st.tuples(st.integers(30, 80), st.integers(30, 80)),
    how=st.sampled_from(WAYS),
    point=st.tuples(st.floats(0.35, 0.65), st.floats(0.35, 0.65)),
)
def test_the_placement_leads_back_to_the_original(
    given_size: tuple[int, int], size: tuple[int, int], how: Resize, point: tuple[float, float]
) -> None:
    """A spot that is seen on the model's input is traced back to where it was, within a pixel of either."""
    x, y = (int(share * side) for share, side in zip(point, given_size, strict=True))
    spot = np.zeros((given_size[1], given_size[0], 3), dtype=np.uint8)
    spot[y - 2 : y + 3, x - 2 : x + 3] = 255
    found = resize(Image.fromarray(spot), size, how)
    seen = np.asarray(found.picture, dtype=float)[..., 0]
    inside = _where(seen)
    assume(inside is not None and _is_whole(seen))
    assert inside is not None
    left, top = (round(found.left * size[0]), round(found.top * size[1])) if how == "letterbox" else (0, 0)
    share_across = ((left + inside[0]) / size[0] - found.left) / found.width
    share_down = ((top + inside[1]) / size[1] - found.top) / found.height
    assert abs(share_across * given_size[0] - (x + 0.5)) <= max(1.0, given_size[0] / (found.width * size[0]))
    assert abs(share_down * given_size[1] - (y + 0.5)) <= max(1.0, given_size[1] / (found.height * size[1]))


@pytest.mark.parametrize("size", [(224, 224), (320, 192), (24, 40)])
@pytest.mark.parametrize("given_size", [(500, 375), (375, 500), (300, 300), (31, 47), (3, 2), (1, 1), (900, 60)])
def test_crop_resizes_the_shorter_side_and_cuts_the_centre(given_size: tuple[int, int], size: tuple[int, int]) -> None:
    """Against doing just that: the shorter side (of what covers the input) to size / 0.875, then the middle."""
    picture = Image.fromarray(random_pixels(*given_size, 3))
    width, height = given_size
    if width * size[1] < height * size[0]:
        whole = (round(size[0] / 0.875), round(height * size[0] / 0.875 / width))
    else:
        whole = (round(width * size[1] / 0.875 / height), round(size[1] / 0.875))
    left, top = (whole[0] - size[0]) // 2, (whole[1] - size[1]) // 2
    expected = picture.resize(whole, Image.Resampling.BILINEAR).crop((left, top, left + size[0], top + size[1]))
    found = resize(picture, size, "crop")
    difference = np.asarray(found.picture, dtype=int) - np.asarray(expected, dtype=int)
    assert np.abs(difference).max() <= 1  # Pillow rounds between its two passes, and chooses which comes first
    assert abs(difference.mean()) < 0.02
    assert found == Resized(found.picture, -left / size[0], -top / size[1], whole[0] / size[0], whole[1] / size[1])


def test_a_crop_of_an_imagenet_picture_is_224_of_256() -> None:
    """The definition in its best known numbers."""
    found = resize(Image.new("RGB", (512, 256)), (224, 224), "crop")
    assert (found.left, found.top) == (-144 / 224, -16 / 224)
    assert (found.width, found.height) == (512 / 224, 256 / 224)


def test_crop_of_a_long_strip_needs_no_long_picture() -> None:
    """20000 x 10 to 512000 x 256 would be half a gigabyte; its middle alone gives the same."""
    strip = Image.fromarray(random_pixels(20_000, 10, 3))
    middle = strip.crop((9950, 0, 10050, 10)).resize((2560, 256), Image.Resampling.BILINEAR)
    expected = np.asarray(middle.crop((1168, 16, 1392, 240)), dtype=int)
    found = np.asarray(resize(strip, (224, 224), "crop").picture, dtype=int)
    assert np.abs(found - expected).max() <= 1


def test_crop_never_resizes_to_more_than_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG of 65000 x 1 pixels is tiny, but would become 17 gigabytes."""
    asked = list[tuple[int, int]]()
    original = Image.Image.resize

    def watched(picture: Image.Image, size: tuple[int, int], *rest: object) -> Image.Image:
        asked.append(size)
        assert size[0] * size[1] <= 32 * 32
        return original(picture, size, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Image.Image, "resize", watched)
    assert resize(Image.new("RGB", (65_000, 1)), (32, 32), "crop").picture.size == (32, 32)
    assert asked == [(32, 32)]


@pytest.mark.parametrize(
    ("given_size", "inside", "place"),
    [
        ((400, 200), (224, 112), (0.0, 0.25)),
        ((200, 400), (112, 224), (0.25, 0.0)),
        ((50, 50), (224, 224), (0.0, 0.0)),
        ((20_000, 10), (224, 1), (0.0, 111 / 224)),
    ],
)
def test_letterbox_keeps_the_aspect_ratio(
    given_size: tuple[int, int], inside: tuple[int, int], place: tuple[float, float]
) -> None:
    """And puts the picture in the middle."""
    found = resize(Image.new("RGB", given_size), (224, 224), "letterbox")
    assert found.picture.size == inside
    assert (found.left, found.top) == place
    assert (found.width, found.height) == (inside[0] / 224, inside[1] / 224)


def test_shrinking_averages() -> None:
    """With antialiasing: the mean is kept, and a fine pattern turns grey instead of into another pattern."""
    board = np.repeat((np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)[..., None], 3, axis=2)
    found = np.asarray(resize(Image.fromarray(board), (64, 64), "stretch").picture, dtype=int)
    assert np.abs(found - 127.5).max() < 4
    picture = scene(640, 480)
    shrunk = np.asarray(resize(picture, (64, 64), "stretch").picture)
    assert shrunk.mean() == pytest.approx(np.asarray(picture).mean(), abs=0.5)


@pytest.mark.parametrize("how", WAYS)
def test_a_reduced_decode_is_twice_what_resizing_reaches(how: Resize) -> None:
    """For a crop that is the resized picture before it is cut."""
    whole = resize(Image.new("RGB", (1000, 1000)), (224, 224), how)
    width, height = decode_size((224, 224), how)
    assert width >= 2 * whole.width * 224 - 1
    assert height >= 2 * whole.height * 224 - 1


def _where(seen: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> tuple[float, float] | None:
    """The centre of light in pixels, counted from the left and top edges."""
    if not seen.sum():
        return None
    down, across = (np.arange(side) + 0.5 for side in seen.shape)
    return float((seen.sum(axis=0) * across).sum() / seen.sum()), float((seen.sum(axis=1) * down).sum() / seen.sum())


def _is_whole(seen: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> bool:
    """Whether the light does not touch the border, where a part of it may be cut off."""
    return not (seen[0].any() or seen[-1].any() or seen[:, 0].any() or seen[:, -1].any())
