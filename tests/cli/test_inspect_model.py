"""framewatch inspect-model."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tests.support.colour_model import write_colour_model
from tests.support.documents import read
from tests.support.program import CHECKOUT, framewatch, framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


def test_inputs_outputs_and_preprocessing_are_shown(scene: Scene) -> None:
    outcome = framewatch("inspect-model", scene.model)
    assert outcome.status == 0
    for line in (
        "input:  picture (? x 3 x 32 x 32, float32)",
        "output: scores (? x 3, float32)",
        "input size: 32x32",
        "task: classification",
        "scores: logits",
        "channel order: rgb",
        "so pixels from 0 to 255 reach the model as: 0 to 1",
        f"sha256: {hashlib.sha256(scene.model.read_bytes()).hexdigest()}",
    ):
        assert line in outcome.stdout.splitlines()
    assert "note: the model does not say how its input is scaled" in outcome.stderr


def test_json_shows_the_settings_that_an_extraction_records(scene: Scene, reference: Path) -> None:
    """What inspect-model promises is what baseline then does."""
    shown = framewatch_here("inspect-model", scene.model, "--json").document
    recorded = read(reference)
    assert shown["settings"] == recorded["settings"]
    assert shown["fingerprint"] == recorded["fingerprint"]
    assert shown["notes"] == recorded["notes"]


def test_what_the_model_says_of_itself_is_taken(tmp_path: Path) -> None:
    model = write_colour_model(
        tmp_path / "model.onnx",
        softmax=True,
        metadata={"names": '["r", "g", "b"]', "scaling": "imagenet", "resize": "crop", "channel_order": "bgr"},
    )
    settings = framewatch_here("inspect-model", model, "--json").document["settings"]
    assert settings["resize"] == "crop"
    assert settings["model"]["class_names"] == ["r", "g", "b"]
    assert settings["model"]["mean"] == [0.485, 0.456, 0.406]
    assert settings["model"]["channel_order"] == "bgr"
    assert settings["model"]["scores"] == "probabilities"


def test_a_runtime_keeps_its_greetings_to_itself() -> None:
    """TensorFlow Lite writes INFO lines to the process's standard error; a user sees ours alone."""
    outcome = framewatch("inspect-model", CHECKOUT / "tests" / "data" / "parts.tflite")
    assert outcome.status == 0
    assert outcome.stderr
    assert all(line.startswith("note: ") for line in outcome.stderr.splitlines())


def test_the_model_is_given_once(scene: Scene) -> None:
    outcome = framewatch_here("inspect-model", scene.model, "--model", scene.model)
    assert outcome.status == 2
    assert "No such option: --model" in outcome.error
    assert framewatch_here("inspect-model", scene.model, "--quiet").stdout == ""
