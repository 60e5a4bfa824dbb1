"""Each judged day's own report, which is made when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.agreement import require_same
from pipeline.compare.drift import judge, to_report

if TYPE_CHECKING:
    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import DriftReport, Verdict
    from pipeline.over_time.references import Reference
    from pipeline.over_time.stored_days import Measured


class Reports(Mapping[str, "DriftReport"]):
    """Each judged day's own report by its date. A report's documents are made when it is asked for."""

    def __init__(self) -> None:
        """None yet."""
        self.verdicts: dict[str, Verdict] = {}
        self._judged: dict[str, tuple[Reference, Measured, Side, Rules]] = {}

    def judge(self, date: str, reference: Reference, current: Measured, side: Side, rules: Rules) -> Verdict:
        """Judge a day, whose `side` is known, and keep the verdict.

        Raises:
            SettingsError: It was made with other settings than what it is compared with.
        """
        require_same(reference.settings, current.settings, where="the baseline")
        self.verdicts[date] = judge(reference.side, side, rules)
        self._judged[date] = reference, current, side, rules
        return self.verdicts[date]

    def __getitem__(self, date: str) -> DriftReport:
        """The report of a day."""
        reference, current, side, rules = self._judged[date]
        sides, documents = (reference.side, side), (reference.document(), current.document())
        return to_report(self.verdicts[date], sides, rules, *documents)

    def illustrated(self, date: str) -> DriftReport:
        """The report of a day with images that show what changed, for which rows are read.

        Raises:
            StoreError: A file of rows is damaged.
        """
        from pipeline.compare.examples import find_examples

        (reference, current, *_), report = self._judged[date], self[date]
        examples = find_examples(report, current.ask, reference.ask, reference.sample)
        return {**report, "examples": examples} if examples else report

    def __iter__(self) -> Iterator[str]:
        """The dates, in the order of time."""
        return iter(self.verdicts)

    def __len__(self) -> int:
        """How many days were judged."""
        return len(self.verdicts)
