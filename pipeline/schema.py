"""JSON Schemas of the documents, generated from their Python types, and the check against them.

`python -m pipeline.schema schemas` writes them, and that of the rows, to files.
"""

from __future__ import annotations

import json
import math
import sys
from functools import cache
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, NotRequired, get_args, get_origin, get_type_hints, is_typeddict

from pipeline.atomic import write_text
from pipeline.documents import SCHEMA_VERSION, BaselineDocument, DriftReport, HistoryDocument
from pipeline.errors import DocumentError
from pipeline.features import CHANNELS, FEATURES, Feature
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DOCUMENTS: dict[str, type] = {
    "baseline": BaselineDocument,
    "drift_report": DriftReport,
    "history": HistoryDocument,
}
"""The documents by the names of their schema files."""

_MARKS = {"baseline": "dataset_info", "drift_report": "overall_drift_detected", "history": "days"}
"""A field that each has and no other."""

_WRITERS = {
    "baseline": "`framewatch baseline`",
    "drift_report": "`framewatch monitor` or `compare`",
    "history": "`framewatch history`",
}
"""What writes them, for messages."""

_DRAFT = "https://json-schema.org/draft/2020-12/schema"

_LARGEST_COUNT = 2**53
"""Up to here JSON's readers agree on whole numbers."""

_PLAIN: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "minimum": 0, "maximum": _LARGEST_COUNT},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
"""The schemas of plain types; every whole number in the documents counts something."""

_CLASS_INDEX = {"pattern": "^-?[0-9]{1,9}$"}

_SEVERITY = {"enum": [one.value for one in Severity]}

_A_CHANNEL = {"minItems": len(CHANNELS), "maxItems": len(CHANNELS)}

_TIGHTER: dict[str, dict[str, Any]] = {
    "DatasetInfo.image_count": {"minimum": 1},
    "ChannelStatistics.mean": _A_CHANNEL,
    "ChannelStatistics.std": _A_CHANNEL,
    "FeatureProfile.count": {"minimum": 1},
    "FeatureProfile.mean": {"minimum": -1e100, "maximum": 1e100},
    "FeatureProfile.std": {"minimum": 0, "maximum": 1e100},
    "FeatureProfile.histogram": {"contains": {"minimum": 1}},
    "JointMoments.count": {"minimum": 1},
    "DayVariance.variance": {"minimum": 0, "maximum": 1e200},
    "DayVariance.chance": {"minimum": 0, "maximum": 1e200},
    "DayVariance.freedom": {"minimum": 0.01, "maximum": 1e100},
    "BetweenDays.days": {"minimum": 2},
    "BetweenDays.unevenness": {"minimum": 0, "maximum": 1},
    "BetweenDays.expected": {"minimum": 0, "maximum": 1e100},
    "BetweenDays.weight": {"minimum": 0, "maximum": 1e100},
    "CategoryProfile.counts": {"additionalProperties": {"type": "integer", "minimum": 1, "maximum": _LARGEST_COUNT}},
    "InputDistribution.histograms": {
        "required": list(CHANNELS),
        "additionalProperties": {
            "type": "array",
            "items": _PLAIN[int],
            "minItems": 256,
            "maxItems": 256,
            "contains": {"minimum": 1},
        },
    },
    "InputDistribution.features": {"required": ["pixel_mean", "pixel_square"]},
    "Predictions.class_distribution": {
        "propertyNames": _CLASS_INDEX,
        "additionalProperties": {"type": "integer", "minimum": 1, "maximum": _LARGEST_COUNT},
    },
    "Predictions.class_names": {"propertyNames": _CLASS_INDEX},
    "Predictions.features": {"required": ["confidence"]},
    "Predictions.accuracy": {"minimum": 0, "maximum": 1},
    "PixelDistributionDrift.severity": _SEVERITY,
    "ConfidenceDrift.severity": _SEVERITY,
    "ClassDistributionDrift.severity": _SEVERITY,
    "SampledImage.thumbnail": {"pattern": "^[A-Za-z0-9+/=]*$", "contentEncoding": "base64"},
    "ExampleImage.thumbnail": {"pattern": "^[A-Za-z0-9+/=]*$", "contentEncoding": "base64"},
    "Finding.severity": _SEVERITY,
    "Segment.severity": _SEVERITY,
    "DriftReport.overall_severity": _SEVERITY,
    "HistoryDay.overall_severity": _SEVERITY,
}
"""What the Python types cannot say, by type and key: what a document must keep to for a comparison to make sense."""

