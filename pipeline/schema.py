"""JSON Schemas of the documents, generated from their Python types, and the check against them."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

from pipeline.documents import SCHEMA_VERSION, BaselineDocument, DriftReport, HistoryDocument
from pipeline.errors import DocumentError

DOCUMENTS: dict[str, type] = {
    "baseline": BaselineDocument,
    "drift_report": DriftReport,
    "history": HistoryDocument,
}
"""The documents by the names of their schema files."""

_PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean"}


@cache
def document_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of a document.

    Args:
        name: A key of `DOCUMENTS`.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        **_schema(DOCUMENTS[name]),
    }


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
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(document_schema(name)).iter_errors(found))
    if error is not None:
        at = ".".join(map(str, error.absolute_path)) or "the top level"
        message = error.message if len(error.message) <= 200 else error.message[:197] + "..."  # noqa: PLR2004
        raise DocumentError(f"{where}: is not a {name.replace('_', ' ')} of framewatch's: at {at}, {message}")


def _schema(annotation: Any) -> dict[str, Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in {NotRequired, Required}:
        return _schema(arguments[0])
    if origin is Annotated:
        return {**_schema(arguments[0]), "description": arguments[1]}
    if origin is list:
        return {"type": "array", "items": _schema(arguments[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1])}
    if is_typeddict(annotation):
        return _object(annotation)
    return {} if annotation is Any else {"type": _PLAIN[annotation]}


def _object(typed_dict: Any) -> dict[str, Any]:
    hints: dict[str, Any] = get_type_hints(typed_dict, include_extras=True)
    return {
        "type": "object",
        "description": " ".join((typed_dict.__doc__ or "").split()),
        "properties": {name: _schema(annotation) for name, annotation in hints.items()},
        "required": sorted(name for name in hints if name in typed_dict.__required_keys__),
    }
