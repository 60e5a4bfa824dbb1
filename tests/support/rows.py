"""Rows as stage one makes them, from small random pictures, with what they were made from kept beside them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.compare.sides.baseline import to_document
from pipeline.compare.sides.side import Side
from pipeline.features import CHANNELS, arrow_schema
from pipeline.profile.measure import profile_table
from pipeline.settings import ExtractionSettings, ModelSettings
from pipeline.store.write import write_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.documents import BaselineDocument
    from pipeline.profile.profile import Profile
    from pipeline.store.layout import Partition

Kind = Literal["pixels", "classified", "detected", "unreadable", "invalid"]

SIDE = 4
"""Pixels a side of the pictures."""

CLASS_NAMES = ("bolt", "nut", "washer", "spring")

CLASSIFIER = ModelSettings(
    sha256="c1a5",
    runtime="onnx",
    task="classification",
    mean=(0.0, 0.0, 0.0),
    std=(1.0, 1.0, 1.0),
    channel_order="rgb",
    class_count=4,
    class_names=CLASS_NAMES,
    label_offset=0,
    scores="probabilities",
    output_order=(0,),
)

DETECTOR = ModelSettings(
    sha256="de7e",
    runtime="tflite",
    task="detection",
    mean=(0.5, 0.5, 0.5),
    std=(0.5, 0.5, 0.5),
    channel_order="bgr",
    class_count=None,
    class_names=None,
    label_offset=1,
    scores="probabilities",
    output_order=(1, 0, 2, 3),
    box_layout="ssd",
    boxes_in_pixels=False,
    score_threshold=0.25,
    overlap_threshold=0.5,
)

PIXELS_ONLY = ExtractionSettings(input_size=(SIDE, SIDE))
CLASSIFYING = ExtractionSettings(input_size=(SIDE, SIDE), model=CLASSIFIER)
DETECTING = ExtractionSettings(input_size=(SIDE, SIDE), model=DETECTOR)


class Shot(NamedTuple):
    """One image: its pixels, which the row does not hold, and its row."""

    pixels: NDArray[np.uint8] | None
    row: dict[str, Any]

    def __repr__(self) -> str:
        return f"<{self.row['path']}: {self.row['status']}>"


def shot(generator: np.random.Generator, name: str, kind: Kind = "classified", light: float = 0.5) -> Shot:
    """A random image of a kind; `light` in [0, 1] moves its pixels."""
    row: dict[str, Any] = {
        "uri": f"/images/{name}",
        "path": name,
        "size": 100,
        "modified": datetime(2026, 11, 23, tzinfo=UTC),
        "status": "ok",
    }
    if kind == "unreadable":
        reason = str(generator.choice(["empty file", "truncated"]))
        return Shot(None, row | {"status": "unreadable", "reason": reason})
    pixels = generator.binomial(255, np.clip(generator.normal(light, 0.1, (SIDE, SIDE, 3)), 0, 1)).astype(np.uint8)
    row |= _file_columns(generator) | _pixel_columns(pixels)
    if kind == "classified":
        row |= _class_columns(generator)
    elif kind == "detected":
        row |= _box_columns(generator)
    elif kind == "invalid":
        row |= {"status": "invalid_scores", "reason": "NaN or infinite scores"}
    return Shot(pixels, row)


def shots(seed: int, count: int, kind: Kind = "classified", light: float = 0.5) -> list[Shot]:
    """Random images of one kind."""
    generator = np.random.default_rng(seed)
    return [shot(generator, f"{seed}-{index}.png", kind, light) for index in range(count)]


def table(made: Sequence[Shot]) -> pa.Table:
    """The Arrow table of their rows, with the schema of the product."""
    schema = arrow_schema()
    columns = [pa.array([one.row.get(name.name) for one in made], name.type) for name in schema]
    return pa.Table.from_arrays(columns, schema=schema)


def lazy(made: Sequence[Shot]) -> pl.LazyFrame:
    """The same as a lazy frame."""
    return cast("pl.DataFrame", pl.from_arrow(table(made))).lazy()


def profile_of(made: Sequence[Shot]) -> Profile:
    """The product's profile of them."""
    return profile_table(table(made))


