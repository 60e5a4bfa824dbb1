"""Taking a part's joint moments out of the whole's."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.profile.joint import joint_moments, no_joint_moments, without


@pytest.mark.parametrize("part", [1, 7, 29])
def test_what_is_left_is_that_of_the_other_images(part: int) -> None:
    columns = dict(zip("abc", np.random.default_rng(part).normal(2, 3, (3, 30)), strict=True))
    first = np.arange(30) < part
    left = without(joint_moments(columns, np.ones(30, dtype=bool)), joint_moments(columns, first))
    values = np.array([own[~first] for own in columns.values()])
    assert (left.names, left.count) == (("a", "b", "c"), 30 - part)
    assert left.means == pytest.approx(values.mean(axis=1), rel=1e-9)
    assert left.products == pytest.approx(np.cov(values, ddof=0) * (30 - part), rel=1e-9, abs=1e-10)


def test_nothing_is_left_of_all_and_all_of_nothing() -> None:
    whole = joint_moments({"a": np.arange(5.0)}, np.ones(5, dtype=bool))
    assert without(whole, whole).count == 0
    assert without(whole, no_joint_moments()) is whole
