"""A model ready for images: resized picture in, prediction columns out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.extract.models.classification import class_features
from pipeline.extract.models.detection import box_features, counted
from pipeline.extract.models.interface import per_image
from pipeline.extract.models.opening import open_model
from pipeline.extract.models.preprocess import Preprocessor, input_layout
from pipeline.extract.sources.interface import Unreadable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.extract.resize import Resized
    from pipeline.settings import ExtractionSettings, ModelSettings

_TOGETHER = 16
"""Pictures that wait for a classifier. A run drives all else out of the processor's cache, and that costs each time;
more pictures would not stay there themselves, and so many outputs of a detector would take a lot of memory."""


class Predictor:
    """Runs one model as the settings say. One thread uses it at a time.

    Attributes:
        together: Pictures that are best given to it at once, or fewer: whole batches, so that none is filled up.
    """

    def __init__(
        self, model_path: Path, settings: ExtractionSettings, how: ModelSettings, *, probabilities: bool = False
    ) -> None:
        """Open the model.

        Args:
            model_path: Its file.
            settings: Say what it is fed with.
            how: Say how it is fed and read.
            probabilities: Whether a classifier's columns hold the probability of every class.

        Raises:
            ModelError: It cannot be opened.
        """
        self._model = open_model(model_path).model
        self._settings = how
        self._size = settings.input_size
        self._keep_all = probabilities
        layout = input_layout(self._model.inputs)
        self._batch = layout.batch
        least = _TOGETHER if how.task == "classification" else 1
        self.together = -(-least // layout.batch) * layout.batch
        self._preprocess = Preprocessor(layout, settings.input_size, (how.mean, how.std), how.channel_order)

    def __call__(self, pictures: Sequence[Resized]) -> list[dict[str, object] | Unreadable]:
        """The prediction columns of each picture, or why there are none.

        NOTE: A run takes no more pictures than the model's fixed batch, one where it has none: larger batches are
        not faster on a CPU, and so no image's scores depend on its neighbours.
        """
        outputs: list[list[NDArray[Any]]] = []
        for start in range(0, len(pictures), self._batch):
            batch = pictures[start : start + self._batch]
            outputs += per_image(self._model.run(self._preprocess(batch)), self._batch)[: len(batch)]
        return list(map(self._columns, outputs, pictures))

    def _columns(self, raw: list[NDArray[Any]], resized: Resized) -> dict[str, object] | Unreadable:
        outputs = [raw[position] for position in self._settings.output_order]
        if self._settings.box_layout == "ssd":
            outputs = counted(outputs)
        if not all(np.isfinite(output).all() for output in outputs):
            return Unreadable("NaN or infinite scores", "the model's output holds values that are no numbers")
        if self._settings.box_layout == "yolov8":
            outputs = [outputs[0].T]
        if self._settings.task == "detection":
            return box_features(outputs, self._settings, self._size, resized)
        scores, names = outputs[0].ravel(), self._settings.class_names
        return class_features(scores, self._settings.scores, names, keep_all=self._keep_all)
