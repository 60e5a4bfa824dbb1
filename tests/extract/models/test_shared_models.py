"""Real models on real photographs, against a plain loop: Pillow, a scaling written out, and the runtime itself."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime
import pytest
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

from pipeline.extract.models.resolve import resolve
from pipeline.extract.resize import resize
from pipeline.settings import ExtractionOptions
from tests.support.predicting import opened
from tests.support.shared import shared
from tests.support.toy_numbers import softmax

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

COUNT = 100
EFFICIENTNET = "efficientnet_lite0.onnx"
MOBILENET_2 = "mobilenet_v2_1.0_224_quant.tflite"
MOBILENET_1 = "mobilenet_v1_0.25_128_quant.tflite"

Answer = tuple[int, float]


@cache
def photographs() -> list[tuple[Image.Image, int]]:
    """The first pictures with their classes, decoded in full."""
    folder = shared("images")
    with shared("labels.csv").open(encoding="utf-8", newline="") as file:
        rows = [next(reader) for reader in [csv.DictReader(file)] for _ in range(COUNT)]
    found = []
    for row in rows:
        with Image.open(folder / row["path"]) as image:
            found.append((ImageOps.exif_transpose(image).convert("RGB"), int(row["label"])))
    return found


def resized_by_hand(picture: Image.Image, side: int, how: str) -> NDArray[np.uint8]:
    if how == "stretch":
        return np.asarray(picture.resize((side, side), Image.Resampling.BILINEAR))
    scale = side / 0.875 / min(picture.size)
    width, height = round(picture.width * scale), round(picture.height * scale)
    left, top = (width - side) // 2, (height - side) // 2
    whole = np.asarray(picture.resize((width, height), Image.Resampling.BILINEAR))
    return whole[top : top + side, left : left + side]


def asked_of_onnx(path: Path, scaled: Callable[[NDArray[Any]], NDArray[Any]]) -> Callable[[NDArray[np.uint8]], Answer]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # more of them wait busily for each other
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def answer(pixels: NDArray[np.uint8]) -> Answer:
        tensor = scaled(pixels.astype(np.float32)).astype(np.float32).transpose(2, 0, 1)[np.newaxis]
        (logits,) = session.run(None, {session.get_inputs()[0].name: tensor})
        shares = softmax(logits[0].tolist())
        return shares.index(max(shares)), max(shares)

    return answer


def asked_of_tflite(path: Path) -> Callable[[NDArray[np.uint8]], Answer]:
    interpreter = Interpreter(model_path=str(path))
    interpreter.allocate_tensors()
    (given,), (taken,) = interpreter.get_input_details(), interpreter.get_output_details()

    def answer(pixels: NDArray[np.uint8]) -> Answer:
        interpreter.set_tensor(given["index"], pixels[np.newaxis])
        interpreter.invoke()
        scores = interpreter.get_tensor(taken["index"])[0]
        return int(scores.argmax()), int(scores.max()) / 256

    return answer


def imagenet(byte: NDArray[Any]) -> NDArray[Any]:
    return (byte / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]


def minus_one_one(byte: NDArray[Any]) -> NDArray[Any]:
    return byte / 127.5 - 1


@pytest.mark.parametrize(
    ("name", "side", "how", "scaling", "accuracy", "confidence"),
    [
        (EFFICIENTNET, 224, "crop", "minus-one-one", 0.8925, 0.731),
        (EFFICIENTNET, 224, "stretch", "imagenet", 0.73, 0.600),
        (MOBILENET_2, 224, "stretch", None, 0.84, 0.785),
        (MOBILENET_2, 224, "crop", None, 0.90, 0.830),
        (MOBILENET_1, 128, "crop", None, 0.45, 0.407),
    ],
)
def test_real_models_answer_as_in_a_plain_loop(
    name: str, side: int, how: Any, scaling: str | None, accuracy: float, confidence: float
) -> None:
    """Class by class; and the accuracy is near that of the whole table in shared/README.md, given 100 of 400."""
    path = shared(f"models/{name}")
    settings = resolve(ExtractionOptions(resize=how, scaling=scaling), path)
    assert settings.input_size == (side, side)
    assert settings.model is not None
    assert settings.model.label_offset == (1 if name.endswith(".tflite") else 0)
    scaled = imagenet if scaling == "imagenet" else minus_one_one
    ask = asked_of_tflite(path) if scaling is None else asked_of_onnx(path, scaled)
    resized = [resize(one, (side, side), how) for one, _ in photographs()]
    rows = opened(path, resize=how, scaling=scaling)(resized)
    expected = [ask(np.asarray(one.picture)) for one in resized]

    for one, (picture, _) in zip(resized, photographs(), strict=True):
        by_hand = resized_by_hand(picture, side, how)
        assert np.abs(np.asarray(one.picture).astype(int) - by_hand).max() <= 1  # Pillow rounds in two places
    found = [row for row in rows if isinstance(row, dict)]
    assert [row["predicted_class"] for row in found] == [kind for kind, _ in expected]
    np.testing.assert_allclose([row["confidence"] for row in found], [top for _, top in expected], atol=1e-4)  # type: ignore[arg-type]
    labels = [label + settings.model.label_offset for _, label in photographs()]
    right = np.mean([kind == label for (kind, _), label in zip(expected, labels, strict=True)])
    # Four standard errors of a hundred.
    assert right == pytest.approx(accuracy, abs=4 * np.sqrt(accuracy * (1 - accuracy) / COUNT))
    assert np.mean([top for _, top in expected]) == pytest.approx(confidence, abs=0.12)


def test_names_of_the_thousand_and_one_classes_fit() -> None:
    """The label that a photograph has is the name of the class that is predicted for it, mostly."""
    path, names = shared(f"models/{MOBILENET_2}"), shared("models/imagenet_labels_1001.txt")
    predict = opened(path, class_names=names, resize="crop")
    lines = names.read_text(encoding="utf-8").splitlines()
    rows = predict([resize(one, (224, 224), "crop") for one, _ in photographs()[:20]])
    right = [
        row["predicted_name"] == lines[label + 1]
        for row, (_, label) in zip(rows, photographs(), strict=False)
        if isinstance(row, dict)
    ]
    assert sum(right) > 10
