"""Detectors: real graphs whose boxes move with the picture, against plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.models.detection import MOST_BOXES, Boxes, box_features, candidates, non_maximum_suppression
from pipeline.extract.resize import Resized
from pipeline.settings import ModelSettings, Resize
from tests.support import toy_onnx
from tests.support.predicting import model_settings, predictions
from tests.support.toy_detections import SIZE, assert_found, expected_boxes, input_pixels
from tests.support.toy_numbers import DETECTOR_SIDE, MIDDLE, STEEPNESS, Box, sigmoid, suppressed, with_squares

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import onnx

RED, GREEN, BLUE = (240, 20, 10), (20, 230, 15), (12, 25, 235)
ONE: Box = (0.55, 0.2, 0.85, 0.6)
OTHER: Box = (0.1, 0.5, 0.4, 0.9)
HOW = get_args(Resize)


def score_8(cell: Sequence[float]) -> tuple[float, int]:
    """YOLOv8: the best class."""
    return max(cell), cell.index(max(cell))


def score_5(cell: Sequence[float]) -> tuple[float, int]:
    """YOLOv5: objectness, here the channels' mean, times the best class."""
    return sum(cell) / 3 * max(cell), cell.index(max(cell))


def score_8_of_logits(cell: Sequence[float]) -> tuple[float, int]:
    return _likely(max(cell)), cell.index(max(cell))


def score_5_of_logits(cell: Sequence[float]) -> tuple[float, int]:
    return _likely(sum(cell) / 3) * _likely(max(cell)), cell.index(max(cell))


def _likely(score: float) -> float:
    return sigmoid(STEEPNESS * (score - MIDDLE))


YOLOS: list[tuple[dict[str, Any], Callable[[Sequence[float]], tuple[float, int]], float]] = [
    ({"version": 8}, score_8, 0.5),
    ({"version": 8, "unit": 1 / DETECTOR_SIDE}, score_8, 0.5),
    ({"version": 8, "logits": True}, score_8_of_logits, 0.5),
    ({"version": 5}, score_5, 0.21),
    ({"version": 5, "unit": 1 / DETECTOR_SIDE}, score_5, 0.21),
    ({"version": 5, "logits": True, "unit": 1 / DETECTOR_SIDE}, score_5_of_logits, 0.14),
]
"""With the lowest score that lies above that of the grey beside a letterboxed picture, where boxes are all alike."""


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(("form", "score_of", "least"), YOLOS, ids=[str(form) for form, _, _ in YOLOS])
def test_boxes_of_yolo_lie_where_plain_python_puts_them(
    tmp_path: Path,
    form: dict[str, Any],
    score_of: Callable[[Sequence[float]], tuple[float, int]],
    least: float,
    how: Resize,
) -> None:
    """Both versions, pixels and shares, sigmoids and logits, each way to resize: decoded, suppressed, mapped back."""
    path = toy_onnx.save(toy_onnx.yolo(**form), tmp_path / "yolo.onnx")
    pictures = [
        with_squares(SIZE, (ONE, RED)),
        with_squares(SIZE, (ONE, RED), (OTHER, BLUE)),
        with_squares(SIZE, ((0.3, 0.3, 0.7, 0.8), GREEN), (ONE, (220, 200, 210))),
    ]
    how_read = model_settings(path)
    assert how_read.box_layout == f"yolov{form['version']}"
    assert how_read.boxes_in_pixels == ("unit" not in form)
    assert how_read.scores == ("logits" if "logits" in form else "probabilities")
    dropped = 0
    for picture, row in zip(pictures, predictions(path, pictures, resize=how, score_threshold=least), strict=True):
        pixels = input_pixels(picture, how)
        expected = expected_boxes(pixels, how, score_of=score_of, least=least, overlap=0.45)
        unsuppressed = expected_boxes(pixels, how, score_of=score_of, least=least, overlap=None)
        dropped += len(unsuppressed) - len(expected)
        assert_found(row, expected)
        assert row["confidence"] == pytest.approx(expected[0].score, abs=1e-4)
    assert dropped > 0, "the pictures must need suppression"


