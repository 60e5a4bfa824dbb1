"""The names of a model's classes, from a file or from the model's own metadata."""

from __future__ import annotations

import ast
import json
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_CLASSES = 1_000_000
"""An index above it is no class: an object that holds one is about something else."""

_MOST_TOLD = 3
"""Repeated names that a note tells."""


def names_from_file(path: Path) -> tuple[str, ...]:
    """The names in a JSON file (see `parsed_names`) or a text file (one a line).

    Raises:
        SettingsError: The file cannot be read, or holds something else.
    """
    try:
        names = parsed_names(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(f"{path}: the class names cannot be read ({error.strerror}); check the name") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{path}: the class names are not UTF-8 text ({error.reason}); save them as UTF-8"
        ) from error
    if not names:
        raise SettingsError(
            f"{path}: holds no class names; give one a line, or JSON: a list, or an object from index to name"
        )
    return names


def parsed_names(text: str) -> tuple[str, ...]:
    """The names in a text, empty where there are none.

    Args:
        text: A list, an object from index to name or from name to index (as torchvision's `class_to_idx`), in JSON or
            as a Python literal (as YOLO's exporter writes); or lines.
    """
    found = literal(text)
    if isinstance(found, dict):
        names = _by_index(found)
    elif isinstance(found, list):
        names = tuple(map(str, found))
    else:
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
    # NOTE: JSON may hold halves of characters ("\\ud800"), which no file and no column takes.
    return tuple(name.encode("utf-8", "backslashreplace").decode() for name in names)


def repetition_notes(names: Sequence[str]) -> list[str]:
    """What classes of one name are, where there are some: none are put together."""
    repeated = [name for name, count in Counter(names).items() if count > 1]
    more = f" and {len(repeated) - _MOST_TOLD} more" if len(repeated) > _MOST_TOLD else ""
    told = f"--class-names repeats {', '.join(map(repr, repeated[:_MOST_TOLD]))}{more}: classes of one name stay apart"
    return [f"{told}, and a label of that name means the first of them"] if repeated else []


def literal(text: str) -> object:
    """The JSON or Python list or dict that the text is; None where it is neither."""
    if text.lstrip()[:1] not in {"{", "["}:
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            found: object = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):  # the last two for brackets without end
            continue
        return found
    return None


def _by_index(found: dict[object, object]) -> tuple[str, ...]:
    """The names in the order of their classes; a class that is passed over has its index for a name."""
    if all(str(key).isdecimal() for key in found):
        names = {int(str(key)): str(name) for key, name in found.items()}
    elif all(str(index).isdecimal() for index in found.values()):
        names = {int(str(index)): str(name) for name, index in found.items()}
    else:
        return ()
    last = max(names, default=-1)
    return tuple(names.get(index, str(index)) for index in range(last + 1)) if last < _MOST_CLASSES else ()
