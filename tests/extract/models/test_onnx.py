"""ONNX classifiers in their many forms: each says of a picture what plain numpy says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pipeline.extract.models.onnx import OnnxModel
from tests.support import toy_onnx
from tests.support.pictures import random_pixels, scene
from tests.support.predicting import model_settings, predictions
from tests.support.toy_numbers import BIAS, SIDE, WEIGHTS, class_logits, sigmoid, softmax

if TYPE_CHECKING:
    from pathlib import Path

PICTURES = [scene(SIDE, SIDE, seed) for seed in range(5)]
"""As large as the input, so that resizing leaves them as they are."""


def logits_of(picture: Image.Image) -> list[float]:
    found: list[float] = class_logits(np.asarray(picture)).tolist()
    return found


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"input_shape": (1, 3, SIDE, SIDE)},
        {"input_shape": (1, SIDE, SIDE, 3)},
        {"input_shape": ("batch", SIDE, SIDE, 3)},
        {"input_shape": ("batch", 3, "height", "width")},
        {"input_shape": (4, 3, SIDE, SIDE)},
        {"input_shape": (4, SIDE, SIDE, 3), "head": "softmax"},
        {"input_type": "float16"},
        {"output_type": "float16"},
        {"input_type": "float64", "output_type": "float64"},
        {"input_type": "uint8"},
        {"input_type": "int8"},
        {"head": "softmax"},
        {"output_shape": [-1, 5]},
        {"input_shape": (1, 3, SIDE, SIDE), "output_shape": [5]},
        {"input_shape": (1, 3, SIDE, SIDE), "output_shape": [1, 5, 1, 1]},
        {"output_shape": [-1, 1, 5], "head": "softmax"},
        {"input_shape": (4, 3, SIDE, SIDE), "output_shape": [4, 5, 1, 1]},
    ],
    ids=str,
)
def test_a_classifier_in_any_form_says_the_same(tmp_path: Path, how: dict[str, Any]) -> None:
    """Layouts, batches, sizes, types and shapes: classes and confidence follow from the mean colour alone."""
    path = toy_onnx.save(toy_onnx.scorer(**how), tmp_path / "m.onnx")
    rows = predictions(path, PICTURES, input_size=(SIDE, SIDE))
    rough = "float16" in how.values()
    assert len({row["predicted_class"] for row in rows}) > 1
    for row, picture in zip(rows, PICTURES, strict=True):
        shares = softmax(logits_of(picture))
        assert row["predicted_class"] == shares.index(max(shares))
        assert row["confidence"] == pytest.approx(max(shares), abs=3e-3 if rough else 1e-5)


@pytest.mark.parametrize(
    ("batch", "output_shape"), [("batch", None), (1, [1]), (4, None), ("batch", [-1]), (1, [1, 1, 1, 1])]
)
@pytest.mark.parametrize("head", ["logits", "sigmoid"])
def test_a_single_score_is_the_second_class(
    tmp_path: Path, head: toy_onnx.Head, batch: int | str, output_shape: list[int] | None
) -> None:
    weights, bias = WEIGHTS[:, :1], BIAS[:1] - np.float32(0.4)
    model = toy_onnx.scorer(
        weights=weights, bias=bias, head=head, input_shape=(batch, 3, SIDE, SIDE), output_shape=output_shape
    )
    path = toy_onnx.save(model, tmp_path / "m.onnx")
    assert model_settings(path).class_count == 2
    rows = predictions(path, PICTURES, class_names=("no", "yes"))
    for row, picture in zip(rows, PICTURES, strict=True):
        chance = sigmoid(logits_of(picture)[0] - 0.4)
        assert row["predicted_name"] == ("yes" if chance > 0.5 else "no")
        assert row["confidence"] == pytest.approx(max(chance, 1 - chance), abs=1e-5)
        assert row["margin"] == pytest.approx(abs(2 * chance - 1), abs=1e-5)


@pytest.mark.parametrize(("dtype", "expected"), [("uint8", lambda byte: byte), ("int8", lambda byte: byte - 128)])
def test_bytes_reach_the_model_as_they_are_or_less_128(tmp_path: Path, dtype: str, expected: Any) -> None:
    """The model answers with its own input: one pixel of each channel."""
    graph = toy_onnx.Graph()
    corner = graph.add("Slice", "picture", *(np.array(one, dtype=np.int64) for one in ([0, 0], [1, 1], [2, 3])))
    graph.add("Cast", graph.add("Flatten", corner), name="scores", to=1)
    model = graph.model([("picture", dtype, (1, 3, SIDE, SIDE))], [("scores", "float32", (1, 3))])
    path = toy_onnx.save(model, tmp_path / "m.onnx")
    pixels = random_pixels(SIDE, SIDE, 3)
    for colour in ((0, 128, 255), (1, 127, 254)):
        pixels[0, 0] = colour
        (row,) = predictions(path, [Image.fromarray(pixels)], scores="probabilities")
        wanted = sorted(map(expected, colour))
        assert row["confidence"] == wanted[-1]
        assert row["margin"] == wanted[-1] - wanted[-2]


@pytest.mark.parametrize("scaling", ["zero-one", "minus-one-one", "imagenet", "raw"])
def test_the_scaling_that_is_asked_for_reaches_the_model(tmp_path: Path, scaling: str) -> None:
    """From option to scores: the mean colour is scaled, as scaling is linear."""
    mean, std = {
        "zero-one": ([0, 0, 0], [1, 1, 1]),
        "minus-one-one": ([0.5] * 3, [0.5] * 3),
        "imagenet": ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        "raw": ([0, 0, 0], [1 / 255] * 3),
    }[scaling]
    path = toy_onnx.save(toy_onnx.scorer(), tmp_path / "m.onnx")
    (row,) = predictions(path, PICTURES[:1], scaling=scaling)
    colour = (np.asarray(PICTURES[0]).reshape(-1, 3).mean(axis=0) / 255 - mean) / std
    shares = softmax((colour @ WEIGHTS + BIAS).tolist())
    assert row["predicted_class"] == shares.index(max(shares))
    assert row["confidence"] == pytest.approx(max(shares), abs=1e-4)


def test_bgr_swaps_red_and_blue(tmp_path: Path) -> None:
    path = toy_onnx.save(toy_onnx.scorer(), tmp_path / "m.onnx")
    swapped = [Image.fromarray(np.asarray(picture)[..., ::-1]) for picture in PICTURES]
    for asked, row in zip(predictions(path, PICTURES, channel_order="bgr"), predictions(path, swapped), strict=True):
        assert asked == row


def test_specs_say_names_shapes_and_types() -> None:
    model = OnnxModel(toy_onnx.scorer(input_type="float16", metadata={"a": "b"}).SerializeToString())
    assert str(model.inputs[0]) == "picture (? x 3 x 32 x 32, float16)"
    assert str(model.outputs[0]) == "scores (? x 5, float32)"
    assert model.metadata == {"a": "b"}
