"""TFLite models, with whichever runtime is installed: LiteRT or tflite-runtime. All expectations are of plain numpy.

Nothing here may import what only one of the two environments has; the models are files, see
tests/support/make_toy_tflite.py.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import onnx
import pytest
from numpy.lib.stride_tricks import sliding_window_view
from onnx import numpy_helper
from PIL import Image

from pipeline.demo.scene import KINDS, Conditions, draw_part
from pipeline.errors import ModelError
from pipeline.extract.models.opening import open_model
from pipeline.settings import Resize
from tests.support.pictures import random_pixels, scene
from tests.support.predicting import model_settings, predictions
from tests.support.toy_detections import SIZE, assert_found, expected_boxes, input_pixels
from tests.support.toy_numbers import (
    ANCHORS,
    DETECTOR_SIDE,
    SIDE,
    Box,
    class_logits,
    softmax,
    with_squares,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

pytestmark = pytest.mark.tflite

DATA = Path(__file__).resolve().parents[2] / "data"
PARTS_ONNX = Path(__file__).resolve().parents[3] / "pipeline" / "demo" / "parts.onnx"
PICTURES = [scene(SIDE, SIDE, seed) for seed in range(5)]
HOW = get_args(Resize)


def stored_shares(picture: Image.Image) -> NDArray[np.float64]:
    """Probabilities as 256ths."""
    return np.asarray(np.clip(np.rint(np.array(softmax(class_logits(np.asarray(picture)))) * 256), 0, 255) / 256)


@pytest.mark.parametrize("name", ["toy_float", "toy_batch4", "toy_open"])
def test_float_classifiers_say_what_numpy_says(name: str) -> None:
    """A batch of one, a fixed batch of four, and one that leaves batch and size open."""
    rows = predictions(DATA / f"{name}.tflite", PICTURES, input_size=(SIDE, SIDE))
    assert len({row["predicted_class"] for row in rows}) > 1
    for row, picture in zip(rows, PICTURES, strict=True):
        shares = softmax(class_logits(np.asarray(picture)))
        assert row["predicted_class"] == shares.index(max(shares))
        assert row["confidence"] == pytest.approx(max(shares), abs=1e-5)


def test_an_open_size_takes_any() -> None:
    (row,) = predictions(DATA / "toy_open.tflite", [scene(90, 50)], input_size=(90, 50))
    assert row["confidence"] == pytest.approx(max(softmax(class_logits(np.asarray(scene(90, 50))))), abs=1e-5)


@pytest.mark.parametrize("name", ["toy_uint8", "toy_int8"])
def test_quantised_probabilities_are_dequantised(name: str) -> None:
    """In 256ths, to within the rounding of one."""
    for row, picture in zip(predictions(DATA / f"{name}.tflite", PICTURES), PICTURES, strict=True):
        shares = stored_shares(picture)
        assert row["predicted_class"] == int(shares.argmax())
        assert row["confidence"] == pytest.approx(float(shares.max()), abs=1.01 / 256)
        assert row["confidence"] * 256 == round(row["confidence"] * 256)


def test_quantised_logits_are_dequantised() -> None:
    """In sixteenths: softmax comes after."""
    for row, picture in zip(predictions(DATA / "toy_int8_logits.tflite", PICTURES), PICTURES, strict=True):
        logits = np.clip(np.rint(class_logits(np.asarray(picture)) * 16), -125, 130) / 16
        assert row["confidence"] == pytest.approx(max(softmax(logits)), abs=0.02)


@pytest.mark.parametrize(("name", "zero"), [("toy_uint8", 0), ("toy_int8", -128)])
def test_a_byte_is_stored_as_it_is_or_less_128(name: str, zero: int) -> None:
    """What the interpreter is given, against what was in the picture."""
    from pipeline.extract.models.preprocess import Preprocessor, input_layout
    from pipeline.extract.resize import Resized

    model = open_model(DATA / f"{name}.tflite").model
    how = model_settings(DATA / f"{name}.tflite")
    pixels = random_pixels(SIDE, SIDE, 3)
    preprocess = Preprocessor(input_layout(model.inputs), (SIDE, SIDE), (how.mean, how.std), "rgb")
    np.testing.assert_array_equal(preprocess([Resized(Image.fromarray(pixels))])[0], pixels.astype(int) + zero)


@pytest.mark.parametrize("how", HOW)
def test_a_yolo_finds_what_plain_python_finds(how: Resize) -> None:
    pictures = [
        with_squares(SIZE, ((0.55, 0.2, 0.85, 0.6), (240, 20, 10)), ((0.1, 0.5, 0.4, 0.9), (12, 25, 235))),
        with_squares(SIZE, ((0.3, 0.3, 0.7, 0.8), (20, 230, 15))),
        with_squares(SIZE),
    ]
    rows = predictions(DATA / "toy_yolov8.tflite", pictures, resize=how, score_threshold=0.5)
    assert [row["box_count"] > 0 for row in rows] == [True, True, False]
    for picture, row in zip(pictures, rows, strict=True):
        assert_found(
            row, expected_boxes(input_pixels(picture, how), how, score_of=best_channel, least=0.5, overlap=0.45)
        )


@pytest.mark.parametrize("how", ["stretch", "crop"])
def test_an_ssd_that_suppresses_for_itself_finds_what_plain_python_finds(how: Resize) -> None:
    """The runtimes' own last operator of SSD models: boxes, classes, scores and a count, overlaps gone."""
    centres = [tuple(anchor) for anchor in ANCHORS.tolist()]
    boxes: list[Box] = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in centres]
    pictures = [
        with_squares(SIZE, ((0.55, 0.2, 0.85, 0.6), (240, 20, 10)), ((0.15, 0.5, 0.4, 0.9), (12, 25, 235))),
        with_squares(SIZE),
    ]
    rows = predictions(DATA / "toy_ssd.tflite", pictures, resize=how)
    assert [row["box_count"] > 0 for row in rows] == [True, False]
    for picture, row in zip(pictures, rows, strict=True):
        expected = expected_boxes(
            input_pixels(picture, how),
            how,
            score_of=best_channel,
            least=0.3,
            overlap=0.4,
            boxes=boxes,
            over_classes=True,
            most=10,
        )
        assert_found(row, expected)


