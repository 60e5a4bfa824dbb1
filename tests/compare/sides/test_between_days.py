"""How much days differ beyond chance, against what they were drawn with."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from pipeline.compare.drift import judge
from pipeline.compare.sides.baseline import side_from_document, to_document
from pipeline.compare.sides.between_days import MEANS, BetweenDays, between_days
from pipeline.compare.sides.side import Side
from pipeline.compare.statistics.day_variance import Moments
from pipeline.compare.thresholds import Rules
from pipeline.profile.merge import merge
from tests.support.documents import valid
from tests.support.rows import CLASSIFYING, Shot, shots, side_of

UNIT = float(np.std([one.row["saturation"] for one in shots(1, 3000)]))


def day(seed: int, count: int = 60, away: float = 0.0) -> Side:
    """A day whose saturation lies away from the others' by so many deviations of single images."""
    moved = [
        Shot(one.pixels, one.row | {"saturation": one.row["saturation"] + away * UNIT}) for one in shots(seed, count)
    ]
    return side_of(moved)


def whole(days: list[Side]) -> Side:
    return replace(Side.of(merge(one.profile for one in days)), days=between_days(days))


def known(days: list[Side]) -> BetweenDays:
    found = between_days(days)
    assert found is not None
    return found


def test_the_variance_is_that_with_which_days_were_drawn() -> None:
    """Sixty days around the mean by 0.3 deviations each way, of 30 or 90 images."""
    generator = np.random.default_rng(1)
    days = [day(100 + at, 30 if at % 2 else 90, away) for at, away in enumerate(generator.normal(0, 0.3, 60))]
    found = known(days)
    assert found.days == 60
    assert found.unevenness == pytest.approx((30 * 30**2 + 30 * 90**2) / 3600**2)
    saturation = found.features["saturation"][MEANS]
    assert saturation.variance**0.5 / UNIT == pytest.approx(0.3, rel=0.25)
    assert found.features["noise"][MEANS].variance ** 0.5 < 0.15 * np.std([one.row["noise"] for one in shots(1, 3000)])
    assert found.classes.variance < 0.01


def test_classes_that_wander_are_seen() -> None:
    """On every other day most are of one class."""
    days = list[Side]()
    for at in range(12):
        made = shots(200 + at, 60)
        days.append(
            side_of(
                [
                    Shot(one.pixels, one.row | {"predicted_class": 0}) if at % 2 and which % 2 else one
                    for which, one in enumerate(made)
                ]
            )
        )
    assert known(days).classes.variance > 0.03


def test_one_day_tells_nothing() -> None:
    assert between_days([day(1)]) is None
    assert between_days([day(1), side_of(shots(2, 1))]) is None


def test_ordinary_days_do_not_alarm_and_a_far_one_does() -> None:
    """Without what is known of days, most of them are drift."""
    generator = np.random.default_rng(2)
    baseline = whole([day(300 + at, 60, away) for at, away in enumerate(generator.normal(0, 0.6, 20))])
    ordinary = [day(400 + at, 60, away) for at, away in enumerate(generator.normal(0, 0.6, 30))]
    plain = [judge(replace(baseline, days=None), one, Rules()) for one in ordinary]
    aware = [judge(baseline, one, Rules()) for one in ordinary]
    assert np.mean([one["overall_drift_detected"] for one in plain]) > 0.3
    assert not any(one["overall_drift_detected"] for one in aware)
    assert judge(baseline, day(500, 60, 6.0), Rules())["overall_drift_detected"]
    own = next(one for one in aware[0]["feature_drift"] if one["feature"] == "saturation")
    assert own["between_days_std"] == pytest.approx(0.6, rel=0.4)
    assert own["noise_floor"] > 2 * next(
        one["noise_floor"] for one in plain[0]["feature_drift"] if one["feature"] == "saturation"
    )


def test_days_that_are_alike_cost_little() -> None:
    """A change that is found without knowing the days is found with them."""
    baseline, moved = whole([day(600 + at) for at in range(7)]), day(700, 60, 1.2)
    for own in (baseline, replace(baseline, days=None)):
        assert judge(own, moved, Rules())["overall_drift_detected"]


def test_a_document_keeps_what_is_known_of_days() -> None:
    days = [day(800 + at, 40, at / 5) for at in range(5)]
    own = whole(days)
    document = to_document(own.profile, CLASSIFYING, "here", days=own.days)
    found = side_from_document(json.loads(json.dumps(valid(document, "baseline"))))
    assert found.days is not None
    assert own.days is not None
    assert found.days.features == own.days.features
    assert (found.days.classes, found.days.categories) == (own.days.classes, own.days.categories)
    for kind, products in own.days.products.items():
        assert found.days.products[kind] == pytest.approx(products)
    new = day(900, 40, 0.5)
    assert judge(found, new, Rules())["joint_drift"]["p_value"] == pytest.approx(
        judge(own, new, Rules())["joint_drift"]["p_value"]
    )


@pytest.mark.parametrize(("days", "most"), [(3, 1.25), (4, 1.5625), (5, 2.0), (6, 2.5625), (28, 40.0)])
def test_few_days_do_not_tell_how_many_things_move(days: int, most: float) -> None:
    """Forty unrelated quantities: 28 days see most of them, few days are not believed to."""
    apart = np.random.default_rng(days).normal(size=(days, 40))
    found = Moments(apart.T @ apart, np.ones(40), np.ones(40), days).independent
    assert 1 <= found <= most
    assert found == pytest.approx(most, rel=0.5)


def test_what_moves_together_counts_as_one() -> None:
    """Seven copies of one quantity, against seven of their own, over many days."""
    generator = np.random.default_rng(3)
    one = np.repeat(generator.normal(size=(40, 1)), 7, axis=1)
    own = generator.normal(size=(40, 7))
    even = np.ones(7)
    assert Moments(one.T @ one, even, even, 40).independent == pytest.approx(1, abs=0.2)
    assert Moments(own.T @ own, even, even, 40).independent > 5
