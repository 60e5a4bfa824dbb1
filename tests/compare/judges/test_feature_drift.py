"""The verdict on each feature, on all of them together, and the budget that they share."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare.drift import detect_drift
from pipeline.compare.judges.feature_drift import benjamini_hochberg, feature_drift, prominence
from pipeline.compare.judges.joint_drift import joint_drift
from pipeline.compare.judges.measures import named
from pipeline.compare.sides.side import Side
from pipeline.compare.thresholds import SHARES, FeatureRule, Rules
from pipeline.severity import Severity
from tests.support.rows import Shot, document_of, profile_of, shots, side_of

OLD = side_of(shots(1, 200))


def moved(made: list[Shot], **by: float) -> list[Shot]:
    return [Shot(one.pixels, one.row | {name: one.row[name] + more for name, more in by.items()}) for one in made]


def test_every_feature_of_both_has_an_entry() -> None:
    new = side_of(shots(2, 60))
    found = {one["feature"]: one for one in feature_drift(OLD, new, Rules())}
    assert set(found) == {*OLD.profile.features, *OLD.profile.categories, "predicted_class"}
    assert {found[name]["kind"] for name in OLD.profile.categories} == {"categorical"}
    assert found["predicted_class"]["kind"] == "categorical"
    assert found["noise"]["kind"] == "numeric"


def test_what_moved_stands_first_with_its_direction() -> None:
    first = feature_drift(OLD, side_of(moved(shots(2, 80), saturation=-0.3)), Rules())[0]
    assert (first["feature"], first["drifted"], first["verdict"]) == ("saturation", True, "drifted")
    assert first["words"].startswith("less saturated by ")
    assert first["effect"] > first["noise_floor"] > 0
    assert first["p_value"] < first["adjusted_p_value"] < 0.01


def test_a_higher_threshold_leaves_it_significant_but_no_drift() -> None:
    rules = Rules(features=FeatureRule(shift=50.0))
    first = feature_drift(OLD, side_of(moved(shots(2, 80), saturation=-0.3)), rules)[0]
    assert (first["feature"], first["drifted"], first["verdict"]) == ("saturation", False, "below the threshold")
    assert first["severity"] == "none"


def test_other_categories_are_drift() -> None:
    new = [Shot(one.pixels, one.row | {"format": "WEBP"}) for one in shots(2, 60)]
    found = next(one for one in feature_drift(OLD, side_of(new), Rules()) if one["feature"] == "format")
    assert found["drifted"]
    assert found["words"].startswith("more WEBP: 1 of the images, was 0") or "was 1" in found["words"]
    assert found["effect"] > 0.5


def test_a_class_goes_by_its_name_and_without_one_by_its_number() -> None:
    nuts = [Shot(one.pixels, one.row | {"predicted_class": 1}) for one in shots(2, 60)]
    for names, words in (({1: "nut"}, "more nut: 1 of the images, was "), ({}, "more class 1: 1 of the images, was ")):
        found = feature_drift(replace(OLD, class_names=names), side_of(nuts), Rules())
        assert next(one["words"] for one in found if one["feature"] == "predicted_class").startswith(words)


@pytest.mark.parametrize(
    ("feature", "words", "text"),
    [
        ("pixel_max", "lower pixel max by 1.3 standard deviations", "lower pixel max by 1.3 standard deviations"),
        ("noise", "noise varies more, by 1 standard deviations", "noise varies more, by 1 standard deviations"),
        ("sharpness", "blurrier by 2 standard deviations", "sharpness: blurrier by 2 standard deviations"),
        ("format", "more PNG: 1 of the images, was 0", "format: more PNG: 1 of the images, was 0"),
    ],
)
def test_no_name_is_said_twice(feature: str, words: str, text: str) -> None:
    assert named(feature, words) == text


def test_extremes_are_low_and_named_last() -> None:
    """Nearly all photographs hold a white pixel: in deviations, a dimmer one is far off, and no grave matter."""
    dimmer = side_of(moved(shots(2, 80), pixel_max=-0.5, red_min=0.5, saturation=-0.15))
    found = {one["feature"]: one for one in feature_drift(OLD, dimmer, Rules()) if one["drifted"]}
    assert {name: found[name]["severity"] for name in ("pixel_max", "red_min")} == {
        "pixel_max": "low",
        "red_min": "low",
    }
    assert min(found[name]["effect"] for name in ("pixel_max", "red_min")) > Rules().features.bands.high
    order = sorted(found, key=lambda name: prominence(name, found[name]["effect"]))
    assert (set(order[:-1]), order[-1]) == ({"pixel_max", "red_min"}, "saturation")


def test_the_worst_finding_is_as_bad_as_the_report() -> None:
    """What a person has words for moved little, and the findings are about that: what decided is told all the same."""
    new = [
        Shot(one.pixels, one.row | {"width": 4000, "sharpness": one.row["sharpness"] - 0.012}) for one in shots(2, 80)
    ]
    report = detect_drift(document_of(shots(1, 200)), document_of(new))
    assert report["overall_severity"] == "high"
    severities = {one["text"].split(":")[0].split(" by ")[0]: one["severity"] for one in report["findings"]}
    assert Severity(severities["images are blurrier"]) < "high"
    assert severities["higher width"] == "high"


def test_all_together_see_what_a_few_carry() -> None:
    found = joint_drift(OLD, side_of(moved(shots(2, 80), saturation=-0.3, noise=0.05)), Rules())
    assert (found["drift_detected"], found["verdict"]) == (True, "drifted")
    assert {one["feature"] for one in found["contributions"]} & {"saturation", "noise"}
    assert found["adjusted_p_value"] == pytest.approx(min(1.0, SHARES * found["p_value"]))


def test_too_few_images_for_any_component_are_said_to_be() -> None:
    one = side_of(shots(2, 1))
    found = joint_drift(one, one, Rules())
    assert (found["verdict"], found["drift_detected"], found["components"]) == ("too few images", False, 0)


def test_unchanged_days_stay_within_the_budget() -> None:
    """Of 300 days at an alpha of 0.05, no more are called drift than that, features and joint test together."""
    rules, alarms = Rules(alpha=0.05), 0
    for seed in range(300):
        new = side_of(shots(1000 + seed, 40))
        drifted = any(one["drifted"] for one in feature_drift(OLD, new, rules))
        alarms += drifted or joint_drift(OLD, new, rules)["drift_detected"]
    assert alarms / 300 <= 0.05


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9))
@settings(deadline=None)
def test_benjamini_and_hochberg_by_their_own_words(p_values: list[float]) -> None:
    """Reject the k smallest, where k is the largest number with p(k) <= k / m alpha."""
    adjusted = benjamini_hochberg(p_values)
    for alpha in (0.01, 0.2, 0.7):
        ordered = sorted(p_values)
        most = max((k for k in range(1, len(ordered) + 1) if ordered[k - 1] <= k / len(ordered) * alpha), default=0)
        limit = ordered[most - 1] if most else -1.0
        for one, its in zip(p_values, adjusted, strict=True):
            assert (its <= alpha) == (one <= limit) or np.isclose(its, alpha)


def test_the_order_of_adjusted_values_is_that_of_the_values() -> None:
    p_values = [0.2, 0.001, 0.03, 0.9, 0.001]
    adjusted = benjamini_hochberg(p_values)
    for (one, first), (other, second) in itertools.combinations(zip(p_values, adjusted, strict=True), 2):
        assert (one - other) * (first - second) >= 0


def test_correlated_images_say_less() -> None:
    """The same profile, but each image said to be like the one before it."""
    new = profile_of(moved(shots(2, 80), saturation=-0.04))
    own = new.features["saturation"]
    alike = replace(own, pairs=79, jumps=0.1 * 2 * own.squares / own.count * 79)
    slow = replace(new, features=new.features | {"saturation": alike})
    free, tied = (
        next(one for one in feature_drift(OLD, Side.of(which), Rules()) if one["feature"] == "saturation")
        for which in (new, slow)
    )
    assert tied["current_effective_count"] < 8 < free["current_effective_count"]
    assert tied["p_value"] > free["p_value"]
    assert tied["noise_floor"] > 2 * free["noise_floor"]
