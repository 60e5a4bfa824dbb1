"""Dataclasses back from the JSON that they were recorded in, each field checked."""

from __future__ import annotations

import json
import sys
from dataclasses import fields, is_dataclass
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

MAY_BE_MISSING = MappingProxyType({"may be missing": True})
"""The metadata of a field that is recorded only where it is known."""


def restored(kind: Any, value: Any, name: str) -> Any:
    """A dataclass from its JSON form: the inverse of `asdict`, without the fields that comparisons pass over.

    Args:
        kind: The dataclass.
        value: Parsed JSON.
        name: What it is called in messages.

    Raises:
        TypeError: Names the first field that is missing, unknown or of another type.
    """
    if not isinstance(value, dict):
        raise TypeError(f"{name} is {shortened(value)}")
    types = get_type_hints(kind)
    required = [one.name for one in fields(kind) if one.compare]
    known = [*required, *(one.name for one in fields(kind) if one.metadata == MAY_BE_MISSING)]
    for key in (*required, *value):
        if key not in known or key not in value:
            raise TypeError(f"{name}.{key} is {'unknown' if key in value else 'missing'}")
    return kind(**{key: _value(types[key], value[key], f"{name}.{key}") for key in known if key in value})


def _value(annotation: Any, value: Any, name: str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if is_dataclass(annotation):
        return restored(annotation, value, name)
    if origin in {Union, UnionType}:
        return None if value is None else _value(arguments[0], value, name)
    if origin is tuple and isinstance(value, list):
        wanted = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        if len(wanted) == len(value):
            return tuple(_value(one, part, name) for one, part in zip(wanted, value, strict=True))
    if annotation is float and type(value) in {int, float} and abs(value) <= sys.float_info.max:
        return float(value)
    if value in arguments or (type(value) is annotation and annotation is not float):
        return value
    raise TypeError(f"{name} is {shortened(value)}")


def shortened(value: object) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004
