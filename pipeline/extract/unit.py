"""One unit of work: some references to images in, one Arrow table of their rows out. Every executor runs this."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.extract.decode import Decoded, decode
from pipeline.extract.hashes import content_hash, luma_tile, perceptual_hashes
from pipeline.extract.look import Looks, look
from pipeline.extract.pixels import pixel_columns
from pipeline.extract.quality import quality_columns
from pipeline.extract.resize import Resized, decode_size, resize
from pipeline.extract.sources.interface import CANNOT_BE_OPENED, Opened, Unreadable
from pipeline.extract.thumbnail import LONGEST_SIDE, shrunk, thumbnail
from pipeline.features import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from pipeline.extract.models.predictor import Predictor
    from pipeline.extract.sources.interface import ImageRef
    from pipeline.settings import ExtractionSettings

Row = dict[str, object]

_TOGETHER = 16
"""Images of which each step is done in one go, where no model says how many."""


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """All that a worker needs to know, small enough to send anywhere.

    Attributes:
        settings: What is done to each image.
        model_path: The model that the settings speak of.
        thumbnails: Whether rows hold a thumbnail.
        probabilities: Whether they hold the probability of every class.
    """

    settings: ExtractionSettings
    model_path: str | None
    thumbnails: bool = True
    probabilities: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """What is kept of the pixels of a readable image until its unit is complete.

    Attributes:
        looks: What was counted in the resized picture.
        tile: Of the whole image, for its perceptual hash.
    """

    looks: Looks
    tile: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Pictures:
    """A readable image: its pictures for the model and the features, for the perceptual hash and for the thumbnail."""

    resized: Resized
    luma: Image.Image
    tile: NDArray[np.uint8]
    small: Image.Image | None


class Worker:
    """Processes units with one opened model. One thread uses it at a time."""

    def __init__(self, spec: WorkerSpec) -> None:
        """Open the model, if there is one.

        Raises:
            ModelError: It cannot be opened.
        """
        self._settings = spec.settings
        self._thumbnails = spec.thumbnails
        self._schema = arrow_schema()
        self._opened = Opened()
        self._predict: Predictor | None = None
        if spec.model_path is not None and spec.settings.model is not None:
            from pipeline.extract.models.predictor import Predictor

            self._predict = Predictor(
                Path(spec.model_path), spec.settings, spec.settings.model, probabilities=spec.probabilities
            )
        self._together = _TOGETHER if self._predict is None else self._predict.together

    def process(self, refs: Sequence[ImageRef]) -> pa.Table:
        """One row for each image, readable or not, in the order given, with the schema of `features.arrow_schema`."""
        rows: list[Row] = [
            {"uri": ref.uri, "path": ref.path, "size": ref.size, "modified": ref.modified, "etag": ref.etag}
            for ref in refs
        ]
        seen = list[Seen | None]()
        for start in range(0, len(refs), self._together):
            group = slice(start, start + self._together)
            seen += self._look_at_group(refs[group], rows[group])
        return _table(rows, seen, self._schema)

    def _look_at_group(self, refs: Sequence[ImageRef], rows: Sequence[Row]) -> list[Seen | None]:
        """Fill in the rows of some images, each step for all of them in one go: so what it needs stays in the cache."""
        opened = [self._open(ref, row) for ref, row in zip(refs, rows, strict=True)]
        readable = [(row, one) for row, one in zip(rows, opened, strict=True) if one is not None]
        for row, one in readable:
            if one.small is not None:
                row["thumbnail"] = thumbnail(one.small)
        if self._predict is not None:
            predictions = self._predict([one.resized for _, one in readable])
            for (row, _), prediction in zip(readable, predictions, strict=True):
                _add_prediction(row, prediction)
        looks = iter(look([one.resized.picture for _, one in readable], [one.luma for _, one in readable]))
        return [None if one is None else Seen(next(looks), one.tile) for one in opened]

    def _open(self, ref: ImageRef, row: Row) -> _Pictures | None:
        """Fill in what an image's file says, and give what the rest of its row follows from."""
        settings = self._settings
        row["status"] = "ok"
        data = _read(ref, self._opened)
        if isinstance(data, Unreadable):
            _unreadable(row, data)
            return None
        row["content_hash"] = content_hash(data)
        decoded = decode(data, decode_size(settings.input_size, settings.resize), settings.decode)
        if isinstance(decoded, Unreadable):
            _unreadable(row, decoded)
            return None
        row |= file_columns(decoded, len(data))
        resized = resize(decoded.picture, settings.input_size, settings.resize)
        whole = self._whole(decoded, resized)
        luma = resized.picture.convert("L")
        tile = luma_tile(luma if whole is resized.picture else whole.convert("L"))
        small = shrunk(whole, (decoded.width, decoded.height)) if self._thumbnails else None
        return _Pictures(resized, luma, tile, small)

    def _whole(self, decoded: Decoded, resized: Resized) -> Image.Image:
        """A picture of all of the image: the resized one, which is cheap to make smaller, where it will do."""
        if self._settings.resize != "crop" and min(resized.picture.size) >= LONGEST_SIDE:
            return resized.picture
        return decoded.picture


