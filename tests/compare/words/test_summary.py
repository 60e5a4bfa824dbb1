"""The one sentence: four different messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.compare.drift import detect_drift, judge
from pipeline.compare.thresholds import Rules
from pipeline.compare.words.light import contrast_follows_light
from pipeline.compare.words.summary import summary
from tests.support.rows import Shot, document_of, shots, side_of

if TYPE_CHECKING:
    from pipeline.documents import DriftReport


def day(
    seed: int, count: int = 300, *, sharper: float = 0.0, certain: float = 0.0, labelled: bool = True
) -> list[Shot]:
    """Images of a classifier whose confidence tells how often it is right."""
    made = list[Shot]()
    generator = np.random.default_rng(seed)
    for at, one in enumerate(shots(seed, count)):
        confidence = float(np.clip(generator.uniform(0.6, 1.0) + certain, 0.01, 1))
        right = generator.uniform() < confidence
        columns: dict[str, Any] = {
            "path": f"{'abc'[at % 3]}{at}.png",
            "confidence": confidence,
            "prediction_entropy": 1.3 * (1 - confidence),
            "predicted_class": int(generator.integers(0, 4)),
            "sharpness": one.row["sharpness"] + sharper,
        }
        columns["label_index"] = (columns["predicted_class"] + (0 if right else 1)) % 4 if labelled else None
        made.append(Shot(one.pixels, one.row | columns))
    return made


def judged(sharper: float = 0.0, certain: float = 0.0) -> DriftReport:
    new = day(2, sharper=sharper, certain=certain, labelled=False)
    return detect_drift(document_of(day(1)), document_of(new))


def test_neither() -> None:
    report = judged()
    assert report["summary"].startswith("neither inputs nor predictions drifted")
    assert not report["overall_drift_detected"]
    assert report["findings"] == []


def test_inputs_drifted_but_accuracy_held() -> None:
    report = judged(sharper=1.0)
    assert report["summary"].startswith("inputs drifted (sharper by ")
    estimate = report["accuracy_estimate"]
    interval = f"{estimate['estimated_accuracy']:.2f} ({estimate['low']:.2f} to {estimate['high']:.2f})"
    assert f"; a loss of accuracy can neither be shown nor ruled out: estimated {interval}, was 0." in report["summary"]
    assert estimate["high"] >= estimate["baseline_accuracy"]
    assert report["overall_drift_detected"]


def test_what_was_not_predicted_did_not_hold() -> None:
    """Without a model nothing is said of predictions, where inputs drifted and where they did not."""
    predicted = {"confidence_drift", "class_distribution_drift", "accuracy_estimate"}
    for sharper, begin in ((1.0, "inputs drifted (sharper by "), (0.0, "inputs did not drift")):
        report: Any = {name: block for name, block in judged(sharper).items() if name not in predicted}
        assert summary(report, 0.01).startswith(begin)
        assert summary(report, 0.01).endswith("; predictions were not looked at")


def test_inputs_quiet_but_predictions_moved() -> None:
    report = judged(certain=-0.3)
    assert report["summary"].startswith("predictions moved (confidence")
    assert "although no input did; estimated accuracy 0." in report["summary"]
    kinds = [one["kind"] for one in report["findings"]]
    assert (kinds[0], "accuracy" in kinds) == ("content", True)


def test_both() -> None:
    report = judged(sharper=-0.5, certain=-0.3)
    assert report["summary"].startswith("inputs drifted (blurrier by ")
    assert "and so did predictions (confidence" in report["summary"]
    estimate = report["accuracy_estimate"]
    assert estimate["drop"] > 0.2
    assert f"estimated accuracy {estimate['estimated_accuracy']:.2f}" in report["summary"]


def test_significance_alone_is_said_and_is_no_alarm() -> None:
    """Thousands of images, and a fifth of a standard deviation."""
    deviation = float(np.std([one.row["sharpness"] for one in shots(1, 3000)]))
    old, new = day(1, 3000), day(2, 3000, sharper=0.2 * deviation)
    report = detect_drift(document_of(old), document_of(new))
    found = next(one for one in report["feature_drift"] if one["feature"] == "sharpness")
    assert (found["verdict"], found["drifted"]) == ("below the threshold", False)
    assert found["adjusted_p_value"] < 0.01
    assert not report["overall_drift_detected"]
    assert "features moved beyond chance, but too little to matter" in report["summary"]


def test_measured_accuracy_stands_before_an_estimate() -> None:
    """Where today has labels: whether predictions moved or not."""
    for certain in (0.0, -0.3):
        report = detect_drift(document_of(day(1)), document_of(day(2, sharper=1.0, certain=certain)))
        true = report["accuracy_estimate"]["true_accuracy"]
        before = report["accuracy_estimate"]["baseline_accuracy"]
        assert report["summary"].endswith(f"; accuracy {true:.2f} by today's labels, was {before:.2f}")


def test_an_estimate_is_a_range_where_classes_moved() -> None:
    """For then the model may be sure of wrong ones: here of one class, whatever the image shows."""
    new = day(2, labelled=False)
    for one in new:
        one.row["predicted_class"] = 0
    report = detect_drift(document_of(day(1)), document_of(new))
    found = report["accuracy_estimate"]
    assert found["low"] <= found["ceiling_if_classes_held"] < found["estimated_accuracy"]
    assert f"estimated accuracy between {found['low']:.2f} and {found['high']:.2f}, was" in report["summary"]


@pytest.mark.parametrize(("contrast", "cause"), [(0.6, "darker"), (0.3, "poorer in contrast")])
def test_contrast_that_falls_as_light_does_is_no_cause_of_its_own(contrast: float, cause: str) -> None:
    """Less light makes all values smaller by one share. Here contrast differs less between images than light, so that
    its change is the larger one in deviations."""
    old, new = shots(1, 200), shots(2, 200)
    generator = np.random.default_rng(3)
    for made, light, spread in ((old, 0.5, 0.2), (new, 0.3, 0.2 * contrast)):
        for one in made:
            one.row["brightness"] = light * generator.uniform(0.5, 1.5)
            one.row["contrast"] = spread * generator.uniform(0.8, 1.2)
    report = judge(side_of(old), side_of(new), Rules())
    effects = {one["feature"]: one["effect"] for one in report["feature_drift"]}
    assert effects["contrast"] > effects["brightness"]
    assert report["summary"].startswith(f"inputs drifted ({cause} by ")
    assert contrast_follows_light(report) == (cause == "darker")


def test_how_far_a_feature_moved_is_one_number() -> None:
    """In the finding, in the summary and in the table, also where the mean moved by less than the distribution."""
    new = [*day(2, 240, sharper=1.6, labelled=False), *day(3, 60, sharper=-1.6, labelled=False)]
    report = detect_drift(document_of(day(1)), document_of(new))
    effect = next(one["effect"] for one in report["feature_drift"] if one["feature"] == "sharpness")
    shift = next(one["shift"] for one in report["feature_shifts"] if one["feature"] == "sharpness")
    assert f"{effect:.2g}" != f"{abs(shift):.2g}"
    assert f"(+{effect:.2g} standard deviations)" in report["findings"][0]["text"]
    assert f"by {effect:.2g} standard deviations" in report["summary"]
