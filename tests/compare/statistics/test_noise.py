"""What chance gives, against simulation and against other ways to work it out."""

from __future__ import annotations

from fractions import Fraction
from math import comb, gamma, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.compare.statistics.distances import total_variation
from pipeline.compare.statistics.noise import MeanDifference, class_noise, largest_difference_noise

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

ALPHA = 0.05

SHAPES: dict[str, tuple[Callable[[np.random.Generator, tuple[int, int]], NDArray[np.float64]], float]] = {
    "normal": (lambda generator, shape: generator.normal(0.5, 0.1, shape), 0.015),
    "skewed": (lambda generator, shape: generator.exponential(0.1, shape), 0.02),
    "confidence": (lambda generator, shape: generator.beta(9, 1, shape), 0.02),
}
"""How values are drawn, and how far the rate of false alarms may then be from alpha: t is exact for normal ones."""


def difference(one: NDArray[np.float64], other: NDArray[np.float64]) -> MeanDifference:
    squares = tuple(float(((values - values.mean()) ** 2).sum()) for values in (one, other))
    return MeanDifference((len(one), len(other)), (squares[0], squares[1]))


def floors_and_values(shape: str, sizes: tuple[int, int], trials: int) -> tuple[NDArray[np.float64], ...]:
    generator = np.random.default_rng(sum(sizes))
    draw, _ = SHAPES[shape]
    old, new = (draw(generator, (trials, size)) for size in sizes)
    values = np.abs(new.mean(axis=1) - old.mean(axis=1))
    noises = [
        largest_difference_noise(value, [difference(one, other)], ALPHA)
        for value, one, other in zip(values, old, new, strict=True)
    ]
    return values, np.array([noise.floor for noise in noises]), np.array([noise.p_value for noise in noises])


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sizes", [(5, 5), (20, 20), (200, 200), (200, 5)])
def test_a_mean_passes_its_floor_on_alpha_of_unchanged_days(shape: str, sizes: tuple[int, int]) -> None:
    values, floors, p_values = floors_and_values(shape, sizes, 2000)
    rate = float((values > floors).mean())
    slack = 3 * sqrt(ALPHA * (1 - ALPHA) / 2000) + SHAPES[shape][1]
    assert rate == pytest.approx(ALPHA, abs=slack)
    assert np.array_equal(values > floors, p_values < ALPHA)
    assert float((p_values < 0.5).mean()) == pytest.approx(0.5, abs=0.06)


def two_sided_tail(t: float, freedom: int) -> float:
    """Student's two-sided tail by Simpson's rule over the density, with the substitution t = tan(x)."""
    x = np.linspace(np.arctan(t), pi / 2, 20_001)
    scale = gamma((freedom + 1) / 2) / (sqrt(freedom * pi) * gamma(freedom / 2))
    with np.errstate(over="ignore"):
        density = scale * (1 + np.tan(x) ** 2 / freedom) ** (-(freedom + 1) / 2) / np.cos(x) ** 2
    density[-1] = 0.0 if freedom > 1 else scale * 1.0
    step = x[1] - x[0]
    return float(2 * step / 3 * (density[0] + density[-1] + 4 * density[1:-1:2].sum() + 2 * density[2:-1:2].sum()))


@pytest.mark.parametrize("freedom", [2, 3, 5, 8, 18, 38, 100])
@pytest.mark.parametrize("t", [0.5, 1.0, 2.0, 3.0, 5.0])
def test_the_tail_is_students(t: float, freedom: int) -> None:
    """To within Wallace's approximation, which is rough only far out and at a handful of degrees of freedom."""
    squares = MeanDifference((freedom + 1, 1), (float(freedom), 0.0))
    p_value = largest_difference_noise(t * squares.standard_error, [squares], ALPHA).p_value
    assert p_value == pytest.approx(
        two_sided_tail(t, freedom), rel=0.12 if freedom < 3 else 0.08 if freedom < 10 else 0.02
    )


