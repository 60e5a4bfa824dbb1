"""The names of a model's classes, from a file or from the model's own metadata."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING

from pipeline.errors import ModelError

if TYPE_CHECKING:
    from pathlib import Path


def names_from_file(path: Path) -> tuple[str, ...]:
    """The names in a JSON file (a list, or an object from index to name) or a text file (one a line).

    Raises:
        ModelError: The file cannot be read, or holds something else.
    """
    try:
        names = parsed_names(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: the class names cannot be read ({error}); give UTF-8 text or JSON") from error
    if not names:
        raise ModelError(f"{path}: holds no class names; give one a line, or a JSON list")
    return names


def parsed_names(text: str) -> tuple[str, ...]:
    """The names in a text: JSON, a Python literal (as YOLO's exporter writes) or lines; empty where there are none."""
    found = _literal(text)
    if isinstance(found, dict):
        ordered = sorted(found.items(), key=lambda item: int(item[0]))
        return tuple(str(name) for _, name in ordered)
    if isinstance(found, list):
        return tuple(map(str, found))
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _literal(text: str) -> object:
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            found: object = read(text)
        except (ValueError, SyntaxError):
            continue
        if not isinstance(found, dict) or all(str(key).isdecimal() for key in found):
            return found
    return None
