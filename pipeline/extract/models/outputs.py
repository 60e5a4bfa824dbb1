"""Which task a model's outputs stand for, told by their shapes, names and values on a few pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.models.interface import TensorSpec
    from pipeline.settings import BoxLayout, Task

_BOX_SIDES = 4
_LARGEST_NORMALISED = 2.0
"""A box coordinate above this is in pixels: shares of the image pass 1 only by a little."""

ACCEPTED = (
    "accepted are: one output of shape 1 x classes (classification); one of 1 x anchors x (5 + classes) or "
    "1 x (4 + classes) x anchors (YOLO); or four, boxes 1 x n x 4, classes 1 x n, scores 1 x n and a count (SSD)"
)


@dataclass(frozen=True, slots=True)
class OutputLayout:
    """What the outputs are.

    Attributes:
        task: Classification or detection.
        class_count: None where the outputs do not tell (SSD).
        box_layout: For a detector.
        boxes_in_pixels: For a YOLO detector; otherwise its boxes are shares of the input.
        order: The positions of the outputs that are used, in the order in which they are read.
    """

    task: Task
    class_count: int | None
    box_layout: BoxLayout | None = None
    boxes_in_pixels: bool | None = None
    order: tuple[int, ...] = (0,)


def output_layout(
    specs: Sequence[TensorSpec], probes: Sequence[list[NDArray[Any]]], task: Task | None, name_count: int | None
) -> OutputLayout:
    """Tell the task and layout of a model.

    Args:
        specs: The outputs' names and types.
        probes: The outputs for a few pictures, each with its batch dimension taken off.
        task: What the user says it is; None leaves it open.
        name_count: How many class names are known; it decides between YOLO forms that the shapes leave open.

    Raises:
        ModelError: The outputs fit no known task, or not the one that the user says.
    """
    found = _layout(specs, probes, name_count)
    if found is None or (task is not None and found.task != task):
        shapes = "; ".join(
            f"{spec.name} ({' x '.join(map(str, (1, *array.shape)))}, {spec.dtype})"
            for spec, array in zip(specs, probes[0], strict=True)
        )
        wanted = "no known task" if found is None else f"{found.task}, not {task}"
        raise ModelError(f"its outputs are {shapes}, which fits {wanted}; {ACCEPTED}")
    return found


def _layout(
    specs: Sequence[TensorSpec], probes: Sequence[list[NDArray[Any]]], name_count: int | None
) -> OutputLayout | None:
    shapes = [array.shape for array in probes[0]]
    if len(shapes) == 1 and _is_score_vector(shapes[0]):
        return OutputLayout("classification", max(2, int(np.prod(shapes[0]))))
    if len(shapes) == 1 and len(shapes[0]) == 2:  # noqa: PLR2004
        return _yolo(probes, name_count)
    if len(shapes) == 4:  # noqa: PLR2004
        return _ssd(specs, probes)
    return None


def _is_score_vector(shape: tuple[int, ...]) -> bool:
    return len(shape) >= 1 and int(np.prod(shape)) == max(shape) and (len(shape) != 2 or 1 in shape)  # noqa: PLR2004


def _yolo(probes: Sequence[list[NDArray[Any]]], name_count: int | None) -> OutputLayout | None:
    rows, columns = probes[0][0].shape
    fits_5 = name_count is not None and columns == 5 + name_count
    fits_8 = name_count is not None and rows == 4 + name_count
    # Where names do not decide: a detector has more anchors than values an anchor.
    version_5 = columns < rows if fits_5 == fits_8 else fits_5
    values = columns if version_5 else rows
    class_count = values - (5 if version_5 else 4)
    if class_count < 1:
        return None
    boxes = [probe[0][:, :4] if version_5 else probe[0][:4].T for probe in probes]
    in_pixels = max(float(np.abs(one).max()) for one in boxes) > _LARGEST_NORMALISED
    return OutputLayout("detection", class_count, "yolov5" if version_5 else "yolov8", in_pixels)


def _ssd(specs: Sequence[TensorSpec], probes: Sequence[list[NDArray[Any]]]) -> OutputLayout | None:
    shapes = [array.shape for array in probes[0]]
    boxes = [at for at, shape in enumerate(shapes) if len(shape) == 2 and shape[1] == _BOX_SIDES]  # noqa: PLR2004
    counts = [at for at, shape in enumerate(shapes) if int(np.prod(shape)) == 1]
    vectors = [at for at, shape in enumerate(shapes) if at not in counts and len(shape) == 1]
    if len(boxes) != 1 or len(counts) != 1 or len(vectors) != 2:  # noqa: PLR2004
        return None
    classes = _class_vector(specs, probes, vectors)
    scores = next(at for at in vectors if at != classes)
    return OutputLayout("detection", None, "ssd", order=(boxes[0], classes, scores, counts[0]))


def _class_vector(specs: Sequence[TensorSpec], probes: Sequence[list[NDArray[Any]]], vectors: list[int]) -> int:
    """Which of two vectors holds the classes: by name, else the one of whole numbers, else the first (TFLite's)."""
    named = [at for at in vectors if "class" in specs[at].name.lower()]
    if len(named) == 1:
        return named[0]
    scores = [at for at in vectors if "score" in specs[at].name.lower()]
    if len(scores) == 1:
        return next(at for at in vectors if at != scores[0])
    whole = [at for at in vectors if all(np.array_equal(probe[at], np.rint(probe[at])) for probe in probes)]
    return whole[0] if len(whole) == 1 else vectors[0]