@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.05, 0.5])
@pytest.mark.parametrize("count", [1, 2, 5])
@pytest.mark.parametrize("others", [1.0, 1e-3])
def test_the_floor_is_where_the_p_value_is_alpha(alpha: float, count: int, others: float) -> None:
    """Also where one difference is so uncertain that it makes all of it."""
    generator = np.random.default_rng(count)
    scales = [1.0, *[others] * (count - 1)]
    several = [difference(scale * generator.random(40), scale * generator.random(30)) for scale in scales]
    floor = largest_difference_noise(0.0, several, alpha).floor
    assert largest_difference_noise(floor, several, alpha).p_value == pytest.approx(alpha, rel=1e-6)
    assert largest_difference_noise(floor * 1.001, several, alpha).p_value < alpha
    assert largest_difference_noise(floor * 0.999, several, alpha).p_value > alpha


def test_several_differences_have_a_higher_floor() -> None:
    one = MeanDifference((20, 20), (1.0, 1.0))
    floors = [largest_difference_noise(0.1, [one] * count, 0.01).floor for count in (1, 2, 20)]
    assert floors == sorted(set(floors))


@pytest.mark.parametrize(
    ("counts", "squares", "value", "floor", "p_value"),
    [
        ((50, 50), (2.0, 3.0), 0.0, None, 1.0),  # identical
        ((50, 50), (0.0, 0.0), 0.0, 0.0, 1.0),  # constant and identical
        ((50, 50), (0.0, 0.0), 0.1, 0.0, 0.0),  # constants that differ
        ((1, 1), (0.0, 0.0), 0.9, 1.0, 1.0),  # nothing is known of the spread
    ],
)
def test_the_edges(
    counts: tuple[int, int], squares: tuple[float, float], value: float, floor: float | None, p_value: float
) -> None:
    noise = largest_difference_noise(value, [MeanDifference(counts, squares)], 0.01)
    assert noise.p_value == p_value
    assert floor is None or noise.floor == floor


def shuffled_distances(
    old: NDArray[np.int64], new: NDArray[np.int64], times: int, seed: int = 7
) -> NDArray[np.float64]:
    """The permutation test from first principles: labels in a row, shuffled, cut in two and counted."""
    generator = np.random.default_rng(seed)
    labels = np.repeat(np.arange(len(old)), old + new)
    size, classes = int(new.sum()), len(old)
    found = []
    for _ in range(times):
        generator.shuffle(labels)
        counts = [np.bincount(part, minlength=classes) for part in (labels[:size], labels[size:])]
        shares = [part / part.sum() for part in counts]
        found.append(np.abs(shares[0] - shares[1]).sum() / 2)
    return np.array(found)


@pytest.mark.parametrize(
    ("classes", "sizes"),
    [(3, (50, 50)), (3, (500, 20)), (10, (200, 100)), (10, (30, 400)), (1000, (500, 300)), (1000, (2000, 50))],
)
def test_class_noise_is_that_of_shuffled_labels(classes: int, sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(classes + sum(sizes))
    weights = generator.dirichlet(np.ones(classes))
    old, new = (generator.multinomial(size, weights) for size in sizes)
    found, shuffled = class_noise(old, new, ALPHA), shuffled_distances(old, new, 1000)
    spread = float(shuffled.std())
    assert found.floor == pytest.approx(np.quantile(shuffled, 1 - ALPHA), abs=0.35 * spread + 0.51 / min(sizes))
    seen = np.abs(old / old.sum() - new / new.sum()).sum() / 2
    p_value = float((shuffled >= seen - 1e-12).mean())
    assert found.p_value == pytest.approx(p_value, abs=4 * sqrt(0.25 * (1 / 1000 + 1 / 2000)))


@pytest.mark.parametrize(("classes", "sizes"), [(3, (60, 40)), (10, (200, 30)), (1000, (50, 50))])
def test_false_alarms_of_the_class_distance_stay_under_alpha(classes: int, sizes: tuple[int, int]) -> None:
    """On days on which nothing changed. The bare rule (0.15) fires on all of them at 1000 classes."""
    generator = np.random.default_rng(classes)
    weights = generator.dirichlet(np.ones(classes))
    alarms = bare = 0
    days = 300 if classes < 1000 else 100
    for _ in range(days):
        old, new = (generator.multinomial(size, weights) for size in sizes)
        present = old + new > 0
        value, noise = float(total_variation(old, new)), class_noise(old[present], new[present], ALPHA)
        alarms += value > noise.floor
        bare += value > 0.15
        assert (value > noise.floor) == (noise.p_value < ALPHA)
    assert alarms / days <= ALPHA + 3 * sqrt(ALPHA * (1 - ALPHA) / days)
    assert classes < 1000 or bare == days


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=5))
@example([(0, 2), (3, 0)])  # one of the ten ways to deal five images out: p is alpha to the last bit
@settings(max_examples=50, deadline=None)
def test_a_distance_is_over_its_floor_exactly_when_its_p_value_is_at_most_alpha(pairs: list[tuple[int, int]]) -> None:
    """Small samples have few possible distances: most of them are ties, which must not be broken by rounding."""
    old, new = np.array(pairs).T
    if not old.sum() or not new.sum():
        return
    noise = class_noise(old, new, 0.1)
    assert (float(total_variation(old, new)) > noise.floor) == (noise.p_value <= 0.1)  # as `verdict_on` holds it


