"""Metadata to columns of the rows of the images that it names, labels to classes of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from pipeline.errors import MetadataError
from pipeline.extract.metadata import RESERVED, merged
from pipeline.features import arrow_schema

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pyarrow as pa

    from pipeline.extract.metadata import Metadata
    from pipeline.settings import ModelSettings

_MOST_CLASSES = 2**31


def add_metadata(rows: pa.Table, metadata: Metadata, uris: Collection[str], model: ModelSettings | None) -> pa.Table:
    """Rows with what the metadata says of their images, where it names them; the others are as they were.

    A column that earlier metadata gave other types becomes the type that holds both, at the worst text.

    Args:
        rows: Of `features.arrow_schema`, or those of its columns that metadata reads or changes, perhaps with columns
            of earlier metadata.
        metadata: Its paths are relative to one source, and so mean the images of that source only.
        uris: The images of that source.
        model: Says which class a label means.

    Raises:
        MetadataError: A label is no class of the model.
    """
    keys = pl.DataFrame({name: pl.from_arrow(rows.column(name)) for name in ("path", "uri")})
    found = keys.join(metadata.table.with_columns(named=True), on="path", how="left", maintain_order="left")
    named = found["named"].fill_null(value=False) & found["uri"].is_in(list(uris))
    given = metadata.table.columns[1:]
    if "label" in given:
        labels = found["label"].set(~named, None)
        found = found.with_columns(label_index=_label_indices(labels, model, metadata.origin))
        given = [*given, "label_index"]
    for name in given:
        at = rows.schema.get_field_index(name)
        new = found[name]
        if at < 0:
            rows = rows.append_column(name, new.set(~named, None).to_arrow())
        else:
            old = pl.Series(name, rows.column(at))
            both = merged(new.cast(old.dtype) if name in RESERVED else new, old, named)
            rows = rows.set_column(at, name, both.to_arrow())
    return rows.cast(_with_types_of_features(rows.schema))


def _with_types_of_features(schema: pa.Schema) -> pa.Schema:
    for at, name in enumerate(schema.names):
        if name in RESERVED:
            schema = schema.set(at, arrow_schema().field(name))
    return schema


def _label_indices(labels: pl.Series, model: ModelSettings | None, origin: str) -> pl.Series:
    known = {label: _class_of(label, model, origin) for label in labels.unique() if label is not None}
    return pl.Series([known.get(label) for label in labels], dtype=pl.Int32)


def _class_of(label: str, model: ModelSettings | None, origin: str) -> int | None:
    if model is None:
        return int(label) if label.isdecimal() and int(label) < _MOST_CLASSES else None
    if model.class_names is not None and label in model.class_names:
        return model.class_names.index(label)
    if not label.isdecimal():
        hint = (
            "give --class-names"
            if model.class_names is None
            else f"its classes are {_first(model.class_names)}{_alike(label, model.class_names)}"
        )
        raise MetadataError(f"{origin}: the label {label!r} is neither a number nor a class of the model; {hint}")
    index = int(label) + model.label_offset
    class_count = model.class_count or _MOST_CLASSES
    if not 0 <= index < class_count:
        raise MetadataError(
            f"{origin}: the label {label} means class {index} (--label-offset {model.label_offset}), but the model has "
            f"classes 0 to {class_count - 1}"
        )
    return index


def _first(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:5])) + (", ..." if len(names) > 5 else "")  # noqa: PLR2004


def _alike(label: str, names: Sequence[str]) -> str:
    """The class that was probably meant, where one is much alike."""
    import difflib

    by_synonym = {part: name for name in reversed(names) for part in (*name.split(", "), name)}
    found = difflib.get_close_matches(label, by_synonym, 1)
    return f"; did you mean {by_synonym[found[0]]!r}?" if found else ""
