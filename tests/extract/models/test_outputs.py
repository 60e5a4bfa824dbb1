from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.errors import ModelError
from pipeline.extract.models.interface import TensorSpec, per_image
from pipeline.extract.models.outputs import OutputLayout, output_layout

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.settings import Task

RNG = np.random.default_rng(0)


def layout(
    *outputs: NDArray[Any], task: Task | None = None, name_count: int | None = None, names: tuple[str, ...] = ()
) -> OutputLayout:
    """What outputs of one picture, without the batch, are taken for."""
    specs = [
        TensorSpec(names[at] if names else f"out_{at}", (1, *one.shape), str(one.dtype))
        for at, one in enumerate(outputs)
    ]
    return output_layout(specs, [list(outputs)], task, name_count)


def anchors(count: int, classes: int, *, largest: float, objectness: bool) -> NDArray[np.float64]:
    """Plausible rows of a YOLO: centres all over the input, sides above 0, scores from 0 to 1."""
    boxes = RNG.uniform(0, largest, (count, 4))
    return np.hstack([boxes, RNG.uniform(0, 1, (count, classes + objectness))])


@pytest.mark.parametrize("shape", [(10,), (1, 10), (10, 1, 1), (1, 1, 10), (10, 1)])
def test_one_row_of_scores_is_a_classifier_whatever_its_ones(shape: tuple[int, ...]) -> None:
    assert layout(RNG.normal(size=shape)) == OutputLayout("classification", 10)


@pytest.mark.parametrize("shape", [(), (1,), (1, 1)])
def test_a_single_score_is_of_two_classes(shape: tuple[int, ...]) -> None:
    assert layout(np.full(shape, 0.3)) == OutputLayout("classification", 2)


@pytest.mark.parametrize("largest", [1.0, 640.0])
@pytest.mark.parametrize(
    ("count", "classes", "version", "name_count"),
    [(100, 80, 5, None), (100, 80, 8, None), (20, 80, 5, 80), (20, 80, 8, 80), (85, 80, 5, 80), (84, 80, 8, 80)],
    ids=["more anchors, 5", "more anchors, 8", "names, 5", "names, 8", "square, 5", "square, 8"],
)
def test_yolo_forms_are_told_by_shape_or_names(
    count: int, classes: int, version: int, name_count: int | None, largest: float
) -> None:
    rows = anchors(count, classes, largest=largest, objectness=version == 5)
    found = layout(rows if version == 5 else rows.T, name_count=name_count)
    assert found == OutputLayout("detection", classes, "yolov5" if version == 5 else "yolov8", largest > 1)


@pytest.mark.parametrize(
    ("order", "names"),
    [
        (("boxes", "classes", "scores", "count"), None),
        (("scores", "boxes", "count", "classes"), None),
        (("count", "scores", "classes", "boxes"), None),
        (("scores", "boxes", "count", "classes"), ("detection_scores", "detection_boxes", "num", "detection_classes")),
    ],
)
def test_ssd_outputs_are_told_in_any_order(order: tuple[str, ...], names: tuple[str, ...] | None) -> None:
    """By names where they tell, else by their values."""
    values: dict[str, NDArray[Any]] = {
        "boxes": RNG.uniform(0, 1, (6, 4)),
        "classes": np.array([3.0, 0, 1, 1, 2, 0]),
        "scores": np.array([0.9, 0.8, 0.5, 0.4, 0.2, 0.1]),
        "count": np.array(4.0),
    }
    found = layout(*(values[role] for role in order), names=names or ())
    assert found.box_layout == "ssd"
    assert found.class_count is None
    assert [order[position] for position in found.order] == ["boxes", "classes", "scores", "count"]


