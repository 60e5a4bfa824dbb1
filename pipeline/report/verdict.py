"""The answer before the details: one headline and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.history import drifted_spells, drifting_since, has_data, newest_day
from pipeline.compare.words.findings import shown_severity
from pipeline.compare.words.reach import out_of_reach
from pipeline.report.signs import NO_DRIFT, sign
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
    sign(report["overall_severity"])  # refuses what is none
    if drifted:
        severity = str(shown_severity(report))
        told = report.get("summary") or (findings[0]["text"] if findings else "a rule fired")
        return Verdict(severity, f"{severity.capitalize()} drift", ended(told))
    if findings:
        return Verdict(shown_severity(report), "No drift, but a finding", ended(findings[0]["text"]))
    blind = any(one.startswith("too few images") for one in out_of_reach(report))
    headline = "No drift found" if blind or report["not_judged"] else "No drift"
    told = report.get("summary") or "nothing differs from the baseline by more than the rules allow"
    return Verdict(Severity.NONE, headline, ended(told))


def verdict_in_words(document: DriftReport | HistoryDay) -> str:
    """The same in a few words, for a terminal or the title of a message."""
    if document["overall_drift_detected"]:
        return f"drift: {shown_severity(document)}"
    return f"{NO_DRIFT}, but a finding" if document["findings"] else NO_DRIFT


def history_verdict(history: HistoryDocument) -> Verdict:
    """How the newest day that could be judged went, then the days before it, and those after it that are missed."""
    every, days = history.get("every", "day"), history["days"]
    newest = newest_day(days)
    if newest is None:
        return Verdict(Severity.NONE, "No days yet", "There is nothing to compare with the baseline.")
    missed = [day for day in days if day["findings"] and day["date"] > newest["date"]]
    when = _at(newest["date"], every)
    told = [*map(ended, _what(newest)), *_before(days, every), *_missed(missed)]
    return Verdict(worst(map(shown_severity, [newest, *missed])), _headline(newest, when), " ".join(told))


def _headline(newest: HistoryDay, when: str) -> str:
    if newest["overall_drift_detected"]:
        return f"{shown_severity(newest).capitalize()} drift {when}"
    if newest["findings"]:
        return f"No drift {when}, but a finding"
    return f"No drift {'found ' if newest.get('not_judged') else ''}{when}"


def _what(newest: HistoryDay) -> list[str]:
    return [finding["text"] for finding in newest["findings"][:1]]


def _before(days: Sequence[HistoryDay], every: str) -> list[str]:
    """Since when the newest drift lasts, and when there was another: one that is over is another matter."""
    spells = drifted_spells(days)
    if not spells:
        return [f"None of {counted(sum(map(has_data, days)), every)} drifted."]
    if drifting_since(days) is None:
        return [f"It drifted {_when(spells, every)}."]
    newest, judged = spells[-1], sum(map(has_data, days))
    lasting = f"It drifts since {newest[0]}, for {counted(len(newest), every)}."
    alone = [f"The {every} judged before it did not."] if judged > 1 else []
    earlier = [f"Before that, it drifted {_when(spells[:-1], every)}."] if spells[:-1] else []
    return [*([lasting] if len(newest) > 1 else alone), *earlier]


def _when(spells: Sequence[Sequence[str]], every: str) -> str:
    """The latest times first, and how many more there are."""
    named = ", ".join(_span(one, every) for one in spells[: -_MOST_SPELLS - 1 : -1])
    left = len(spells) - _MOST_SPELLS
    more = f", and {counted(left, 'time')} before these" if left > 0 else ""
    return f"{named}{more}"


def _span(spell: Sequence[str], every: str) -> str:
    if len(spell) == 1:
        return _at(spell[0], every)
    return f"from {spell[0]} to {spell[-1]}" if every == "day" else f"in the weeks of {spell[0]} to {spell[-1]}"


def _at(date: str, every: str) -> str:
    return f"on {date}" if every == "day" else f"in the week of {date}"


def _missed(days: Sequence[HistoryDay]) -> list[str]:
    return [f"{day['date']}: {ended(day['findings'][0]['text'])}" for day in days[-1:]]


_MOST_SPELLS = 3
"""Times of drift that the top of a page names."""
