"""Documents as JSON files: read and held to their schemas, written whole or not at all."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from pipeline.atomic import write_text
from pipeline.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pipeline.documents import BaselineDocument


def read_baseline(path: Path) -> BaselineDocument:
    """Read a baseline document.

    Raises:
        DocumentError: It is missing, truncated, or not one of ours.
    """
    from pipeline.settings import ExtractionSettings

    parsed = _parsed(path, "check the name, or make one with `framewatch baseline`")
    found = cast("BaselineDocument", _checked(parsed, "baseline", path))
    try:
        ExtractionSettings.from_dict(found["settings"])
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
    return found


def read_report(path: Path) -> Mapping[str, Any]:
    """Read a drift report or a history; the key `days` tells which.

    Raises:
        DocumentError: It is missing, truncated, or not one of ours.
    """
    found = _parsed(path)
    name = "history" if isinstance(found, dict) and "days" in found else "drift_report"
    return _checked(found, name, path)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document as JSON, whole or not at all.

    Raises:
        OutputError: It cannot be written there.
    """
    write_text(path, to_json(document))


def to_json(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """A document as JSON text; NaN, which JSON does not have, is refused."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _parsed(path: Path, remedy: str = "check the name") -> object:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        what = "it is a folder, where a file is expected" if path.is_dir() else error.strerror
        raise DocumentError(f"{path}: cannot be read ({what}); {remedy}") from error
    except (ValueError, RecursionError) as error:
        raise DocumentError(
            f"{path}: is no JSON, or was cut off ({error}); give a document that framewatch wrote, or make it again"
        ) from error
    return found


def _checked(found: object, name: str, path: Path) -> Mapping[str, Any]:
    from pipeline.schema import require_document

    require_document(found, name, str(path))
    return cast("Mapping[str, Any]", found)
