"""The three fixed rules against raw pixels and raw predictions."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from math import sqrt
from typing import Any

import numpy as np
import pytest

from pipeline.compare.judges.rules import class_rule, confidence_rule, pixel_rule
from pipeline.compare.sides.side import Side
from pipeline.compare.thresholds import Bands, ClassRule, ConfidenceRule, PixelRule, Rules
from pipeline.profile.joint import JointMoments
from pipeline.profile.profile import NumericProfile, Profile
from tests.support.rows import Kind, Shot, profile_of, shots, side_of

BARE = Rules(noise_guard=False)


def values(made: list[Shot], column: str) -> np.ndarray[Any, Any]:
    return np.array([one.row[column] for one in made if column in one.row])


def pixels(made: list[Shot]) -> np.ndarray[Any, Any]:
    return np.concatenate([one.pixels.ravel() for one in made if one.pixels is not None]) / 255


@pytest.mark.parametrize(("light", "counts"), [(0.5, (30, 30)), (0.58, (50, 7)), (0.9, (1, 40)), (0.2, (1, 1))])
def test_the_pixel_rule_is_that_of_the_pooled_pixels(light: float, counts: tuple[int, int]) -> None:
    old, new = shots(1, counts[0]), shots(2, counts[1], light=light)
    found = pixel_rule(side_of(old), side_of(new), Rules())
    means, stds = ([float(one) for one in (f(pixels(old)), f(pixels(new)))] for f in (np.mean, np.std))
    shifts = abs(means[1] - means[0]), abs(stds[1] - stds[0])
    assert [found["baseline_mean"], found["current_mean"]] == pytest.approx(means, abs=1e-12)
    assert [found["baseline_std"], found["current_std"]] == pytest.approx(stds, abs=1e-12)
    assert (found["overall_mean_shift"], found["overall_std_shift"]) == pytest.approx(shifts, abs=1e-12)
    assert found["value"] == max(found["overall_mean_shift"], found["overall_std_shift"])
    assert (found["baseline_count"], found["current_count"]) == counts
    fires = (shifts[0] > 0.05 or shifts[1] > 0.1) and max(shifts) > found["noise_floor"]
    assert found["drift_detected"] == fires


def test_the_confidence_rule_is_that_of_the_mean_confidence() -> None:
    old, new = shots(1, 60), shots(2, 25)
    for one in new:
        one.row["confidence"] *= 0.7
    new += shots(3, 4, "invalid")
    found = confidence_rule(side_of(old), side_of(new), Rules())
    means = [float(values(made, "confidence").mean()) for made in (old, new)]
    assert [found["baseline_mean_confidence"], found["current_mean_confidence"]] == pytest.approx(means, abs=1e-12)
    assert found["value"] == found["confidence_shift"] == pytest.approx(abs(means[1] - means[0]), abs=1e-12)
    assert (found["baseline_count"], found["current_count"]) == (60, 25)
    assert (found["drift_detected"], str(found["severity"])) == (True, "high")


@pytest.mark.parametrize("kind", ["classified", "detected"])
def test_the_class_rule_is_the_total_variation_distance(kind: Kind) -> None:
    old, new = shots(1, 60, kind), shots(2, 25, kind)
    for one in new[::2]:
        if kind == "classified":
            one.row["predicted_class"] = 0
        else:
            one.row["box_classes"] = [8] * one.row["box_count"]
    counted = [
        Counter(key for one in made for key in one.row.get("box_classes", [one.row.get("predicted_class")]))
        for made in (old, new)
    ]
    totals = [sum(one.values()) for one in counted]
    shares = [{key: count / total for key, count in one.items()} for one, total in zip(counted, totals, strict=True)]
    changes = {key: shares[1].get(key, 0) - shares[0].get(key, 0) for key in {*shares[0], *shares[1]}}
    named = replace(side_of(new), class_names={0: "bolt"})
    found = class_rule(side_of(old), named, Rules())
    distance = sum(map(abs, changes.values())) / 2
    assert found["value"] == found["wasserstein_distance"] == found["total_variation_distance"]
    assert found["value"] == pytest.approx(distance, abs=1e-12)
    assert (found["baseline_count"], found["current_count"]) == tuple(totals)
    listed = found["largest_changes"]
    assert len(listed) == min(10, len(changes))
    sizes = [abs(one["current_share"] - one["baseline_share"]) for one in listed]
    assert sizes == sorted(sizes, reverse=True)
    for change in listed:
        key = int(change["class_index"])
        assert change["baseline_share"] == pytest.approx(shares[0].get(key, 0), abs=1e-12)
        assert change["current_share"] == pytest.approx(shares[1].get(key, 0), abs=1e-12)
        assert change.get("name") == ("bolt" if key == 0 else None)


# Below, profiles are made up: only what a rule reads is filled in.


def numeric(count: int, mean: float, std: float) -> NumericProfile:
    return NumericProfile(count, mean, std**2 * count, 0.0, 1.0, np.ones(4, dtype=np.int64))


def made_up(count: int, levels: dict[int, int], confidence: float = 0.9, classes: dict[int, int] | None = None) -> Side:
    """Many images whose own means all but agree, so that the noise floor is next to nothing."""
    pooled = np.zeros((3, 256), dtype=np.int64)
    for level, share in levels.items():
        pooled[:, level] = share
    narrow = {name: numeric(count, 0.5, 1e-6) for name in ("pixel_mean", "pixel_square")}
    return Side.of(
        Profile(pooled, narrow | {"confidence": numeric(count, confidence, 1e-6)}, classes or {0: count}, {})
    )


def two_levels(mean: int, spread: int) -> dict[int, int]:
    return {mean - spread: 1000, mean + spread: 1000}


@pytest.mark.parametrize(
    ("mean", "std", "fires"),
    [
        (0, 0, False),
        (12, 0, False),  # 12 / 255 = 0.047
        (13, 0, True),  # 0.051
        (-13, 0, True),
        (0, 13, False),  # a deviation of 0.051 is under its own threshold of 0.1
        (0, 25, False),  # 0.098
        (0, 26, True),  # 0.102
        (0, -26, True),
        (12, 25, False),
        (13, 25, True),
    ],
)
def test_each_pixel_shift_is_held_against_its_own_threshold(mean: int, std: int, fires: bool) -> None:
    old, new = made_up(1000, two_levels(128, 40)), made_up(1000, two_levels(128 + mean, 40 + std))
    found = pixel_rule(old, new, Rules())
    assert found["overall_mean_shift"] == pytest.approx(abs(mean) / 255, abs=1e-12)
    assert found["overall_std_shift"] == pytest.approx(abs(std) / 255, abs=1e-12)
    assert (found["threshold"], found["std_threshold"]) == (0.05, 0.1)
    assert found["drift_detected"] == fires
    assert found["severity"] == Bands().severity(max(abs(mean), abs(std)) / 255)


@pytest.mark.parametrize(
    ("value", "severity"),
    [(0.0, "none"), (0.0199, "none"), (0.02, "low"), (0.0499, "low"), (0.05, "medium"), (0.0999, "medium"),
     (0.1, "high"), (1.0, "high")],
)  # fmt: skip
def test_a_band_begins_at_its_value(value: float, severity: str) -> None:
    assert Bands().severity(value) == severity


@pytest.mark.parametrize(("shift", "fires"), [(0.1, False), (0.1001, True), (-0.1001, True)])
def test_the_confidence_rule_fires_above_its_threshold(shift: float, fires: bool) -> None:
    """0.5 + 0.1 - 0.5 is a little under 0.1; a shift of the threshold itself does not fire."""
    old, new = (made_up(1000, {9: 1}, confidence) for confidence in (0.5, 0.5 + shift))
    found = confidence_rule(old, new, Rules())
    assert found["drift_detected"] == fires
    assert found["threshold"] == 0.1


@pytest.mark.parametrize(("moved", "fires"), [(15, False), (16, True)])
def test_the_class_rule_fires_above_its_threshold(moved: int, fires: bool) -> None:
    old = made_up(1, {9: 1}, classes={0: 50_000, 1: 50_000})
    new = made_up(1, {9: 1}, classes={0: 50_000 + moved * 1000, 1: 50_000 - moved * 1000})
    found = class_rule(old, new, Rules())
    assert (found["drift_detected"], found["value"]) == (fires, moved / 100)


def judged(rule: str, rules: Rules) -> Any:
    """A rule on a change that is large, but no larger than chance makes it with three images."""
    old, new = shots(5, 3), shots(6, 3)
    for at, one in enumerate(new):
        one.row["predicted_class"], one.row["confidence"] = 3, 0.2 + at * 0.3
    for at, one in enumerate(old):
        one.row["predicted_class"], one.row["confidence"] = min(at + 1, 3), 0.4 + at * 0.3
    profiles = profile_of(old), profile_of(new)
    if rule == "pixel":
        for own, means in zip(profiles, ([0.3, 0.5, 0.7], [0.4, 0.6, 0.8]), strict=True):
            own.pixel_counts[:] = 0
            own.pixel_counts[:, [round(mean * 255) for mean in means]] = 16
            own.features["pixel_mean"] = numeric(3, float(np.mean(means)), float(np.std(means)))
    baseline, current = map(Side.of, profiles)
    return {"pixel": pixel_rule, "confidence": confidence_rule, "class": class_rule}[rule](baseline, current, rules)


@pytest.mark.parametrize("rule", ["pixel", "confidence", "class"])
def test_the_guard_silences_what_chance_makes(rule: str) -> None:
    guarded, bare = judged(rule, Rules()), judged(rule, BARE)
    assert guarded["value"] > guarded["threshold"]
    assert guarded["value"] <= guarded["noise_floor"]
    assert guarded["p_value"] >= 0.01
    assert (guarded["drift_detected"], str(guarded["severity"])) == (False, "none")
    assert (bare["drift_detected"], bare["severity"]) == (True, Bands().severity(bare["value"]))
    for name in ("value", "noise_floor", "p_value", "threshold"):
        assert guarded[name] == bare[name]


@pytest.mark.parametrize("guard", [True, False])
@pytest.mark.parametrize("kind", ["classified", "detected"])
def test_identical_inputs_are_no_drift(guard: bool, kind: Kind) -> None:
    own, rules = side_of(shots(1, 20, kind)), Rules(noise_guard=guard)
    for found in (pixel_rule(own, own, rules), confidence_rule(own, own, rules), class_rule(own, own, rules)):
        assert (found["value"], found["p_value"], found["drift_detected"]) == (0.0, 1.0, False)
        assert found["severity"] == "none"


def test_the_same_profiles_give_the_same_verdict() -> None:
    old, new = side_of(shots(1, 30)), side_of(shots(2, 30))
    assert class_rule(old, new, Rules()) == class_rule(old, new, Rules())


def test_thresholds_and_bands_are_each_rules_own() -> None:
    bands = Bands(0.3, 0.4, 0.5)
    rules = Rules(PixelRule(0.04, 0.2, bands), ConfidenceRule(0.3, bands), ClassRule(0.6, bands))
    old, new = made_up(1000, two_levels(128, 40), 0.5), made_up(1000, two_levels(140, 40), 0.85, {0: 450, 1: 550})
    assert pixel_rule(old, new, rules)["drift_detected"]
    assert pixel_rule(old, new, rules)["severity"] == "none"
    confidence = confidence_rule(old, new, rules)
    assert (confidence["drift_detected"], str(confidence["severity"])) == (True, "low")
    classes = class_rule(old, new, rules)
    assert (classes["drift_detected"], str(classes["severity"])) == (False, "high")


ALPHA = 0.05


def pictures(generator: np.random.Generator, days: int, count: int) -> np.ndarray[Any, Any]:
    """Days of tiny pictures, each with its own light and its own contrast, which hang together."""
    light = generator.beta(4, 4, (days, count, 1))
    contrast = 0.05 + 0.3 * generator.beta(2, 5, (days, count, 1)) * light
    return np.clip(light + contrast * generator.normal(size=(days, count, 48)), 0, 1)


def side_of_pictures(made: np.ndarray[Any, Any]) -> Side:
    """The part of a profile that the pixel rule reads, worked out with numpy."""
    levels = np.round(made * 255).astype(np.int64)
    unit = levels / 255
    means, squares = unit.mean(axis=1), (unit**2).mean(axis=1)
    features = {
        name: numeric(len(made), float(own.mean()), float(own.std()))
        for name, own in (("pixel_mean", means), ("pixel_square", squares))
    }
    names, columns = ("pixel_mean", "pixel_square"), np.array([means, squares])
    joint = JointMoments(names, len(means), columns.mean(axis=1), np.cov(columns, ddof=0) * len(means))
    pooled = np.zeros((3, 256), dtype=np.int64)
    pooled[0] = np.bincount(levels.ravel(), minlength=256)
    return Side.of(Profile(pooled, features, {}, {}, unpredicted=joint))


@pytest.mark.parametrize(("old_count", "new_count"), [(100, 30), (40, 40)])
def test_the_pixel_floor_holds_over_unchanged_days(old_count: int, new_count: int) -> None:
    """Its two shifts hang together, so that adding their probabilities errs towards quiet, never towards noise."""
    generator = np.random.default_rng(old_count)
    days = 300
    olds, news = pictures(generator, days, old_count), pictures(generator, days, new_count)
    alarms = 0
    for old, new in zip(olds, news, strict=True):
        found = pixel_rule(side_of_pictures(old), side_of_pictures(new), Rules(alpha=ALPHA))
        alarms += found["value"] > found["noise_floor"]
        assert (found["value"] > found["noise_floor"]) == (found["p_value"] < ALPHA)
    assert alarms / days <= ALPHA + 3 * sqrt(ALPHA * (1 - ALPHA) / days)
    assert alarms > 0, "a floor that is never passed would be too high"


def test_the_floor_of_the_deviation_is_that_of_simulation() -> None:
    """The delta method against 400 simulated pairs of days: the standard error of the shift of the pooled deviation."""
    from pipeline.compare.judges.rules import _std_difference

    generator = np.random.default_rng(3)
    olds, news = pictures(generator, 400, 80), pictures(generator, 400, 50)
    shifts = news.std(axis=(1, 2)) - olds.std(axis=(1, 2))
    errors = [
        _std_difference(side_of_pictures(old), side_of_pictures(new)).standard_error
        for old, new in zip(olds[:100], news[:100], strict=True)
    ]
    assert float(np.mean(errors)) == pytest.approx(float(shifts.std()), rel=0.12)


def detected(generator: np.random.Generator, count: int) -> Profile:
    """Images of one kind of thing each, and several of it: all boxes of an image are of one class."""
    classes, boxes = generator.integers(0, 5, count), generator.integers(1, 12, count)
    counts = np.bincount(classes, weights=boxes, minlength=5).astype(int)
    box_count = NumericProfile(
        count, float(boxes.mean()), float(boxes.var() * count), 1.0, 11.0, np.ones(1, dtype=np.int64)
    )
    present = {at: int(number) for at, number in enumerate(counts) if number}
    return Profile(np.ones((3, 256), dtype=np.int64), {"box_count": box_count}, present, {})


def test_boxes_of_one_image_do_not_count_as_independent() -> None:
    """With the worst likeness of boxes in an image, false alarms stay under alpha; taken as single ones they do not."""
    generator = np.random.default_rng(4)
    days, alarms, taken_singly = 200, 0, 0
    for _ in range(days):
        old, new = detected(generator, 120), detected(generator, 60)
        found = class_rule(Side.of(old), Side.of(new), Rules(alpha=ALPHA))
        alarms += found["value"] > found["noise_floor"]
        old.features.clear()
        new.features.clear()
        single = class_rule(Side.of(old), Side.of(new), Rules(alpha=ALPHA))
        taken_singly += single["value"] > single["noise_floor"]
    assert alarms / days <= ALPHA + 3 * sqrt(ALPHA * (1 - ALPHA) / days)
    assert taken_singly / days > 0.25


def test_a_detector_still_sees_a_real_change() -> None:
    generator = np.random.default_rng(5)
    old, new = detected(generator, 300), detected(generator, 300)
    new.classes.clear()
    new.classes.update({0: 1800})
    assert class_rule(Side.of(old), Side.of(new), Rules())["drift_detected"]
