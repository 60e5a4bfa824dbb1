"""Accuracy without labels for today."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.compare.judges.accuracy import accuracy_estimate
from pipeline.compare.sides.side import Side
from pipeline.profile.measure import profile_table
from tests.support.rows import Shot, shots, table

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.documents import AccuracyEstimate


def judged(scores: NDArray[np.float64], correct: NDArray[np.bool_] | None = None, spread: float = 0.0) -> Side:
    """Images with a confidence, an entropy that falls with it, and perhaps labels of which some are right."""
    (one,), made = shots(1, 1), list[Shot]()
    for at, score in enumerate(scores):
        label = None if correct is None else 1 if correct[at] else 2
        columns = {"confidence": score, "prediction_entropy": 1 - score + spread, "predicted_class": 1}
        made.append(Shot(one.pixels, one.row | columns | {"label_index": label}))
    return Side.of(profile_table(table(made)))


def estimated(old: Side, new: Side) -> AccuracyEstimate:
    found = accuracy_estimate(old, new)
    assert found is not None
    return found


GENERATOR = np.random.default_rng(5)
SCORES = GENERATOR.uniform(0, 1, 2000)
RIGHT = GENERATOR.uniform(0, 1, 2000) < SCORES


def test_it_is_the_share_above_the_threshold_of_the_baseline() -> None:
    """Against the definition, on the scores themselves: the histogram's bins cost at most a thousandth."""
    today = GENERATOR.beta(1, 2, 1500)
    threshold = np.quantile(SCORES, 1 - RIGHT.mean())
    found = estimated(judged(SCORES, RIGHT), judged(today))
    assert found["baseline_accuracy"] == RIGHT.mean()
    for value in (*found["by_score"].values(), found["estimated_accuracy"]):
        assert value == pytest.approx((today >= threshold).mean(), abs=0.004)
    assert found["drop"] == found["baseline_accuracy"] - found["estimated_accuracy"]
    assert "true_accuracy" not in found


def test_the_same_images_are_as_accurate() -> None:
    own = judged(SCORES, RIGHT)
    found = estimated(own, own)
    assert found["estimated_accuracy"] == pytest.approx(RIGHT.mean(), abs=0.002)
    assert found["true_accuracy"] == RIGHT.mean()
    assert found["low"] < RIGHT.mean() < found["high"]


def test_where_the_scores_disagree_the_truth_is_taken_to_be_lower() -> None:
    found = estimated(judged(SCORES, RIGHT), judged(SCORES, spread=0.2))
    low, high = sorted(found["by_score"].values())
    assert high - low == pytest.approx(0.2, abs=0.01)
    assert found["estimated_accuracy"] == pytest.approx(low - 0.5 * (high - low))
    assert found["low"] < found["estimated_accuracy"] < low < found["high"]


def test_the_interval_narrows_as_the_root_of_the_images() -> None:
    old = judged(np.tile(SCORES, 20), np.tile(RIGHT, 20))
    widths = [one["high"] - one["low"] for one in (estimated(old, judged(SCORES[:size])) for size in (100, 400, 1600))]
    assert widths[0] / widths[1] == pytest.approx(2, rel=0.15)
    assert widths[1] / widths[2] == pytest.approx(2, rel=0.15)


@pytest.mark.parametrize("size", [1, 5, 19])
def test_few_images_say_nothing(size: int) -> None:
    assert accuracy_estimate(judged(SCORES, RIGHT), judged(np.ones(size))) is None


@pytest.mark.parametrize(("size", "power"), [(20, 1.0), (100, 1.0), (20, 0.15)])
def test_the_true_accuracy_of_small_sets_is_in_the_interval(size: int, power: float) -> None:
    """Of calibrated models, one that is right in half of the cases and one that nearly always is: in at least 0.9."""
    generator, inside = np.random.default_rng(11), list[bool]()
    scores = generator.uniform(0, 1, 300) ** power
    old = judged(scores, generator.uniform(0, 1, 300) < scores)
    for _ in range(100):
        today = generator.uniform(0, 1, size) ** power
        found, true = estimated(old, judged(today)), (generator.uniform(0, 1, size) < today).mean()
        inside.append(found["low"] <= true <= found["high"])
    assert np.mean(inside) >= 0.9


def test_all_above_the_threshold_is_not_all_right_for_certain() -> None:
    """Of 20 images, Agresti and Coull's interval leaves as much open as 2 wrong ones of 24; the labels hardly more."""
    found = estimated(judged(np.tile(SCORES, 5), np.tile(RIGHT, 5)), judged(np.ones(20)))
    assert (found["estimated_accuracy"], found["high"]) == (1.0, 1.0)
    middle = (20 + 1.96**2 / 2) / (20 + 1.96**2)
    assert found["low"] == pytest.approx(middle - 1.96 * np.sqrt(middle * (1 - middle) / (20 + 1.96**2)), abs=0.005)


def test_few_labels_say_nothing() -> None:
    assert accuracy_estimate(judged(SCORES[:29], RIGHT[:29]), judged(SCORES[:50])) is None
    assert accuracy_estimate(judged(SCORES[:30], RIGHT[:30]), judged(SCORES[:50])) is not None


def test_without_predictions_there_is_nothing_to_estimate() -> None:
    old, new = judged(SCORES, RIGHT), Side.of(profile_table(table(shots(2, 40, "pixels"))))
    assert accuracy_estimate(old, new) is None
    assert accuracy_estimate(new, old) is None


def test_one_score_is_enough() -> None:
    old = judged(SCORES, RIGHT)
    histograms = {"confidence": old.profile.labelled_histograms["confidence"]}
    only = replace(old, profile=replace(old.profile, labelled_histograms=histograms))
    assert set(estimated(only, old)["by_score"]) == {"confidence"}
