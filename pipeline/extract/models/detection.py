"""A detector's raw tensors to boxes, and boxes to the prediction columns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.extract.resize import Resized
    from pipeline.settings import ModelSettings

MOST_BOXES = 300
"""Boxes kept an image, the best first, as YOLO's own post-processing does."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Candidate boxes of one image.

    Attributes:
        corners: Shape (n, 4), float64: left, top, right, bottom as shares of the model's input.
        scores: Shape (n,), float64.
        classes: Shape (n,), int64.
    """

    corners: NDArray[np.float64]
    scores: NDArray[np.float64]
    classes: NDArray[np.int64]

    def __getitem__(self, chosen: NDArray[Any] | slice) -> Boxes:
        return Boxes(self.corners[chosen], self.scores[chosen], self.classes[chosen])


def counted(outputs: list[NDArray[Any]]) -> list[NDArray[Any]]:
    """SSD tensors, the count last, without the rows behind that count.

    NOTE: TFLite's own last operator never writes those: they hold what lay in memory, NaN at times.
    """
    *rows, count = outputs
    number = max(0, int(np.nan_to_num(count).reshape(-1)[0]))
    return [*(output[:number] for output in rows), count]


def candidates(outputs: list[NDArray[Any]], settings: ModelSettings, input_size: tuple[int, int]) -> Boxes:
    """Every box that the model proposes, before any threshold.

    Args:
        outputs: A YOLO tensor of shape (anchors, values), or the four SSD tensors in the order boxes (n, 4) as top,
            left, bottom, right; classes (n,); scores (n,); count (1,), see `counted`.
        settings: Says which of the layouts it is.
        input_size: Width and height of the model's input, in pixels.
    """
    read = _finished if settings.box_layout == "ssd" else _anchors
    boxes = read([output.astype(np.float64) for output in outputs], settings)
    return replace(boxes, corners=boxes.corners / ([*input_size] * 2)) if settings.boxes_in_pixels else boxes


def non_maximum_suppression(boxes: Boxes, overlap_threshold: float) -> Boxes:
    """Drop each box that overlaps a better one of its class, best first; of equal scores the first stays.

    Args:
        boxes: In any order.
        overlap_threshold: Intersection over union above which two boxes are one object.
    """
    left = boxes[np.argsort(-boxes.scores, kind="stable")]
    kept: list[Boxes] = []
    while len(left.scores) and len(kept) < MOST_BOXES:
        best, rest = left[:1], left[1:]
        kept.append(best)
        same_object = (rest.classes == best.classes) & (_overlaps(best.corners[0], rest.corners) > overlap_threshold)
        left = rest[~same_object]
    return _joined(kept) if kept else left


def box_features(
    outputs: list[NDArray[Any]], settings: ModelSettings, size: tuple[int, int], placed: Resized
) -> dict[str, object]:
    """The prediction columns of one image.

    Args:
        outputs: See `candidates`; finite.
        settings: Layout and thresholds.
        size: Width and height of the model's input, in pixels.
        placed: Where the image lies on the input, to give boxes as shares of the image.
    """
    proposed = candidates(outputs, settings, size)
    likely = proposed[proposed.scores >= (settings.score_threshold or 0.0)]
    if settings.box_layout == "ssd":  # the model has suppressed overlaps itself
        kept = likely[np.argsort(-likely.scores, kind="stable")]
    else:
        kept = non_maximum_suppression(likely, settings.overlap_threshold or 1.0)
    on_image = (kept.corners - [placed.left, placed.top] * 2) / ([placed.width, placed.height] * 2)
    boxes = np.clip(on_image, 0.0, 1.0)
    return {
        "confidence": float(proposed.scores.max(initial=0.0)),
        "box_count": len(boxes),
        "box_score_mean": float(kept.scores.mean()) if len(boxes) else None,
        "box_area_mean": float(_areas(boxes).mean()) if len(boxes) else None,
        "box_classes": kept.classes.tolist(),
        "box_scores": kept.scores.tolist(),
        "boxes": boxes.tolist(),
    }


def _finished(outputs: list[NDArray[np.float64]], settings: ModelSettings) -> Boxes:
    corners, classes, scores, _ = outputs
    return Boxes(corners[:, [1, 0, 3, 2]], _shares(scores, settings), np.rint(classes).astype(np.int64))


def _anchors(outputs: list[NDArray[np.float64]], settings: ModelSettings) -> Boxes:
    values = outputs[0]
    scores = _shares(values[:, 4:], settings)
    if settings.box_layout == "yolov5":
        scores = scores[:, :1] * scores[:, 1:]
    return Boxes(_centre_to_corners(values[:, :4]), scores.max(axis=1), scores.argmax(axis=1))


def _shares(scores: NDArray[np.float64], settings: ModelSettings) -> NDArray[np.float64]:
    return scores if settings.scores == "probabilities" else np.asarray(0.5 * (1 + np.tanh(scores / 2)))


def _centre_to_corners(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    centre, half = boxes[:, :2], boxes[:, 2:] / 2
    return np.hstack([centre - half, centre + half])


def _overlaps(one: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """Intersection over union of one box with each of the others."""
    sides = np.minimum(one[2:], others[:, 2:]) - np.maximum(one[:2], others[:, :2])
    shared = np.clip(sides, 0, None).prod(axis=1)
    union = _areas(one[np.newaxis]) + _areas(others) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0))


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None).prod(axis=1))


def _joined(parts: list[Boxes]) -> Boxes:
    return Boxes(
        np.concatenate([part.corners for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.classes for part in parts]),
    )
