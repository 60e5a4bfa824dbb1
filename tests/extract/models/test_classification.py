from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.models.classification import class_features, probabilities, told_apart
from tests.support.toy_numbers import sigmoid, softmax

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.settings import Scores

logits_of_some_classes = st.lists(st.floats(-60, 60, width=32), min_size=2, max_size=12)


@given(logits_of_some_classes)
@settings(max_examples=50, deadline=None)
def test_columns_of_logits_follow_from_the_definitions(logits: list[float]) -> None:
    """Softmax, the two largest of it, and Shannon's entropy in nats, by plain Python."""
    row = class_features(np.array(logits, dtype=np.float32), "logits", None)
    shares = softmax(logits)
    first, second = sorted(shares, reverse=True)[:2]
    entropy = -math.fsum(share * math.log(share) for share in shares if share > 0)
    assert shares[cast("int", row["predicted_class"])] == first
    assert row["predicted_name"] is None
    assert row["confidence"] == pytest.approx(first, abs=1e-9)
    assert row["margin"] == pytest.approx(first - second, abs=1e-9)
    assert row["prediction_entropy"] == pytest.approx(entropy, abs=1e-9)


@given(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.5, 0.7]), min_size=2, max_size=12))
@settings(max_examples=50, deadline=None)
def test_the_top_classes_are_the_first_of_all_in_order(scores: list[float]) -> None:
    """By plain Python's stable sort; ties, and classes fewer than five, too."""
    row: Any = class_features(np.array(scores), "probabilities", None)
    expected = sorted(range(len(scores)), key=lambda one: -scores[one])[:5]
    assert row["top_classes"] == expected
    assert row["top_scores"] == [scores[one] for one in expected]
    assert row["predicted_class"] == expected[0] == int(np.argmax(scores))


def test_every_probability_is_kept_where_that_is_asked_for() -> None:
    """In the order of the classes; and not otherwise."""
    scores = np.array([0.1, 0.45, 0.0, 0.25])
    row: Any = class_features(scores, "probabilities", None, keep_all=True)
    assert row.pop("probabilities") == scores.tolist()
    assert row.keys() == class_features(scores, "probabilities", None).keys()


@given(logits_of_some_classes, st.floats(-40, 40))
@settings(max_examples=30, deadline=None)
def test_a_constant_added_to_all_logits_changes_nothing(logits: list[float], shift: float) -> None:
    scores = np.array(logits, dtype=np.float64)
    np.testing.assert_allclose(probabilities(scores + shift, "logits"), probabilities(scores, "logits"), atol=1e-9)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_very_large_logits_stay_finite(dtype: type) -> None:
    """Warnings are errors here, so nothing overflows on the way either."""
    row = class_features(np.array([60000, -60000, 0], dtype=dtype), "logits", ("a", "b", "c"))
    assert row == {
        "predicted_class": 0,
        "predicted_name": "a",
        "confidence": 1.0,
        "margin": 1.0,
        "prediction_entropy": 0.0,
        "top_classes": [0, 1, 2],
        "top_scores": [1.0, 0.0, 0.0],
    }


def test_probabilities_are_taken_as_they_are() -> None:
    """Quantised ones need not sum to one: here they sum to 0.8."""
    row = class_features(np.array([0.1, 0.45, 0.0, 0.25]), "probabilities", ("a", "b", "c", "d"))
    expected = -(0.1 * math.log(0.1) + 0.45 * math.log(0.45) + 0.25 * math.log(0.25))
    assert row["predicted_class"] == 1
    assert row["predicted_name"] == "b"
    assert row["confidence"] == pytest.approx(0.45)
    assert row["margin"] == pytest.approx(0.2)
    assert row["prediction_entropy"] == pytest.approx(expected)


@given(st.floats(-700, 700))
@settings(max_examples=30, deadline=None)
def test_a_single_score_is_the_second_of_two_classes(logit: float) -> None:
    chance = sigmoid(logit)
    for scores, kind in (([logit], "logits"), ([chance], "probabilities")):
        row = class_features(np.array(scores), "logits" if kind == "logits" else "probabilities", ("no", "yes"))
        assert row["confidence"] == pytest.approx(max(chance, 1 - chance))
        assert row["margin"] == pytest.approx(abs(2 * chance - 1), abs=1e-9)
        if abs(logit) > 1e-9:
            assert row["predicted_name"] == ("yes" if logit > 0 else "no")


@pytest.mark.parametrize(
    ("probes", "kind"),
    [
        ([[0.2, 0.8], [0.5, 0.5]], "probabilities"),
        ([[0.25, 0.25, 0.3], [0.5, 0.2, 0.1]], "probabilities"),  # sums of 0.8: quantised
        ([[0.2, 0.8], [0.2, -0.1]], "logits"),
        ([[0.2, 0.8], [0.2, 1.4]], "logits"),
        ([[0.9, 0.9, 0.9]], "logits"),
        ([[0.0, 0.0, 0.01]], "logits"),
        ([[0.3], [0.9]], "probabilities"),
        ([[0.3], [1.9]], "logits"),
    ],
)
def test_logits_are_told_from_probabilities_by_range_and_sum(probes: list[list[float]], kind: Scores) -> None:
    arrays: list[NDArray[np.float64]] = [np.array(one) for one in probes]
    assert told_apart(arrays) == kind
