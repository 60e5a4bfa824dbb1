"""How bad a change is, as a value that sorts by badness."""

from __future__ import annotations

from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable


class Severity(str, Enum):
    """An ordered severity: `none < low < medium < high`.

    A member is also the string that stands in the documents, so it goes into JSON as it is. Comparisons go by
    badness, also against plain strings: `Severity(report["overall_severity"]) >= "medium"`.

    NOTE: two plain strings compare by the alphabet, where "none" > "high". Wrap one of them in `Severity`.
    """

    NONE = "none", 0
    LOW = "low", 1
    MEDIUM = "medium", 2
    HIGH = "high", 3

    rank: int
    """The position in the order, 0 for none to 3 for high."""

    def __new__(cls, name: str, rank: int = 0) -> Self:
        """A member, of its name and its rank."""
        member = str.__new__(cls, name)
        member._value_, member.rank = name, rank
        return member

    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank

    def __str__(self) -> str:
        return str.__str__(self)


def worst(severities: Iterable[str]) -> Severity:
    """The highest of some severities; none where there are none."""
    return max(map(Severity, severities), key=attrgetter("rank"), default=Severity.NONE)
