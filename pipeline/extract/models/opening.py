"""A file to an opened model, by what is in it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.extract.models.interface import Model

_TFLITE_MARK = b"TFL3"

_WEIGHTS_ELSEWHERE = re.compile(
    rb"j(?:[\x01-\x7f]|[\x80-\xff][\x01-\x7f])\n\x08location\x12(?:([\x01-\x7f])|([\x80-\xff])([\x01-\x7f]))"
)
"""How an ONNX tensor begins to name the file that holds its numbers: field 13 (j), its length, the key, and the length
of the name that follows; lengths take one byte or two."""


@dataclass(frozen=True, slots=True)
class OpenedModel:
    """A model and the hash of the file that it came from, and of the files that hold its weights."""

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
        return _open(path, content)
    except ModelError as error:
        raise ModelError(
            f"{path}: {error} (found {len(content)} bytes that start with {content[:8]!r}; "
            "accepted are ONNX and TFLite models)"
        ) from error


def _open(path: Path, content: bytes) -> OpenedModel:
    # NOTE: each runtime costs a third of a second to import, so only the one that is needed is.
    if content[4:8] == _TFLITE_MARK:
        from pipeline.extract.models.tflite import TfliteModel

        return OpenedModel(TfliteModel(content), _sha256(content, []))
    from pipeline.extract.models.onnx import OnnxModel

    weights = [path.parent / name for name in _weight_files(content)]
    for missing in (file for file in weights if not file.is_file()):
        raise ModelError(f"its weights are in a file of their own, {missing.name!r}, which is not beside it")
    return OpenedModel(OnnxModel(path if weights else content), _sha256(content, weights))


def _weight_files(content: bytes) -> list[str]:
    """The files, relative to its folder, in which an ONNX model that is larger than its file keeps the rest."""
    found = set[bytes]()
    for mark in _WEIGHTS_ELSEWHERE.finditer(content):
        low, *two = (ord(group) for group in mark.groups() if group)
        length = low & 0x7F | two[0] << 7 if two else low
        found.add(content[mark.end() : mark.end() + length])
    return sorted(name.decode("utf-8", "surrogateescape") for name in found)


def _sha256(content: bytes, weights: list[Path]) -> str:
    whole = hashlib.sha256(content)
    for path in weights:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()
