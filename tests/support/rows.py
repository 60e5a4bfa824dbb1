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


def shots(seed: int, count: int, kind: Kind = "classified", light: float = 0.5) -> list[Shot]:
    """Random images of one kind; `light` in [0, 1] moves their pixels."""
    return drawn(np.random.default_rng(seed), [f"{seed}-{index}.png" for index in range(count)], [kind] * count, light)


def drawn(
    generator: np.random.Generator, names: Sequence[str], kinds: Sequence[Kind], light: float = 0.5
) -> list[Shot]:
    """Random images, each of its kind."""
    made = [_drawn(generator, name, kind, light) for name, kind in zip(names, kinds, strict=True)]
    if decoded := [one for one in made if one.pixels is not None]:
        _add_pixel_columns(decoded)
    return made


def table(made: Sequence[Shot]) -> pa.Table:
    """The Arrow table of their rows, with the schema of the product."""
    schema = arrow_schema()
    columns = [_column([one.row.get(name.name) for one in made], name.type) for name in schema]
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


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """NOTE: of histograms that all images have, in one piece: a list of arrays takes Arrow most of a table's time."""
    if pa.types.is_fixed_size_list(kind) and values and not any(value is None for value in values):
        return pa.FixedSizeListArray.from_arrays(pa.array(np.concatenate(values), kind.value_type), type=kind)
    return pa.array(values, kind)


def _drawn(generator: np.random.Generator, name: str, kind: Kind, light: float) -> Shot:
    """All of an image but what is worked out from its pixels."""
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
    row |= _file_columns(generator)
    if kind == "classified":
        row |= _class_columns(generator)
    elif kind == "detected":
        row |= _box_columns(generator)
    elif kind == "invalid":
        row |= {"status": "invalid_scores", "reason": "NaN or infinite scores"}
    return Shot(pixels, row)


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


def _add_pixel_columns(made: Sequence[Shot]) -> None:
    """Work them out for all images at once: one by one would be most of the time of many tests."""
    pixels = np.array([one.pixels for one in made])
    columns = _pixel_columns(pixels / 255)
    for at, channel in enumerate(CHANNELS):
        columns[f"{channel}_histogram"] = _histograms(pixels[..., at])
    for one, values in zip(made, zip(*columns.values(), strict=True), strict=True):
        one.row.update(zip(columns, values, strict=True))


def _pixel_columns(unit: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """One value an image of every column, from pixels in [0, 1] of shape (images, SIDE, SIDE, 3)."""
    whole = (1, 2, 3)
    deviations = unit.std(axis=whole)
    columns = {
        "pixel_square": (unit**2).mean(axis=whole),
        "brightness": unit.mean(axis=whole),
        "contrast": deviations / 2,
        "sharpness": 3 + deviations,
        "noise": deviations / 10,
        "saturation": (unit.max(axis=3) - unit.min(axis=3)).mean(axis=(1, 2)),
        "entropy": 7 + deviations,
        "colourfulness": 100 * unit.std(axis=3).mean(axis=(1, 2)),
        "clipped_dark": (unit < 0.02).mean(axis=whole),
        "clipped_bright": (unit > 0.98).mean(axis=whole),
    }
    columns |= _spread("pixel", unit)
    for at, channel in enumerate(CHANNELS):
        columns |= _spread(channel, unit[..., at])
    return columns


def _spread(prefix: str, unit: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    inside = tuple(range(1, unit.ndim))
    names = ("min", "q25", "median", "q75", "max")
    quantiles = dict(zip(names, np.quantile(unit, [0, 0.25, 0.5, 0.75, 1], axis=inside), strict=True))
    columns = {"mean": unit.mean(axis=inside), "std": unit.std(axis=inside)} | quantiles
    return {f"{prefix}_{name}": column for name, column in columns.items()}


def _histograms(levels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How often each image has each of the 256 levels."""
    own = levels.reshape(-1, SIDE * SIDE) + 256 * np.arange(len(levels))[:, np.newaxis]
    return np.bincount(own.ravel(), minlength=256 * len(levels)).reshape(-1, 256)


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
