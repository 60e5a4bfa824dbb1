"""TFLite models written on the spot, where LiteRT's schema is installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import flatbuffers
import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from pipeline.extract.models.flatbuffer import is_whole
from pipeline.extract.models.opening import open_model
from tests.support import make_toy_tflite, toy_tflite
from tests.support.pictures import scene
from tests.support.predicting import model_settings, predictions
from tests.support.tflite_writer import Quantisation, TfliteWriter
from tests.support.toy_detections import SIZE
from tests.support.toy_numbers import BIAS, SIDE, WEIGHTS, class_logits, softmax, with_squares

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.toy_tflite import Shape

DATA = Path(__file__).resolve().parents[2] / "data"
PICTURE = scene(SIDE, SIDE)


@pytest.mark.parametrize("name", make_toy_tflite.models())
def test_the_files_are_what_the_script_writes(name: str) -> None:
    """And small, as they are part of the checkout."""
    content = (DATA / name).read_bytes()
    assert content == make_toy_tflite.models()[name]
    assert len(content) < 20_000


def test_the_script_writes_every_toy_file() -> None:
    assert {path.name for path in DATA.glob("toy_*.tflite")} == set(make_toy_tflite.models())


@pytest.mark.parametrize("output_shape", [(5,), (1, 5, 1, 1), (1, 1, 5)])
@pytest.mark.parametrize("output_type", ["float32", "int8"])
def test_scores_of_any_shape_are_read(tmp_path: Path, output_shape: Shape, output_type: toy_tflite.Element) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(toy_tflite.scorer(output_shape=output_shape, output_type=output_type, head="softmax"))
    (row,) = predictions(path, [PICTURE])
    shares = softmax(class_logits(np.asarray(PICTURE)))
    assert row["predicted_class"] == shares.index(max(shares))
    assert row["confidence"] == pytest.approx(max(shares), abs=1e-5 if output_type == "float32" else 1.01 / 256)


@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_even_probabilities_of_many_classes_are_no_logits(tmp_path: Path, dtype: toy_tflite.Element) -> None:
    """Each of a thousand is below the half of 1/256 and stored as 0: the values tell nothing, the range does."""
    classes = 1000
    writer = TfliteWriter()
    means = writer.mean(writer.add_input("picture", (1, SIDE, SIDE, 3)), axes=(1, 2))
    weights = np.zeros((classes, 3), dtype=np.float32)
    scores = writer.softmax(writer.fully_connected(means, weights, np.zeros(classes, dtype=np.float32)))
    lowest = -128 if dtype == "int8" else 0
    path = tmp_path / "m.tflite"
    path.write_bytes(writer.to_bytes([writer.quantize(scores, dtype, Quantisation(1 / 256, lowest))]))
    assert float(open_model(path).model.run(np.zeros((1, SIDE, SIDE, 3), dtype=np.float32))[0].sum()) == 0
    assert model_settings(path).scores == "probabilities"
    (row,) = predictions(path, [PICTURE])
    assert (row["confidence"], row["prediction_entropy"]) == (0.0, 0.0)


@pytest.mark.parametrize("head", ["softmax", "sigmoid"])
@pytest.mark.parametrize("dtype", ["uint8", "int8"])
def test_quantised_shares_are_taken_as_they_are(
    tmp_path: Path, dtype: toy_tflite.Element, head: toy_tflite.Head
) -> None:
    """Scores of several labels sum to more than one, rounded ones to less."""
    path = tmp_path / "m.tflite"
    path.write_bytes(toy_tflite.scorer(output_type=dtype, head=head))
    logits = class_logits(np.asarray(PICTURE))
    shares = softmax(logits) if head == "softmax" else (1 / (1 + np.exp(-logits))).tolist()
    (row,) = predictions(path, [PICTURE])
    assert row["confidence"] == pytest.approx(max(shares), abs=1.01 / 256)


def test_a_quantisation_left_on_floats_is_not_applied(tmp_path: Path) -> None:
    """Old converters leave the one that was trained for, on inputs and outputs that are not quantised."""
    writer = TfliteWriter()
    pixels = writer.add_input("picture", (1, SIDE, SIDE, 3), quantisation=Quantisation(1 / 128, 128))
    means = writer.mean(pixels, axes=(1, 2))
    scores = writer.fully_connected(means, WEIGHTS.T.copy(), BIAS, quantisation=Quantisation(0.5, 3))
    path = tmp_path / "m.tflite"
    path.write_bytes(writer.to_bytes([scores]))
    assert open_model(path).model.inputs[0].scale is None
    (row,) = predictions(path, [PICTURE])
    assert row["confidence"] == pytest.approx(max(softmax(class_logits(np.asarray(PICTURE)))), abs=1e-5)


@pytest.mark.parametrize("telling", [True, False])
@pytest.mark.parametrize(
    "order", [("boxes", "classes", "scores", "count"), ("scores", "boxes", "count", "classes")], ids=" ".join
)
def test_ssd_tensors_are_read_in_both_usual_orders(tmp_path: Path, order: tuple[str, ...], telling: bool) -> None:
    path = tmp_path / "m.tflite"
    path.write_bytes(toy_tflite.ssd(order, telling=telling))
    picture = with_squares(SIZE, ((0.55, 0.2, 0.85, 0.6), (240, 20, 10)), ((0.15, 0.5, 0.4, 0.9), (12, 25, 235)))
    (row,) = predictions(path, [picture])
    (wanted,) = predictions(DATA / "toy_ssd.tflite", [picture])
    assert row == wanted
    assert set(row["box_classes"]) == {0, 2}


def full_model() -> bytes:
    """A quantised model with everything that points somewhere: signatures, metadata, custom operators."""
    model = schema.ModelT.InitFromPackedBuf(toy_tflite.scorer(input_type="int8", output_type="int8"), 0)
    model.description = "described"
    model.metadata = [schema.MetadataT(name="metadata", buffer=0)]
    model.metadataBuffer = [0]
    tensor_map = schema.TensorMapT(name="mapped", tensorIndex=0)
    model.signatureDefs = [schema.SignatureDefT(inputs=[tensor_map], outputs=[tensor_map], signatureKey="served")]
    model.operatorCodes[0].customCode = "Custom"
    model.subgraphs[0].operators[0].customOptions = [1, 2, 3]
    model.subgraphs[0].tensors[0].shapeSignature = [1, 32, 32, 3]
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


VECTORS: dict[str, tuple[Callable[[Any], Any], int]] = {
    "operator codes": (lambda model: model, 1),
    "custom code": (lambda model: model.OperatorCodes(0), 1),
    "subgraphs": (lambda model: model, 2),
    "description": (lambda model: model, 3),
    "buffers": (lambda model: model, 4),
    "weights": (lambda model: model.Buffers(1), 0),
    "metadata buffers": (lambda model: model, 5),
    "metadata": (lambda model: model, 6),
    "metadata's name": (lambda model: model.Metadata(0), 0),
    "signatures": (lambda model: model, 7),
    "signature's input": (lambda model: model.SignatureDefs(0), 0),
    "signature's output": (lambda model: model.SignatureDefs(0).Outputs(0), 0),
    "signature's key": (lambda model: model.SignatureDefs(0), 2),
    "tensors": (lambda model: model.Subgraphs(0), 0),
    "graph's inputs": (lambda model: model.Subgraphs(0), 1),
    "graph's outputs": (lambda model: model.Subgraphs(0), 2),
    "operators": (lambda model: model.Subgraphs(0), 3),
    "graph's name": (lambda model: model.Subgraphs(0), 4),
    "tensor's shape": (lambda model: model.Subgraphs(0).Tensors(0), 0),
    "tensor's name": (lambda model: model.Subgraphs(0).Tensors(0), 3),
    "tensor's signature": (lambda model: model.Subgraphs(0).Tensors(0), 7),
    "scales": (lambda model: model.Subgraphs(0).Tensors(0).Quantization(), 2),
    "zero points": (lambda model: model.Subgraphs(0).Tensors(0).Quantization(), 3),
    "operator's inputs": (lambda model: model.Subgraphs(0).Operators(0), 1),
    "operator's outputs": (lambda model: model.Subgraphs(0).Operators(0), 2),
    "custom options": (lambda model: model.Subgraphs(0).Operators(0), 5),
}
"""By name, the table that holds a vector, and the number of its field there."""


@pytest.mark.parametrize(("table_of", "field"), VECTORS.values(), ids=VECTORS)
def test_a_vector_that_reaches_behind_the_file_is_noticed(table_of: Callable[[Any], Any], field: int) -> None:
    """LiteRT's own reader of the format finds the place; each vector is made too long in turn."""
    content = bytearray(full_model())
    assert is_whole(bytes(content))
    table = table_of(schema.Model.GetRootAs(content, 0))._tab
    offset = table.Offset(4 + 2 * field)
    assert offset > 0, "the model must have that vector"
    length_at = table.Vector(offset) - 4
    content[length_at : length_at + 4] = len(content).to_bytes(4, "little")
    assert not is_whole(bytes(content))
