from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract.pixels import pixel_features, pixel_moments, pixel_spread, quantiles
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


@pytest.mark.parametrize(
    "picture",
    [
        Image.fromarray(random_pixels(224, 224, 3)),
        Image.fromarray(random_pixels(224, 1, 3)),
        scene(97, 61),
        Image.new("RGB", (5, 4), (0, 128, 255)),
        Image.new("RGB", (1, 1)),
    ],
    ids=["noise", "strip", "scene", "plain", "black"],
)
def test_the_columns_of_a_picture_equal_numpy_on_its_pixels(picture: Image.Image) -> None:
    """All of them, over everything and by channel."""
    row, pixels = pixel_features(picture), np.asarray(picture) / 255
    pooled = pixels.reshape(-1)
    expected = {
        "pixel_mean": pooled.mean(),
        "pixel_std": pooled.std(),
        "pixel_square": (pooled**2).mean(),
        "pixel_min": pooled.min(),
        "pixel_q25": np.quantile(pooled, 0.25),
        "pixel_median": np.median(pooled),
        "pixel_q75": np.quantile(pooled, 0.75),
        "pixel_max": pooled.max(),
    }
    histograms = dict[str, list[int]]()
    for position, channel in enumerate(("red", "green", "blue")):
        expected[f"{channel}_mean"] = pixels[..., position].mean()
        expected[f"{channel}_std"] = pixels[..., position].std()
        values, counts = np.unique(np.asarray(picture)[..., position], return_counts=True)
        histograms[f"{channel}_histogram"] = counted(dict(zip(values, counts, strict=True))).tolist()
    assert row.keys() == expected.keys() | histograms.keys()
    assert {name: row[name] for name in expected} == pytest.approx(expected, abs=1e-12)
    assert {name: np.asarray(row[name]).tolist() for name in histograms} == histograms
