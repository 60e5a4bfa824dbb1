"""The test of every feature by ranks."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from pipeline.compare.statistics.histograms import Histograms
from pipeline.compare.statistics.rank_test import centred, rank_test, rank_test_among_days

FULL = np.ones(1)


def histogram(values: np.ndarray, bins: int = 60) -> Histograms:
    return of(np.bincount(np.clip((values * 6 + bins / 2).astype(int), 0, bins - 1), minlength=bins))


def of(*images: object) -> Histograms:
    return Histograms.of(np.array(images))


DRAWS = {
    "normal": lambda generator, size: generator.normal(size=size),
    "skewed": lambda generator, size: generator.exponential(size=size) ** 2 - 2,
    "heavy": lambda generator, size: generator.standard_cauchy(size=size),
    "few values": lambda generator, size: generator.integers(0, 3, size) / 6.0,
}


@pytest.mark.parametrize("shape", DRAWS)
@pytest.mark.parametrize("sizes", [(200, 50), (1000, 30), (50, 50)])
def test_p_values_are_even_when_nothing_has_changed(shape: str, sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(1)
    found = np.concatenate(
        [
            rank_test(histogram(DRAWS[shape](generator, sizes[0])), histogram(DRAWS[shape](generator, sizes[1])), FULL)
            for _ in range(300)
        ]
    )
    for alpha in (0.05, 0.01):
        assert (found <= alpha).mean() <= alpha + 3.3 * sqrt(alpha / 300)
    assert 0.35 < (found <= 0.5).mean() < 0.65


@pytest.mark.parametrize("moved", [lambda x: x + 0.6, lambda x: x * 1.8, lambda x: x / 2])
def test_it_sees_location_and_spread(moved: object) -> None:
    generator = np.random.default_rng(2)
    found = [
        rank_test(histogram(generator.normal(size=200)), histogram(moved(generator.normal(size=100))), FULL)  # type: ignore[operator]
        for _ in range(50)
    ]
    assert np.mean([one[0] < 0.01 for one in found]) > 0.85


def test_it_is_the_permutation_variance() -> None:
    """Shuffled labels, counted: the p-value is the share of shuffles that are at least as far apart."""
    generator = np.random.default_rng(3)
    old, new = (histogram(generator.normal(shift, 1, size), 40) for shift, size in ((0.0, 60), (0.35, 40)))
    labels = np.repeat(np.arange(40), (old + new).images[0].astype(int))
    seen, count = rank_test(old, new, FULL)[0], 0
    for _ in range(2000):
        generator.shuffle(labels)
        parts = [of(np.bincount(part, minlength=40)) for part in (labels[:60], labels[60:])]
        count += rank_test(parts[0], parts[1], FULL)[0] <= seen
    assert seen == pytest.approx(count / 2000, abs=0.04)


def test_what_never_varies_is_no_change() -> None:
    constant = of([0, 50, 0])
    assert rank_test(constant, constant, FULL)[0] == 1.0


def test_fewer_independent_images_say_less() -> None:
    old, new = of([50, 50, 0]), of([20, 50, 30])
    full, part = (rank_test(old, new, np.array([share]))[0] for share in (1.0, 0.2))
    assert part == pytest.approx(full**0.2)


def test_empty_bins_at_the_end_change_nothing() -> None:
    old, new = of([5, 9, 2]), of([1, 9, 9])
    longer = [Histograms.of(np.pad(one.images, ((0, 0), (0, 7)))) for one in (old, new)]
    assert rank_test(old, new, FULL) == pytest.approx(rank_test(longer[0], longer[1], FULL))


def test_a_variance_that_is_estimated_makes_the_tail_a_power() -> None:
    """Half of the sum is F of 2 and so many degrees: against draws of that ratio."""
    old, new, errors = of([50, 60, 40]), of([10, 25, 40]), np.full((2, 1), 0.15)
    known, six = (
        rank_test_among_days(old, new, errors, np.full(1, freedom), np.zeros(1))[0] for freedom in (np.inf, 6.0)
    )
    generator = np.random.default_rng(4)
    drawn = generator.chisquare(2, 400_000) / (generator.chisquare(6, 400_000) / 6)
    assert six == pytest.approx((drawn >= -2 * np.log(known)).mean(), rel=0.1)


def test_a_centred_spread_does_not_mind_where_the_location_is() -> None:
    """The same shape, moved, and another one."""
    generator = np.random.default_rng(5)
    scores = histogram(generator.normal(0, 1, 4000), 200).scores
    moved, wide = (histogram(generator.normal(place, width, 4000), 200) for place, width in ((1, 1), (0, 1.5)))
    places, spreads = centred(np.array([moved.images, wide.images]), scores)
    assert places[:, 0] == pytest.approx([1, 0], abs=0.1)
    assert abs(spreads[0, 0]) < 0.15
    assert spreads[1, 0] > 0.5
