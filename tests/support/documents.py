"""Documents held against each other and against their schema."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import jsonschema

from pipeline.schema import document_schema

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> Any:
    """The JSON document in a file, which must be valid UTF-8."""
    return json.loads(path.read_bytes().decode("utf-8"))


def valid(document: Any, name: str) -> Any:
    """The same document, if it keeps to its schema."""
    jsonschema.Draft202012Validator(document_schema(name)).validate(document)
    return document


def timeless(document: Any) -> Any:
    """The document without what differs between two runs on the same pictures: when it was, and where they lie."""
    found = copy.deepcopy(document)
    for one in (found, found.get("baseline"), found.get("current")):
        if one is not None:
            one.pop("timestamp")
            one.get("dataset_info", {}).pop("source", None)
            one.get("dataset_info", {}).pop("dates", None)
            one.pop("sample", None)
    for example in found.get("examples", []):
        for image in (*example["images"], *example.get("typical", [])):
            image["uri"] = image["uri"].rpartition("/")[2]
    return found
