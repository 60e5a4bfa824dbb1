"""Batches, scores that are no numbers, and workers side by side."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import numpy as np
import pytest
from PIL import Image

from pipeline.extract.models.predictor import Predictor
from pipeline.extract.models.resolve import resolve
from pipeline.extract.resize import Resized, resize
from pipeline.extract.sources.interface import Unreadable
from pipeline.settings import ExtractionOptions
from tests.support import toy_onnx
from tests.support.colour_model import write_colour_model
from tests.support.pictures import scene
from tests.support.predicting import opened
from tests.support.toy_numbers import SIDE, class_logits, softmax

DATA = Path(__file__).resolve().parents[2] / "data"
PICTURES = [Resized(scene(SIDE, SIDE, seed)) for seed in range(11)]


def expected_classes() -> list[int]:
    return [int(class_logits(np.asarray(one.picture)).argmax()) for one in PICTURES]


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 11])
def test_a_batch_that_is_not_full_changes_nothing(tmp_path: Path, count: int) -> None:
    """Fixed batches of four, against one picture a call, and against plain numpy."""
    single = opened(toy_onnx.save(toy_onnx.scorer(input_shape=(1, 3, SIDE, SIDE)), tmp_path / "one.onnx"))
    fours = opened(toy_onnx.save(toy_onnx.scorer(input_shape=(4, 3, SIDE, SIDE)), tmp_path / "four.onnx"))
    one_by_one, by_four = single(PICTURES[:count]), fours(PICTURES[:count])
    assert len(by_four) == count
    for alone, together, wanted in zip(one_by_one, by_four, expected_classes(), strict=False):
        assert isinstance(alone, dict)
        assert isinstance(together, dict)
        assert together["predicted_class"] == wanted
        assert {key: pytest.approx(value, abs=1e-6) for key, value in alone.items()} == together


@pytest.mark.parametrize(("batch", "together"), [(1, 16), (4, 16), (12, 24), (16, 16), (17, 17)])
def test_whole_batches_are_asked_for(tmp_path: Path, batch: int, together: int) -> None:
    """The last of each sixteen pictures would fill up a batch with copies, which take as long as others."""
    path = toy_onnx.save(toy_onnx.scorer(input_shape=(batch, 3, SIDE, SIDE)), tmp_path / "m.onnx")
    assert opened(path).together == together


@pytest.mark.parametrize(
    ("numbers", "valid"),
    [
        ([np.nan, 1.0, 2.0], False),
        ([np.inf, 1.0, 2.0], False),
        ([-np.inf, 1.0, 2.0], False),
        ([np.nan] * 3, False),
        ([3.0e38, -3.0e38, 0.0], True),
    ],
)
def test_scores_that_are_no_numbers_are_a_reason_not_a_row(tmp_path: Path, numbers: list[float], valid: bool) -> None:
    path = toy_onnx.save(toy_onnx.constant(np.array([numbers])), tmp_path / "m.onnx")
    (found,) = opened(path)(PICTURES[:1])
    if valid:
        assert isinstance(found, dict)
        assert found["confidence"] == 1.0
    else:
        assert isinstance(found, Unreadable)
        assert found.reason == "NaN or infinite scores"


def test_only_the_pictures_with_such_scores_are_left_out(tmp_path: Path) -> None:
    """The model gives NaN where a channel is nearly black."""
    predict = opened(write_colour_model(tmp_path / "m.onnx", nan_below=0.1))
    colours = [(200, 90, 90), (0, 200, 90), (90, 90, 210)]
    good, bad, last = predict([Resized(Image.new("RGB", (32, 32), colour)) for colour in colours])
    assert isinstance(bad, Unreadable)
    assert isinstance(good, dict)
    assert isinstance(last, dict)
    assert (good["predicted_class"], last["predicted_class"]) == (0, 2)


def test_boxes_that_are_no_numbers_are_a_reason_too(tmp_path: Path) -> None:
    rows = np.random.default_rng(0).uniform(0, 1, (1, 50, 8))
    rows[0, 7, 1] = np.nan
    path = toy_onnx.save(toy_onnx.constant(rows), tmp_path / "m.onnx")
    settings = resolve(ExtractionOptions(), path)
    assert settings.model is not None
    assert settings.model.task == "detection"
    (found,) = Predictor(path, settings, settings.model)([resize(PICTURES[0].picture, (SIDE, SIDE), "letterbox")])
    assert isinstance(found, Unreadable)


@pytest.mark.parametrize(
    ("behind", "count", "boxes"), [(np.nan, 2, 2), (1e30, 2, 2), (np.inf, 0, 0), (np.nan, 3, None), (0.5, np.nan, None)]
)
def test_only_the_boxes_that_count_must_be_numbers(
    tmp_path: Path, behind: float, count: float, boxes: int | None
) -> None:
    """TFLite leaves what was in its memory behind the count, and a count that is no number is no count."""
    corners = np.tile([0.1, 0.2, 0.3, 0.4], (1, 4, 1))
    classes, scores = np.array([[1.0, 0, 1, 1]]), np.array([[0.9, 0.8, 0.7, 0.6]])
    corners[:, 2:], classes[:, 2:], scores[:, 2:] = behind, behind, behind
    names = list(toy_onnx.SSD_NAMES.values())
    path = toy_onnx.save(
        toy_onnx.constant(corners, classes, scores, np.array([count]), names=names), tmp_path / "m.onnx"
    )
    (found,) = opened(path)(PICTURES[:1])
    if boxes is None:
        assert isinstance(found, Unreadable)
    else:
        assert isinstance(found, dict)
        assert found["box_count"] == boxes


@pytest.mark.tflite
@pytest.mark.parametrize("name", ["toy_float.tflite", "toy_int8.tflite"])
def test_workers_side_by_side_give_the_same_rows(name: str) -> None:
    """An interpreter is not safe to share: four threads, each with its own, start together on the same file."""
    path, workers = DATA / name, 4
    alone = opened(path)(PICTURES)
    assert [row["predicted_class"] for row in alone if isinstance(row, dict)] == expected_classes()
    start = Barrier(workers)

    def work(turn: int) -> list[dict[str, object] | Unreadable]:
        predict = opened(path)
        start.wait(timeout=60)
        turned = PICTURES[turn:] + PICTURES[:turn]
        found = [row for _ in range(10) for row in predict(turned)][-len(PICTURES) :]
        return found[len(PICTURES) - turn :] + found[: len(PICTURES) - turn]

    with ThreadPoolExecutor(workers) as pool:
        for found in pool.map(work, range(workers)):
            assert found == alone


def test_onnx_and_tflite_twins_are_fed_and_read_the_same_way(tmp_path: Path) -> None:
    """One interface: the same rows of both, but for rounding."""
    onnx_rows = opened(toy_onnx.save(toy_onnx.scorer(), tmp_path / "m.onnx"))(PICTURES)
    tflite_rows = opened(DATA / "toy_float.tflite")(PICTURES)
    for one, other, picture in zip(onnx_rows, tflite_rows, PICTURES, strict=True):
        assert isinstance(one, dict)
        assert one == {key: pytest.approx(value, abs=1e-4) for key, value in other.items()}  # type: ignore[union-attr]
        shares = softmax(class_logits(np.asarray(picture.picture)))
        assert one["confidence"] == pytest.approx(max(shares), abs=1e-5)
