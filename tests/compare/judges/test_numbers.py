"""What is measured of a numeric feature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.compare.judges.numbers import number_measures
from pipeline.compare.sides.side import Side
from pipeline.compare.statistics.distances import earth_moved
from pipeline.compare.statistics.histograms import Histograms
from pipeline.profile.measure import profile_table
from pipeline.profile.profile import Profile
from tests.support.rows import Shot, shots, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.compare.judges.measures import Measures

BASE = shots(1, 1)[0]
LEVEL = 0.01
DRAWS: dict[str, Callable[[np.random.Generator, int], Any]] = {
    "even": lambda generator, size: generator.uniform(0.2, 0.8, size),
    "normal": lambda generator, size: generator.normal(0.5, 0.1, size),
    "two heaps": lambda generator, size: generator.choice([0.3, 0.7], size) + generator.normal(0, 0.03, size),
    "skewed": lambda generator, size: np.minimum(generator.exponential(0.1, size), 0.99),
}


def side_of(values: np.ndarray, name: str = "saturation") -> Side:
    made = [Shot(BASE.pixels, BASE.row | {name: float(one), "path": f"{at}"}) for at, one in enumerate(values)]
    for at, one in enumerate(made):
        one.row["path"] = f"{'abcdefgh'[at % 8]}{at}"  # names that tell no order
    return Side.of(profile_table(table(made)))


def measured(old: np.ndarray, new: np.ndarray, name: str = "saturation") -> Measures:
    found = number_measures(side_of(old, name), side_of(new, name), LEVEL)
    return next(one for one in found if one.feature == name)


@pytest.mark.parametrize("shape", DRAWS)
@pytest.mark.parametrize("sizes", [(200, 50), (100, 100)])
def test_unchanged_days_pass_the_floor_as_often_as_they_may(shape: str, sizes: tuple[int, int]) -> None:
    """The distance itself on 1500 pairs of days, against the floor that a few of them give."""
    generator = np.random.default_rng(1)
    draw = DRAWS[shape]
    found = [measured(*(draw(generator, size) for size in sizes)) for _ in range(6)]
    floor = float(np.mean([one.noise_floor for one in found]))
    unit = float(draw(generator, 100_000).std())
    pairs = [[np.sort(draw(generator, size)) for size in sizes] for _ in range(1500)]
    quantiles = (np.arange(100) + 0.5) / 100
    distances = [np.abs(np.quantile(old, quantiles) - np.quantile(new, quantiles)).mean() / unit for old, new in pairs]
    assert 0.1 * LEVEL < np.mean(np.array(distances) > floor) < 2.2 * LEVEL


def test_the_effect_is_the_distance_in_baseline_deviations() -> None:
    generator = np.random.default_rng(2)
    old, new = generator.normal(0.4, 0.1, 3000), generator.normal(0.5, 0.05, 3000)
    expected = np.abs(np.sort(old) - np.sort(new)).mean() / old.std()
    found = measured(old, new)
    assert found.effect == pytest.approx(expected, abs=0.02)
    assert found.words.startswith("more saturated by 1")
    assert found.direction == "up"


def test_the_smallest_detectable_shift_is_found_four_times_in_five() -> None:
    generator = np.random.default_rng(3)
    days = [(generator.normal(0.5, 0.1, 150), generator.normal(0.5, 0.1, 80)) for _ in range(60)]
    detectable = measured(*days[0]).smallest_detectable
    found = [measured(old, new + detectable * 0.1).p_value <= LEVEL for old, new in days]
    assert 0.65 < np.mean(found) < 0.97


def test_a_change_of_spread_is_called_that() -> None:
    generator = np.random.default_rng(4)
    found = measured(generator.normal(0.5, 0.05, 400), generator.normal(0.5, 0.15, 400))
    assert found.words.startswith("saturation varies more, by ")
    assert found.direction == "wider"
    assert found.p_value < 1e-6


def test_what_hardly_leaves_a_bin_is_judged_by_its_mean() -> None:
    """A bin of saturation is 1/256 wide; both samples lie within one."""
    generator = np.random.default_rng(5)
    old, new = 0.501 + generator.normal(0, 1e-5, 60), 0.501 + 3e-5 + generator.normal(0, 1e-5, 60)
    found = measured(old, new)
    assert found.p_value < 1e-6
    assert found.effect == pytest.approx(3, abs=0.5)


def test_a_constant_that_stays_is_no_change() -> None:
    found = measured(np.full(30, 0.3), np.full(40, 0.3))
    assert (found.effect, found.p_value, found.noise_floor) == (0.0, 1.0, 0.0)


def test_a_constant_that_moves_is_one() -> None:
    found = measured(np.full(30, 0.3), np.full(40, 0.6))
    assert found.p_value < 1e-6
    assert found.effect > 1


def test_no_feature_in_common_is_nothing_to_measure() -> None:
    own = side_of(np.full(3, 0.5))
    assert number_measures(own, Side.of(Profile(own.profile.pixel_counts, {}, {}, {})), LEVEL) == []


def test_the_distance_is_the_mean_move_of_sorted_values() -> None:
    """For samples of one size it is the mean distance of values of one rank."""
    generator = np.random.default_rng(2)
    one, other = (np.sort(generator.integers(0, 30, 50)) for _ in range(2))
    counts = [Histograms.of(np.bincount(values, minlength=30)[None]) for values in (one, other)]
    assert float(earth_moved(*counts)[0]) == pytest.approx(np.abs(one - other).mean())
