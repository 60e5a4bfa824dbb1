from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.errors import ModelError, SettingsError
from pipeline.extract.models.resolve import resolve
from pipeline.settings import SCALINGS, ExtractionOptions, ExtractionSettings
from tests.support import toy_onnx
from tests.support.predicting import model_settings
from tests.support.toy_numbers import SIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).resolve().parents[2] / "data"
NAMES = ("ant", "bee", "cat", "dog", "eel")


@pytest.fixture
def scorer(tmp_path: Path) -> Path:
    """A plain classifier of five classes that says nothing of itself."""
    return toy_onnx.save(toy_onnx.scorer(), tmp_path / "scorer.onnx")


def settled(path: Path, **options: Any) -> ExtractionSettings:
    return resolve(ExtractionOptions(**options), path)


def with_metadata(path: Path, metadata: Mapping[str, str], **how: Any) -> Path:
    return toy_onnx.save(toy_onnx.scorer(metadata=metadata, **how), path)


def note_about(settings: ExtractionSettings, word: str) -> str:
    """The only note that has this word."""
    (found,) = (note for note in settings.notes if word in note)
    return found


def test_without_a_model_there_is_nothing_to_assume() -> None:
    settings = resolve(ExtractionOptions(), None)
    assert settings == ExtractionSettings((224, 224), "stretch", "fast")
    assert settings.notes == ()
    asked = resolve(ExtractionOptions(input_size=(64, 48), resize="crop", decode="exact"), None)
    assert asked == ExtractionSettings((64, 48), "crop", "exact")


def test_each_assumption_is_said_with_the_option_that_changes_it(scorer: Path) -> None:
    settings = settled(scorer)
    assert "zero-one is assumed (--scaling" in note_about(settings, "scaled")
    assert "stretch is assumed (--resize)" in note_about(settings, "resized")
    assert "the scores are logits" in note_about(settings, "--scores")
    assert len(settings.notes) == 3
    assert settings.model is not None
    assert settings.model.runtime == "onnx"
    assert settings.model.class_count == 5
    assert settings.model.class_names is None
    assert settings.model.channel_order == "rgb"


def test_what_is_asked_for_is_not_assumed(scorer: Path) -> None:
    settings = settled(scorer, scaling="imagenet", resize="crop", scores="probabilities", channel_order="bgr")
    assert settings.notes == ()
    assert settings.resize == "crop"
    assert settings.model is not None
    assert (settings.model.mean, settings.model.std) == SCALINGS["imagenet"]
    assert settings.model.scores == "probabilities"
    assert settings.model.channel_order == "bgr"


def test_what_the_model_says_of_itself_is_not_assumed(tmp_path: Path) -> None:
    said = {"scaling": "minus-one-one", "resize": "crop", "channel_order": "bgr", "names": str(dict(enumerate(NAMES)))}
    settings = settled(with_metadata(tmp_path / "m.onnx", said), scores="logits")
    assert settings.notes == ()
    assert settings.resize == "crop"
    assert settings.model is not None
    assert (settings.model.mean, settings.model.std) == SCALINGS["minus-one-one"]
    assert settings.model.channel_order == "bgr"
    assert settings.model.class_names == NAMES


def test_options_go_before_what_the_model_says(tmp_path: Path) -> None:
    said = {"scaling": "minus-one-one", "resize": "crop", "channel_order": "bgr", "names": str(NAMES)}
    path = with_metadata(tmp_path / "m.onnx", said)
    options: dict[str, Any] = {
        "scaling": "raw",
        "resize": "stretch",
        "channel_order": "rgb",
        "class_names": NAMES[::-1],
    }
    settings = settled(path, **options)
    assert settings.resize == "stretch"
    assert settings.model is not None
    assert (settings.model.mean, settings.model.std) == SCALINGS["raw"]
    assert settings.model.channel_order == "rgb"
    assert settings.model.class_names == NAMES[::-1]


