"""Hotelling's test, on as much as the images support."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from pipeline.compare.statistics.joint_test import joint_test
from pipeline.profile.joint import JointMoments

MIX = np.random.default_rng(1).normal(size=(8, 8))


def moments(values: np.ndarray) -> JointMoments:
    away = values - values.mean(axis=0)
    names = tuple(f"f{at}" for at in range(values.shape[1]))
    return JointMoments(names, len(values), values.mean(axis=0), away.T @ away)


def drawn(generator: np.random.Generator, size: int, shift: float = 0.0) -> np.ndarray:
    """Eight correlated features; a ninth is a sum of two of them, and a tenth is constant."""
    values = generator.normal(size=(size, 8)) @ MIX
    values[:, 2] += shift
    return np.column_stack([values, values[:, 0] + values[:, 1], np.full(size, 3.0)])


@pytest.mark.parametrize("sizes", [(200, 50), (60, 20), (25, 12)])
def test_p_values_are_even_when_nothing_has_changed(sizes: tuple[int, int]) -> None:
    generator = np.random.default_rng(2)
    found = np.array(
        [
            joint_test(moments(drawn(generator, sizes[0])), moments(drawn(generator, sizes[1])), sizes).p_value
            for _ in range(300)
        ]
    )
    for alpha in (0.1, 0.01):
        assert (found <= alpha).mean() <= alpha + 3.3 * sqrt(alpha / 300)
    assert 0.4 < (found <= 0.5).mean() < 0.6


def test_it_is_hotellings_statistic() -> None:
    """The Mahalanobis distance by inverting the pooled covariance, where that has full rank."""
    generator = np.random.default_rng(3)
    old, new = drawn(generator, 400)[:, :4], drawn(generator, 300, 4.0)[:, :4]
    pooled = (399 * np.cov(old.T) + 299 * np.cov(new.T)) / 698
    apart = new.mean(axis=0) - old.mean(axis=0)
    variances = np.linalg.eigvalsh(np.corrcoef(np.vstack([old, new]).T))
    assert variances[0] > 0.012, "no component is left out"
    found = joint_test(moments(old), moments(new), (400, 300))
    chance = 4 * (1 / 400 + 1 / 300)
    assert found.rank == 4
    assert found.distance**2 == pytest.approx(apart @ np.linalg.inv(pooled) @ apart - chance)


def test_the_shares_name_what_moved() -> None:
    generator = np.random.default_rng(4)
    old, new = generator.normal(size=(300, 5)), generator.normal(size=(100, 5)) + np.array([0, 0, 0, 0.9, 0])
    found = joint_test(moments(old), moments(new), (300, 100))
    assert next(iter(found.shares)) == "f3"
    assert sum(found.shares.values()) == pytest.approx(1.0)
    assert found.shares["f3"] > 0.8
    assert found.p_value < 1e-6


def test_few_images_test_few_components() -> None:
    generator = np.random.default_rng(5)
    own = moments(drawn(generator, 10))
    assert joint_test(own, own, (10, 10)).rank == 5
    assert joint_test(own, own, (2.0, 1.5)).rank == 0
    assert joint_test(own, own, (2.0, 1.5)).p_value == 1.0


def test_constants_are_left_out() -> None:
    constant = moments(np.full((30, 2), 0.1))
    found = joint_test(constant, constant, (30, 30))
    assert (found.p_value, found.rank, found.shares) == (1.0, 0, {})


def test_fewer_independent_images_say_less() -> None:
    generator = np.random.default_rng(6)
    old, new = moments(drawn(generator, 200)), moments(drawn(generator, 100, 2.0))
    assert joint_test(old, new, (200, 100)).p_value < joint_test(old, new, (60.0, 30.0)).p_value
