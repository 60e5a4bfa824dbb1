"""One unit of work: some references to images in, one Arrow table of their rows out. Every executor runs this."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pipeline.extract.decode import decode
from pipeline.extract.pixels import pixel_features
from pipeline.extract.quality import quality_features
from pipeline.extract.resize import Resized, decode_size, resize
from pipeline.extract.sources.interface import CANNOT_BE_OPENED, Opened, Unreadable
from pipeline.features import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.sources.interface import ImageRef
    from pipeline.settings import ExtractionSettings

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class WorkerSpec:
    """All that a worker needs to know, small enough to send anywhere."""

    settings: ExtractionSettings
    model_path: str | None


class Worker:
    """Processes units with one opened model. One thread uses it at a time."""

    def __init__(self, spec: WorkerSpec) -> None:
        """Open the model, if there is one.

        Raises:
            ModelError: It cannot be opened.
        """
        self._settings = spec.settings
        self._opened = Opened()
        self._predict = None
        if spec.model_path is not None and spec.settings.model is not None:
            from pipeline.extract.models.predictor import Predictor

            self._predict = Predictor(Path(spec.model_path), spec.settings, spec.settings.model)

    def process(self, refs: Sequence[ImageRef]) -> pa.Table:
        """One row for each image, readable or not, in the order given, with the schema of `features.arrow_schema`."""
        rows = list[Row]()
        readable = list[tuple[Row, Resized]]()
        for ref in refs:
            row, picture = self._look_at(ref)
            rows.append(row)
            if picture is not None:
                readable.append((row, picture))
        self._add_predictions(readable)
        schema = arrow_schema()
        columns = [pa.array([row.get(field.name) for row in rows], field.type) for field in schema]
        return pa.Table.from_arrays(columns, schema=schema)

    def _look_at(self, ref: ImageRef) -> tuple[Row, Resized | None]:
        row: Row = {"uri": ref.uri, "path": ref.path, "size": ref.size, "modified": ref.modified, "etag": ref.etag}
        row["status"] = "ok"
        settings = self._settings
        data = _read(ref, self._opened)
        if isinstance(data, bytes):
            decoded = decode(data, decode_size(settings.input_size, settings.resize), settings.decode)
        else:
            decoded = data
        if isinstance(decoded, Unreadable):
            row |= {"status": "unreadable", "reason": decoded.reason, "detail": decoded.detail}
            return row, None
        resized = resize(decoded.picture, settings.input_size, settings.resize)
        row |= {"format": decoded.format, "mode": decoded.mode, "width": decoded.width, "height": decoded.height}
        row |= pixel_features(resized.picture) | quality_features(resized.picture)
        return row, resized

    def _add_predictions(self, readable: Sequence[tuple[Row, Resized]]) -> None:
        if self._predict is None:
            return
        found = self._predict([picture for _, picture in readable])
        for (row, _), prediction in zip(readable, found, strict=True):
            if isinstance(prediction, Unreadable):
                row.update(status="invalid_scores", reason=prediction.reason, detail=prediction.detail)
            else:
                row.update(prediction)


def _read(ref: ImageRef, opened: Opened) -> bytes | Unreadable:
    if ref.problem is not None:
        return ref.problem
    try:
        return ref.place.read(opened)
    except OSError as error:
        return Unreadable(CANNOT_BE_OPENED, error.strerror or str(error))
