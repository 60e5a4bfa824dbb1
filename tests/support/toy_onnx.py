"""Writes the toy models of `toy_numbers` as ONNX, in the many forms that exporters give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import convert_model_to_external_data

from tests.support.toy_numbers import ANCHORS, BIAS, CELL, DETECTOR_SIDE, GROWTH, MIDDLE, SIDE, STEEPNESS, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Shape = Sequence[int | str]
    Tensor = tuple[str, str, Shape]

Head = Literal["logits", "softmax", "sigmoid"]

OPSET, IR_VERSION = 13, 8
OPEN_BATCH: tuple[int | str, ...] = ("batch", 3, SIDE, SIDE)
SSD_NAMES = {"boxes": "detection_boxes", "classes": "detection_classes", "scores": "detection_scores", "count": "num"}
ANONYMOUS = {role: f"output_{at}" for at, role in enumerate(("boxes", "classes", "scores", "count"))}
_TYPES = {
    "float32": TensorProto.FLOAT,
    "float16": TensorProto.FLOAT16,
    "float64": TensorProto.DOUBLE,
    "uint8": TensorProto.UINT8,
    "int8": TensorProto.INT8,
    "int64": TensorProto.INT64,
    "bfloat16": TensorProto.BFLOAT16,
    "string": TensorProto.STRING,
}


class Graph:
    """Collects nodes and weights in the order in which data flows."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []

    def add(self, operator: str, *inputs: str | NDArray[Any], name: str = "", **attributes: Any) -> str:
        """Adds a node over named tensors and constants; gives its output's name."""
        output = name or f"step_{len(self._nodes)}"
        names = [one if isinstance(one, str) else self._constant(one) for one in inputs]
        self._nodes.append(helper.make_node(operator, names, [output], **attributes))
        return output

    def add_node(self, operator: str, inputs: Sequence[str | NDArray[Any]], outputs: Sequence[str], **how: Any) -> None:
        """Adds a node of several outputs, or of another domain."""
        names = [one if isinstance(one, str) else self._constant(one) for one in inputs]
        self._nodes.append(helper.make_node(operator, names, list(outputs), **how))

    def model(
        self,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        *,
        metadata: Mapping[str, str] | None = None,
        opset: int = OPSET,
        ir_version: int = IR_VERSION,
    ) -> onnx.ModelProto:
        """The whole model; tensors are given as name, type and shape."""
        graph = helper.make_graph(
            self._nodes, "toy", [_info(*one) for one in inputs], [_info(*one) for one in outputs], self._weights
        )
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid("toy.operators", 1)]
        model = helper.make_model(graph, ir_version=ir_version, opset_imports=opsets)
        helper.set_model_props(model, dict(metadata or {}))
        return model

    def _constant(self, value: NDArray[Any]) -> str:
        name = f"constant_{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(value, name))
        return name


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Writes a model into one file."""
    path.write_bytes(model.SerializeToString())
    return path


def save_with_weights_beside(model: onnx.ModelProto, path: Path, weights: str) -> Path:
    """Writes a model whose weights are in a file of their own, as exporters do for large ones."""
    whole = onnx.ModelProto()
    whole.CopyFrom(model)
    convert_model_to_external_data(whole, location=weights, size_threshold=0)
    onnx.save(whole, path)
    return path


def scorer(
    *,
    input_shape: Shape = OPEN_BATCH,
    input_type: str = "float32",
    output_type: str = "float32",
    output_shape: Sequence[int] | None = None,
    head: Head = "logits",
    divided_by: float = 1.0,
    weights: NDArray[np.float32] = WEIGHTS,
    bias: NDArray[np.float32] = BIAS,
    metadata: Mapping[str, str] | None = None,
    opset: int = OPSET,
    ir_version: int = IR_VERSION,
) -> onnx.ModelProto:
    """The scorer. Of bytes it makes pixels in [0, 1] itself, so that all forms of it give the same scores.

    Args:
        input_shape: Channels stand where the 3 is.
        input_type: The element type of the input.
        output_type: Of the scores; int8 and uint8 ones are probabilities in 256ths, less 128 for int8.
        output_shape: What the scores are reshaped to in the end.
        head: What comes after the dense layer.
        divided_by: What the model itself divides pixels by, as some do that take bytes as real numbers.
        weights: Of the dense layer, (3, classes).
        bias: Of the dense layer.
        metadata: The model's own.
        opset: The version of the operators that the model says it needs.
        ir_version: The version of the format.
    """
    graph = Graph()
    pixels = graph.add("Cast", "picture", to=TensorProto.FLOAT)
    if input_type in {"uint8", "int8"}:
        zero = np.float32(128 if input_type == "int8" else 0)
        pixels = graph.add("Div", graph.add("Add", pixels, np.asarray(zero)), np.asarray(np.float32(255)))
    if divided_by != 1:
        pixels = graph.add("Div", pixels, np.asarray(np.float32(divided_by)))
    axes = [1, 2] if input_shape[3] == 3 else [2, 3]
    means = graph.add("ReduceMean", pixels, axes=axes, keepdims=0)
    scores = graph.add("Gemm", means, weights, bias)
    if head != "logits":
        scores = graph.add("Softmax", scores, axis=1) if head == "softmax" else graph.add("Sigmoid", scores)
    if output_type in {"uint8", "int8"}:
        zero = np.float32(128 if output_type == "int8" else 0)
        scores = graph.add(
            "Sub", graph.add("Round", graph.add("Mul", scores, np.asarray(np.float32(256)))), zero_d(zero)
        )
    if output_shape is not None:
        scores = graph.add("Reshape", scores, np.array(output_shape, dtype=np.int64))
    graph.add("Cast", scores, name="scores", to=_TYPES[output_type])
    shape: Shape = (input_shape[0], weights.shape[1]) if output_shape is None else _open(output_shape)
    return graph.model(
        [("picture", input_type, input_shape)],
        [("scores", output_type, shape)],
        metadata=metadata,
        opset=opset,
        ir_version=ir_version,
    )


def zero_d(value: np.float32) -> NDArray[np.float32]:
    """A number as an array without dimensions."""
    return np.asarray(value)


def yolo(
    version: Literal[5, 8],
    *,
    unit: float = 1.0,
    logits: bool = False,
    metadata: Mapping[str, str] | None = None,
    classes: int = 3,
    batch: int | str = 1,
) -> onnx.ModelProto:
    """The detector with a single output, (1, anchors, 5 + classes) or (1, 4 + classes, anchors).

    Args:
        version: Of YOLO; version 5 has the mean of the channels for an objectness.
        unit: What a pixel is in the boxes' numbers: 1, or one share of the input's side.
        logits: Give the scores as logits.
        metadata: The model's own.
        classes: How many of the channels are classes.
        batch: Pictures a call takes.
    """
    graph = Graph()
    cells = _cells(graph)
    boxes = _anchor_boxes(graph, cells, unit)
    scores = cells if classes == 3 else graph.add("Slice", cells, _int64(0), _int64(classes), _int64(2))
    if version == 5:
        objectness = graph.add("ReduceMean", cells, axes=[2], keepdims=1)
        scores = graph.add("Concat", objectness, scores, axis=2)
    if logits:
        scores = graph.add("Sub", scores, np.array([MIDDLE], dtype=np.float32))
        scores = graph.add("Mul", scores, np.array([STEEPNESS], dtype=np.float32))
    graph.add("Concat", boxes, scores, axis=2, name="rows")
    graph.add("Transpose", "rows", perm=[0, 1, 2] if version == 5 else [0, 2, 1], name="output0")
    anchors, values = len(ANCHORS), 4 + classes + (version == 5)
    shape: Shape = (batch, anchors, values) if version == 5 else (batch, values, anchors)
    return graph.model([_detector_input(batch)], [("output0", "float32", shape)], metadata=metadata)


def ssd(
    order: Sequence[str],
    names: Mapping[str, str],
    *,
    unit: float = 1 / DETECTOR_SIDE,
    most: int = 10,
    least: float = 0.3,
) -> onnx.ModelProto:
    """The detector with four outputs: the `most` best cells, of which those above `least` count.

    It leaves overlapping boxes as they are, and what lies behind the count is there to be ignored.

    Args:
        order: Of the outputs boxes, classes, scores and count.
        names: How each of these is called.
        unit: What a pixel is in the boxes' numbers.
        most: Rows of the outputs.
        least: The score that counts.
    """
    graph = Graph()
    cells = _cells(graph)
    centres = _anchor_boxes(graph, cells, unit)
    best = graph.add("ReduceMax", cells, axes=[2], keepdims=0)
    kinds = graph.add("Cast", graph.add("ArgMax", cells, axis=2, keepdims=0), to=TensorProto.FLOAT)
    graph.add_node("TopK", [best, _int64(most)], [names["scores"], "chosen"], axis=1)
    graph.add("GatherElements", kinds, "chosen", axis=1, name=names["classes"])
    # From centre and size to top, left, bottom, right: one product with a matrix.
    to_corners = np.array([[0, 1, 0, 1], [1, 0, 1, 0], [0, -0.5, 0, 0.5], [-0.5, 0, 0.5, 0]], dtype=np.float32)
    corners = graph.add("Squeeze", graph.add("MatMul", centres, to_corners), _int64(0))
    graph.add("Gather", corners, "chosen", axis=0, name=names["boxes"])
    above = graph.add("Greater", names["scores"], np.array([least], dtype=np.float32))
    counted = graph.add("Cast", above, to=TensorProto.FLOAT)
    graph.add("ReduceSum", counted, _int64(1), keepdims=0, name=names["count"])
    shapes: dict[str, Shape] = {"boxes": (1, most, 4), "classes": (1, most), "scores": (1, most), "count": (1,)}
    return graph.model([_detector_input(1)], [(names[role], "float32", shapes[role]) for role in order])


def passing_through(outputs: Sequence[Shape], *, inputs: Sequence[Tensor] | None = None) -> onnx.ModelProto:
    """A model that gives the mean of its first input in outputs of any shapes; of no known task, mostly."""
    inputs = inputs or [("picture", "float32", (1, 3, SIDE, SIDE))]
    graph = Graph()
    total = graph.add("ReduceMean", graph.add("Cast", inputs[0][0], to=TensorProto.FLOAT), keepdims=0)
    tensors: list[Tensor] = []
    for at, shape in enumerate(outputs):
        graph.add("Expand", total, np.array(shape, dtype=np.int64), name=f"out_{at}")
        tensors.append((f"out_{at}", "float32", shape))
    return graph.model(inputs, tensors)


def constant(*outputs: NDArray[Any], names: Sequence[str] | None = None) -> onnx.ModelProto:
    """A model that answers every picture with the same numbers."""
    graph = Graph()
    zero = graph.add("Mul", graph.add("ReduceMean", "picture", keepdims=0), zero_d(np.float32(0)))
    tensors: list[Tensor] = []
    for at, value in enumerate(outputs):
        name = names[at] if names else f"out_{at}"
        graph.add("Add", value.astype(np.float32), zero, name=name)
        tensors.append((name, "float32", value.shape))
    return graph.model([("picture", "float32", (1, 3, SIDE, SIDE))], tensors)


def _cells(graph: Graph) -> str:
    """The mean colour of each cell, (batch, cells, 3)."""
    pooled = graph.add("AveragePool", "images", kernel_shape=[CELL, CELL], strides=[CELL, CELL])
    return graph.add("Transpose", graph.add("Reshape", pooled, _int64(0, 3, -1)), perm=[0, 2, 1])


def _anchor_boxes(graph: Graph, cells: str, unit: float) -> str:
    grown = graph.add("MatMul", cells, (GROWTH * unit).astype(np.float32))
    return graph.add("Add", grown, (ANCHORS * unit).astype(np.float32))


def _detector_input(batch: int | str) -> Tensor:
    return "images", "float32", (batch, 3, DETECTOR_SIDE, DETECTOR_SIDE)


def _int64(*values: int) -> NDArray[np.int64]:
    return np.array(values, dtype=np.int64)


def _open(shape: Sequence[int]) -> Shape:
    return ["batch" if side == -1 else side for side in shape]


def _info(name: str, kind: str, shape: Shape) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, _TYPES[kind], list(shape))
