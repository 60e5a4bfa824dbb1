"""One whole run with a TFLite model, with whichever runtime is installed, beside the same network as ONNX."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.demo.scene import KINDS, Conditions, draw_part
from pipeline.extract.models.tflite import TfliteModel
from tests.support.program import framewatch

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).parents[1]
TFLITE = CHECKOUT / "tests" / "data" / "parts.tflite"
ONNX = CHECKOUT / "pipeline" / "demo" / "parts.onnx"

pytestmark = pytest.mark.tflite


def test_the_runtime_that_was_chosen_is_the_one_that_is_used() -> None:
    """tflite-runtime where it is installed and NumPy is old enough for it, LiteRT otherwise."""
    chosen = importlib.util.find_spec("tflite_runtime") is not None and np.__version__.startswith("1.")
    interpreter = TfliteModel(TFLITE.read_bytes())._interpreter
    assert type(interpreter).__module__.split(".")[0] == ("tflite_runtime" if chosen else "ai_edge_litert")


def test_a_week_of_a_tflite_model_is_judged_like_its_onnx_twin(tmp_path: Path) -> None:
    """From pictures to a verdict: same classes, same confidence, and drift where parts are out of focus."""
    _draw(tmp_path / "val", 36, Conditions(), KINDS)
    _draw(tmp_path / "today", 36, Conditions(blur=4.0), KINDS)
    documents = {
        model.suffix: _run("baseline", "--data-dir", tmp_path / "val", "--model", model, output=tmp_path / "b.json")
        for model in (ONNX, TFLITE)
    }
    onnx, tflite = (documents[suffix]["predictions"] for suffix in (".onnx", ".tflite"))
    assert tflite["class_distribution"] == onnx["class_distribution"]
    assert tflite["confidence_statistics"]["mean"] == pytest.approx(onnx["confidence_statistics"]["mean"], abs=1e-4)
    today = ("--data-dir", tmp_path / "today", "--model", TFLITE, "--baseline", tmp_path / "b.json")
    report = _run("monitor", *today, output=tmp_path / "report.json")
    assert report["drift_summary"]["confidence_drift"]
    assert "blurrier" in report["findings"][0]["text"]


def _run(command: str, *options: object, output: Path) -> dict[str, Any]:
    outcome = framewatch(command, *options, "--output", output)
    assert outcome.status == 0, outcome.stderr
    found: dict[str, Any] = json.loads(output.read_text(encoding="utf-8"))
    return found


def _draw(folder: Path, count: int, conditions: Conditions, kinds: Sequence[str]) -> None:
    folder.mkdir()
    for number in range(count):
        rng = np.random.default_rng([7, number])
        draw_part(kinds[number % len(kinds)], rng, conditions).save(folder / f"{number:03}.png")
