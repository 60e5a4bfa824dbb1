"""The answer before the details: one headline and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.words import counted
from pipeline.severity import Severity

if TYPE_CHECKING:
    from pipeline.documents import DriftReport, HistoryDocument


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
    severity, findings = report["overall_severity"], report["findings"]
    headline = f"Drift: {severity}" if report["overall_drift_detected"] else "No drift"
    if findings:
        return Verdict(severity, headline, findings[0]["text"])
    calm = "Nothing differs from the baseline by more than the rules allow."
    return Verdict(severity, headline, "A rule fired; see below." if report["overall_drift_detected"] else calm)


def history_verdict(history: HistoryDocument) -> Verdict:
    """How many days were ordinary, and the first that was not."""
    days = history["days"]
    if not days:
        return Verdict(Severity.NONE, "No days yet", "There is nothing to compare with the baseline.")
    ordinary = sum(not day["overall_drift_detected"] for day in days)
    worst = max(Severity(day["overall_severity"]) for day in days)
    headline = f"{ordinary} of {counted(len(days), 'day')} ordinary"
    first = history.get("first_drift")
    return Verdict(worst, headline, f"First drift on {first}." if first else "No day drifted from the baseline.")