def side_of(made: Sequence[Shot]) -> Side:
    """The same for comparing."""
    return Side.of(profile_of(made))


def document_of(
    made: Sequence[Shot], settings: ExtractionSettings = CLASSIFYING, source: str = "here"
) -> BaselineDocument:
    """The product's document of them."""
    return to_document(profile_of(made), settings, source)


def store_rows(
    store: Path,
    partition: Partition,
    made: Sequence[Shot],
    settings: ExtractionSettings = CLASSIFYING,
    **columns: Sequence[object],
) -> Path:
    """Write them to a partition, with more columns as metadata gives them."""
    rows = table(made)
    for name, values in columns.items():
        rows = rows.append_column(name, pa.array(values))
    path = partition.folder(store) / "rows.parquet"
    write_rows(path, [rows], settings)
    return path


def _file_columns(generator: np.random.Generator) -> dict[str, Any]:
    """Two kinds of files: one says its camera and its quality, the other does not."""
    columns: dict[str, Any] = {
        "width": 640,
        "height": 480,
        "aspect_ratio": 640 / 480,
        "bits_per_pixel": 24 * generator.random(),
    }
    if generator.random() < 0.5:
        return columns | {"format": "PNG", "mode": "RGB"}
    columns |= {"format": "JPEG", "mode": str(generator.choice(["RGB", "L"])), "orientation": 6}
    return columns | {"jpeg_quality": generator.integers(1, 101), "camera_make": "Maker", "camera_model": "Ä <1>"}


def _pixel_columns(pixels: NDArray[np.uint8]) -> dict[str, Any]:
    unit = pixels / 255
    columns: dict[str, Any] = {
        "pixel_square": (unit**2).mean(),
        "brightness": unit.mean(),
        "contrast": unit.std() / 2,
        "sharpness": 3 + unit.std(),
        "noise": unit.std() / 10,
        "saturation": unit.max(axis=2).mean() - unit.min(axis=2).mean(),
        "entropy": 7 + unit.std(),
        "colourfulness": 100 * unit.std(axis=2).mean(),
        "clipped_dark": (unit < 0.02).mean(),
        "clipped_bright": (unit > 0.98).mean(),
    }
    columns |= _spread("pixel", unit)
    for at, channel in enumerate(CHANNELS):
        columns |= _spread(channel, unit[..., at])
        columns[f"{channel}_histogram"] = np.bincount(pixels[..., at].ravel(), minlength=256)
    return columns


def _spread(prefix: str, unit: NDArray[np.float64]) -> dict[str, Any]:
    names = ("min", "q25", "median", "q75", "max")
    quantiles = dict(zip(names, np.quantile(unit, [0, 0.25, 0.5, 0.75, 1]), strict=True))
    return {f"{prefix}_{name}": value for name, value in ({"mean": unit.mean(), "std": unit.std()} | quantiles).items()}


def _class_columns(generator: np.random.Generator) -> dict[str, Any]:
    scores = generator.dirichlet(np.full(len(CLASS_NAMES), 0.4))
    best = int(scores.argmax())
    columns = {
        "predicted_class": best,
        "predicted_name": CLASS_NAMES[best],
        "confidence": scores.max(),
        "margin": np.diff(np.sort(scores)[-2:])[0],
        "prediction_entropy": -float((scores * np.log(scores + 1e-300)).sum()),
    }
    if generator.random() < 0.5:
        label = int(generator.integers(len(CLASS_NAMES)))
        columns |= {"label": CLASS_NAMES[label], "label_index": label}
    return columns


def _box_columns(generator: np.random.Generator) -> dict[str, Any]:
    count = int(generator.poisson(2))
    scores = np.sort(generator.random(count))[::-1]
    return {
        "confidence": scores.max(initial=0.1),
        "box_count": count,
        "box_classes": generator.integers(0, 6, count).tolist(),
        "box_scores": scores.tolist(),
        "boxes": np.sort(generator.random((count, 4)), axis=1).tolist(),
    }