def best_channel(cell: Sequence[float]) -> tuple[float, int]:
    return max(cell), cell.index(max(cell))


def parts_logits(picture: Image.Image) -> NDArray[np.float64]:
    """A plain forward pass over the weights of the demo's classifier: four convolutions, a mean, a dense layer."""
    weights = {
        one.name: numpy_helper.to_array(one).astype(np.float64) for one in onnx.load(PARTS_ONNX).graph.initializer
    }
    flow = np.asarray(picture, dtype=np.float64) / 255
    for number in range(4):
        padded = np.pad(flow, ((1, 1), (1, 1), (0, 0)))
        windows = sliding_window_view(padded, (3, 3), axis=(0, 1))
        flow = np.einsum("yxcij,ocij->yxo", windows, weights[f"kernel_{number}"], optimize=True)
        flow = np.maximum(flow + weights[f"bias_{number}"], 0)
        side = flow.shape[0] // 2
        flow = flow.reshape(side, 2, side, 2, -1).max(axis=(1, 3))
    return np.asarray(flow.mean(axis=(0, 1)) @ weights["dense"].T + weights["dense_bias"])


@pytest.mark.parametrize("path", [DATA / "parts.tflite", PARTS_ONNX], ids=["TFLite", "ONNX"])
def test_the_demos_classifier_answers_as_a_plain_forward_pass_does(path: Path) -> None:
    """Each runtime gives the classes and confidence of numpy, on pictures of every class."""
    rng = np.random.default_rng(7)
    parts = [draw_part(kind, rng, Conditions()) for kind in KINDS for _ in range(2)]
    pictures = [part.resize((64, 64), Image.Resampling.BILINEAR) for part in parts]
    rows = predictions(path, pictures, resize="stretch", class_names=tuple(KINDS))
    shares = [softmax(parts_logits(picture)) for picture in pictures]
    wanted = [one.index(max(one)) for one in shares]
    assert len(set(wanted)) > 3
    assert [row["predicted_class"] for row in rows] == wanted
    assert [row["predicted_name"] for row in rows] == [KINDS[one] for one in wanted]
    for row, one in zip(rows, shares, strict=True):
        assert row["confidence"] == pytest.approx(max(one), abs=1e-4)