def test_telling_names_go_before_values() -> None:
    """Scores may all be whole numbers on pictures that show nothing."""
    outputs = [np.zeros((6, 4)), np.zeros(6), np.arange(6.0), np.array(0.0)]
    found = layout(*outputs, names=("a", "the_classes", "b", "c"))
    assert found.order == (0, 1, 2, 3)
    assert layout(*outputs, names=("a", "b", "the_scores", "c")).order == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("outputs", "order"),
    [
        ([np.zeros((6, 4)), np.zeros(6), np.zeros(6), np.array(0.0)], (0, 1, 2, 3)),
        ([np.zeros(6), np.zeros((6, 4)), np.array(0.0), np.zeros(6)], (1, 3, 0, 2)),
        ([np.zeros((6, 4)), np.zeros(6), np.arange(6.0), np.array(6.0)], (0, 2, 1, 3)),
    ],
    ids=["TFLite's order", "TF2's order", "classes above 1"],
)
def test_ssd_outputs_that_say_nothing_are_taken_in_the_usual_order(
    outputs: list[NDArray[Any]], order: tuple[int, ...]
) -> None:
    """Nothing found on any probe: no names, and zeros only."""
    assert layout(*outputs).order == order


def test_ssd_boxes_may_be_in_pixels() -> None:
    outputs = [RNG.uniform(0, 320, (6, 4)), np.arange(6.0), np.linspace(0.9, 0.1, 6), np.array(6.0)]
    assert layout(*outputs).boxes_in_pixels
    assert not layout(outputs[0] / 320, *outputs[1:]).boxes_in_pixels


def test_what_lies_behind_the_count_of_an_ssd_says_nothing() -> None:
    """TFLite leaves there what was in its memory."""
    rows = RNG.uniform(-1e30, 1e30, (6, 4)), RNG.uniform(-1e30, 1e30, 6), RNG.uniform(-1e30, 1e30, 6)
    boxes, scores, classes = rows
    boxes[:2], classes[:2], scores[:2] = [[0.1, 0.2, 0.3, 0.4]] * 2, [3, 1], [0.9, 0.4]
    found = layout(boxes, scores, classes, np.array(2.0))
    assert found.order == (0, 2, 1, 3)
    assert found.boxes_in_pixels is False


def test_an_ssd_that_finds_one_box_on_the_probe_is_still_one() -> None:
    """Its outputs then look like three single numbers, but for their dimensions."""
    outputs = [np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([5.0]), np.array([0.7]), np.array(1.0)]
    assert layout(*outputs).order == (0, 1, 2, 3)


NOT_KNOWN = {
    "a feature map": [RNG.normal(size=(7, 7, 32))],
    "five outputs": [np.zeros(3)] * 5,
    "two outputs": [np.zeros(10), np.zeros(512)],
    "four outputs, no boxes": [np.zeros(6), np.zeros(6), np.zeros(6), np.array(0.0)],
    "a depth map": [RNG.uniform(0, 1, (64, 64))],
    "a transformer's features": [RNG.normal(size=(197, 768))],
    "fewer values than a box has": [RNG.uniform(0, 1, (100, 4))],
    "finished boxes of YOLOv10": [
        np.column_stack(
            [
                RNG.uniform(0, 50, (300, 2)),
                RNG.uniform(60, 90, (300, 2)),
                RNG.uniform(0, 1, 300),
                RNG.integers(0, 80, 300),
            ]
        )
    ],
    "a class index": [np.array(7)],
    "nothing": [np.zeros(0)],
    "no output": [],
}


@pytest.mark.parametrize("outputs", NOT_KNOWN.values(), ids=NOT_KNOWN)
def test_other_outputs_are_refused_with_names_shapes_and_types(outputs: list[NDArray[Any]]) -> None:
    with pytest.raises(ModelError, match="which fits no known task; accepted are: one output") as caught:
        layout(*outputs)
    message = str(caught.value)
    for at, output in enumerate(outputs):
        assert f"out_{at} ({' x '.join(map(str, (1, *output.shape)))}, {output.dtype})" in message
    assert "\n" not in message


@pytest.mark.parametrize(("task", "other"), [("detection", "classification"), ("classification", "detection")])
def test_a_task_that_the_outputs_do_not_fit_is_refused(task: Task, other: str) -> None:
    outputs = np.zeros(10) if task == "detection" else anchors(50, 3, largest=1, objectness=True)
    with pytest.raises(ModelError, match=f"fits {other}, not {task}"):
        layout(outputs, task=task)


def test_outputs_are_split_by_picture() -> None:
    scores, shared = np.arange(12).reshape(3, 4), np.arange(5)
    first, second, third = per_image([scores, shared], 3)
    np.testing.assert_array_equal(second[0], [4, 5, 6, 7])
    for one in (first, second, third):
        np.testing.assert_array_equal(one[1], shared)
