"""Stored days to what is measured of them, each by itself or several together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

from pipeline.agreement import require_same
from pipeline.compare.sides.baseline import to_document
from pipeline.compare.sides.between_days import between_days
from pipeline.compare.sides.side import Side
from pipeline.profile.merge import merge
from pipeline.store.layout import Selection
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from pipeline.documents import BaselineDocument
    from pipeline.profile.profile import Profile
    from pipeline.settings import ExtractionSettings
    from pipeline.store.layout import Partition


@dataclass(frozen=True, slots=True)
class StoredDays:
    """What is measured of a store's partitions, each asked for once."""

    store: Path
    measured: dict[Partition, Measured] = field(default_factory=dict)

    def read(self, chosen: Iterable[Partition]) -> None:
        """Measure some partitions before they are asked for: one after the other takes less time than in between."""
        for one in chosen:
            self._measured(one)

    def together(self, chosen: Sequence[Partition]) -> Measured:
        """Some partitions of one dataset, at least one, by date."""
        found = [self._measured(one) for one in chosen]
        for one in found[1:]:
            require_same(found[0].settings, one.settings, where=f"{found[0].source} (beside {one.source})")
        if len(found) == 1:
            return found[0]
        source = Selection(chosen[0].dataset, chosen[0].date, chosen[-1].date)
        days = {one.dates[0]: one.side for one in found}
        return Measured.of(str(source), merge(one.profile for one in found), found[0].settings, days)

    def _measured(self, one: Partition) -> Measured:
        if one not in self.measured:
            profile, settings = ask(self.store, [one], lambda files: (files.profile(), files.settings))
            self.measured[one] = Measured.of(str(one), profile, settings, {one.date.isoformat(): None})
        return self.measured[one]


@dataclass(frozen=True, slots=True)
class Measured:
    """Some rows, summed up.

    Attributes:
        source: The selection.
        profile: Of all rows.
        settings: What they were made with.
        dates: The days.
        side: The same for comparing; None where no image can be read.
    """

    source: str
    profile: Profile
    settings: ExtractionSettings
    dates: tuple[str, ...]
    side: Side | None

    @classmethod
    def of(cls, source: str, profile: Profile, settings: ExtractionSettings, days: Mapping[str, Side | None]) -> Self:
        """Of a profile and the sides of its days by their dates."""
        if not profile.image_count:
            return cls(source, profile, settings, tuple(days), None)
        names = settings.model.class_names if settings.model else None
        apart = between_days(one for one in days.values() if one is not None) if len(days) > 1 else None
        side = replace(Side.of(profile), class_names=dict(enumerate(names or ())), days=apart)
        return cls(source, profile, settings, tuple(days), side)

    def document(self) -> BaselineDocument:
        """Its baseline document; at least one image can be read."""
        days = self.side.days if self.side else None
        return to_document(self.profile, self.settings, self.source, self.dates, days=days)
