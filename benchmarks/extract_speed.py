"""Stage one beside a bare loop that does only what cannot be left out, on 4,000 real images, in turn.

`--profile` prints where stage one's time goes instead.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import pairwise
from pathlib import Path
from statistics import mean
from statistics import median as middle
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from shared import Spent, many_images, median, shared_folder, show, spent
from steps import print_steps, timed_steps

from pipeline import ExtractionOptions, Images
from pipeline.analysis import extract
from pipeline.extract.local import default_workers

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = (224, 224)
DRAFT = (448, 448)
MODELS = ("none", "efficientnet_lite0.onnx", "mobilenet_v2_1.0_224_quant.tflite")


def main() -> None:
    given = _arguments()
    folder = shared_folder()
    with tempfile.TemporaryDirectory() as place:
        images = many_images(folder / "images", Path(place) / "images", given.images)
        for name in given.models:
            model = None if name == "none" else folder / "models" / name
            if given.profile:
                with timed_steps() as steps:
                    whole = spent(_stage_one, images, model, 1)
                print_steps(name, steps, given.images, whole.processor)
            else:
                show(_compared(images, model, given))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=default_workers())
    parser.add_argument("--profile", action="store_true", help="print a table of milliseconds an image by step")
    return parser.parse_args()


def _compared(images: Path, model: Path | None, given: argparse.Namespace) -> dict[str, Any]:
    _stage_one(images, model, given.threads)  # imports, and reads the images from the disk
    bare, ours = [spent(_bare_loop, images, model, given.threads)], list[Spent]()
    for _ in range(given.rounds):
        ours.append(spent(_stage_one, images, model, given.threads))
        bare.append(spent(_bare_loop, images, model, given.threads))
    # Each run of ours beside the two around it: a machine that grows slower or faster meanwhile does so for both.
    beside = [Spent(*map(mean, zip(*two, strict=True))) for two in pairwise(bare)]
    ratios = [one.clock / other.clock for one, other in zip(beside, ours, strict=True)]
    return {
        "model": "none" if model is None else model.name,
        "images": given.images,
        "threads": given.threads,
        "rounds": given.rounds,
        "bare_images_per_second": round(given.images / median(bare).clock, 1),
        "framewatch_images_per_second": round(given.images / median(ours).clock, 1),
        "framewatch_to_bare": round(middle(ratios), 3),
        "ratio_of_each_round": [round(ratio, 3) for ratio in ratios],
        "ratio_of_processor_time": round(median(beside).processor / median(ours).processor, 3),
    }


def _stage_one(images: Path, model: Path | None, threads: int) -> None:
    """All that a user waits for: search, plan, every feature, thumbnails, and the Parquet file."""
    scaling = "minus-one-one" if model is not None and model.suffix == ".onnx" else None
    wanted = Images(str(images), model, ExtractionOptions(scaling=scaling), workers=threads)
    with tempfile.TemporaryDirectory() as store:
        extract(wanted, Path(store), "images", date(2026, 11, 23))


def _bare_loop(images: Path, model: Path | None, threads: int) -> None:
    """Read, decode, resize; and then the histogram, or the model."""
    own = threading.local()

    def work(path: Path) -> object:
        with Image.open(io.BytesIO(path.read_bytes())) as image:
            image.draft("RGB", DRAFT)
            picture = image.convert("RGB").resize(SIZE, Image.Resampling.BILINEAR)
        if model is None:
            return picture.histogram()
        if not hasattr(own, "run"):
            own.run = _runner(model)
        return own.run(picture)

    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(work, sorted(images.iterdir())):
            pass


def _runner(model: Path) -> Callable[[Image.Image], object]:
    return _onnx_runner(model) if model.suffix == ".onnx" else _tflite_runner(model)


def _onnx_runner(model: Path) -> Callable[[Image.Image], object]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(picture: Image.Image) -> object:
        tensor = np.asarray(picture, dtype=np.float32)
        tensor /= np.float32(127.5)
        tensor -= np.float32(1)
        return session.run(None, {name: np.ascontiguousarray(tensor.transpose(2, 0, 1)[np.newaxis])})

    return run


def _tflite_runner(model: Path) -> Callable[[Image.Image], object]:
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(str(model), num_threads=1)
    interpreter.allocate_tensors()
    taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

    def run(picture: Image.Image) -> object:
        interpreter.set_tensor(taken, np.asarray(picture)[np.newaxis])
        interpreter.invoke()
        return interpreter.get_tensor(given)

    return run


if __name__ == "__main__":
    main()
