"""How many independent images a set is worth."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.compare.sides.effective import (
    cautious,
    class_correlation,
    class_inflation,
    correlation,
    effective_sizes,
    remaining,
)
from pipeline.profile.measure import profile_table
from pipeline.profile.profile import Profile
from tests.support.rows import Shot, shots, table

START = datetime(2026, 11, 23, tzinfo=UTC)
WORLD = shots(7, 300)


def stream(size: int, stays: float, seed: int = 1) -> Profile:
    """Images one a second, each with a probability the one before it once more."""
    generator = np.random.default_rng(seed)
    drawn = generator.integers(0, len(WORLD), size)
    for at in range(1, size):
        if generator.random() < stays:
            drawn[at] = drawn[at - 1]
    made = [WORLD[which] for which in drawn]
    timed = [Shot(one.pixels, one.row | {"timestamp": START + timedelta(seconds=at)}) for at, one in enumerate(made)]
    return profile_table(table(timed))


@pytest.mark.parametrize("stays", [0.0, 0.3, 0.7, 0.9])
def test_the_correlation_is_the_probability_to_stay(stays: float) -> None:
    own = stream(4000, stays)
    assert correlation(own.features["noise"]) == pytest.approx(stays, abs=0.05)
    assert class_correlation(own) == pytest.approx(stays, abs=0.05)


@pytest.mark.parametrize(("found", "share"), [(0.0, 1.0), (0.5, 1 / 3), (1.0, 0.0)])
def test_what_correlation_leaves(found: float, share: float) -> None:
    assert remaining(found) == pytest.approx(share)


def test_independent_images_count_in_full() -> None:
    """Chance makes a correlation of a single feature pass once in twenty times, so most keep their size."""
    days = [stream(100, 0.0, seed) for seed in range(30)]
    sizes = [effective_sizes(one).features["noise"] for one in days]
    assert np.mean([one == 100 for one in sizes]) > 0.75


def test_the_variance_of_a_mean_is_that_of_so_many_images() -> None:
    """The effective size against what it is for: the spread of the means of many correlated days."""
    days = [stream(200, 0.7, seed) for seed in range(80)]
    means = np.array([one.features["noise"].mean for one in days])
    values = np.array([one.row["noise"] for one in WORLD])
    worth = values.var() / means.var()
    sizes = [effective_sizes(one).features["noise"] for one in days]
    assert np.median(sizes) < worth < 3 * np.median(sizes), "it errs on the side of fewer, but not by much"


def test_pictures_and_classes_shrink_too() -> None:
    sizes = effective_sizes(stream(500, 0.7))
    assert sizes.pictures < 120
    assert sizes.classes < 120


def test_chance_and_few_pairs_do_not_count() -> None:
    assert cautious(0.16, 100) == 0.0
    assert cautious(0.9, 9) == 0.0
    assert 0.7 < cautious(0.7, 1000) < 0.73
    assert cautious(-0.5, 1000) == 0.0
    assert cautious(1.0, 50) < 1.0


def test_a_set_without_an_order_is_taken_to_be_independent() -> None:
    own = profile_table(table(shots(1, 30)))
    plain = Profile(own.pixel_counts, own.features, own.classes, own.statuses)
    assert class_correlation(plain) == 0.0


def test_the_inflation_is_the_root_of_the_ratio_of_variances() -> None:
    assert class_inflation((100, 100), (100.0, 100.0)) == (1.0, math.inf)
    assert class_inflation((100, 100), (25.0, 25.0))[0] == pytest.approx(2.0)
