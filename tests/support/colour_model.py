"""A tiny ONNX classifier whose answers follow by hand: a class's logit is a colour's mean times a gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
from onnx import TensorProto, helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

COLOURS = ("red", "green", "blue")


def write_colour_model(
    path: Path,
    *,
    gain: float = 10.0,
    side: int | None = 32,
    softmax: bool = False,
    nan_below: float | None = None,
    metadata: Mapping[str, str] | None = None,
) -> Path:
    """Write the classifier: three logits (or their softmax), the means of the input's three channels times `gain`.

    Args:
        path: The file.
        gain: How sure it is of itself.
        side: Its input's width and height; None leaves them open.
        softmax: Whether it gives probabilities.
        nan_below: Give NaN for a channel whose mean is below this.
        metadata: The model's own metadata.
    """
    means = "means"
    nodes = [helper.make_node("GlobalAveragePool", ["picture"], ["pooled"]), _flatten("pooled", means)]
    constants = [helper.make_tensor("gain", TensorProto.FLOAT, [1], [gain])]
    if nan_below is not None:
        # The square root of a negative number is NaN; its product with 0 still is, and that of any other is 0.
        constants += [
            helper.make_tensor("least", TensorProto.FLOAT, [1], [nan_below]),
            helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
        ]
        nodes += [
            helper.make_node("Sub", [means, "least"], ["above"]),
            helper.make_node("Sqrt", ["above"], ["root"]),
            helper.make_node("Mul", ["root", "nothing"], ["zero or nan"]),
            helper.make_node("Add", [means, "zero or nan"], ["checked"]),
        ]
        means = "checked"
    nodes.append(helper.make_node("Mul", [means, "gain"], ["logits" if softmax else "scores"]))
    if softmax:
        nodes.append(helper.make_node("Softmax", ["logits"], ["scores"], axis=1))
    return _save(path, nodes, constants, ["batch", 3, side or "height", side or "width"], ["batch", 3], metadata or {})


def write_box_model(path: Path, scores: Sequence[float]) -> Path:
    """Write a YOLOv5-like detector of two classes that finds boxes of these scores, all of class 1, in any picture."""
    anchors = max(len(scores), 9)  # a detector has more anchors than values an anchor
    boxes = np.zeros((1, anchors, 7), np.float32)
    boxes[0, :, 0] = 20 * np.arange(anchors) + 10  # side by side, so that none hides another
    boxes[0, :, 1:4] = (10, 8, 8)
    boxes[0, : len(scores), 4] = scores
    boxes[0, :, 6] = 1
    nodes = [
        helper.make_node("ReduceMean", ["picture"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Mul", ["mean", "nothing"], ["zero"]),
        helper.make_node("Add", ["boxes", "zero"], ["scores"]),
    ]
    constants = [
        helper.make_tensor("boxes", TensorProto.FLOAT, boxes.shape, boxes.ravel().tolist()),
        helper.make_tensor("nothing", TensorProto.FLOAT, [1], [0.0]),
    ]
    return _save(path, nodes, constants, [1, 3, 64, 320], list(boxes.shape), {})


def write_odd_model(path: Path) -> Path:
    """Write a model whose output, a picture, fits no known task."""
    nodes = [helper.make_node("Identity", ["picture"], ["scores"])]
    return _save(path, nodes, [], [1, 3, 16, 16], [1, 3, 16, 16], {})


def _flatten(source: str, target: str) -> onnx.NodeProto:
    return helper.make_node("Flatten", [source], [target], axis=1)


def _save(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: list[onnx.TensorProto],
    input_shape: list[int | str],
    output_shape: list[int | str],
    metadata: Mapping[str, str],
) -> Path:
    graph = helper.make_graph(
        nodes,
        "colours",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, input_shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, output_shape)],
        constants,
    )
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
    helper.set_model_props(model, dict(metadata))
    path.write_bytes(model.SerializeToString())
    return path
