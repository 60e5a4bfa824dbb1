"""A file to an opened model, by what is in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.extract.models.interface import Model

_TFLITE_MARK = b"TFL3"


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model and the hash of the file that it came from."""

    model: Model
    sha256: str


def open_model(path: Path) -> OpenedModel:
    """Open an ONNX or TFLite file.

    Raises:
        ModelError: It is missing, damaged, or of another kind.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: the model cannot be read ({error.strerror}); give an ONNX or TFLite file") from error
    try:
        return OpenedModel(_open(content), hashlib.sha256(content).hexdigest())
    except ModelError as error:
        raise ModelError(
            f"{path}: {error} (found {len(content)} bytes that start with {content[:8]!r}; "
            "accepted are ONNX and TFLite models)"
        ) from error


def _open(content: bytes) -> Model:
    # NOTE: each runtime costs a third of a second to import, so only the one that is needed is.
    if content[4:8] == _TFLITE_MARK:
        from pipeline.extract.models.tflite import TfliteModel

        return TfliteModel(content)
    from pipeline.extract.models.onnx import OnnxModel

    return OnnxModel(content)
