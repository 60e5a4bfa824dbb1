"""What the days of a history are compared with: a baseline document, or the days before each of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from pipeline.compare.sides.baseline import side_from_document, without_sample
from pipeline.errors import SettingsError
from pipeline.settings import ExtractionSettings
from pipeline.store.layout import partitions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from pipeline.compare.examples import Ask
    from pipeline.compare.sides.side import Side
    from pipeline.documents import BaselineDocument, SampledImage
    from pipeline.over_time.stored_days import StoredDays

MOST_TRAILING = 3660
"""Days that a trailing baseline may reach back: ten years."""


@dataclass(frozen=True, slots=True)
class Trailing:
    """Instead of a fixed baseline, the days before the one that is judged.

    Attributes:
        days: How many, of the calendar.
    """

    days: int

    @classmethod
    def parse(cls, text: str) -> Trailing:
        """Read `trailing:28`.

        Raises:
            SettingsError: It is something else.
        """
        kind, _, days = text.partition(":")
        if kind != "trailing" or not days.isdecimal() or not 1 <= int(days) <= MOST_TRAILING:
            raise SettingsError(f"--against: {text!r} is not understood; write trailing:28 for the 28 days before")
        return cls(int(days))

    def __str__(self) -> str:
        return f"trailing:{self.days}"


@dataclass(frozen=True, slots=True)
class Reference:
    """What a day is compared with.

    Attributes:
        side: For comparing.
        settings: What its rows were made with.
        document: Makes its document, which is dear.
        ask: Asks a question of its rows, where these are at hand.
        sample: The images of its document, where they are not.
    """

    side: Side
    settings: ExtractionSettings
    document: Callable[[], BaselineDocument]
    ask: Ask | None = None
    sample: Sequence[SampledImage] = ()


class Fixed:
    """The same baseline for every day."""

    def __init__(self, document: BaselineDocument) -> None:
        """Read the document."""
        shown, settings = without_sample(document), ExtractionSettings.from_dict(document["settings"])
        side, sample = side_from_document(document), document.get("sample", [])
        self.last: Reference | None = Reference(side, settings, lambda: shown, sample=sample)

    def of(self, _first: date) -> Reference | None:
        """That baseline."""
        return self.last


class Before:
    """The days before each day."""

    def __init__(self, days: StoredDays, dataset: str, trailing: Trailing) -> None:
        """See which days there are."""
        self._days, self._trailing = days, trailing
        self._present = partitions(days.store, dataset)
        self.last: Reference | None = None

    def of(self, first: date) -> Reference | None:
        """Those before a day; None where there is no image that can be read."""
        begin = first - timedelta(days=self._trailing.days)
        chosen = [one for one in self._present if begin <= one.date < first]
        found = self._days.together(chosen) if chosen else None
        if found is None or found.side is None:
            return None
        self.last = Reference(found.side, found.settings, found.document, partial(self._days.ask, chosen))
        return self.last