@pytest.mark.parametrize("how", HOW)
def test_a_box_is_about_the_square_in_the_picture(tmp_path: Path, how: Resize) -> None:
    """Seen from outside: two objects, each with its class, and the best box of each has its middle on it."""
    path = toy_onnx.save(toy_onnx.yolo(8), tmp_path / "yolo.onnx")
    squares: list[tuple[Box, tuple[int, int, int]]] = [((0.3, 0.25, 0.5, 0.5), RED), ((0.55, 0.6, 0.8, 0.85), BLUE)]
    (row,) = predictions(path, [with_squares(SIZE, *squares)], resize=how, score_threshold=0.5)
    assert set(row["box_classes"]) == {0, 2}
    for (square, _), kind in zip(squares, (0, 2), strict=True):
        left, top, right, bottom = row["boxes"][row["box_classes"].index(kind)]
        assert square[0] < (left + right) / 2 < square[2]
        assert square[1] < (top + bottom) / 2 < square[3]


def test_a_picture_without_objects_has_no_boxes_and_its_top_score(tmp_path: Path) -> None:
    """Confidence is the best score that the model gives at all, so it can be followed on empty pictures too."""
    path = toy_onnx.save(toy_onnx.yolo(8), tmp_path / "yolo.onnx")
    (row,) = predictions(path, [with_squares(SIZE)], resize="stretch")
    best = expected_boxes(
        input_pixels(with_squares(SIZE), "stretch"), "stretch", score_of=score_8, least=0, overlap=0.45
    )[0]
    assert (row["box_count"], row["box_classes"], row["box_scores"], row["boxes"]) == (0, [], [], [])
    assert 0 < row["confidence"] < 0.1
    assert row["confidence"] == pytest.approx(best.score, abs=1e-5)


def test_yolo_letterboxes_unless_told_otherwise(tmp_path: Path) -> None:
    path = toy_onnx.save(toy_onnx.yolo(8), tmp_path / "yolo.onnx")
    picture = with_squares(SIZE, (ONE, RED))
    assert predictions(path, [picture]) == predictions(path, [picture], resize="letterbox")
    assert predictions(path, [picture]) != predictions(path, [picture], resize="stretch")


@pytest.mark.parametrize("batch", [4, "batch"])
def test_detectors_of_any_batch_find_the_same(tmp_path: Path, batch: int | str) -> None:
    pictures = [with_squares(SIZE, (ONE, colour)) for colour in (RED, GREEN, BLUE)] + [with_squares(SIZE)] * 2
    alone = toy_onnx.save(toy_onnx.yolo(5), tmp_path / "one.onnx")
    several = toy_onnx.save(toy_onnx.yolo(5, batch=batch), tmp_path / "several.onnx")
    for one, other in zip(predictions(alone, pictures), predictions(several, pictures), strict=True):
        assert one["box_classes"] == other["box_classes"]
        np.testing.assert_allclose(one["boxes"], other["boxes"], atol=1e-6)


SSD_ORDERS = [
    ("boxes", "classes", "scores", "count"),
    ("scores", "boxes", "count", "classes"),
    ("boxes", "classes", "count", "scores"),
]


