"""Writes the toy models of `toy_numbers` as TFLite."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Literal

import numpy as np
from flatbuffers import flexbuffers

from tests.support.tflite_writer import Quantisation, Tensor, TfliteWriter
from tests.support.toy_numbers import ANCHORS, BIAS, CELL, DETECTOR_SIDE, GROWTH, SIDE, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Mapping

Element = Literal["float32", "uint8", "int8"]
Shape = tuple[int, ...]
Head = Literal["logits", "softmax", "sigmoid"]

SSD_OVERLAP, SSD_LEAST, SSD_MOST = 0.4, 0.3, 10
"""Of the detector that suppresses overlaps itself: the overlap that is one object, the score that counts, its rows."""

_LOWEST = {"uint8": 0, "int8": -128}


def scorer(
    *,
    input_shape: Shape = (1, SIDE, SIDE, 3),
    input_type: Element = "float32",
    output_type: Element = "float32",
    output_shape: Shape | None = None,
    head: Head = "logits",
    logit_step: float = 0.0625,
) -> bytes:
    """The scorer.

    Args:
        input_shape: With -1 for what is left open.
        input_type: Of whole numbers the lowest stands for a black pixel, and the highest for a white one.
        output_type: Whole numbers hold shares in 256ths from the lowest up, and logits in steps about -3.
        output_shape: What the scores are reshaped to in the end.
        head: What comes after the dense layer.
        logit_step: The step of quantised logits.
    """
    writer = TfliteWriter()
    if input_type == "float32":
        pixels = writer.add_input("picture", input_shape)
    else:
        spread = Quantisation(1 / 255, _LOWEST[input_type])
        pixels = writer.dequantize(writer.add_input("picture", input_shape, input_type, spread))
    means = writer.mean(pixels, axes=(1, 2))
    scores = writer.fully_connected(means, WEIGHTS.T.copy(), BIAS)
    if head != "logits":
        scores = writer.softmax(scores) if head == "softmax" else writer.logistic(scores)
    if output_type != "float32":
        lowest = _LOWEST[output_type]
        steps = Quantisation(logit_step, lowest + 128 - 3) if head == "logits" else Quantisation(1 / 256, lowest)
        scores = writer.quantize(scores, output_type, steps)
    if output_shape is not None:
        scores = writer.reshape(scores, output_shape)
    return writer.to_bytes([scores])


def yolov8(*, unit: float = 1 / DETECTOR_SIDE) -> bytes:
    """The detector as (1, 4 + classes, anchors), the form that YOLO's exporter gives TFLite, channels last."""
    writer = TfliteWriter()
    cells = _cells(writer)
    growth = writer.fully_connected(cells, (GROWTH.T * unit).astype(np.float32), np.zeros(4, dtype=np.float32))
    boxes = writer.add(growth, (ANCHORS * unit).astype(np.float32))
    rows = writer.reshape(writer.concatenation([boxes, cells], axis=1), (1, len(ANCHORS), 7))
    return writer.to_bytes([writer.transpose(rows, (0, 2, 1), name="Identity")])


def ssd(order: tuple[str, ...] = ("boxes", "classes", "scores", "count"), *, telling: bool = False) -> bytes:
    """The detector as SSD models end in TFLite: the runtimes' own operator suppresses overlaps over all classes.

    Its boxes are the cells' boxes of a black picture.

    Args:
        order: Of the outputs.
        telling: Give them the names that say what they are.
    """
    writer = TfliteWriter()
    scores = writer.reshape(_cells(writer), (1, len(ANCHORS), 3))
    shifts = writer.add_constant(np.zeros((1, len(ANCHORS), 4), dtype=np.float32))
    anchors = writer.add_constant((ANCHORS[:, [1, 0, 3, 2]] / DETECTOR_SIDE).astype(np.float32))
    shapes: Mapping[str, Shape] = {
        "boxes": (1, SSD_MOST, 4),
        "classes": (1, SSD_MOST),
        "scores": (1, SSD_MOST),
        "count": (1,),
    }
    names = {
        role: f"detection_{role}" if telling else f"TFLite_Detection_PostProcess:{at}" for at, role in enumerate(shapes)
    }
    made = writer.custom(
        "TFLite_Detection_PostProcess",
        [shifts, scores, anchors],
        [(names[role], shape) for role, shape in shapes.items()],
        _post_processing(),
    )
    by_role = dict(zip(shapes, made, strict=True))
    return writer.to_bytes([by_role[role] for role in order])


def with_files(model: bytes, files: Mapping[str, str]) -> bytes:
    """A model with text files packed behind it, as TFLite's metadata tools and YOLO's exporter do."""
    buffer = io.BytesIO(model)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return buffer.getvalue()


def _cells(writer: TfliteWriter) -> Tensor:
    """The mean colour of each cell, (cells, 3)."""
    pooled = writer.average_pool_2d(writer.add_input("images", (1, DETECTOR_SIDE, DETECTOR_SIDE, 3)), CELL)
    return writer.reshape(pooled, (len(ANCHORS), 3))


def _post_processing() -> bytes:
    builder = flexbuffers.Builder()
    with builder.Map():
        builder.Int("max_detections", SSD_MOST)
        builder.Int("max_classes_per_detection", 1)
        builder.Int("num_classes", 3)
        builder.Float("nms_score_threshold", SSD_LEAST)
        builder.Float("nms_iou_threshold", SSD_OVERLAP)
        builder.Bool("use_regular_nms", False)  # noqa: FBT003 - as flexbuffers has it
        for side in ("y_scale", "x_scale", "h_scale", "w_scale"):
            builder.Float(side, 1.0)
    return bytes(builder.Finish())
