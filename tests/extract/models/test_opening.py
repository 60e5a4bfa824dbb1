"""What is given for a model, and what is said of it where it is none."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest

from pipeline.errors import ModelError
from pipeline.extract.models.opening import open_model
from pipeline.extract.models.resolve import resolve
from pipeline.settings import ExtractionOptions
from tests.support import toy_onnx
from tests.support.pictures import encoded, scene
from tests.support.toy_numbers import SIDE, class_logits

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(__file__).resolve().parents[2] / "data"
PICTURE = ("picture", "float32", (1, 3, SIDE, SIDE))


def unknown_operator() -> onnx.ModelProto:
    graph = toy_onnx.Graph()
    graph.add_node("Fancy", ["picture"], ["scores"], domain="toy.operators")
    return graph.model([PICTURE], [("scores", "float32", (1, 5))])


def list_of_tensors() -> onnx.ModelProto:
    graph = toy_onnx.Graph()
    graph.add_node("SequenceConstruct", ["picture"], ["parts"])
    model = graph.model([PICTURE], [("parts", "float32", (1,))])
    element = onnx.helper.make_tensor_type_proto(onnx.TensorProto.FLOAT, None)
    model.graph.output[0].type.CopyFrom(onnx.helper.make_sequence_type_proto(element))
    return model


def texts_for_scores() -> onnx.ModelProto:
    graph = toy_onnx.Graph()
    graph.add("Cast", "picture", name="words", to=onnx.TensorProto.STRING)
    return graph.model([PICTURE], [("words", "string", (1, 3, SIDE, SIDE))])


def two_inputs() -> onnx.ModelProto:
    return toy_onnx.passing_through([(1, 5)], inputs=[PICTURE, ("size", "int64", (1, 2))])


def one_channel() -> onnx.ModelProto:
    return toy_onnx.passing_through([(1, 5)], inputs=[("grey", "float32", (1, 1, 28, 28))])


CONTENTS: dict[str, tuple[Callable[[], bytes], list[str]]] = {
    "empty": (lambda: b"", ["0 bytes", "No graph", "accepted are ONNX and TFLite"]),
    "truncated ONNX": (
        lambda: toy_onnx.scorer().SerializeToString()[:-40],
        ["onnxruntime", "ONNX model", "bytes that start with b'\\x08"],
    ),
    "truncated TFLite": (
        lambda: (DATA / "toy_float.tflite").read_bytes()[:-300],
        ["484 bytes", "TFLite model that was cut short", "accepted are ONNX and TFLite"],
    ),
    "the first eight bytes of TFLite": (
        lambda: (DATA / "toy_float.tflite").read_bytes()[:8],
        ["8 bytes", "cut short", "accepted are ONNX and TFLite"],
    ),
    "JPEG": (lambda: encoded(scene(40, 30), "JPEG"), ["\\xff\\xd8", "accepted are ONNX and TFLite"]),
    "text": (lambda: b"This is no model.\n" * 9, ["162 bytes", "b'This is '", "accepted are ONNX and TFLite"]),
    "a newer opset": (
        lambda: toy_onnx.scorer(opset=99).SerializeToString(),
        ["Opset 99 is under development"],
    ),
    "a newer format": (
        lambda: toy_onnx.scorer(ir_version=99).SerializeToString(),
        ["Unsupported model IR version: 99, max supported"],
    ),
    "an operator that is not known": (lambda: unknown_operator().SerializeToString(), ["Fancy"]),
    "a list of tensors": (lambda: list_of_tensors().SerializeToString(), ["parts", "seq(tensor(float))", "tensors of"]),
    "texts for scores": (lambda: texts_for_scores().SerializeToString(), ["words", "tensor(string)", "tensors of"]),
    "two inputs": (
        lambda: two_inputs().SerializeToString(),
        ["picture (1 x 3 x 32 x 32, float32); size (1 x 2, int64)", "accepted is one input of shape batch x 3"],
    ),
    "one channel": (
        lambda: one_channel().SerializeToString(),
        ["grey (1 x 1 x 28 x 28, float32)", "accepted is one input of shape batch x 3"],
    ),
    "a feature map": (
        lambda: toy_onnx.passing_through([(1, 7, 7, 32)]).SerializeToString(),
        ["out_0 (1 x 7 x 7 x 32, float32), which fits no known task", "accepted are: one output of shape 1 x classes"],
    ),
    "five outputs": (
        lambda: toy_onnx.passing_through([(1, 4)] * 5).SerializeToString(),
        ["out_0 (1 x 4, float32)", "out_4 (1 x 4, float32), which fits no known task", "accepted are: one output"],
    ),
}


@pytest.mark.parametrize(("content", "said"), CONTENTS.values(), ids=CONTENTS)
def test_what_is_no_model_of_ours_is_refused_in_one_line(
    tmp_path: Path, content: Callable[[], bytes], said: list[str]
) -> None:
    """The path, what was found, and what would be accepted."""
    path = tmp_path / "a model.onnx"
    path.write_bytes(content())
    with pytest.raises(ModelError) as caught:
        resolve(ExtractionOptions(), path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.count(str(path)) == 1
    assert "\n" not in message
    assert "/onnxruntime_src/" not in message
    for part in said:
        assert part in message


def test_a_missing_model_and_a_folder_are_refused_by_name(tmp_path: Path) -> None:
    for path, reason in ((tmp_path / "none.onnx", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(ModelError) as caught:
            open_model(path)
        assert str(caught.value).startswith(f"{path}: the model cannot be read ({reason}")
        assert "ONNX or TFLite" in str(caught.value)


def test_a_model_that_cannot_run_at_the_size_is_refused(tmp_path: Path) -> None:
    """Its input says that any size will do, and its insides differ."""
    graph = toy_onnx.Graph()
    flat = graph.add("Reshape", "picture", np.array([1, 3 * SIDE * SIDE], dtype=np.int64))
    graph.add("MatMul", flat, np.zeros((3 * SIDE * SIDE, 5), dtype=np.float32), name="scores")
    model = graph.model([("picture", "float32", (1, 3, "h", "w"))], [("scores", "float32", (1, 5))])
    path = toy_onnx.save(model, tmp_path / "fixed.onnx")
    with pytest.raises(ModelError, match=r"cannot run it on a tensor of shape \(1, 3, 224, 224\)") as caught:
        resolve(ExtractionOptions(), path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)
    assert resolve(ExtractionOptions(input_size=(SIDE, SIDE)), path).input_size == (SIDE, SIDE)


def test_the_kind_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes((DATA / "toy_float.tflite").read_bytes())
    toy_onnx.save(toy_onnx.scorer(), tmp_path / "model.tflite")
    assert open_model(tmp_path / "model.onnx").model.runtime == "tflite"
    assert open_model(tmp_path / "model.tflite").model.runtime == "onnx"


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    """So that `sha256sum` confirms what a baseline recorded."""
    path = toy_onnx.save(toy_onnx.scorer(), tmp_path / "model.onnx")
    for one in (path, DATA / "toy_float.tflite"):
        assert open_model(one).sha256 == hashlib.sha256(one.read_bytes()).hexdigest()


def scores_of(path: Path) -> list[float]:
    """What the scorer says of a picture of one colour."""
    pixels = np.broadcast_to(np.array([0.2, 0.4, 0.8], dtype=np.float32).reshape(1, 3, 1, 1), (1, 3, SIDE, SIDE))
    found: list[float] = open_model(path).model.run(np.ascontiguousarray(pixels))[0][0].tolist()
    return found


@pytest.mark.parametrize("name", ["weights.bin", "w" * 130 + ".data", "Gewichte für große.bin"])
def test_weights_in_a_file_of_their_own_are_found_beside_the_model(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the program is run from, and however long the file's name is."""
    folder = tmp_path / "models"
    folder.mkdir()
    path = toy_onnx.save_with_weights_beside(toy_onnx.scorer(), folder / "large.onnx", name)
    assert (folder / name).stat().st_size > 0
    expected = class_logits(np.full((1, 1, 3), [51, 102, 204], dtype=np.uint8))
    np.testing.assert_allclose(scores_of(path), expected, atol=1e-5)
    monkeypatch.chdir(folder)
    np.testing.assert_allclose(scores_of(Path("large.onnx")), expected, atol=1e-5)


