"""Stored days to what is measured of them, each by itself or several together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self, TypeVar

from pipeline.agreement import require_same
from pipeline.compare.sides.baseline import to_document
from pipeline.compare.sides.between_days import between_days
from pipeline.compare.sides.segment_document import with_segments
from pipeline.compare.sides.side import Side
from pipeline.profile.merge import merge
from pipeline.store.layout import Selection
from pipeline.store.segments import segment_profiles
from pipeline.store.stored import ask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from pipeline.documents import BaselineDocument
    from pipeline.profile.profile import Profile
    from pipeline.settings import ExtractionSettings
    from pipeline.store.layout import Partition
    from pipeline.store.stored import Stored

    Segments = Mapping[str, Mapping[str, Profile]]

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class StoredDays:
    """What is measured of a store's partitions.

    Attributes:
        store: The folder of the store.
        names: By column of the rows, its values that are measured by themselves; only they make that rows are read.
        kept: How many of those that were asked for last are remembered.
        measured: Them, the last one at the end.
    """

    store: Path
    names: Mapping[str, Collection[str]] = field(default_factory=dict)
    kept: int = 0
    measured: dict[Partition, Measured] = field(default_factory=dict)

    def together(self, chosen: Sequence[Partition]) -> Measured:
        """Some partitions of one dataset, at least one, by date."""
        found = [self._measured(one) for one in chosen]
        for one in found[1:]:
            require_same(found[0].settings, one.settings, where=f"{found[0].source} (beside {one.source})")
        if len(found) == 1:
            return found[0]
        segments = {column: _merged([one.segments[column] for one in found]) for column in self.names}
        profile, days = merge(one.profile for one in found), [one.side for one in found]
        return Measured.of(chosen, profile, found[0].settings, segments, days)

    def ask(self, chosen: Sequence[Partition], question: Callable[[pl.LazyFrame], Answer]) -> Answer:
        """Ask a question of the rows of some partitions.

        Raises:
            StoreError: A file is damaged, or files are replaced all the time.
        """
        return ask(self.store, chosen, lambda files: question(files.rows))

    def _measured(self, one: Partition) -> Measured:
        found = self.measured.pop(one, None)
        if found is None:
            profile, settings, segments = ask(self.store, [one], lambda files: self._asked(files, str(one)))
            found = Measured.of([one], profile, settings, segments)
        self.measured[one] = found
        while len(self.measured) > self.kept:
            del self.measured[next(iter(self.measured))]
        return found

    def _asked(self, files: Stored, where: str) -> tuple[Profile, ExtractionSettings, Segments]:
        segments = {column: segment_profiles(files.rows, column, names, where) for column, names in self.names.items()}
        return files.profile(), files.settings, segments


@dataclass(frozen=True, slots=True)
class Measured:
    """Some rows, summed up.

    Attributes:
        partitions: Whose rows they are, by date.
        profile: Of all rows.
        settings: What they were made with.
        segments: By column and value, the profiles of their parts.
        side: The same for comparing; None where no image can be read.
    """

    partitions: Sequence[Partition]
    profile: Profile
    settings: ExtractionSettings
    segments: Segments
    side: Side | None

    @classmethod
    def of(
        cls,
        partitions: Sequence[Partition],
        profile: Profile,
        settings: ExtractionSettings,
        segments: Segments,
        days: Sequence[Side | None] = (),
    ) -> Self:
        """Of a profile and those of its segments; of several days, with the side of each."""
        if not profile.image_count:
            return cls(partitions, profile, settings, segments, None)
        names = dict(enumerate((settings.model.class_names if settings.model else None) or ()))
        side = replace(
            Side.of(profile),
            class_names=names,
            segments={
                column: {value: replace(Side.of(one), class_names=names) for value, one in values.items()}
                for column, values in segments.items()
            },
            days=between_days(one for one in days if one is not None) if len(days) > 1 else None,
        )
        return cls(partitions, profile, settings, segments, side)

    @property
    def source(self) -> str:
        """The selection."""
        return str(Selection(self.partitions[0].dataset, self.partitions[0].date, self.partitions[-1].date))

    def document(self) -> BaselineDocument:
        """Its baseline document; at least one image can be read."""
        days, dates = self.side.days if self.side else None, [one.date.isoformat() for one in self.partitions]
        found = to_document(self.profile, self.settings, self.source, dates, days=days)
        return with_segments(found, self.segments)


def _merged(parts: Sequence[Mapping[str, Profile]]) -> dict[str, Profile]:
    names = sorted({value for one in parts for value in one})
    return {value: merge(one[value] for one in parts if value in one) for value in names}
