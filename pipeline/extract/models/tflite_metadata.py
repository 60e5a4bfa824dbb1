"""What a TFLite file says of itself beside its tensors: files packed behind it, and TFLite's own metadata in it."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from pipeline.extract.models.names import literal

if TYPE_CHECKING:
    from collections.abc import Iterator

NORMALISATION = "tflite normalisation"
"""The key of the mean and standard deviation of bytes that TFLite's metadata gives, as JSON: three numbers each."""

_METADATA = b"TFLITE_METADATA"
_NORMALISATION_OPTIONS = 1
_CHANNELS = 3


def tflite_metadata(content: bytes) -> dict[str, str]:
    """What is known of a whole TFLite file, see `flatbuffer.is_whole`; what is damaged is left out."""
    try:
        normalisation = next(_normalisations(content), None)
    except (struct.error, IndexError):
        normalisation = None
    found = _packed(content)
    return found if normalisation is None else found | {NORMALISATION: json.dumps(normalisation)}


def _packed(content: bytes) -> dict[str, str]:
    """What the files say that are appended to a model as a zip archive: class names, or all that YOLO writes."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = (name for name in archive.namelist() if name.endswith((".txt", ".json")))
            files = {name: archive.read(name).decode("utf-8-sig", "replace") for name in wanted}
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):  # damaged, or packed in another way
        return {}
    for said in map(literal, files.values()):
        if isinstance(said, dict) and "names" in said:
            return {str(key): str(value) for key, value in said.items()}
    labels = next((text for name, text in files.items() if name.endswith(".txt") and "label" in name.lower()), None)
    return {} if labels is None else {"names": labels}


def _normalisations(content: bytes) -> Iterator[tuple[list[float], list[float]]]:
    """The mean and standard deviation of bytes that the first input's metadata gives.

    The numbers of fields are those of TFLite's schema.fbs and metadata_schema.fbs.
    """
    model = _Table(content, _whole_number(content, 0))
    for entry in model.tables(6):
        if entry.bytes(0) != _METADATA:
            continue
        buffer = list(model.tables(4))[entry.number(1)].bytes(0)
        for unit in _Table(buffer, _whole_number(buffer, 0)).first(3).first(2).tables(4):
            options = unit.table(1)
            if unit.byte(0) == _NORMALISATION_OPTIONS and options is not None:
                mean, std = (_three(options.floats(field)) for field in (0, 1))
                if mean and std and min(std) > 0:
                    yield mean, std


def _three(values: tuple[float, ...]) -> list[float]:
    """One for each channel; none where they are of another form."""
    if len(values) not in {1, _CHANNELS} or not all(map(math.isfinite, values)):
        return []
    return [*values] * (_CHANNELS // len(values))


class _Table:
    """A table of a flatbuffer."""

    def __init__(self, content: bytes, at: int) -> None:
        self._content, self._at = content, at

    def number(self, field: int) -> int:
        at = self._place(field)
        return _whole_number(self._content, at) if at else 0

    def byte(self, field: int) -> int:
        at = self._place(field)
        return self._content[at] if at else 0

    def bytes(self, field: int) -> bytes:
        at, length = self._vector(field)
        return self._content[at : at + length]

    def floats(self, field: int) -> tuple[float, ...]:
        at, length = self._vector(field)
        return struct.unpack_from(f"<{min(length, len(self._content))}f", self._content, at)

    def table(self, field: int) -> _Table | None:
        at = self._place(field)
        return _Table(self._content, at + _whole_number(self._content, at)) if at else None

    def tables(self, field: int) -> Iterator[_Table]:
        at, length = self._vector(field)
        for slot in range(at, at + 4 * length, 4):
            yield _Table(self._content, slot + _whole_number(self._content, slot))

    def first(self, field: int) -> _Table:
        found = [*self.tables(field)]
        return found[0]

    def _vector(self, field: int) -> tuple[int, int]:
        at = self._place(field)
        if not at:
            return 0, 0
        start = at + _whole_number(self._content, at)
        return start + 4, _whole_number(self._content, start)

    def _place(self, field: int) -> int:
        """Where a field is; 0 where it is left out."""
        fields = self._at - _whole_number(self._content, self._at, "<i")
        slot = 4 + 2 * field
        inside = slot < _whole_number(self._content, fields, "<H")
        offset = _whole_number(self._content, fields + slot, "<H") if inside else 0
        return self._at + offset if offset else 0


def _whole_number(content: bytes, at: int, kind: str = "<I") -> int:
    if at < 0:
        raise IndexError(at)
    return int(struct.unpack_from(kind, content, at)[0])