def test_the_hash_covers_weights_in_a_file_of_their_own(tmp_path: Path) -> None:
    """A retrained model may differ in nothing else."""
    path = toy_onnx.save_with_weights_beside(toy_onnx.scorer(), tmp_path / "large.onnx", "large.data")
    before, description = open_model(path).sha256, path.read_bytes()
    assert open_model(path).sha256 == before
    weights = np.fromfile(tmp_path / "large.data", dtype=np.uint8)
    weights[0] ^= 1
    weights.tofile(tmp_path / "large.data")
    assert path.read_bytes() == description
    assert open_model(path).sha256 != before


def test_weights_behind_links_are_found(tmp_path: Path) -> None:
    """The cache of Hugging Face keeps both files elsewhere, under names of their own."""
    blobs, snapshot = tmp_path / "blobs", tmp_path / "snapshot"
    blobs.mkdir()
    snapshot.mkdir()
    toy_onnx.save_with_weights_beside(toy_onnx.scorer(), blobs / "model.onnx", "model.data")
    for name, blob in (("model.onnx", "0a1b"), ("model.data", "2c3d")):
        (blobs / name).rename(blobs / blob)
        os.symlink(f"../blobs/{blob}", snapshot / name)
    expected = class_logits(np.full((1, 1, 3), [51, 102, 204], dtype=np.uint8))
    np.testing.assert_allclose(scores_of(snapshot / "model.onnx"), expected, atol=1e-5)


def test_metadata_about_a_location_is_no_file_of_weights(tmp_path: Path) -> None:
    """Pairs of texts are written alike wherever they stand in an ONNX file."""
    model = toy_onnx.scorer(metadata={"location": "Halle 3, Band 2"})
    assert open_model(toy_onnx.save(model, tmp_path / "m.onnx")).model.metadata == {"location": "Halle 3, Band 2"}


def test_weights_that_were_left_behind_are_named(tmp_path: Path) -> None:
    path = toy_onnx.save_with_weights_beside(toy_onnx.scorer(), tmp_path / "large.onnx", "large.data")
    (tmp_path / "large.data").unlink()
    with pytest.raises(
        ModelError, match=r"large\.onnx: its weights are in a file of their own, 'large\.data'"
    ) as caught:
        open_model(path)
    assert "\n" not in str(caught.value)


def test_weights_that_were_cut_short_are_refused(tmp_path: Path) -> None:
    path = toy_onnx.save_with_weights_beside(toy_onnx.scorer(), tmp_path / "large.onnx", "large.data")
    (tmp_path / "large.data").write_bytes(b"12")
    with pytest.raises(ModelError, match=r"large\.onnx: onnxruntime .* cannot open it") as caught:
        open_model(path)
    assert "\n" not in str(caught.value)