_ALWAYS = ("uri", "path", "status")
"""The features that every row has."""

_ARROW: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "binary": {"type": "string", "contentEncoding": "base64"},
    "int32": {"type": "integer"},
    "int64": {"type": "integer"},
    "uint64": {"type": "integer", "minimum": 0, "maximum": 2**64 - 1},
    "float64": {"type": "number"},
    "timestamp": {"type": "string", "format": "date-time"},
    "histogram": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 256, "maxItems": 256},
    "int32s": {"type": "array", "items": {"type": "integer"}},
    "float32s": {"type": "array", "items": {"type": "number"}},
    "boxes": {"type": "array", "items": {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 4}},
}
"""The JSON Schemas of the features' types."""


@cache
def document_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document.

    Args:
        name: A key of `DOCUMENTS`.
    """
    return {"$schema": _DRAFT, "title": name, **_schema(DOCUMENTS[name])}


def features_schema() -> dict[str, Any]:
    """The data dictionary: the JSON Schema of a row as an object, every feature with its type, unit, bins, meaning
    and the source of its formula.

    A value may be null where it does not apply, as an unreadable image's pixels.
    """
    return {
        "$schema": _DRAFT,
        "title": "features",
        "description": "One row says one image; metadata may add columns.",
        "type": "object",
        "properties": {one.name: _feature(one) for one in FEATURES},
        "required": list(_ALWAYS),
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema to a file `NAME.schema.json`, and give their names.

    Raises:
        OutputError: They cannot be written there.
    """
    schemas = {"features": features_schema()} | {name: document_schema(name) for name in DOCUMENTS}
    paths = {folder / f"{name}.schema.json": schema for name, schema in schemas.items()}
    for path, schema in paths.items():
        write_text(path, json.dumps(schema, indent=2, ensure_ascii=False) + "\n")
    return list(paths)


def require_document(found: object, name: str, where: str) -> None:
    """Refuse what is not a document of ours.

    Args:
        found: Parsed JSON.
        name: A key of `DOCUMENTS`.
        where: Where it came from, for the message.

    Raises:
        DocumentError: Names the first field that is missing or wrong.
    """
    import jsonschema

    if isinstance(found, dict) and found.get("schema_version", SCHEMA_VERSION) != SCHEMA_VERSION:
        raise DocumentError(
            f"{where}: schema_version is {found['schema_version']!r}, but this framewatch reads {SCHEMA_VERSION!r}; "
            "make it again"
        )
    other = _other_kind(found, name)
    if other is not None:
        raise DocumentError(
            f"{where}: is a {_words(other)}, and a {_words(name)} is needed; give what {_WRITERS[name]} wrote"
        )
    error = jsonschema.exceptions.best_match(_validator()(document_schema(name)).iter_errors(found))
    if error is not None:
        at = ".".join(map(str, error.absolute_path)) or "the top level"
        message = error.message if len(error.message) <= 200 else error.message[:197] + "..."  # noqa: PLR2004
        raise DocumentError(
            f"{where}: is not a {_words(name)} of framewatch's: at {at}, {message}; give what {_WRITERS[name]} wrote"
        )
    strange = _not_finite(found)
    if strange is not None:
        raise DocumentError(f"{where}: at {strange}, there is NaN or an infinite number; make it again")


