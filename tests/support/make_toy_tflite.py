"""Writes the toy TFLite models of `tests/data`, which are tried with runtimes that cannot write them.

Run from the root of the checkout, with ai-edge-litert installed:

    python -m tests.support.make_toy_tflite
"""

from __future__ import annotations

from pathlib import Path

from tests.support import toy_tflite
from tests.support.toy_numbers import SIDE

FOLDER = Path(__file__).resolve().parents[1] / "data"


def models() -> dict[str, bytes]:
    """The content of each file by its name."""
    return {
        "toy_float.tflite": toy_tflite.scorer(),
        "toy_uint8.tflite": toy_tflite.scorer(input_type="uint8", output_type="uint8", head="softmax"),
        "toy_int8.tflite": toy_tflite.scorer(input_type="int8", output_type="int8", head="softmax"),
        "toy_int8_logits.tflite": toy_tflite.scorer(input_type="int8", output_type="int8"),
        "toy_batch4.tflite": toy_tflite.scorer(input_shape=(4, SIDE, SIDE, 3)),
        "toy_open.tflite": toy_tflite.scorer(input_shape=(-1, -1, -1, 3)),
        "toy_yolov8.tflite": toy_tflite.yolov8(),
        "toy_ssd.tflite": toy_tflite.ssd(),
    }


def main() -> None:
    """Writes the files."""
    for name, content in models().items():
        (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