@pytest.mark.parametrize("unit", [1.0, 1 / DETECTOR_SIDE], ids=["pixels", "shares"])
@pytest.mark.parametrize("names", [toy_onnx.SSD_NAMES, toy_onnx.ANONYMOUS], ids=["telling names", "no telling names"])
@pytest.mark.parametrize("order", SSD_ORDERS, ids=" ".join)
def test_ssd_tensors_are_read_in_any_order(
    tmp_path: Path, order: tuple[str, ...], names: dict[str, str], unit: float
) -> None:
    """Top comes before left, what lies behind the count is no box, and overlaps are the model's own business."""
    path = toy_onnx.save(toy_onnx.ssd(order, names, unit=unit), tmp_path / "ssd.onnx")
    pictures = [with_squares(SIZE, (ONE, RED), (OTHER, BLUE)), with_squares(SIZE, ((0.1, 0.1, 0.25, 0.3), GREEN))]
    for how in HOW:
        for picture, row in zip(pictures, predictions(path, pictures, resize=how, score_threshold=0.0), strict=True):
            pixels = input_pixels(picture, how)
            expected = expected_boxes(pixels, how, score_of=score_8, least=0.3, overlap=None, most=10)
            tops = [one.score for one in expected]
            if len(set(np.round(tops, 5))) == len(tops):  # the grey of a letterbox is the same everywhere
                assert_found(row, expected)
            else:
                assert row["box_scores"] == pytest.approx(tops, abs=1e-4)


def test_an_ssd_that_finds_nothing_has_no_boxes(tmp_path: Path) -> None:
    order = SSD_ORDERS[0]
    path = toy_onnx.save(toy_onnx.ssd(order, toy_onnx.SSD_NAMES), tmp_path / "ssd.onnx")
    (row,) = predictions(path, [with_squares(SIZE)])
    assert (row["box_count"], row["confidence"]) == (0, 0.0)


def test_the_threshold_of_scores_applies_to_ssd_too(tmp_path: Path) -> None:
    path = toy_onnx.save(toy_onnx.ssd(SSD_ORDERS[0], toy_onnx.SSD_NAMES), tmp_path / "ssd.onnx")
    picture = with_squares(SIZE, (ONE, RED))
    (every,) = predictions(path, [picture], score_threshold=0.0)
    (some,) = predictions(path, [picture], score_threshold=0.8)
    kept = [score for score in every["box_scores"] if score >= 0.8]
    assert 0 < len(kept) < len(every["box_scores"])
    assert some["box_scores"] == kept
    assert some["confidence"] == every["confidence"]


def detector(**how: Any) -> ModelSettings:
    usual: dict[str, Any] = {
        "sha256": "",
        "runtime": "onnx",
        "task": "detection",
        "mean": (0.0,) * 3,
        "std": (1.0,) * 3,
        "channel_order": "rgb",
        "class_count": 2,
        "class_names": None,
        "label_offset": 0,
        "scores": "probabilities",
        "output_order": (0,),
        "box_layout": "yolov8",
        "boxes_in_pixels": False,
        "score_threshold": 0.25,
        "overlap_threshold": 0.45,
    }
    return ModelSettings(**usual | how)


def test_scores_of_an_ssd_may_be_said_to_be_logits() -> None:
    outputs = [np.array([[0.1, 0.2, 0.3, 0.4]]), np.array([1.0]), np.array([2.0]), np.array(1.0)]
    how = detector(box_layout="ssd", scores="logits", output_order=(0, 1, 2, 3))
    found = candidates(outputs, how, (64, 64))
    assert found.scores.tolist() == pytest.approx([sigmoid(2.0)])
    assert found.corners.tolist() == [[0.2, 0.1, 0.4, 0.3]]


def test_pixels_are_divided_by_the_width_and_the_height() -> None:
    """On an input that is no square."""
    rows = np.array([[100.0, 40.0, 60.0, 20.0, 0.9, 0.1]])
    found = candidates([rows], detector(boxes_in_pixels=True), (200, 80))
    assert found.corners.tolist() == [[pytest.approx(one) for one in (70 / 200, 30 / 80, 130 / 200, 50 / 80)]]


def test_boxes_are_held_to_the_picture() -> None:
    rows = np.array([[0.1, 0.9, 0.5, 0.6, 0.9, 0.1]])
    row: Any = box_features([rows], detector(), (64, 64), Resized(with_squares(SIZE)))
    assert row["boxes"] == [[0.0, pytest.approx(0.6), pytest.approx(0.35), 1.0]]
    assert row["box_area_mean"] == pytest.approx(0.35 * 0.4)
    assert row["box_score_mean"] == pytest.approx(row["box_scores"][0])


