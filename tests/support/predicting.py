"""From a model's file and pictures to prediction columns, as stage one does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.extract.models.predictor import Predictor
from pipeline.extract.models.resolve import resolve
from pipeline.extract.resize import resize
from pipeline.settings import ExtractionOptions, ModelSettings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PIL import Image


def opened(path: Path, **options: Any) -> Predictor:
    """The model, fed and read as is decided where the options leave it open."""
    settings = resolve(ExtractionOptions(**options), path)
    assert settings.model is not None
    return Predictor(path, settings, settings.model)


def model_settings(path: Path, **options: Any) -> ModelSettings:
    """How the model is fed and read."""
    model = resolve(ExtractionOptions(**options), path).model
    assert model is not None
    return model


def predictions(path: Path, pictures: Sequence[Image.Image], **options: Any) -> list[dict[str, Any]]:
    """The prediction columns of each picture; the test fails where there are none."""
    settings = resolve(ExtractionOptions(**options), path)
    assert settings.model is not None
    predict = Predictor(path, settings, settings.model)
    found = predict([resize(picture, settings.input_size, settings.resize) for picture in pictures])
    rows = [one for one in found if isinstance(one, dict)]
    assert len(rows) == len(pictures)
    return rows
