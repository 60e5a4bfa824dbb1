"""Where stage one's time goes: the processor's time in each of its steps, added up over all threads."""

from __future__ import annotations

import contextlib
import functools
import threading
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STEPS = (
    ("read", "pipeline.extract.unit", "_read"),
    ("SHA-256", "pipeline.extract.unit", "content_hash"),
    ("decode", "pipeline.extract.unit", "decode"),
    ("EXIF", "pipeline.extract.decode", "read_exif"),
    ("JPEG quality", "pipeline.extract.decode", "jpeg_quality"),
    ("resize", "pipeline.extract.unit", "resize"),
    ("thumbnail", "pipeline.extract.unit", "shrunk"),
    ("thumbnail", "pipeline.extract.unit", "thumbnail"),
    ("perceptual hash", "pipeline.extract.unit", "luma_tile"),
    ("perceptual hash", "pipeline.extract.unit", "perceptual_hashes"),
    ("pixels and quality: counting", "pipeline.extract.unit", "look"),
    ("sharpness and noise", "pipeline.extract.look", "sharpness_and_noise"),
    ("saturation", "pipeline.extract.look", "saturations"),
    ("colourfulness", "pipeline.extract.look", "channel_products"),
    ("pixels: columns", "pipeline.extract.unit", "pixel_columns"),
    ("quality: columns", "pipeline.extract.unit", "quality_columns"),
    ("model: tensor", "pipeline.extract.models.preprocess", "Preprocessor.__call__"),
    ("model: run", "pipeline.extract.models.onnx", "OnnxModel.run"),
    ("model: run", "pipeline.extract.models.tflite", "TfliteModel.run"),
    ("model: columns", "pipeline.extract.models.predictor", "class_features"),
    ("table", "pipeline.extract.unit", "_table"),
    ("write", "pipeline.store.write", "_write"),
)
"""The name of each step, and the function that does it. A step within another is counted as itself alone."""


@contextlib.contextmanager
def timed_steps() -> Iterator[dict[str, float]]:
    """Seconds of processor time by step, counted until the block ends."""
    seconds = {name: 0.0 for name, _, _ in STEPS}
    inner, lock = threading.local(), threading.Lock()
    with contextlib.ExitStack() as undo:
        for name, module, path in STEPS:
            *owner_path, attribute = path.split(".")
            owner = functools.reduce(getattr, owner_path, import_module(module))
            original = getattr(owner, attribute)
            setattr(owner, attribute, _timed(original, name, seconds, inner, lock))
            undo.callback(setattr, owner, attribute, original)
        yield seconds


def _timed(
    function: Callable[..., Any], name: str, seconds: dict[str, float], inner: threading.local, lock: threading.Lock
) -> Callable[..., Any]:
    @functools.wraps(function)
    def timed(*arguments: Any, **named: Any) -> Any:
        before, inner.spent = getattr(inner, "spent", 0.0), 0.0
        started = time.thread_time()
        try:
            return function(*arguments, **named)
        finally:
            whole = time.thread_time() - started
            with lock:
                seconds[name] += whole - inner.spent
            inner.spent = before + whole

    return timed


def print_steps(title: str, seconds: dict[str, float], images: int, whole: float) -> None:
    """A table of milliseconds an image by step, in the order of the work.

    Args:
        title: What was run.
        seconds: By step, see `timed_steps`.
        images: How many there were.
        whole: Seconds of processor time of the whole run, beside which the steps are put.
    """
    print(f"model: {title}; {images} images, one thread")
    rows = {name: spent for name, spent in seconds.items() if spent}
    rows |= {"all else": whole - sum(rows.values()), "together": whole}
    for name, spent in rows.items():
        print(f"  {name:<30}{spent / images * 1000:8.3f} ms{spent / whole:8.1%}")
