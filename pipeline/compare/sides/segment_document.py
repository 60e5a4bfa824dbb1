"""The segments' part of a baseline document, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import DocumentError, SettingsError
from pipeline.profile.text import from_text, to_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.documents import BaselineDocument
    from pipeline.profile.profile import Profile


def with_segments(document: BaselineDocument, segments: Mapping[str, Mapping[str, Profile]]) -> BaselineDocument:
    """The document with the profiles of its segments, packed: fifty in the open would be megabytes."""
    packed = {
        column: {value: to_text(profile) for value, profile in values.items()} for column, values in segments.items()
    }
    return {**document, "segments": packed} if packed else document


def require_segments(document: BaselineDocument, columns: Iterable[str]) -> None:
    """Refuse columns by which a document to compare with holds no segments.

    Raises:
        SettingsError: There is one.
    """
    present = document.get("segments", {})
    for column in columns:
        if column not in present:
            instead = f"it holds {', '.join(sorted(present))}; name one of these, or make the baseline again"
            raise SettingsError(
                f"--segment-by {column}: the baseline holds no segments by it; "
                f"{instead if present else 'make it again'} with the same option"
            )


def segments_from_document(document: BaselineDocument) -> dict[str, dict[str, Profile]]:
    """The profiles that a valid document holds of its segments, by column and value.

    Raises:
        DocumentError: One of them is damaged, or another version's.
    """
    return {
        column: {value: _unpacked(text, f"{column}={value}") for value, text in values.items()}
        for column, values in document.get("segments", {}).items()
    }


def _unpacked(text: str, where: str) -> Profile:
    try:
        return from_text(text)
    except ValueError as error:
        raise DocumentError(f"the document's segment {where} cannot be read ({error}); make it again") from error
