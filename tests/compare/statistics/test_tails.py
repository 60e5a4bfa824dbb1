"""Tails against closed forms and printed tables."""

from __future__ import annotations

from math import erfc, exp, pi, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from pipeline.compare.statistics.tails import ScaledChi, chi_squared_tail, f_tail, normal_scores


@pytest.mark.parametrize("value", [0.5, 2.0, 9.21, 13.8])
def test_chi_squared_of_two_degrees_is_an_exponential(value: float) -> None:
    assert chi_squared_tail(value, 2) == pytest.approx(exp(-value / 2), rel=0.2)


@pytest.mark.parametrize(("freedom", "value"), [(1, 6.635), (5, 15.086), (10, 23.209), (30, 50.892), (100, 135.807)])
def test_chi_squared_at_its_printed_one_per_cent_points(freedom: int, value: float) -> None:
    assert chi_squared_tail(value, freedom) == pytest.approx(0.01, rel=0.03)


@pytest.mark.parametrize(
    ("freedom", "rest", "value"), [(5, 20, 4.103), (10, 20, 3.368), (10, 60, 2.632), (30, 120, 1.860)]
)
def test_f_at_its_printed_one_per_cent_points(freedom: int, rest: int, value: float) -> None:
    assert f_tail(value, freedom, rest) == pytest.approx(0.01, rel=0.05)


def test_nothing_is_above_everything() -> None:
    assert chi_squared_tail(0.0, 3) == f_tail(0.0, 3, 10) == 1.0


def test_normal_scores_are_normal_quantiles() -> None:
    shares = np.array([1e-6, 0.001, 0.2, 0.5, 0.7, 0.99, 1 - 1e-6])
    expected = [NormalDist().inv_cdf(one) for one in shares]
    assert normal_scores(shares) == pytest.approx(expected, abs=5e-4)


def test_one_absolute_normal_value_is_fitted_exactly() -> None:
    """Its mean and variance are those of chi of one degree."""
    own = ScaledChi.fitted(3 * sqrt(2 / pi), 9 * (1 - 2 / pi))
    assert own.scale == pytest.approx(3, rel=1e-3)
    assert own.freedom == pytest.approx(1, rel=1e-3)
    assert own.tail(7.5) == pytest.approx(erfc(2.5 / sqrt(2)), rel=0.05)


@pytest.mark.parametrize(
    ("mean", "variance"), [(1.0, 0.3), (5.0, 0.2), (0.4, 1e-5), (2.0, 1e-9), (1.0, 0.0), (0.0, 0.0)]
)
def test_a_quantile_is_where_the_tail_is_alpha(mean: float, variance: float) -> None:
    own = ScaledChi.fitted(mean, variance)
    if own.scale:
        assert own.tail(own.quantile(0.003)) == pytest.approx(0.003, rel=1e-6)
        assert own.tail(mean) == pytest.approx(0.5, abs=0.12)
    else:
        assert own.quantile(0.003) == mean
        assert (own.tail(mean), own.tail(mean + 0.01)) == (1.0, 0.0)


def test_many_terms_are_normal() -> None:
    own = ScaledChi.fitted(100.0, 4.0)
    assert own.quantile(0.01) == pytest.approx(100 + 2.326 * 2, abs=0.03)
