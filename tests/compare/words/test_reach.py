"""What a quiet report says that it could not see."""

from __future__ import annotations

from typing import Any, cast

import pytest

from pipeline.compare.words.reach import days_out_of_reach, out_of_reach, out_of_reach_in_short


def report(**changes: Any) -> Any:
    """As much of a report as is looked at: every rule can see a change at its threshold."""
    seen = {"threshold": 0.15, "noise_floor": 0.15}
    return cast(
        "Any",
        {
            "not_judged": {},
            "rules": {"noise_guard": True},
            "pixel_distribution_drift": seen,
            "confidence_drift": seen,
            "class_distribution_drift": seen,
            "baseline": {"predictions": {"class_distribution": dict.fromkeys(map(str, range(1100)), 1)}},
            "current": {"predictions": {"class_distribution": {"7": 1, "8": 2, "2000": 1}}},
            "feature_drift": [{"feature": "brightness", "smallest_detectable": 2.27, "between_days_std": 0.5}],
        }
        | changes,
    )


def test_nothing_is_said_where_every_rule_could_see_its_threshold() -> None:
    """A noise floor at the threshold is not above it."""
    assert out_of_reach(report()) == []


@pytest.mark.parametrize(
    ("rule", "name", "moves"),
    [
        ("pixel_distribution_drift", "pixels", "their mean or standard deviation may move"),
        ("confidence_drift", "confidence", "its mean may move"),
        ("class_distribution_drift", "classes", "the shares of 1,101 predicted classes may differ"),
    ],
)
def test_a_rule_whose_noise_floor_is_above_its_threshold_is_named(rule: str, name: str, moves: str) -> None:
    """With what it is that moves by chance; in a list of reports without the numbers, which differ from day to day."""
    blind = report(**{rule: {"threshold": 0.15, "noise_floor": 0.598}})
    short = f"too few images to judge {name} closely"
    why = f"{moves} by up to 0.60 of 1 by chance, so the rule fires above that instead of 0.15"
    assert out_of_reach(blind) == [f"{short}: {why}"]
    assert out_of_reach_in_short(blind) == [short]


def test_bare_rules_know_nothing_of_chance() -> None:
    """Without the noise guard they fire at their threshold, whatever chance does."""
    coarse = {"threshold": 0.15, "noise_floor": 0.598}
    assert out_of_reach(report(rules={"noise_guard": False}, class_distribution_drift=coarse)) == []


def test_a_rule_that_was_not_judged_is_named_with_the_reason() -> None:
    found = report(not_judged={"confidence_drift": "the baseline has no predictions"})
    assert out_of_reach(found) == ["not judged: confidence drift (the baseline has no predictions)"]
    assert out_of_reach_in_short(found) == out_of_reach(found)


def test_rules_that_were_not_judged_for_one_reason_are_named_together() -> None:
    why = "the baseline has no predictions"
    found = out_of_reach(report(not_judged={"confidence_drift": why, "class_distribution_drift": why}))
    assert found == [f"not judged: confidence drift and class distribution drift ({why})"]


@pytest.mark.parametrize(("days", "said"), [(2, True), (6, True), (7, False), (28, False)])
def test_a_baseline_of_few_days_says_how_blind_it_is(days: int, said: bool) -> None:
    """It takes ordinary days for known, and knows them badly."""
    found = out_of_reach(report(baseline={"between_days": {"days": days}}))
    assert [f"the baseline is of {days} days" in one and "by 2.3 standard" in one for one in found] == [True] * said


NO_PREDICTIONS = dict.fromkeys(("confidence_drift", "class_distribution_drift"), "the current set has no predictions")
NO_OBJECT = {"class_distribution_drift": "the model found no object in the current set"}


BOTH = "not judged: confidence drift and class distribution drift (the current set has no predictions)"
CLASSES = "not judged: class distribution drift (the model found no object in the current set)"


@pytest.mark.parametrize(
    ("reasons", "every", "told"),
    [
        ([{}, {}], "day", []),
        ([NO_PREDICTIONS, {}, NO_PREDICTIONS, {}], "day", [f"{BOTH} on 2 of 4 days, the last on 2026-11-03"]),
        ([NO_PREDICTIONS, NO_PREDICTIONS], "day", [f"{BOTH} on every day"]),
        (
            [NO_PREDICTIONS, NO_OBJECT],
            "week",
            [
                f"{BOTH} on 1 of 2 weeks, the last in the week of 2026-11-01",
                f"{CLASSES} on 1 of 2 weeks, the last in the week of 2026-11-02",
            ],
        ),
    ],
)
def test_days_without_predictions_are_counted(reasons: list[dict[str, str]], every: str, told: list[str]) -> None:
    """A day without data is none that could have been judged."""
    days = [
        {"date": f"2026-11-{at:02}", "pixel_mean": 0.5} | ({"not_judged": own} if own else {})
        for at, own in enumerate(reasons, start=1)
    ]
    assert days_out_of_reach(cast("Any", [*days, {"date": "2026-11-30"}]), every) == told