def _add_prediction(row: Row, prediction: Mapping[str, object] | Unreadable) -> None:
    if isinstance(prediction, Unreadable):
        row.update(status="invalid_scores", reason=prediction.reason, detail=prediction.detail)
    else:
        row.update(prediction)


def file_columns(decoded: Decoded, size: int) -> Row:
    """The columns that say what an image's file is.

    Args:
        decoded: What was found in it.
        size: In bytes.
    """
    exif, pixels = decoded.exif, decoded.width * decoded.height
    return {
        "format": decoded.format,
        "mode": decoded.mode,
        "width": decoded.width,
        "height": decoded.height,
        "aspect_ratio": decoded.width / decoded.height,
        "bits_per_pixel": 8 * size / pixels,
        "jpeg_quality": decoded.jpeg_quality,
        "orientation": exif.orientation,
        "camera_make": exif.camera_make,
        "camera_model": exif.camera_model,
        "captured": exif.captured,
    }


def numbers_of(seen: Sequence[Seen]) -> dict[str, NDArray[Any]]:
    """The columns that are worked out for all readable images of a unit at once, one number or histogram for each."""
    looks = [one.looks for one in seen]
    counts = np.array([one.colours for one in looks], dtype=np.int64).reshape(-1, 3, 256)
    hashes = perceptual_hashes([one.tile for one in seen])
    return {"perceptual_hash": hashes} | pixel_columns(counts) | quality_columns(looks, counts)


def _read(ref: ImageRef, opened: Opened) -> bytes | Unreadable:
    if ref.problem is not None:
        return ref.problem
    try:
        return ref.place.read(opened)
    except OSError as error:
        return Unreadable(CANNOT_BE_OPENED, error.strerror or str(error))


def _unreadable(row: Row, why: Unreadable) -> None:
    row.update(status="unreadable", reason=why.reason, detail=why.detail)


def _table(rows: Sequence[Row], seen: Sequence[Seen | None], schema: pa.Schema) -> pa.Table:
    """Rows, and the numbers of those whose image could be read, as one table."""
    numbers = numbers_of([one for one in seen if one is not None])
    chosen, named = _places(seen), frozenset().union(*rows)
    columns = [
        _spread_out(_array(numbers[field.name], field.type), chosen)
        if field.name in numbers
        else _column(rows, field, named)
        for field in schema
    ]
    return pa.Table.from_arrays(columns, schema=schema)


def _column(rows: Sequence[Row], field: pa.Field, named: frozenset[str]) -> pa.Array:
    if field.name not in named:
        return pa.nulls(len(rows), field.type)
    return pa.array([row.get(field.name) for row in rows], field.type)


def _places(seen: Sequence[Seen | None]) -> pa.Array | None:
    """For each row the place of its numbers, null where there are none; None where all rows have some."""
    if None not in seen:
        return None
    counter = count()
    return pa.array([None if one is None else next(counter) for one in seen], pa.int64())


def _array(values: NDArray[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_fixed_size_list(kind):
        return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), kind.list_size).cast(kind)
    return pa.array(values, kind)


def _spread_out(values: pa.Array, chosen: pa.Array | None) -> pa.Array:
    return values if chosen is None else values.take(chosen)