def with_files(model: bytes, files: Mapping[str, str], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A model with files packed behind it."""
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a", compression) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


NAMES = ("ant", "bee", "cat", "dog", "eel")


@pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize(
    "files",
    [
        {"labels.txt": "ant\nbee\ncat\ndog\neel\n"},
        {"vocab.txt": "one\n", "a_labelmap.txt": "ant\nbee\ncat\ndog\neel"},
        {"metadata.json": '{"names": {"0": "ant", "1": "bee", "2": "cat", "3": "dog", "4": "eel"}, "stride": 32}'},
        {"temp_meta.txt": "{'stride': 32, 'names': {0: 'ant', 1: 'bee', 2: 'cat', 3: 'dog', 4: 'eel'}}"},
    ],
    ids=["labels", "a label map among others", "Ultralytics' JSON", "Ultralytics' Python"],
)
def test_class_names_packed_behind_the_model_are_used(tmp_path: Path, files: dict[str, str], compression: int) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(with_files((DATA / "toy_float.tflite").read_bytes(), files, compression))
    assert model_settings(path).class_names == NAMES
    (row,) = predictions(path, PICTURES[:1])
    assert row["predicted_name"] == NAMES[row["predicted_class"]]


@pytest.mark.parametrize("at", [0, 40], ids=["header", "compressed data"])
def test_a_damaged_archive_behind_the_model_is_no_reason_to_fail(tmp_path: Path, at: int) -> None:
    """The model itself is whole; it has no names then."""
    model = (DATA / "toy_float.tflite").read_bytes()
    content = bytearray(with_files(model, {"labels.txt": "ant\n" * 200}, zipfile.ZIP_DEFLATED))
    content[len(model) + at] = 7  # no mark of an archive's, and no kind of compressed block
    path = tmp_path / "m.tflite"
    path.write_bytes(bytes(content))
    assert model_settings(path).class_names is None


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
@pytest.mark.parametrize("name", ["parts", "toy_ssd"])
def test_a_file_that_was_cut_short_is_refused_and_nothing_crashes(tmp_path: Path, name: str, share: float) -> None:
    content = (DATA / f"{name}.tflite").read_bytes()
    path = tmp_path / "m.tflite"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError, match="cut short or damaged") as caught:
        open_model(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_model_that_cannot_be_run_is_refused_in_one_line() -> None:
    """Given numbers of another type than it takes."""
    model = open_model(DATA / "toy_float.tflite").model
    with pytest.raises(ModelError, match=r"cannot run it on a tensor of shape \(1, 32, 32, 3\)") as caught:
        model.run(np.zeros((1, SIDE, SIDE, 3), dtype=np.uint8))
    assert "\n" not in str(caught.value)


def test_specs_say_names_shapes_types_and_quantisation() -> None:
    model: Any = open_model(DATA / "toy_int8.tflite").model
    assert str(model.inputs[0]) == "picture (1 x 32 x 32 x 3, int8)"
    assert (model.inputs[0].scale, model.inputs[0].zero_point) == (pytest.approx(1 / 255), -128)
    assert (model.outputs[0].scale, model.outputs[0].zero_point) == (1 / 256, -128)
    opened = open_model(DATA / "toy_open.tflite").model
    assert opened.inputs[0].shape == (None, None, None, 3)
    assert opened.inputs[0].scale is None
    assert open_model(DATA / "toy_yolov8.tflite").model.inputs[0].shape[1] == DETECTOR_SIDE