def test_means_are_over_the_kept_boxes() -> None:
    """Two of them by hand; and without any there is no mean."""
    rows = np.array([[0.2, 0.2, 0.2, 0.2, 0.9, 0.1], [0.7, 0.7, 0.4, 0.2, 0.1, 0.6], [0.5, 0.5, 0.9, 0.9, 0.1, 0.05]])
    row: Any = box_features([rows], detector(score_threshold=0.5), (64, 64), Resized(with_squares(SIZE)))
    assert row["box_count"] == 2
    assert row["box_score_mean"] == pytest.approx((0.9 + 0.6) / 2)
    assert row["box_area_mean"] == pytest.approx((0.2 * 0.2 + 0.4 * 0.2) / 2)
    none: Any = box_features([rows], detector(score_threshold=0.95), (64, 64), Resized(with_squares(SIZE)))
    assert (none["box_count"], none["box_score_mean"], none["box_area_mean"]) == (0, None, None)


corner = st.integers(0, 8)
box = st.tuples(corner, corner, corner, corner).map(
    lambda one: (min(one[0], one[2]), min(one[1], one[3]), max(one[0], one[2]), max(one[1], one[3]))
)
boxes = st.lists(st.tuples(box, st.sampled_from([0.1, 0.5, 0.5, 0.9]), st.integers(0, 2)), max_size=25)


@given(boxes, st.sampled_from([0.0, 0.25, 1 / 3, 0.5, 1.0]))
@settings(max_examples=150, deadline=None)
def test_suppression_keeps_what_the_definition_keeps(some: list[tuple[Box, float, int]], threshold: float) -> None:
    """Ties, boxes without area, equal boxes, overlaps that are just the threshold: corners are small integers."""
    corners, scores, classes = ([one[part] for one in some] for part in range(3))
    given_boxes = Boxes(
        np.array(corners, dtype=np.float64).reshape(-1, 4),
        np.array(scores, dtype=np.float64),
        np.array(classes, dtype=int),
    )
    kept = non_maximum_suppression(given_boxes, threshold)
    expected = suppressed([one[0] for one in some], [one[1] for one in some], [one[2] for one in some], threshold)
    assert kept.corners.tolist() == [list(some[at][0]) for at in expected]
    assert kept.scores.tolist() == [some[at][1] for at in expected]
    assert kept.classes.tolist() == [some[at][2] for at in expected]


@given(boxes)
@settings(max_examples=50, deadline=None)
def test_what_was_suppressed_once_stays_as_it_is(some: list[tuple[Box, float, int]]) -> None:
    given_boxes = Boxes(
        np.array([one[0] for one in some], dtype=np.float64).reshape(-1, 4),
        np.array([one[1] for one in some], dtype=np.float64),
        np.array([one[2] for one in some], dtype=int),
    )
    once = non_maximum_suppression(given_boxes, 0.45)
    twice = non_maximum_suppression(once, 0.45)
    np.testing.assert_array_equal(once.corners, twice.corners)


def test_no_more_than_the_best_boxes_are_kept() -> None:
    count = MOST_BOXES + 50
    lefts = np.arange(count, dtype=np.float64) * 2
    corners = np.column_stack([lefts, np.zeros(count), lefts + 1, np.ones(count)])
    scores = np.random.default_rng(0).permutation(count) / count
    kept = non_maximum_suppression(Boxes(corners, scores, np.zeros(count, dtype=int)), 0.45)
    assert kept.scores.tolist() == sorted(scores, reverse=True)[:MOST_BOXES]


def test_a_model_of_one_class_has_boxes(tmp_path: Path) -> None:
    model: onnx.ModelProto = toy_onnx.yolo(5, classes=1)
    path = toy_onnx.save(model, tmp_path / "one.onnx")
    (row,) = predictions(path, [with_squares(SIZE, (ONE, (250, 250, 250)))], resize="stretch")
    assert model_settings(path).class_count == 1
    assert set(row["box_classes"]) == {0}