@cache
def _validator() -> Any:
    """Jsonschema's own, which asks each number of a long list many questions, but for lists where one is enough."""
    import jsonschema

    asked = jsonschema.Draft202012Validator.VALIDATORS

    def items(validator: Any, schema: Any, instance: Any, whole: Any) -> Iterator[Any]:
        if not _are_numbers(instance, schema):
            yield from asked["items"](validator, schema, instance, whole)

    def contains(validator: Any, schema: Any, instance: Any, whole: Any) -> Iterator[Any]:
        if not (isinstance(instance, list) and any(_are_numbers([one], schema) for one in instance)):
            yield from asked["contains"](validator, schema, instance, whole)

    return jsonschema.validators.extend(jsonschema.Draft202012Validator, {"items": items, "contains": contains})


_KINDS: dict[str, tuple[type, ...]] = {"integer": (int,), "number": (int, float)}


def _are_numbers(found: object, schema: Mapping[str, Any]) -> bool:
    """Whether something is a list of numbers as a schema of one wants them. Where it cannot be told, it is not."""
    if not isinstance(found, list) or not schema.keys() <= {"type", "minimum", "maximum"}:
        return False
    kinds = _KINDS.get(schema.get("type", "number"), ())
    least, most = schema.get("minimum", -math.inf), schema.get("maximum", math.inf)
    return all(type(one) in kinds and least <= one <= most for one in found)


def _other_kind(found: object, name: str) -> str | None:
    """Which other document it is, where it is one."""
    if not isinstance(found, dict) or _MARKS[name] in found:
        return None
    return next((other for other, mark in _MARKS.items() if mark in found), None)


def _words(name: str) -> str:
    return name.replace("_", " ")


def _not_finite(found: object, at: str = "") -> str | None:
    """Where in a document there is a number that JSON does not have."""
    if isinstance(found, float):
        return None if math.isfinite(found) else at
    if not isinstance(found, dict | list):
        return None
    parts = found.items() if isinstance(found, dict) else enumerate(found)
    below = (_not_finite(part, f"{at}.{key}".lstrip(".")) for key, part in parts)
    return next((name for name in below if name is not None), None)


def _schema(annotation: Any) -> dict[str, Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is NotRequired:
        return _schema(arguments[0])
    if origin is Annotated:
        return {**_schema(arguments[0]), "description": arguments[1]}
    if origin in {list, dict, UnionType}:
        return _compound(origin, arguments)
    if is_typeddict(annotation):
        return _object(annotation)
    return {} if annotation is Any else dict(_PLAIN[annotation])


def _compound(origin: Any, arguments: tuple[Any, ...]) -> dict[str, Any]:
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    return {"anyOf": [_schema(one) for one in arguments]}


def _object(typed_dict: Any) -> dict[str, Any]:
    # NOTE: not `__required_keys__`, which holds every key where the annotations are text (PEP 563).
    hints: dict[str, Any] = get_type_hints(typed_dict, include_extras=True)
    return {
        "type": "object",
        "description": " ".join((typed_dict.__doc__ or "").split()),
        "properties": {
            name: _schema(annotation) | _TIGHTER.get(f"{typed_dict.__name__}.{name}", {})
            for name, annotation in hints.items()
        },
        "required": sorted(name for name, annotation in hints.items() if get_origin(annotation) is not NotRequired),
    }


def _feature(own: Feature) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": own.meaning, **_ARROW[own.dtype]}
    if own.name not in _ALWAYS:
        schema["type"] = [schema["type"], "null"]
    schema |= {"x-arrow-type": own.dtype, "x-group": own.group, "x-unit": own.unit}
    if own.source:
        schema["x-source"] = own.source
    if own.categorical:
        schema["x-categorical"] = True
    if own.bins is not None:
        schema["x-bins"] = {"low": own.bins.low, "high": own.bins.high, "count": own.bins.count}
    return schema


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))
