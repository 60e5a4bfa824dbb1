"""Whether a TFLite file is whole: all that its tables point to lies within it.

tflite-runtime does not look: a file that was cut short takes the process down, or all of the memory.
"""

from __future__ import annotations

import struct
from typing import Any

_BYTES, _INTEGERS, _LONGS = 1, 4, 8

# A part of a table is a vector of items of that many bytes, a table, or a vector of tables; keys are field numbers of
# the format's schema. Fields that hold plain numbers lie in the table itself.
_QUANTISATION = {0: _INTEGERS, 1: _INTEGERS, 2: _INTEGERS, 3: _LONGS}
_TENSOR = {0: _INTEGERS, 3: _BYTES, 4: _QUANTISATION, 7: _INTEGERS}
_OPERATOR = {1: _INTEGERS, 2: _INTEGERS, 4: dict[int, Any](), 5: _BYTES, 7: _BYTES, 8: _INTEGERS}
_SUBGRAPH = {0: [_TENSOR], 1: _INTEGERS, 2: _INTEGERS, 3: [_OPERATOR], 4: _BYTES}
_SIGNATURE = {0: [{0: _BYTES}], 1: [{0: _BYTES}], 2: _BYTES}
_BUFFER = _METADATA = {0: _BYTES}
_MODEL = {1: [{1: _BYTES}], 2: [_SUBGRAPH], 3: _BYTES, 4: [_BUFFER], 5: _INTEGERS, 6: [_METADATA], 7: [_SIGNATURE]}


def is_whole(content: bytes) -> bool:
    """Whether nothing that the model needs lies beyond the end of its file."""
    try:
        _check(content, _number(content, 0), _MODEL)
    except (struct.error, IndexError):
        return False
    return True


def _check(content: bytes, at: int, part: Any) -> None:
    if isinstance(part, dict):
        _check_table(content, at, part)
    elif isinstance(part, list):
        for slot in range(at + 4, at + 4 + 4 * _number(content, at), 4):
            _check(content, slot + _number(content, slot), part[0])
    else:
        _require(content, at + 4 + part * _number(content, at))


def _check_table(content: bytes, at: int, parts: dict[int, Any]) -> None:
    fields = at - _number(content, at, "<i")
    fields_size, table_size = _number(content, fields, "<H"), _number(content, fields + 2, "<H")
    _require(content, at + table_size)
    for field, part in parts.items():
        slot = 4 + 2 * field
        place = _number(content, fields + slot, "<H") if slot < fields_size else 0
        if place:  # else the field is left out
            target = at + place
            _check(content, target + _number(content, target), part)


def _number(content: bytes, at: int, kind: str = "<I") -> int:
    if at < 0:
        raise IndexError(at)
    return int(struct.unpack_from(kind, content, at)[0])


def _require(content: bytes, end: int) -> None:
    if end > len(content):
        raise IndexError(end)
