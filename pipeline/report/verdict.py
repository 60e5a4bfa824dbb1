"""The answer before the details: one headline and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.history import has_data
from pipeline.compare.words.findings import shown_severity
from pipeline.compare.words.reach import out_of_reach
from pipeline.report.signs import sign
from pipeline.report.words import counted, ended
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftReport, HistoryDay, HistoryDocument


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the top of a page says.

    Attributes:
        severity: The severity whose sign stands beside the headline.
        headline: A few words.
        sentence: What they mean, in one sentence.
    """

    severity: str
    headline: str
    sentence: str


def report_verdict(report: DriftReport) -> Verdict:
    """Whether there is drift, and the worst finding."""
    drifted, findings = report["overall_drift_detected"], report["findings"]
    if drifted:
        severity = sign(report["overall_severity"]).name
        told = report.get("summary") or (findings[0]["text"] if findings else "a rule fired")
        return Verdict(severity, f"{severity.capitalize()} drift", ended(told))
    if findings:
        return Verdict(shown_severity(report), "No drift, but a finding", ended(findings[0]["text"]))
    blind = any(one.startswith("too few images") for one in out_of_reach(report))
    headline = "No drift found" if blind or report["not_judged"] else "No drift"
    told = report.get("summary") or "nothing differs from the baseline by more than the rules allow"
    return Verdict(Severity.NONE, headline, ended(told))


def history_verdict(history: HistoryDocument) -> Verdict:
    """How many days drifted, which was the first, and which was the last that ought to have had images and has none."""
    every, days = history.get("every", "day"), [day for day in history["days"] if has_data(day)]
    if not days:
        return Verdict(Severity.NONE, "No days yet", "There is nothing to compare with the baseline.")
    drifted = sum(day["overall_drift_detected"] for day in days)
    first = history.get("first_drift")
    began = f"First drift on {first}. {_last(days[-1], every)}" if first else f"No {every} drifted from the baseline."
    return Verdict(
        worst(map(shown_severity, history["days"])),
        f"{drifted or 'None'} of {counted(len(days), every)} drifted",
        " ".join([began, *_missing(history["days"])]),
    )


def _missing(days: Sequence[HistoryDay]) -> list[str]:
    missing = [day for day in days if day["findings"] and not has_data(day)]
    return [f"{day['date']}: {ended(day['findings'][0]['text'])}" for day in missing[-1:]]


def _last(day: HistoryDay, every: str) -> str:
    """How things stand: a drift that is over is another matter than one that lasts."""
    was = f"has {day['overall_severity']} drift" if day["overall_drift_detected"] else "did not drift"
    return f"The last {every}, {day['date']}, {was}."
