"""Profiles to documents and back."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare.sides.baseline import from_document, to_document
from pipeline.errors import DocumentError
from pipeline.schema import require_document
from pipeline.settings import ExtractionSettings
from tests.profile.same import assert_same, many
from tests.support.rows import (
    CLASS_NAMES,
    CLASSIFYING,
    DETECTING,
    PIXELS_ONLY,
    Shot,
    document_of,
    profile_of,
    shots,
)


@given(many(), st.sampled_from([CLASSIFYING, DETECTING]))
@settings(max_examples=15, deadline=None)
def test_a_document_holds_the_whole_profile(made: list[Shot], how: ExtractionSettings) -> None:
    own = profile_of(made)
    if own.image_count:
        document = json.loads(json.dumps(to_document(own, how, "here")))
        require_document(document, "baseline", "here")
        assert_same(from_document(document), own)


def test_its_numbers_are_those_of_the_pixels_and_predictions() -> None:
    made = [*shots(1, 40), *shots(2, 3, "unreadable"), *shots(3, 2, "invalid")]
    document = document_of(made, source="val@2026-11-23")
    pixels = np.concatenate([one.pixels.ravel() for one in made if one.pixels is not None]) / 255
    overall = document["input_distribution"]["pixel_statistics"]["overall"]
    expected = {
        "mean": pixels.mean(), "std": pixels.std(), "min": pixels.min(), "max": pixels.max(),
        "median": np.quantile(pixels, 0.5), "q25": np.quantile(pixels, 0.25), "q75": np.quantile(pixels, 0.75),
    }  # fmt: skip
    assert overall == pytest.approx(expected, abs=1e-12)
    stacked = np.stack([one.pixels for one in made if one.pixels is not None]) / 255
    channels = document["input_distribution"]["pixel_statistics"]["per_channel"]
    assert channels["mean"] == pytest.approx(stacked.mean(axis=(0, 1, 2)), abs=1e-12)
    assert channels["std"] == pytest.approx(stacked.std(axis=(0, 1, 2)), abs=1e-12)
    confidences = np.array([one.row["confidence"] for one in made if "confidence" in one.row])
    predictions = document["predictions"]
    assert predictions["prediction_count"] == 40
    spread = predictions["confidence_statistics"]
    assert (spread["min"], spread["max"]) == (confidences.min(), confidences.max())
    assert (spread["mean"], spread["std"]) == pytest.approx((confidences.mean(), confidences.std()), abs=1e-12)
    assert spread["median"] == pytest.approx(np.median(confidences), abs=1e-3)
    rows = [one.row for one in made if "predicted_class" in one.row]
    labelled = [row for row in rows if "label_index" in row]
    hits = np.mean([row["label_index"] == row["predicted_class"] for row in labelled])
    assert predictions["accuracy"] == pytest.approx(hits, abs=1e-12)
    assert predictions["labelled_count"] == len(labelled)
    assert sum(predictions["class_distribution"].values()) == 40
    assert predictions["unique_classes"] == len({row["predicted_class"] for row in rows})
    assert predictions["class_names"] == {key: CLASS_NAMES[int(key)] for key in predictions["class_distribution"]}
    assert "box_count" not in predictions
    info = document["dataset_info"]
    assert (info["image_count"], info["unreadable"]["count"], info["invalid_scores"]) == (42, 3, 2)
    assert sum(info["unreadable"]["by_reason"].values()) == 3
    assert (info["source"], info["input_size"]) == ("val@2026-11-23", [4, 4])
    assert "dates" not in info


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_the_median_confidence_is_right_to_within_a_bin(seed: int, count: int) -> None:
    """Also between two far values, where the median is their mean."""
    made = shots(seed, count)
    expected = np.median([one.row["confidence"] for one in made])
    assert document_of(made)["predictions"]["confidence_statistics"]["median"] == pytest.approx(expected, abs=1e-3)


def test_what_was_not_done_is_absent() -> None:
    document = document_of(shots(1, 3, "pixels"), PIXELS_ONLY)
    assert "predictions" not in document
    unlabelled = shots(1, 3)
    for one in unlabelled:
        one.row.pop("label_index", None)
    assert not {"accuracy", "labelled_count"} & document_of(unlabelled)["predictions"].keys()


def test_a_model_without_names_leaves_them_out() -> None:
    assert CLASSIFYING.model is not None
    nameless = replace(CLASSIFYING, model=replace(CLASSIFYING.model, class_names=None))
    assert "class_names" not in document_of(shots(1, 3), nameless)["predictions"]


def test_a_detector_counts_boxes() -> None:
    made = shots(1, 20, "detected")
    predictions = document_of(made, DETECTING)["predictions"]
    boxes = [key for one in made for key in one.row["box_classes"]]
    assert predictions["box_count"] == len(boxes) == sum(predictions["class_distribution"].values())
    assert predictions["prediction_count"] == 20


def test_it_says_how_it_was_made() -> None:
    settings = replace(CLASSIFYING, notes=("scaled to zero-one",))
    document = to_document(profile_of(shots(1, 2)), settings, "here", ["2026-11-23"], ["names 1 of 2"])
    assert ExtractionSettings.from_dict(document["settings"]) == settings
    assert document["fingerprint"] == settings.fingerprint
    assert document["notes"] == ["scaled to zero-one", "names 1 of 2"]
    assert document["dataset_info"]["dates"] == ["2026-11-23"]


def test_joint_moments_stand_in_a_document_as_covariances() -> None:
    """Those of all images, and those of the images with a prediction, against numpy."""
    made = [*shots(1, 12), *shots(2, 5, "pixels")]
    document = document_of(made)
    blocks = document["input_distribution"]["joint_moments"], document["predictions"]["joint_moments"]
    assert [own["count"] for own in blocks] == [17, 12]
    for own, images in zip(blocks, (made, made[:12]), strict=True):
        values = np.array([[one.row[name] for name in own["names"]] for one in images], dtype=float)
        expected = np.cov(values.T, ddof=0)
        assert own["means"] == pytest.approx(values.mean(axis=0))
        for at, row in enumerate(own["covariance"]):
            assert row == pytest.approx(expected[at, : at + 1], rel=1e-9, abs=1e-12)


def test_categories_and_labels_stand_in_a_document() -> None:
    made = [*shots(1, 30), *shots(2, 3, "unreadable")]
    document = document_of(made)
    makers = document["input_distribution"]["categories"]["camera_make"]
    assert makers["counts"] == {"Maker": sum("camera_make" in one.row for one in made)}
    assert makers["missing"] == 30 - makers["counts"]["Maker"]
    predictions = document["predictions"]
    own = predictions["labelled_histograms"]["confidence"]
    assert sum(own["images"]) == predictions["labelled_count"]
    assert sum(own["correct"]) == round(predictions["accuracy"] * predictions["labelled_count"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("names", ["pixel_mean"]), ("means", []), ("covariance", [[1.0], [1.0]]), ("covariance", [[1.0, 2.0]])],
)
def test_joint_moments_that_contradict_themselves_are_refused(key: str, value: object) -> None:
    document = document_of(shots(1, 5))
    document["input_distribution"]["joint_moments"][key] = value  # type: ignore[literal-required]
    with pytest.raises(DocumentError, match=r"joint_moments has \d+ names, \d+ means and \d+ rows"):
        from_document(document)
