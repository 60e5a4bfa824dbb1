"""Settings that do not agree, and what is said of them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from pipeline.agreement import require_same, require_same_model
from pipeline.errors import SettingsError
from tests.support.rows import CLASSIFIER, CLASSIFYING, DETECTOR, PIXELS_ONLY
from tests.support.variants import DETECTING, OTHER, VARIANTS

NAMED = replace(CLASSIFYING, model=replace(CLASSIFIER, name="parts.onnx"))


@pytest.mark.parametrize("field", [field for field in VARIANTS if field != "model.sha256"])
def test_a_field_that_differs_is_named_with_both_values(field: str) -> None:
    group, _, name = field.rpartition(".")
    recorded = DETECTING.to_dict()
    old = recorded["model"][name] if group else recorded[name]
    new = json.loads(json.dumps(OTHER[name]))
    with pytest.raises(SettingsError) as caught:
        require_same(DETECTING, VARIANTS[field], where="val.json", remedy="think again")
    assert str(caught.value) == (
        f"val.json was made with other settings: {field} is {json.dumps(old)} there and {json.dumps(new)} here; "
        "think again"
    )


def test_another_model_is_said_by_its_name_before_all_that_follows_from_it() -> None:
    other = replace(DETECTING, input_size=(5, 5), model=replace(DETECTOR, sha256="f" * 64))
    with pytest.raises(SettingsError) as caught:
        require_same(NAMED, other, where="val.json", remedy="think again")
    assert str(caught.value) == (
        "val.json was made with another model: parts.onnx (sha256 c1a5) there and a model (sha256 ffffffffffff) here; "
        "think again"
    )
    with pytest.raises(
        SettingsError, match=r"parts.onnx \(sha256 c1a5\) there and new.onnx \(sha256 f{12}\) here; give"
    ):
        require_same_model(NAMED, "f" * 64, "new.onnx", where="the baseline")


def test_the_name_of_a_model_decides_nothing() -> None:
    require_same(NAMED, CLASSIFYING, where="here", strict=True)
    require_same_model(NAMED, CLASSIFIER.sha256, "renamed.onnx", where="here")
    with pytest.raises(SettingsError, match="resize"):
        require_same(NAMED, replace(CLASSIFYING, resize="crop"), where="here")


def test_long_values_are_cut() -> None:
    long = replace(CLASSIFYING, model=replace(CLASSIFIER, class_names=("x" * 50,) * 1000))
    with pytest.raises(SettingsError) as caught:
        require_same(long, CLASSIFYING, where="val.json")
    assert len(str(caught.value)) < 400


def test_pixels_compare_without_a_model_but_rows_are_not_mixed() -> None:
    for old, new, words in (
        (PIXELS_ONLY, NAMED, r"none there and parts.onnx \(sha256 c1a5\) here"),
        (NAMED, PIXELS_ONLY, r"parts.onnx \(sha256 c1a5\) there and none here"),
    ):
        require_same(old, new, where="here")
        with pytest.raises(SettingsError, match=words):
            require_same(old, new, where="here", strict=True)
