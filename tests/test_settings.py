"""Settings, their recorded form and their fingerprint."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.settings import (
    BoxLayout,
    ChannelOrder,
    Decode,
    ExtractionOptions,
    ExtractionSettings,
    ModelSettings,
    Resize,
    Scores,
    Task,
)
from tests.support.rows import CLASSIFIER, CLASSIFYING, DETECTOR
from tests.support.variants import DETECTING, VARIANTS

FINITE = st.floats(allow_nan=False, allow_infinity=False)
TRIPLES = st.tuples(FINITE, FINITE, FINITE)
WHOLE = st.integers(-(2**31), 2**31)

MODELS = st.builds(
    ModelSettings,
    sha256=st.text(),
    runtime=st.text(),
    task=st.sampled_from(get_args(Task)),
    mean=TRIPLES,
    std=TRIPLES,
    channel_order=st.sampled_from(get_args(ChannelOrder)),
    class_count=st.none() | WHOLE,
    class_names=st.none() | st.lists(st.text(), max_size=3).map(tuple),
    label_offset=WHOLE,
    scores=st.sampled_from(get_args(Scores)),
    output_order=st.lists(WHOLE, max_size=4).map(tuple),
    box_layout=st.none() | st.sampled_from(get_args(BoxLayout)),
    boxes_in_pixels=st.none() | st.booleans(),
    score_threshold=st.none() | FINITE,
    overlap_threshold=st.none() | FINITE,
    name=st.none() | st.text(),
)
SETTINGS = st.builds(
    ExtractionSettings,
    input_size=st.tuples(WHOLE, WHOLE),
    resize=st.sampled_from(get_args(Resize)),
    decode=st.sampled_from(get_args(Decode)),
    model=st.none() | MODELS,
    feature_version=st.text(),
    notes=st.lists(st.text(), max_size=2).map(tuple),
)


@given(SETTINGS)
@settings(max_examples=50, deadline=None)
def test_settings_survive_json(own: ExtractionSettings) -> None:
    back = ExtractionSettings.from_dict(json.loads(json.dumps(own.to_dict())))
    assert back == own
    assert back.fingerprint == own.fingerprint
    assert "notes" not in own.to_dict()


@pytest.mark.parametrize("field", VARIANTS)
def test_each_field_changes_the_fingerprint(field: str) -> None:
    assert VARIANTS[field].fingerprint != DETECTING.fingerprint


@pytest.mark.parametrize(
    "same",
    [replace(DETECTING, notes=("scaled to zero-one",)), replace(DETECTING, model=replace(DETECTOR, name="a.onnx"))],
)
def test_words_for_people_do_not_change_the_fingerprint(same: ExtractionSettings) -> None:
    assert (same.fingerprint, same) == (DETECTING.fingerprint, DETECTING)


def test_the_name_of_a_model_is_recorded_where_it_is_known() -> None:
    """Records from before names were kept are read as well."""
    named = replace(DETECTING, model=replace(DETECTOR, name="a.onnx"))
    back = ExtractionSettings.from_dict(named.to_dict()).model
    assert back is not None
    assert back.name == "a.onnx"
    assert "name" not in DETECTING.to_dict()["model"]


def test_the_fingerprint_is_the_same_in_another_process() -> None:
    """Whatever the hash seed."""
    code = "from tests.support.rows import CLASSIFYING; import sys; sys.stdout.write(CLASSIFYING.fingerprint)"
    for seed in ("1", "2"):
        found = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        assert found.stdout == CLASSIFYING.fingerprint
    assert len(CLASSIFYING.fingerprint) == len("sha256:") + 64


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("input_size", ..., "settings.input_size is missing"),
        ("model.scores", ..., "settings.model.scores is missing"),
        ("weather", "fair", "settings.weather is unknown"),
        ("notes", [], "settings.notes is unknown"),
        ("model.weather", "fair", "settings.model.weather is unknown"),
        ("model.name", 3, "settings.model.name is 3"),
        ("input_size", [4], r"settings.input_size is \[4\]"),
        ("input_size", [4, 4, 4], "settings.input_size is"),
        ("input_size", "44", "settings.input_size is"),
        ("input_size", [4, "4"], "settings.input_size is"),
        ("input_size", [4, True], "settings.input_size is"),
        ("resize", "bend", "settings.resize is"),
        ("resize", ["crop"], "settings.resize is"),
        ("model", [], r"settings.model is \[\]"),
        ("model", "a model", "settings.model is"),
        ("model.mean", [0, 0], "settings.model.mean is"),
        ("model.mean", [0, 0, float("nan")], "settings.model.mean is"),
        ("model.mean", [0, 0, 10**400], "settings.model.mean is"),
        ("model.task", None, "settings.model.task is null"),
        ("model.class_names", "bolt", "settings.model.class_names is"),
        ("model.class_names", [1, 2], "settings.model.class_names is"),
        ("model.score_threshold", "0.25", "settings.model.score_threshold is"),
        ("model.boxes_in_pixels", 1, "settings.model.boxes_in_pixels is"),
    ],
)
def test_damaged_settings_are_refused_by_the_field(path: str, value: object, named: str) -> None:
    recorded = DETECTING.to_dict()
    group, _, name = path.rpartition(".")
    inside = recorded[group] if group else recorded
    if value is ...:
        del inside[name]
    else:
        inside[name] = value
    with pytest.raises(DocumentError, match=named):
        ExtractionSettings.from_dict(recorded)


@pytest.mark.parametrize("recorded", [None, [], "x", 3])
def test_what_is_no_table_is_refused(recorded: Any) -> None:
    with pytest.raises(DocumentError):
        ExtractionSettings.from_dict(recorded)


def test_whole_numbers_count_as_numbers() -> None:
    recorded = DETECTING.to_dict()
    recorded["model"]["mean"] = [0, 1, 2]
    back = ExtractionSettings.from_dict(recorded)
    assert back.model is not None
    assert back.model.mean == (0.0, 1.0, 2.0)


def test_what_options_leave_open_is_taken_from_the_record() -> None:
    recorded = replace(CLASSIFYING, resize="crop", decode="exact")
    completed = ExtractionOptions().completed_from(recorded)
    assert (completed.resize, completed.decode, completed.input_size) == ("crop", "exact", (4, 4))
    assert (completed.mean, completed.std, completed.scores) == (CLASSIFIER.mean, CLASSIFIER.std, "probabilities")
    assert (completed.channel_order, completed.class_names) == ("rgb", CLASSIFIER.class_names)


@pytest.mark.parametrize(
    "given",
    [{"resize": "stretch"}, {"input_size": (9, 9)}, {"scores": "logits"}, {"scaling": "raw"}, {"label_offset": 0}],
)
def test_what_options_say_stays_said(given: dict[str, Any]) -> None:
    completed = ExtractionOptions(**given).completed_from(replace(CLASSIFYING, resize="crop"))
    assert {name: getattr(completed, name) for name in given} == given
    assert "scaling" not in given or completed.mean is None
