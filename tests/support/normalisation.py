"""Puts TFLite's own metadata, with how an input is normalised, into a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import flatbuffers
from ai_edge_litert import schema_py_generated as schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def with_normalisation(model: Path, path: Path, mean: Sequence[float], std: Sequence[float]) -> Path:
    """Writes a copy of a model that says NormalizationOptions of its first input."""
    whole = schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(model.read_bytes()))
    buffer = schema.BufferT()
    buffer.data = list(_metadata(mean, std))
    entry = schema.MetadataT()
    entry.name, entry.buffer = b"TFLITE_METADATA", len(whole.buffers)
    whole.buffers.append(buffer)
    whole.metadata = [*(whole.metadata or []), entry]
    builder = flatbuffers.Builder(0)
    builder.Finish(whole.Pack(builder), b"TFL3")
    path.write_bytes(bytes(builder.Output()))
    return path


def _metadata(mean: Sequence[float], std: Sequence[float]) -> bytes:
    """ModelMetadata, a SubGraphMetadata, a TensorMetadata, a ProcessUnit, NormalizationOptions; from the inside out."""
    builder = flatbuffers.Builder(0)
    vectors = [_floats(builder, values) for values in (mean, std)]
    options = _table(builder, {0: vectors[0], 1: vectors[1]})
    unit = _table(builder, {1: options}, lambda: builder.PrependUint8Slot(0, 1, 0))
    tensor = _table(builder, {4: _vector(builder, unit)})
    graph = _table(builder, {2: _vector(builder, tensor)})
    builder.Finish(_table(builder, {3: _vector(builder, graph)}), b"M001")
    return bytes(builder.Output())


def _table(builder: Any, offsets: dict[int, int], more: Callable[[], None] = lambda: None) -> int:
    builder.StartObject(8)
    more()
    for field, offset in offsets.items():
        builder.PrependUOffsetTRelativeSlot(field, offset, 0)
    place: int = builder.EndObject()
    return place


def _vector(builder: Any, offset: int) -> int:
    builder.StartVector(4, 1, 4)
    builder.PrependUOffsetTRelative(offset)
    place: int = builder.EndVector()
    return place


def _floats(builder: Any, values: Sequence[float]) -> int:
    builder.StartVector(4, len(values), 4)
    for value in reversed(values):
        builder.PrependFloat32(value)
    place: int = builder.EndVector()
    return place