def test_an_export_of_yolo_is_scaled_zero_one_and_letterboxed(tmp_path: Path) -> None:
    """Its metadata holds a stride and Python's way to write a dict."""
    said = {"stride": "32", "task": "detect", "names": "{0: 'red', 1: 'green', 2: 'blue'}"}
    settings = settled(toy_onnx.save(toy_onnx.yolo(8, metadata=said), tmp_path / "yolo.onnx"))
    assert settings.resize == "letterbox"
    assert [note for note in settings.notes if "scaled" in note] == []
    model = settings.model
    assert model is not None
    assert (model.mean, model.std) == SCALINGS["zero-one"]
    assert model.class_names == ("red", "green", "blue")
    assert (model.task, model.box_layout, model.class_count, model.boxes_in_pixels) == ("detection", "yolov8", 3, True)
    assert (model.score_threshold, model.overlap_threshold) == (0.25, 0.45)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"mean": (0.5, 0.5, 0.5)}, "go together"),
        ({"std": (0.5, 0.5, 0.5)}, "go together"),
        ({"mean": (0.0,) * 3, "std": (1.0,) * 3, "scaling": "raw"}, "without --scaling"),
        ({"mean": (0.0,) * 3, "std": (1.0, 0.0, 1.0)}, "above 0"),
        ({"mean": (0.0,) * 3, "std": (1.0, -1.0, 1.0)}, "above 0"),
        ({"mean": (math.nan, 0.0, 0.0), "std": (1.0,) * 3}, "finite"),
        ({"mean": (0.0,) * 3, "std": (math.inf, 1.0, 1.0)}, "finite"),
        ({"mean": (0.0,) * 3, "std": (math.nan, 1.0, 1.0)}, "finite"),
        ({"scaling": "zero-two"}, "'zero-two'; it must be one of zero-one, minus-one-one, imagenet, raw"),
        ({"input_size": (48, SIDE)}, "48x32, but the model takes 32x32"),
        ({"class_names": NAMES[:4]}, "gives 4 class names, but the model has 5 classes"),
        ({"class_names": ()}, "gives 0 class names, but the model has 5 classes"),
    ],
)
def test_contradictions_are_refused_in_one_line(scorer: Path, options: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        settled(scorer, **options)
    assert "\n" not in str(caught.value)


def test_a_task_that_the_model_does_not_do_is_refused_by_name(scorer: Path) -> None:
    with pytest.raises(ModelError, match="fits classification, not detection") as caught:
        settled(scorer, task="detection")
    assert str(caught.value).startswith(f"{scorer}: ")
    assert "scores (1 x 5, float32)" in str(caught.value)


@pytest.mark.parametrize("threshold", [-0.1, 1.5, math.nan])
def test_a_score_threshold_is_a_share(tmp_path: Path, threshold: float) -> None:
    path = toy_onnx.save(toy_onnx.yolo(8), tmp_path / "yolo.onnx")
    with pytest.raises(SettingsError, match="between 0 and 1"):
        settled(path, score_threshold=threshold)
    assert model_settings(path, score_threshold=0.0).score_threshold == 0.0


def test_explicit_mean_and_std_are_recorded(scorer: Path) -> None:
    mean, std = (0.1, 0.2, 0.3), (0.4, 0.5, 0.6)
    model = model_settings(scorer, mean=mean, std=std)
    assert (model.mean, model.std) == (mean, std)


def test_names_of_the_models_own_that_do_not_fit_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    path = with_metadata(tmp_path / "m.onnx", {"names": '["ant", "bee"]'})
    settings = settled(path)
    assert settings.model is not None
    assert settings.model.class_names is None
    assert "2 class names, but the model has 5 classes" in note_about(settings, "--class-names")


def test_names_come_from_a_file(scorer: Path, tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("\n".join(NAMES), encoding="utf-8")
    assert model_settings(scorer, class_names=file).class_names == NAMES
    assert not any("repeats" in note for note in settled(scorer, class_names=file).notes)


def test_repeated_names_are_kept_and_that_is_said(scorer: Path, tmp_path: Path) -> None:
    """Once: a baseline hands on its names, and has said it."""
    file = tmp_path / "names.txt"
    file.write_text("part\nscratch\npart\nscratch\nother\n", encoding="utf-8")
    settings = settled(scorer, class_names=file)
    assert settings.model is not None
    assert settings.model.class_names == ("part", "scratch", "part", "scratch", "other")
    assert note_about(settings, "--class-names") == (
        "--class-names repeats 'part', 'scratch': classes of one name stay apart, and a label of that name means the "
        "first of them"
    )
    assert not any("repeats" in note for note in resolve(ExtractionOptions(), scorer, settings).notes)


def test_1001_classes_are_imagenet_behind_a_background(tmp_path: Path) -> None:
    weights = np.random.default_rng(0).normal(size=(3, 1001)).astype(np.float32)
    path = toy_onnx.save(toy_onnx.scorer(weights=weights, bias=np.zeros(1001, dtype=np.float32)), tmp_path / "m.onnx")
    settings = settled(path)
    assert settings.model is not None
    assert settings.model.label_offset == 1
    assert "ImageNet" in note_about(settings, "--label-offset")
    assert model_settings(path, label_offset=0).label_offset == 0


def test_other_classifiers_have_no_label_offset(scorer: Path) -> None:
    assert model_settings(scorer).label_offset == 0
    assert model_settings(scorer, label_offset=7).label_offset == 7


@pytest.mark.parametrize(("height", "width"), [("h", "w"), (SIDE, "w"), ("h", 48)])
def test_an_open_size_is_224_unless_another_is_asked_for(tmp_path: Path, height: int | str, width: int | str) -> None:
    path = toy_onnx.save(toy_onnx.scorer(input_shape=(1, 3, height, width)), tmp_path / "open.onnx")
    fixed = (width if isinstance(width, int) else None, height if isinstance(height, int) else None)
    settings = settled(path)
    assert settings.input_size == (fixed[0] or 224, fixed[1] or 224)
    assert "--input-size" in note_about(settings, "any input size")
    asked = (fixed[0] or 100, fixed[1] or 80)
    other = settled(path, input_size=asked)
    assert other.input_size == asked
    assert [note for note in other.notes if "size" in note and "resized" not in note] == []


def test_sizes_without_room_for_a_laplacian_or_for_any_memory_are_refused(tmp_path: Path) -> None:
    path = toy_onnx.save(toy_onnx.scorer(input_shape=(1, 3, "h", "w")), tmp_path / "open.onnx")
    for model in (None, path):
        for size in ((2, 50), (10_000_000, 50)):
            with pytest.raises(
                SettingsError, match=f"{size[0]}x50; each side must be at least 3 pixels and at most 8192"
            ):
                resolve(ExtractionOptions(input_size=size), model)


@pytest.mark.parametrize(("head", "kind"), [("logits", "logits"), ("softmax", "probabilities")])
def test_scores_are_told_apart_and_may_be_overruled(tmp_path: Path, head: toy_onnx.Head, kind: str) -> None:
    path = toy_onnx.save(toy_onnx.scorer(head=head), tmp_path / "m.onnx")
    assert model_settings(path).scores == kind
    assert f"the scores are {kind}" in note_about(settled(path), "--scores")
    for asked in ("logits", "probabilities"):
        assert model_settings(path, scores=asked).scores == asked


def test_a_model_that_fails_on_an_even_picture_is_judged_by_the_other_pictures(tmp_path: Path) -> None:
    """One that divides by the contrast gives NaN where there is none."""
    graph = toy_onnx.Graph()
    means = graph.add("ReduceMean", "picture", axes=[2, 3], keepdims=1)
    spread = graph.add("ReduceMax", graph.add("Abs", graph.add("Sub", "picture", means)), axes=[1, 2, 3], keepdims=1)
    even = graph.add("Div", graph.add("Sub", "picture", means), spread)
    top = graph.add("Flatten", graph.add("ReduceMax", even, axes=[2, 3], keepdims=1), axis=1)
    graph.add("Softmax", top, axis=1, name="scores")
    model = graph.model([("picture", "float32", (1, 3, SIDE, SIDE))], [("scores", "float32", (1, 3))])
    assert model_settings(toy_onnx.save(model, tmp_path / "m.onnx")).scores == "probabilities"


def test_whole_numbers_for_scores_are_remarked_on(tmp_path: Path) -> None:
    """An ONNX tensor has no scale, so what such scores mean cannot be known."""
    path = toy_onnx.save(toy_onnx.scorer(output_type="uint8", head="softmax"), tmp_path / "m.onnx")
    assert "the confidence is no probability" in note_about(settled(path), "whole numbers")


@pytest.mark.tflite
@pytest.mark.parametrize(
    ("name", "mean", "std", "scores"),
    [
        ("toy_uint8", 0.0, 1.0, "probabilities"),
        ("toy_int8", 0.0, 1.0, "probabilities"),
        ("toy_int8_logits", 0.0, 1.0, "logits"),
    ],
)
def test_the_scaling_of_a_quantised_input_follows_from_its_range(
    name: str, mean: float, std: float, scores: str
) -> None:
    """Their ranges are 0 to 1; nothing about the scaling is assumed."""
    settings = settled(DATA / f"{name}.tflite")
    assert settings.model is not None
    assert settings.model.runtime == "tflite"
    assert settings.model.mean == pytest.approx((mean,) * 3, abs=1e-6)
    assert settings.model.std == pytest.approx((std,) * 3, rel=1e-6)
    assert settings.model.scores == scores
    assert [note for note in settings.notes if "scaled" in note] == []
