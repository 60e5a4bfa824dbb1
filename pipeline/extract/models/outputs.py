"""Which task a model's outputs stand for, told by their shapes, names and values on a few pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ModelError
from pipeline.extract.models.detection import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.models.interface import TensorSpec
    from pipeline.settings import BoxLayout, Task

_BOX_SIDES = 4
_LARGEST_NORMALISED = 2.0
"""A box coordinate above this is in pixels: shares of the image pass 1 only by a little."""

_MOST_NEGATIVE_SIDE = 0.05
"""How far below 0 the width or height of a box may lie, as a share of the largest: quantisation rounds."""

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
        boxes_in_pixels: For a detector; otherwise its boxes are shares of the input.
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
    if len(shapes) == 1 and _is_score_vector(probes[0][0]):
        return OutputLayout("classification", max(2, int(np.prod(shapes[0]))))
    if len(shapes) == 1 and len(shapes[0]) == 2:  # noqa: PLR2004
        return _yolo(probes, name_count)
    if len(shapes) == 4:  # noqa: PLR2004
        return _ssd(specs, probes)
    return None


def _is_score_vector(scores: NDArray[Any]) -> bool:
    if scores.ndim == 0:  # a sigmoid's; a whole number would be the index of a class
        return np.issubdtype(scores.dtype, np.floating)
    return bool(0 < scores.size == max(scores.shape))


def _yolo(probes: Sequence[list[NDArray[Any]]], name_count: int | None) -> OutputLayout | None:
    rows, columns = probes[0][0].shape
    fits_5 = name_count is not None and columns == 5 + name_count
    fits_8 = name_count is not None and rows == 4 + name_count
    if fits_5 == fits_8 and rows == columns:
        return None
    # Where names do not decide: a detector has more anchors than values an anchor.
    version_5 = columns < rows if fits_5 == fits_8 else fits_5
    values = columns if version_5 else rows
    class_count = values - (5 if version_5 else 4)
    anchors = np.concatenate([probe[0] if version_5 else probe[0].T for probe in probes])
    if class_count < 1 or not len(anchors) or not _are_anchors(anchors):
        return None
    return OutputLayout("detection", class_count, "yolov5" if version_5 else "yolov8", _in_pixels(anchors[:, :4]))


def _are_anchors(anchors: NDArray[Any]) -> bool:
    """Whether rows can be centre, width, height, scores: not the features of a transformer, nor finished boxes."""
    sides = anchors[:, 2:_BOX_SIDES]
    if sides.min() < -_MOST_NEGATIVE_SIDE * np.abs(sides).max():
        return False
    classes = anchors[:, 5:]
    corners_in_order = np.all(anchors[:, 2:_BOX_SIDES] >= anchors[:, :2])
    finished = classes.shape[1] == 1 and corners_in_order and np.array_equal(classes, np.rint(classes))
    return not finished


def _in_pixels(boxes: NDArray[Any]) -> bool:
    return float(np.abs(boxes).max(initial=0.0)) > _LARGEST_NORMALISED


def _ssd(specs: Sequence[TensorSpec], probes: Sequence[list[NDArray[Any]]]) -> OutputLayout | None:
    shapes = [array.shape for array in probes[0]]
    boxes = [at for at, shape in enumerate(shapes) if len(shape) == 2 and shape[1] == _BOX_SIDES]  # noqa: PLR2004
    # NOTE: where a model proposes as many boxes as it finds, a picture may have one, and then scalars rank lower.
    ones = [at for at, shape in enumerate(shapes) if int(np.prod(shape)) == 1]
    counts = [at for at in ones if not shapes[at]] or ones
    vectors = [at for at, shape in enumerate(shapes) if at not in counts and len(shape) == 1]
    if len(boxes) != 1 or len(counts) != 1 or len(vectors) != 2:  # noqa: PLR2004
        return None
    filled = [counted([probe[at] for at in (boxes[0], *vectors, counts[0])]) for probe in probes]
    first, second = vectors
    names = [specs[at].name.lower() for at in vectors]
    if not _classes_first(names, [probe[1:3] for probe in filled], boxes_first=boxes[0] < first):
        first, second = second, first
    in_pixels = any(_in_pixels(probe[0]) for probe in filled)
    return OutputLayout("detection", None, "ssd", in_pixels, order=(boxes[0], first, second, counts[0]))


def _classes_first(names: list[str], probes: list[list[NDArray[Any]]], *, boxes_first: bool) -> bool:
    """Whether of two vectors the first holds classes and the second scores, not the other way round.

    Told by name, else by values (whole numbers, or above 1), else by order; the orders that are known are boxes,
    classes, scores, count (TFLite's) and scores, boxes, count, classes (TF2's).
    """
    named = [[word in name for name in names] for word in ("class", "score")]
    whole = [all(np.array_equal(probe[at], np.rint(probe[at])) for probe in probes) for at in (0, 1)]
    above = [any(probe[at].max(initial=0) > 1 for probe in probes) for at in (0, 1)]
    for first, second in (named[0], named[1][::-1], whole, above):
        if first != second:
            return first
    return boxes_first
