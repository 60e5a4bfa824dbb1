from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pipeline.extract.models.flatbuffer import is_whole

DATA = Path(__file__).resolve().parents[2] / "data"
FILES = sorted(DATA.glob("toy_*.tflite"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_whole_file_is_whole_and_every_shorter_one_is_not(path: Path) -> None:
    """A file cut at any byte would take the process down with tflite-runtime."""
    content = path.read_bytes()
    assert is_whole(content)
    assert [length for length in range(len(content)) if is_whole(content[:length])] == []


def test_what_is_packed_behind_a_model_does_not_matter() -> None:
    content = FILES[0].read_bytes()
    assert is_whole(content + b"PK\x03\x04 and more")


def test_random_damage_gives_an_answer() -> None:
    """Offsets that point backwards, far away or into each other end the walk without an exception."""
    rng, content = np.random.default_rng(0), FILES[0].read_bytes()
    for _ in range(300):
        damaged = bytearray(content)
        for at in rng.integers(8, len(content), 6):
            damaged[at] = rng.integers(256)
        assert is_whole(bytes(damaged)) in {True, False}
