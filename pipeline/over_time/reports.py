"""Each judged day's own report, which is made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date as day
from functools import partial
from typing import TYPE_CHECKING

from pipeline.agreement import require_same
from pipeline.compare.drift import judge, to_report
from pipeline.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import DriftReport, Verdict
    from pipeline.over_time.references import Before, Fixed, Reference
    from pipeline.over_time.stored_days import Measured, StoredDays
    from pipeline.store.layout import Partition


class Reports(Mapping[str, "DriftReport"]):
    """Each judged day's own report by its date.

    Only the verdicts are kept. A report is made when it is asked for, from the store: where rows have changed since, it
    is about those that it describes, and the verdict about those that were there.
    """

    def __init__(self, days: StoredDays, references: Fixed | Before, rules: Rules) -> None:
        """None yet."""
        self.verdicts: dict[str, Verdict] = {}
        self._days, self._references, self._rules = days, references, rules
        self._partitions: dict[str, Sequence[Partition]] = {}

    def judge(self, date: str, chosen: Sequence[Partition], reference: Reference, current: Measured) -> Verdict:
        """Judge a day, or a week, of which images can be read, and keep the verdict.

        Raises:
            SettingsError: It was made with other settings than what it is compared with.
        """
        self.verdicts[date] = judge(*_sides(reference, current), self._rules)
        self._partitions[date] = chosen
        return self.verdicts[date]

    def __getitem__(self, date: str) -> DriftReport:
        """The report of a day.

        Raises:
            StoreError: Its rows are gone, or cannot be read any more.
        """
        current = self._days.together(self._partitions[date])
        reference = self._reference(date)
        sides, documents = _sides(reference, current), (reference.document(), current.document())
        return to_report(judge(*sides, self._rules), sides, self._rules, *documents)

    def illustrated(self, date: str, report: DriftReport) -> DriftReport:
        """The report of a day with images that show what changed, for which rows are read.

        Raises:
            StoreError: A file of rows is damaged.
        """
        from pipeline.compare.examples import find_examples

        reference, rows = self._reference(date), partial(self._days.ask, self._partitions[date])
        examples = find_examples(report, rows, reference.ask, reference.sample)
        return {**report, "examples": examples} if examples else report

    def __iter__(self) -> Iterator[str]:
        """The dates, in the order of time."""
        return iter(self.verdicts)

    def __len__(self) -> int:
        """How many days were judged."""
        return len(self.verdicts)

    def _reference(self, date: str) -> Reference:
        found = self._references.of(day.fromisoformat(date))
        if found is None:
            raise StoreError(f"{date}: no image of the days before it can be read any more; make the history again")
        return found


def _sides(reference: Reference, current: Measured) -> tuple[Side, Side]:
    require_same(reference.settings, current.settings, where="the baseline")
    if current.side is None:
        raise StoreError(f"{current.source}: not one of its images can be read any more; make the history again")
    return reference.side, current.side
