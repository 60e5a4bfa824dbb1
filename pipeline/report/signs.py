"""How a severity looks: a word and a shape beside its colour, so that nobody has to tell colours apart."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import DocumentError
from pipeline.severity import Severity

NO_DRIFT = "no drift"
"""What the severity `none` is called wherever people read it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """The look of one severity.

    Attributes:
        name: The severity as it stands in the documents; the style sheet has a colour of this name.
        path: An SVG path within [-1, 1], drawn by the page and by the charts alike.
    """

    name: str
    path: str

    @property
    def word(self) -> str:
        """What people read: `none` alone would leave open of what."""
        return NO_DRIFT if self.name == Severity.NONE else self.name

    @property
    def colour(self) -> str:
        """A reference to the style sheet's colour, which knows light, dark and paper."""
        return f"var(--severity-{self.name})"


def sign(severity: str) -> Sign:
    """The sign of a severity from a document.

    Raises:
        DocumentError: There is no such severity.
    """
    try:
        level = Severity(severity)
        return Sign(level.value, _PATHS[level])
    except ValueError as error:
        levels = ", ".join(Severity)
        raise DocumentError(f"the severity {severity!r} in the document is not one of {levels}") from error


def all_signs() -> tuple[Sign, ...]:
    """The signs from none to high."""
    return tuple(Sign(str(level), path) for level, path in _PATHS.items())


_CHECK = "M-0.9 0.05L-0.6 -0.25L-0.25 0.1L0.6 -0.75L0.9 -0.45L-0.25 0.7Z"
_DOT = "M0.55 0A0.55 0.55 0 1 1 -0.55 0A0.55 0.55 0 1 1 0.55 0Z"
_TRIANGLE = "M0 -0.85L0.95 0.8L-0.95 0.8Z"
# The strokes of the exclamation mark run against the diamond, so that the fill leaves them open.
_STROKES = "M-0.14 -0.55L-0.1 0.15L0.1 0.15L0.14 -0.55ZM-0.13 0.3L-0.13 0.55L0.13 0.55L0.13 0.3Z"
_DIAMOND = f"M0 -1L1 0L0 1L-1 0Z{_STROKES}"

_PATHS = {Severity.NONE: _CHECK, Severity.LOW: _DOT, Severity.MEDIUM: _TRIANGLE, Severity.HIGH: _DIAMOND}
