from __future__ import annotations

import hashlib
import io
import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance

from pipeline.extract.hashes import content_hash, luma_tile, perceptual_hashes
from tests.support.pictures import encoded, random_pixels, scene
from tests.support.shared import shared


def hash_of(picture: Image.Image) -> int:
    """The perceptual hash of one whole picture."""
    (found,) = perceptual_hashes([luma_tile(picture.convert("L"))])
    return int(found)


def distance(one: int, other: int) -> int:
    """In how many bits they differ."""
    return (one ^ other).bit_count()


def textbook(tile: np.ndarray) -> list[float]:
    """The 64 lowest frequencies of the DCT-II, row by row, each by the cosine sum of its definition."""
    cosine = [[math.cos(math.pi * (2 * x + 1) * u / 64) for x in range(32)] for u in range(8)]
    return [
        math.fsum(float(tile[y, x]) * cosine[row][y] * cosine[column][x] for y in range(32) for x in range(32))
        for row in range(8)
        for column in range(8)
    ]


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_bits_are_the_frequencies_above_their_median(seed: int) -> None:
    """Bit 63 - (8 row + column), against the cosine sum written out."""
    tile = random_pixels(32, 32, seed=seed)
    frequencies = textbook(tile)
    (found,) = perceptual_hashes([tile])
    bits = [bool(int(found) >> (63 - place) & 1) for place in range(64)]
    assert bits == [one > float(np.median(frequencies)) for one in frequencies]


@pytest.mark.parametrize("light", [1, 77, 255])
def test_a_plain_picture_has_the_mean_alone(light: int) -> None:
    """No rounding error decides a bit; and black has none at all."""
    assert hash_of(Image.new("RGB", (300, 200), (light, light, light))) == 1 << 63
    assert hash_of(Image.new("RGB", (300, 200))) == 0


def test_one_wave_across_sets_its_own_bit() -> None:
    """Half a period from left to right is column 1 of row 0: bit 62, beside the mean's."""
    wave = 127.5 + 100 * np.cos(np.pi * (2 * np.arange(32) + 1) / 64)
    tile = np.tile(np.rint(wave).astype(np.uint8), (32, 1))
    assert int(perceptual_hashes([tile])[0]) >> 62 == 0b11
    down = int(perceptual_hashes([tile.T])[0])
    assert down >> 55 & 1
    assert not down >> 62 & 1


def test_no_picture_s_hash_depends_on_the_others() -> None:
    """Alone or among others, and none of none."""
    tiles = [random_pixels(32, 32, seed=seed) for seed in range(9)]
    together = perceptual_hashes(tiles)
    assert together.dtype == np.uint64
    assert [int(one) for one in together] == [int(perceptual_hashes([tile])[0]) for tile in tiles]
    assert perceptual_hashes([]).shape == (0,)


@pytest.mark.parametrize("size", [(1, 1), (7, 300), (32, 32), (33, 64), (224, 224), (1000, 31)])
def test_a_tile_is_the_mean_of_its_part(size: tuple[int, int]) -> None:
    """Of any size; where 32 divides the size, against plain numpy to rounding."""
    luma = scene(*size).convert("L")
    tile = luma_tile(luma)
    assert tile.shape == (32, 32)
    if size == (224, 224):
        means = np.asarray(luma, dtype=float).reshape(32, 7, 32, 7).mean(axis=(1, 3))
        assert np.abs(tile - means).max() < 0.6


def test_copies_of_photographs_are_near_and_others_far() -> None:
    """Re-encoded, resized and darkened ones against their original, and different ones against each other."""
    originals, copies = list[int](), list[int]()
    for path in sorted(shared("images").iterdir())[::5]:
        with Image.open(path) as image:
            picture = image.convert("RGB")
        own = hash_of(picture)
        half = picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.BICUBIC)
        with Image.open(io.BytesIO(encoded(picture, "JPEG", quality=40))) as again:
            changed = [again.convert("RGB"), half, ImageEnhance.Brightness(picture).enhance(0.9)]
        copies += [distance(own, hash_of(one)) for one in changed]
        originals.append(own)
    others = [distance(*pair) for pair in combinations(originals, 2)]
    assert np.mean(copies) < 2
    assert max(copies) <= 10
    assert 29 < np.mean(others) < 33
    assert min(others) > max(copies)


def test_content_hash_is_the_sha256_of_the_bytes() -> None:
    """The example of FIPS 180-2, and nothing at all."""
    assert content_hash(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert content_hash(b"") == hashlib.new("sha256").hexdigest()
