"""Made-up rows of a store, fast: a million in half a minute."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.features import FEATURES, Feature, arrow_schema
from pipeline.settings import ExtractionSettings, ModelSettings
from pipeline.store.layout import row_files
from pipeline.store.write import write_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.store.layout import Partition

CLASSES = 100
SIDE = 224

MODEL = ModelSettings(
    sha256="5e7",
    runtime="onnx",
    task="classification",
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    channel_order="rgb",
    class_count=CLASSES,
    class_names=None,
    label_offset=0,
    scores="probabilities",
    output_order=(0,),
)

_ROWS_AT_ONCE = 8192
_SHAPES = 512
"""Different histograms, of which each image has one with some noise on it."""


def write_store(store: Path, partition: Partition, rows: int, shift: float = 0.0, classes: int = CLASSES) -> list[Path]:
    """Write a partition of images of a classifier; `shift` moves their numbers by that share of their range."""
    folder = partition.folder(store)
    folder.mkdir(parents=True)
    settings = ExtractionSettings(input_size=(SIDE, SIDE), model=replace(MODEL, class_count=classes))
    write_files(folder, synthetic_tables(rows, shift, classes), settings)
    return row_files(store, partition)


def synthetic_tables(rows: int, shift: float = 0.0, classes: int = CLASSES) -> Iterator[pa.Table]:
    """Rows as a classifier's, with a label on one in ten."""
    generator = np.random.default_rng(rows)
    shapes = _shapes(generator)
    for start in range(0, rows, _ROWS_AT_ONCE):
        count = min(_ROWS_AT_ONCE, rows - start)
        numbers = {one.name: _column(one, generator, count, start, shift, classes) for one in FEATURES}
        numbers |= {name: _histograms(shapes, generator, count) for name in numbers if name.endswith("_histogram")}
        schema = arrow_schema()
        yield pa.table([numbers[own.name].cast(own.type) for own in schema], schema=schema)


def _column(
    own: Feature, generator: np.random.Generator, count: int, start: int, shift: float, classes: int
) -> pa.Array:
    if own.name.startswith("box"):
        return pa.nulls(count)
    if own.bins is not None:
        share = np.clip(generator.beta(4, 5, count) + shift, 0, 1)
        values = own.bins.low + (own.bins.high - own.bins.low) * share
        return pa.array(values.astype(np.int32) if own.dtype == "int32" else values)
    return _other_column(own.name, generator, count, start, classes)


def _other_column(name: str, generator: np.random.Generator, count: int, start: int, classes: int) -> pa.Array:
    made: dict[str, Any] = {
        "status": lambda: ["ok"] * count,
        "uri": lambda: [f"/images/{start + at}.jpg" for at in range(count)],
        "path": lambda: [f"{start + at}.jpg" for at in range(count)],
        "predicted_class": lambda: generator.integers(0, classes, count),
        "label_index": lambda: generator.integers(0, classes, count),
        "format": lambda: np.array(["JPEG", "PNG"])[generator.integers(0, 2, count)],
        "mode": lambda: np.array(["RGB", "L"])[generator.integers(0, 2, count)],
        "camera_make": lambda: np.array(["One", "Two", "Three"])[generator.integers(0, 3, count)],
        "orientation": lambda: generator.integers(1, 9, count),
    }
    if name not in made:
        return pa.nulls(count)
    missing = generator.random(count) < 0.9 if name == "label_index" else None  # noqa: PLR2004
    return pa.array(made[name](), mask=missing)


def _shapes(generator: np.random.Generator) -> NDArray[np.uint32]:
    levels = np.arange(256)
    centres, widths = generator.uniform(40, 215, (_SHAPES, 1)), generator.uniform(20, 70, (_SHAPES, 1))
    shapes = np.exp(-0.5 * ((levels - centres) / widths) ** 2)
    return np.asarray(shapes / shapes.sum(axis=1, keepdims=True) * SIDE**2, dtype=np.uint32)


def _histograms(shapes: NDArray[np.uint32], generator: np.random.Generator, count: int) -> pa.Array:
    noise = np.frombuffer(generator.bytes(count * 256), np.uint8).reshape(count, 256) & 31
    counts = shapes[generator.integers(0, _SHAPES, count)] + noise
    return pa.FixedSizeListArray.from_arrays(pa.array(counts.ravel(), pa.uint32()), 256)
