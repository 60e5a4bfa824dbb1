"""Two documents to a report: what is judged, what it sums up to, and what is said of it."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.compare.drift import detect_drift, judge
from pipeline.compare.history import judged_day, to_history, unreadable_day
from pipeline.compare.judges.shifts import SHIFT_BANDS, feature_shifts
from pipeline.compare.sides.baseline import from_document, side_from_document
from pipeline.compare.sides.side import Side
from pipeline.compare.thresholds import Rules
from pipeline.compare.words.findings import _quality, findings, gravest_first
from pipeline.errors import SettingsError
from pipeline.report.page import render_history
from pipeline.schema import require_document
from pipeline.severity import Severity
from tests.support.rows import (
    CLASSIFIER,
    CLASSIFYING,
    DETECTING,
    PIXELS_ONLY,
    Shot,
    document_of,
    profile_of,
    shots,
    side_of,
)  # fmt: skip

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument, DriftReport, Verdict


def report_of(old: list[Shot], new: list[Shot], settings: Any = CLASSIFYING, rules: Rules | None = None) -> DriftReport:
    return detect_drift(document_of(old, settings), document_of(new, settings), rules)


def changed(made: list[Shot], **columns: float) -> list[Shot]:
    """The same images with something added to some of their numbers."""
    return [
        Shot(one.pixels, one.row | {name: one.row[name] + by for name, by in columns.items() if name in one.row})
        for one in made
    ]


def told(made: list[Shot], **columns: Any) -> list[Shot]:
    """The same images with other predictions."""
    return [
        Shot(one.pixels, one.row | {name: value for name, value in columns.items() if name in one.row}) for one in made
    ]


BLOCKS = {
    "pixel_drift": "pixel_distribution_drift",
    "confidence_drift": "confidence_drift",
    "class_distribution_drift": "class_distribution_drift",
}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("guard", [True, False])
def test_the_sum_is_that_of_the_blocks(seed: int, guard: bool) -> None:
    generator = np.random.default_rng(seed)
    old, new = shots(seed, 60), shots(seed + 100, 60, light=0.5 + generator.uniform(-0.2, 0.2))
    if seed % 2:
        new = told(new, predicted_class=1, confidence=0.4)
    report: Any = report_of(old, new, rules=Rules(noise_guard=guard))
    fired = {name: report[block]["drift_detected"] for name, block in BLOCKS.items()}
    assert report["drift_summary"] == fired
    judged = [report[BLOCKS[name]]["severity"] for name in fired if fired[name]]
    if guard:  # without it, the bare rules alone are asked
        judged += [one["severity"] for one in report["feature_drift"] if one["drifted"]]
        judged += [report["joint_drift"]["severity"]] if report["joint_drift"]["drift_detected"] else []
    assert report["overall_drift_detected"] == bool(judged)
    ranks = [["none", "low", "medium", "high"].index(severity) for severity in judged]
    assert report["overall_severity"] == ["none", "low", "medium", "high"][max(ranks, default=0)]
    assert report["rules"] == Rules(noise_guard=guard).to_dict()
    assert report["not_judged"] == {}


def test_every_report_keeps_to_its_schema_and_survives_json() -> None:
    made = [shots(1, 20), shots(2, 20, light=0.8)]
    detections = [shots(1, 20, "detected"), shots(2, 20, "detected")]
    plain = [shots(1, 20, "pixels"), [*shots(2, 5, "pixels"), *shots(3, 5, "unreadable")]]
    for (old, new), how in ((made, CLASSIFYING), (detections, DETECTING), (plain, PIXELS_ONLY)):
        report = report_of(old, new, how)
        read = json.loads(json.dumps(report, allow_nan=False))
        require_document(report, "drift_report", "here")
        require_document(read, "drift_report", "here")
        assert read == report


def test_the_same_images_have_nothing_to_tell() -> None:
    made = [*shots(1, 30), *shots(2, 2, "unreadable")]
    report = report_of(made, made)
    assert (report["overall_drift_detected"], report["overall_severity"], report["findings"]) == (False, "none", [])
    assert all(one["shift"] == 0 and one["p_value"] == 1 and not one["significant"] for one in report["feature_shifts"])


@pytest.mark.parametrize("counts", [(3, 7), (1, 50), (1000, 3)])
def test_one_picture_many_times_is_no_change(counts: tuple[int, int]) -> None:
    """Sums round: the mean of 3 equal numbers is not always that of 7 of them."""
    one = shots(1, 1)
    report = report_of(one * counts[0], one * counts[1])
    assert (report["overall_drift_detected"], report["findings"]) == (False, [])
    assert not any(shift["significant"] for shift in report["feature_shifts"])


def test_no_predictions_are_not_judged_rather_than_zero() -> None:
    with_model, without = document_of(shots(1, 9)), document_of(shots(2, 9, "pixels"), PIXELS_ONLY)
    for old, new, who in ((with_model, without, "the current set"), (without, with_model, "the baseline")):
        report = detect_drift(old, new)
        assert report["not_judged"] == dict.fromkeys(
            ("confidence_drift", "class_distribution_drift"), f"{who} has no predictions"
        )
        assert not {"confidence_drift", "class_distribution_drift"} & report.keys()
        assert report["drift_summary"]["confidence_drift"] is False


def test_a_detector_that_finds_nothing_is_still_judged_by_its_confidence() -> None:
    empty = told(shots(2, 30, "detected"), box_count=0, box_classes=[], confidence=0.05)
    report = report_of(shots(1, 30, "detected"), empty, DETECTING)
    assert report["not_judged"] == {"class_distribution_drift": "the model found no object in the current set"}
    assert report["confidence_drift"]["drift_detected"]


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        (replace(CLASSIFYING, resize="crop"), 'resize is "stretch" there and "crop" here'),
        (replace(CLASSIFYING, input_size=(5, 4)), r"input_size is \[4, 4\] there and \[5, 4\] here"),
        (
            replace(CLASSIFYING, model=replace(CLASSIFIER, sha256="b")),
            r"a model \(sha256 c1a5\) there and a model \(sha256 b\) here",
        ),
        (replace(CLASSIFYING, model=replace(CLASSIFIER, scores="logits")), "model.scores"),
    ],
)
def test_documents_of_other_settings_are_not_compared(settings: Any, field: str) -> None:
    with pytest.raises(SettingsError, match=field):
        detect_drift(document_of(shots(1, 3)), document_of(shots(2, 3), settings))


# Shifts of single features


def test_a_shift_is_in_the_baselines_deviations() -> None:
    old, new = shots(1, 50), changed(shots(2, 50), sharpness=-0.5, noise=0.01)
    found = {one["feature"]: one for one in feature_shifts(side_of(old), side_of(new), 0.01)}
    for name in ("sharpness", "noise", "brightness", "confidence"):
        values = [np.array([one.row[name] for one in made]) for made in (old, new)]
        shift = (values[1].mean() - values[0].mean()) / values[0].std()
        assert found[name]["shift"] == pytest.approx(shift, rel=1e-9)
        assert found[name]["significant"] == (abs(shift) > max(SHIFT_BANDS.low, found[name]["noise_floor"]))
    sizes = [abs(one["shift"]) for one in feature_shifts(side_of(old), side_of(new), 0.01)]
    assert sizes == sorted(sizes, reverse=True)


@pytest.mark.parametrize(
    ("column", "by", "words"),
    [
        ("brightness", 0.3, "brighter"), ("brightness", -0.3, "darker"), ("sharpness", 1, "sharper"),
        ("sharpness", -1, "blurrier"), ("contrast", 0.2, "richer in contrast"),
        ("contrast", -0.2, "poorer in contrast"),
        ("noise", 0.1, "noisier"), ("saturation", -0.2, "less saturated"), ("confidence", -0.3, "less certain"),
    ],
)  # fmt: skip
def test_a_direction_has_a_word(column: str, by: float, words: str) -> None:
    found = feature_shifts(side_of(shots(1, 40)), side_of(changed(shots(2, 40), **{column: by})), 0.01)
    moved = next(one for one in found if one["feature"] == column)
    assert (moved["words"], moved["significant"], moved["shift"] > 0) == (words, True, by > 0)


def test_a_feature_that_never_varied_is_measured_in_both_sets_deviations() -> None:
    old, new = shots(1, 40), shots(2, 40)
    for at, one in enumerate(new):
        one.row["width"] = 640 + 10 * (at % 2)
    found = next(one for one in feature_shifts(side_of(old), side_of(new), 0.01) if one["feature"] == "width")
    assert found["shift"] == pytest.approx(5 / (40 * 25 / 80) ** 0.5)


def test_shifts_are_quiet_when_nothing_changed() -> None:
    """In 20 days at most a few have any shift over its floor: the floors hold for all features together."""
    days = sum(
        any(
            abs(one["shift"]) > one["noise_floor"]
            for one in feature_shifts(side_of(shots(seed, 20)), side_of(shots(seed + 1000, 20)), 0.05)
        )
        for seed in range(20)
    )
    assert days <= 20 * 0.05 + 3 * (20 * 0.05 * 0.95) ** 0.5


# Findings


def kinds(report: DriftReport) -> list[str]:
    return [one["kind"] for one in report["findings"]]


def test_causes_stand_before_what_they_did() -> None:
    old = told(shots(1, 60), confidence=0.9, predicted_class=0)
    new = told(changed(shots(2, 60, light=0.2), sharpness=-2), confidence=0.4, predicted_class=1)
    report = report_of(old, [*new, *shots(3, 30, "unreadable")])
    order = list(dict.fromkeys(kinds(report)))
    assert order == ["unreadable", "quality", "pixels", "confidence", "classes"]
    texts = {one["kind"]: one["text"] for one in report["findings"]}
    assert texts["unreadable"] == "30 of 90 images cannot be read (baseline: 0 of 60)"
    assert any("darker" in one["text"] for one in report["findings"])
    assert any("blurrier" in one["text"] for one in report["findings"])
    assert texts["confidence"] == "the model is less certain: mean confidence 0.40, was 0.90"
    assert "bolt 0% (was 100%)" in texts["classes"]
    assert "nut 100% (was 0%)" in texts["classes"]


def test_the_gravest_finding_stands_first_whoever_found_it() -> None:
    """Above causes that are milder, and above what segments and copies add; of one severity the order stays."""
    old, new = shots(1, 200), changed(shots(2, 200, light=0.2), sharpness=-0.6)
    ranks = [Severity(one["severity"]).rank for one in report_of(old, new)["findings"]]
    assert len(set(ranks)) > 1
    assert ranks == sorted(ranks, reverse=True)
    told: Any = [{"kind": one, "severity": how} for one, how in zip("abc", ("low", "high", "high"), strict=True)]
    assert [one["kind"] for one in gravest_first(told)] == ["b", "c", "a"]


def test_the_findings_severities_are_those_of_their_rules() -> None:
    report: Any = report_of(shots(1, 60), told(shots(2, 60, light=0.2), confidence=0.4, predicted_class=1))
    by_kind = {one["kind"]: one["severity"] for one in report["findings"]}
    assert by_kind["pixels"] == report["pixel_distribution_drift"]["severity"]
    assert by_kind["confidence"] == report["confidence_drift"]["severity"]
    assert by_kind["classes"] == report["class_distribution_drift"]["severity"]


@pytest.mark.parametrize(
    ("columns", "lead"),
    [
        ({"predicted_class": 3}, "the images show another mix of what the baseline shows"),
        ({"confidence": 0.2}, "the images show something that the baseline does not"),
    ],
)
def test_predictions_that_move_alone_point_at_the_content(columns: dict[str, Any], lead: str) -> None:
    old = told(shots(1, 80), confidence=0.9)
    report = report_of(old, told(shots(2, 80), **({"confidence": 0.9} | columns)))
    assert kinds(report)[0] == "content"
    assert report["findings"][0]["text"].startswith(lead)
    assert report["findings"][0]["severity"] == report["overall_severity"]


def test_a_model_that_is_more_certain_has_seen_nothing_new() -> None:
    """Only confidence that falls says that the images show something unknown."""
    report = report_of(told(shots(1, 80), confidence=0.3), told(shots(2, 80), confidence=0.9))
    assert report["findings"][0]["text"].startswith("the images show another mix")
    assert "the model is more certain: mean confidence 0.90, was 0.30" in [one["text"] for one in report["findings"]]


def test_echoes_of_a_strong_change_are_not_named() -> None:
    """A shift below one deviation and below a third of the largest goes without a word of its own."""
    shifts: list[Any] = [
        {"feature": name, "shift": shift, "significant": True, "words": name, "baseline_mean": 0, "current_mean": 0}
        for name, shift in (("sharpness", -6.0), ("noise", 1.1), ("contrast", 0.9))
    ]
    for told, expected in ((shifts, ["sharpness:", "noise:"]), (shifts[1:], ["noise:", "contrast:"])):
        report: Any = {"feature_shifts": told, "feature_drift": []}
        assert [one["text"].split()[2] for one in _quality(report)] == expected


def test_small_shares_of_many_classes_are_told_apart() -> None:
    old = [told([one], predicted_class=100 + at % 20)[0] for at, one in enumerate(shots(1, 200))]
    new = told(shots(99, 200), predicted_class=100)
    texts = [one["text"] for one in report_of(old, new)["findings"] if one["kind"] == "classes"]
    assert "100% (was 5.0%)" in texts[0]


def test_where_the_pictures_changed_too_the_content_is_not_blamed() -> None:
    report = report_of(shots(1, 80), told(changed(shots(2, 80), sharpness=-2), predicted_class=3))
    assert kinds(report)[0] == "quality"
    assert "content" not in kinds(report)


@pytest.mark.parametrize(
    ("old_levels", "new_levels", "words"),
    [
        ((100, 150), (60, 110), "pixels are darker"),
        ((100, 150), (140, 190), "pixels are brighter"),
        ((100, 150), (60, 192), "pixels vary more"),
        ((60, 192), (100, 150), "pixels vary less"),
    ],
)
def test_a_pixel_drift_says_what_moved(old_levels: tuple[int, int], new_levels: tuple[int, int], words: str) -> None:
    """A deviation that grew while the mean stood still is not brightness."""
    report: Any = report_of(shots(1, 40), shots(2, 40))
    own: dict[str, Any] = report["pixel_distribution_drift"]
    for name, levels in (("baseline", old_levels), ("current", new_levels)):
        own[f"{name}_mean"], own[f"{name}_std"] = float(np.mean(levels)) / 255, float(np.std(levels)) / 255
    own["overall_mean_shift"] = abs(own["current_mean"] - own["baseline_mean"])
    own["overall_std_shift"] = abs(own["current_std"] - own["baseline_std"])
    own["drift_detected"], report["feature_shifts"] = True, []
    profiles = from_document(report["baseline"]), from_document(report["current"])
    found = findings(report, *profiles, 0.01)
    assert next(one["text"] for one in found if one["kind"] == "pixels").startswith(words)


def test_days_on_which_nothing_changed_are_quiet() -> None:
    baseline = document_of(shots(1, 200))
    quiet = [detect_drift(baseline, document_of(shots(seed, 60)))["findings"] == [] for seed in range(2, 22)]
    assert sum(quiet) >= 19


@pytest.mark.parametrize(("share", "old_count", "new_count"), [(0.005, 1000, 200), (0.02, 300, 60)])
def test_unreadable_images_raise_no_more_than_alpha_false_alarms(share: float, old_count: int, new_count: int) -> None:
    """Rare events are skewed: 4 of 200 are no news where 1 was expected."""
    generator = np.random.default_rng(9)
    profiles = profile_of(shots(1, 3)), profile_of(shots(1, 3))
    report = judge(Side.of(profiles[0]), Side.of(profiles[1]), Rules())
    alarms, days = 0, 400
    for _ in range(days):
        for own, count in zip(profiles, (old_count, new_count), strict=True):
            bad = int(generator.binomial(count, share))
            own.statuses.clear()
            own.statuses.update({("unreadable", "truncated"): bad, ("ok", None): count - bad})
        alarms += any(one["kind"] == "unreadable" for one in findings(report, *profiles, 0.05))
    assert alarms / days <= 0.05 + 3 * (0.05 * 0.95 / days) ** 0.5


@pytest.mark.parametrize(
    ("old_bad", "new_bad", "severity"), [(0, 1, None), (30, 0, None), (0, 3, None), (0, 9, "medium"), (0, 60, "high")]
)
def test_unreadable_images_are_told_when_they_became_more(old_bad: int, new_bad: int, severity: str | None) -> None:
    old = [*shots(1, 100 - old_bad), *shots(2, old_bad, "unreadable")]
    new = [*shots(3, 100 - new_bad), *shots(4, new_bad, "unreadable")]
    found = [one["severity"] for one in report_of(old, new)["findings"] if one["kind"] == "unreadable"]
    assert found == ([] if severity is None else [severity])


# History


def days_of(*lights: float) -> tuple[BaselineDocument, list[tuple[str, Verdict]]]:
    made = shots(1, 60)
    return document_of(made), [
        (f"2026-11-{at:02}", judge(side_of(made), side_of(shots(at + 10, 40, light=light)), Rules()))
        for at, light in enumerate(lights, start=1)
    ]


@pytest.mark.parametrize(
    ("lights", "first"),
    [((0.5, 0.5, 0.2, 0.5, 0.2), "2026-11-03"), ((0.2, 0.5), "2026-11-01"), ((0.5, 0.5), None)],
)
def test_a_history_names_the_first_day_that_drifted(lights: tuple[float, ...], first: str | None) -> None:
    baseline, days = days_of(*lights)
    history = to_history("production", [judged_day(*one) for one in days], baseline, Rules(), dict(days))
    require_document(json.loads(json.dumps(history)), "history", "here")
    assert history.get("first_drift") == first
    assert "first_drift" in history or first is None
    assert history["baseline"] == baseline
    assert [day["date"] for day in history["days"]] == [date for date, _ in days]
    for day, (_, report) in zip(history["days"], days, strict=True):
        assert day["image_count"] == 40
        assert day["overall_drift_detected"] == report["overall_drift_detected"]
        assert Severity(day["overall_severity"]) == report["overall_severity"]
        assert day["pixel_mean"] == report["pixel_distribution_drift"]["current_mean"]
        assert day["mean_confidence"] == report["confidence_drift"]["current_mean_confidence"]
        assert day["total_variation_distance"] == report["class_distribution_drift"]["value"]


def test_a_history_without_a_model_leaves_predictions_out() -> None:
    old, new = (document_of(shots(seed, 5, "pixels"), PIXELS_ONLY) for seed in (1, 2))
    verdict = judge(side_from_document(old), side_from_document(new), Rules())
    history = to_history("production", [judged_day("2026-11-01", verdict)], old, Rules(), {})
    require_document(history, "history", "here")
    assert not {"mean_confidence", "total_variation_distance"} & history["days"][0].keys()


def test_a_day_without_a_readable_image_is_a_day_of_drift() -> None:
    """It stands in the history with its reason, and without the numbers that nobody could measure."""
    baseline, days = days_of(0.5)
    broken = unreadable_day("2026-11-02", "not one can be read")
    history = to_history("production", [judged_day(*days[0]), broken], baseline, Rules(), dict(days))
    require_document(json.loads(json.dumps(history)), "history", "here")
    assert history["first_drift"] == "2026-11-02"
    assert "pixel_mean" not in history["days"][1]
    assert render_history(history).count("not one can be read") >= 1


def test_detecting_drift_changes_neither_document() -> None:
    old, new = document_of(shots(1, 10)), document_of(shots(2, 10))
    before = copy.deepcopy((old, new))
    detect_drift(old, new)
    assert (old, new) == before
