"""Histograms of many features, and the scores of their bins."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipeline.compare.statistics.histograms import Histograms

IMAGES = arrays(np.float64, (2, 6), elements=st.integers(0, 50).map(float)).filter(lambda own: own.sum(axis=1).all())


def test_the_scores_are_standard_and_uncorrelated() -> None:
    own = Histograms.of(np.array([[5.0, 9, 2, 40, 7, 1], [0, 0, 8, 0, 0, 0]]))
    for location, spread, counts in zip(own.scores.location, own.scores.spread, own.images, strict=True):
        moving = float(counts.astype(bool).sum() > 1)
        for one in (location, spread):
            assert np.average(one, weights=counts) == pytest.approx(0, abs=1e-9)
            assert np.average(one**2, weights=counts) == pytest.approx(moving)
        assert np.average(location * spread, weights=counts) == pytest.approx(0, abs=1e-9)


def test_the_location_follows_the_normal_quantiles_of_the_ranks() -> None:
    own = Histograms.of(np.array([[10.0, 30, 40, 20]]))
    expected = np.array([NormalDist().inv_cdf(middle) for middle in (0.05, 0.25, 0.6, 0.9)])
    expected -= np.average(expected, weights=own.images[0])
    expected /= np.sqrt(np.average(expected**2, weights=own.images[0]))
    assert own.scores.location[0] == pytest.approx(expected, abs=1e-3)


@given(IMAGES, IMAGES)
@settings(max_examples=50, deadline=None)
def test_a_sum_is_of_the_images_of_both(one: np.ndarray, other: np.ndarray) -> None:
    found, expected = Histograms.of(one) + Histograms.of(other), Histograms.of(one + other)
    for part in ("images", "cumulative", "sizes"):
        assert np.array_equal(getattr(found, part), getattr(expected, part))
    for part in ("location", "spread", "bend"):
        assert np.array_equal(getattr(found.scores, part), getattr(expected.scores, part))


def test_some_of_the_features() -> None:
    own = Histograms.of(np.arange(1.0, 13).reshape(3, 4))
    assert np.array_equal(own.rows([2, 0]).images, own.images[[2, 0]])
    assert np.array_equal(own.rows([2, 0]).scores.spread, own.scores.spread[[2, 0]])
