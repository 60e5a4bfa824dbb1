from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract.pixels import moments, pixel_columns, pixel_moments, pixel_spread, quantiles
from tests.support.pictures import random_pixels, scene

histograms = st.dictionaries(st.integers(0, 255), st.integers(1, 60), min_size=1, max_size=12)
probabilities = st.lists(st.floats(0, 1), min_size=1, max_size=5)


def counted(histogram: dict[int, int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Counts by byte value, shape (256,)."""
    counts = np.zeros(256, dtype=np.int64)
    counts[list(histogram)] = list(histogram.values())
    return counts


def written_out(histogram: dict[int, int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The pixels themselves, in [0, 1]."""
    return np.repeat(list(histogram), list(histogram.values())) / 255


@settings(max_examples=50, deadline=None)
@given(histogram=histograms)
def test_moments_and_extremes_equal_those_of_the_pixels(histogram: dict[int, int]) -> None:
    """Numpy over the pixels written out, one by one."""
    spread, pixels = pixel_spread(counted(histogram)), written_out(histogram)
    assert spread["mean"] == pytest.approx(pixels.mean(), abs=1e-12)
    assert spread["std"] == pytest.approx(pixels.std(), abs=1e-12)
    assert (spread["min"], spread["max"]) == (pixels.min(), pixels.max())
    assert [spread["q25"], spread["median"], spread["q75"]] == pytest.approx(
        np.quantile(pixels, (0.25, 0.5, 0.75)), abs=1e-15
    )


@settings(max_examples=50, deadline=None)
@given(histogram=histograms, wanted=probabilities)
def test_quantiles_interpolate_as_numpy_does(histogram: dict[int, int], wanted: list[float]) -> None:
    """At any probability, not only where an order statistic lies."""
    assert quantiles(counted(histogram), wanted) == pytest.approx(
        np.quantile(written_out(histogram), wanted), abs=1e-12
    )


@settings(max_examples=30, deadline=None)
@given(histogram=histograms, times=st.integers(2, 10**6))
def test_moments_do_not_depend_on_how_often_the_same_pixels_are_pooled(histogram: dict[int, int], times: int) -> None:
    """A million equal images have the mean and deviation of one, to the last bit."""
    assert pixel_moments(counted(histogram) * times) == pixel_moments(counted(histogram))


def test_huge_pooled_counts_do_not_overflow() -> None:
    """A hundred million pictures of 640 x 640 pixels, against exact fractions."""
    counts = np.zeros(256, dtype=np.int64)
    counts[[0, 1, 254, 255]] = 10**13, 3 * 10**13, 4 * 10**13, 4 * 10**13
    total = sum(map(int, counts))
    mean = sum(Fraction(int(count) * value, total * 255) for value, count in enumerate(counts))
    square = sum(Fraction(int(count) * value**2, total * 255**2) for value, count in enumerate(counts))
    spread = pixel_spread(counts)
    assert spread["mean"] == pytest.approx(float(mean), abs=1e-12)
    assert spread["std"] == pytest.approx(float(square - mean**2) ** 0.5, abs=1e-12)
    assert (spread["q25"], spread["median"], spread["q75"]) == (1 / 255, 254 / 255, 1.0)


PICTURES = [
    Image.fromarray(random_pixels(224, 224, 3)),
    Image.fromarray(random_pixels(224, 1, 3)),
    scene(97, 61),
    Image.new("RGB", (5, 4), (0, 128, 255)),
    Image.new("RGB", (1, 1)),
    Image.new("RGB", (3, 1), "white"),
]


def columns_of(*pictures: Image.Image) -> dict[str, Any]:
    """The product's columns of some pictures."""
    return pixel_columns(np.array([one.histogram() for one in pictures], dtype=np.int64).reshape(-1, 3, 256))


def expected_columns(picture: Image.Image) -> dict[str, float]:
    """The same numbers by numpy over the pixels themselves."""
    pixels = np.asarray(picture) / 255
    parts = {"pixel": pixels, **{name: pixels[..., at] for at, name in enumerate(("red", "green", "blue"))}}
    expected = {"pixel_square": (pixels**2).mean()}
    for prefix, part in parts.items():
        expected |= {
            f"{prefix}_mean": part.mean(),
            f"{prefix}_std": part.std(),
            f"{prefix}_min": part.min(),
            f"{prefix}_q25": np.quantile(part, 0.25),
            f"{prefix}_median": np.median(part),
            f"{prefix}_q75": np.quantile(part, 0.75),
            f"{prefix}_max": part.max(),
        }
    return expected


def test_the_columns_of_many_pictures_equal_numpy_on_the_pixels_of_each() -> None:
    """All of them, over everything and by channel, whatever the size."""
    found = columns_of(*PICTURES)
    for place, picture in enumerate(PICTURES):
        expected = expected_columns(picture)
        assert {name: found[name][place] for name in expected} == pytest.approx(expected, abs=1e-12)
        for position, channel in enumerate(("red", "green", "blue")):
            values, counts = np.unique(np.asarray(picture)[..., position], return_counts=True)
            written = counted(dict(zip(values, counts, strict=True)))
            assert found[f"{channel}_histogram"][place].tolist() == written.tolist()
    assert found.keys() == expected.keys() | {f"{channel}_histogram" for channel in ("red", "green", "blue")}


def test_no_picture_s_numbers_depend_on_the_others() -> None:
    """To the last bit: which images a unit holds must not show in their rows."""
    together = columns_of(*PICTURES)
    for place, picture in enumerate(PICTURES):
        alone = columns_of(picture)
        assert all((alone[name][0] == together[name][place]).all() for name in alone)


def test_no_pictures_give_empty_columns() -> None:
    """A unit may hold no image that can be read."""
    assert {len(values) for values in columns_of().values()} == {0}


@settings(max_examples=50, deadline=None)
@given(histogram=histograms)
def test_moments_of_one_picture_are_those_of_pooled_counts(histogram: dict[int, int]) -> None:
    """Two ways to the same numbers: one exact for any number of pixels, one for many pictures at once."""
    mean, std = moments(counted(histogram)[np.newaxis])
    assert (mean[0], std[0]) == pytest.approx(pixel_moments(counted(histogram)), abs=1e-12)
