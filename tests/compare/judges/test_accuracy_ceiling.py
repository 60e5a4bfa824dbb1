"""The ceiling of an estimated accuracy, against images of which all is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare.judges.accuracy_ceiling import under_ceiling

ESTIMATE: Any = {"estimated_accuracy": 0.94, "low": 0.91, "high": 0.98, "baseline_accuracy": 1.0}


def estimated(**changes: float) -> Any:
    return ESTIMATE | changes


def rule(value: float, *, fired: bool = True) -> Any:
    return {"value": value, "drift_detected": fired}


def test_without_a_move_of_the_classes_nothing_changes() -> None:
    """No rule, or one that did not fire."""
    assert under_ceiling(ESTIMATE, None) == ESTIMATE
    assert under_ceiling(ESTIMATE, rule(0.44, fired=False)) == ESTIMATE


@pytest.mark.parametrize(("distance", "before", "ceiling"), [(0.44, 1.0, 0.56), (0.44, 0.9, 0.66), (1.0, 1.0, 0.0)])
def test_the_interval_reaches_down_to_the_ceiling(distance: float, before: float, ceiling: float) -> None:
    found = under_ceiling(estimated(baseline_accuracy=before), rule(distance))
    assert found.get("ceiling_if_classes_held") == pytest.approx(ceiling)
    assert found["low"] == pytest.approx(min(0.91, ceiling))
    assert found["high"] == 0.98


def test_a_ceiling_above_the_interval_leaves_it() -> None:
    assert under_ceiling(estimated(baseline_accuracy=0.8), rule(0.2))["low"] == 0.91


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 0.4), st.floats(0, 1))
def test_no_model_is_right_more_often_while_the_true_classes_hold(seed: int, before: float, now: float) -> None:
    """Whatever it mistakes for what: images of the same true classes, predicted with two shares of mistakes."""
    generator = np.random.default_rng(seed)
    true = generator.integers(0, 5, 400)

    def predicted(wrong: float) -> Any:
        confused = generator.integers(0, 5, 5)[true]
        return np.where(generator.random(400) < wrong, confused, true)

    old, new = predicted(before), predicted(now)
    shares = [np.bincount(one, minlength=5) / 400 for one in (old, new)]
    distance = float(np.abs(shares[0] - shares[1]).sum() / 2)
    found = under_ceiling(estimated(baseline_accuracy=float((old == true).mean())), rule(distance))
    assert float((new == true).mean()) <= found.get("ceiling_if_classes_held", 1.0) + 1e-9