@given(st.permutations([0, 1, 2, 3, 4]), st.lists(st.integers(1, 50), min_size=10, max_size=10))
@settings(max_examples=50, deadline=None)
def test_equal_distances_are_equal_to_the_last_bit(order: list[int], counts: list[int]) -> None:
    old, new = np.array(counts[:5]), np.array(counts[5:])
    assert total_variation(old, new) == total_variation(old[order], new[order]) == total_variation(new, old)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [([1], [9], 0.0), ([1, 0], [0, 7], 1.0), ([3, 1], [1, 3], 0.5), ([10, 10, 0], [1, 1, 2], 0.5)],
)
def test_total_variation(one: list[int], other: list[int], distance: float) -> None:
    assert float(total_variation(np.array(one), np.array(other))) == pytest.approx(distance, abs=1e-15)


def test_identical_samples_have_p_value_one() -> None:
    counts = np.array([5, 0, 17, 1])
    assert class_noise(counts, counts, 0.01).p_value == 1.0


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
@settings(max_examples=50, deadline=None)
def test_two_classes_are_exact(a: int, b: int, c: int, d: int) -> None:
    """Every way to deal them out again, by binomial coefficients."""
    total, size, dealt = a + c, a + b + c + d, c + d
    ways = {x: comb(total, x) * comb(size - total, dealt - x) for x in range(min(total, dealt) + 1)}
    apart = {x: abs(Fraction(x, dealt) - Fraction(total - x, size - dealt)) for x in ways}
    seen = abs(Fraction(c, dealt) - Fraction(a, size - dealt))
    expected = Fraction(sum(ways[x] for x in ways if apart[x] >= seen), comb(size, dealt))
    assert class_noise(np.array([a, b]), np.array([c, d]), 0.01).p_value == pytest.approx(float(expected), abs=1e-9)


def test_an_inflated_distance_is_no_more_than_one() -> None:
    old, new = np.array([9, 5, 1]), np.array([4, 4, 6])
    plain, wide, widest = (class_noise(old, new, 0.01, inflation) for inflation in (1.0, 1.5, 9.0))
    assert wide.floor == pytest.approx(1.5 * plain.floor)
    assert wide.p_value > plain.p_value
    assert widest.floor == 1.0


def test_the_same_counts_give_the_same_noise() -> None:
    old, new = np.array([50, 20, 3]), np.array([20, 30, 1])
    state = np.random.get_state()[1].tolist()  # type: ignore[index]  # noqa: NPY002
    assert class_noise(old, new, 0.01) == class_noise(old, new, 0.01)
    assert np.random.get_state()[1].tolist() == state, "and nobody else's chance is touched"  # type: ignore[index]  # noqa: NPY002


def test_more_boxes_than_numpy_can_deal_out() -> None:
    """Two thousand million boxes: a part of them is enough."""
    old, new = np.array([1_000_000_000, 500_000_000]), np.array([300_000_000, 200_000_000])
    noise = class_noise(old, new, 0.01)
    assert noise.p_value < 0.01
    assert 0 < noise.floor < 1e-3
