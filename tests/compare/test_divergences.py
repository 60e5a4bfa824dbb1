"""Jensen-Shannon distance and population stability index of every feature, by plain sums."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compare.divergences import TENTHS, divergences
from pipeline.compare.drift import detect_drift
from pipeline.compare.statistics.distances import jensen_shannon, stability_index
from tests.support.rows import document_of, profile_of, shots, side_of

OLD, NEW = shots(1, 60), shots(2, 40, light=0.6)


def by_hand(old: list[int], new: list[int]) -> tuple[float, float]:
    """Of two lists of counts."""
    p, q = ([count / sum(own) for count in own] for own in (old, new))
    middle = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    entropies = [
        sum(a * math.log2(a / b) for a, b in zip(own, middle, strict=True) if a) / 2 for own in (p, q)
    ]  # fmt: skip
    p, q = ([(count + 0.5) / (sum(own) + len(own) / 2) for count in own] for own in (old, new))
    return math.sqrt(sum(entropies)), sum((b - a) * math.log(b / a) for a, b in zip(p, q, strict=True))


def in_tenths(old: np.ndarray, new: np.ndarray) -> tuple[list[int], list[int]]:
    """Each bin goes to the tenth of the baseline in which its middle image lies."""
    counts, before = ([0] * TENTHS, [0] * TENTHS), 0.0
    for own, other in zip(old.tolist(), new.tolist(), strict=True):
        group = min(TENTHS - 1, int((before + own / 2) / int(old.sum()) * TENTHS))
        counts[0][group] += own
        counts[1][group] += other
        before += own
    return counts


def test_a_number_is_compared_in_tenths_of_the_baseline() -> None:
    found, old, new = divergences(side_of(OLD), side_of(NEW)), profile_of(OLD), profile_of(NEW)
    for name, own in old.features.items():
        expected = by_hand(*in_tenths(own.histogram, new.features[name].histogram))
        assert tuple(found[name].values()) == pytest.approx(expected, abs=1e-9)


def test_a_category_is_compared_by_its_values() -> None:
    found = divergences(side_of(OLD), side_of(NEW))
    for name in ("format", "mode", "camera_make", "predicted_class"):
        old, new = (Counter(one.row.get(name) for one in own) for own in (OLD, NEW))
        values = [*{**old, **new}]
        expected = by_hand([old[value] for value in values], [new[value] for value in values])
        assert tuple(found[name].values()) == pytest.approx(expected, abs=1e-9)


def test_every_feature_of_a_report_has_them() -> None:
    report = detect_drift(document_of(OLD), document_of(NEW))
    found = divergences(side_of(OLD), side_of(NEW))
    assert {one["feature"] for one in report["feature_drift"]} == found.keys()
    for one in report["feature_drift"]:
        assert one["jensen_shannon_distance"] == pytest.approx(found[one["feature"]]["jensen_shannon_distance"])
        assert one["population_stability_index"] == pytest.approx(found[one["feature"]]["population_stability_index"])


def test_what_only_one_has_is_left_out() -> None:
    own, other = side_of(OLD), side_of(shots(2, 40, "pixels"))
    assert divergences(own, other).keys() == divergences(other, own).keys() == {
        *other.profile.features, *other.profile.categories,
    }  # fmt: skip
    assert divergences(own, replace(other, numbers={})).keys() == other.profile.categories.keys()


def test_none_and_all() -> None:
    same, left, right = np.array([4, 4]), np.array([8, 0]), np.array([0, 3])
    assert float(jensen_shannon(same, same)) == float(stability_index(same, same)) == 0.0
    assert float(jensen_shannon(left, right)) == pytest.approx(1.0)
    assert float(stability_index(left, right)) == pytest.approx(by_hand([8, 0], [0, 3])[1])
