from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from pipeline.extract.models.tflite_metadata import NORMALISATION, tflite_metadata
from tests.support.normalisation import with_normalisation
from tests.support.shared import shared

TOY = Path(__file__).resolve().parents[2] / "data" / "toy_float.tflite"


def test_each_channel_has_its_numbers(tmp_path: Path) -> None:
    content = with_normalisation(TOY, tmp_path / "m.tflite", [1.5], [2.0, 3.0, 4.0]).read_bytes()
    assert json.loads(tflite_metadata(content)[NORMALISATION]) == [[1.5] * 3, [2.0, 3.0, 4.0]]
    assert tflite_metadata(TOY.read_bytes()) == {}


def test_a_published_model_says_its_normalisation() -> None:
    """MobileNet's, as its card has it."""
    content = shared("models/mobilenet_v2_1.0_224_quant.tflite").read_bytes()
    assert json.loads(tflite_metadata(content)[NORMALISATION]) == [[127.5] * 3, [127.5] * 3]


def test_random_damage_gives_an_answer(tmp_path: Path) -> None:
    """Tables that point anywhere, vectors without end and lists without an entry end in no exception."""
    content = with_normalisation(TOY, tmp_path / "m.tflite", [127.5], [127.5]).read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(500):
        damaged = bytearray(content)
        for at in rng.integers(8, len(content), 6):
            damaged[at] = rng.integers(256)
        assert set(tflite_metadata(bytes(damaged))) <= {NORMALISATION}
