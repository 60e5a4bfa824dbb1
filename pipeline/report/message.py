"""A report or a history to a message in plain text, for people who are to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.alerts import Message
from pipeline.compare.changes import named_changes
from pipeline.compare.history import newest_day
from pipeline.compare.judges.measures import named
from pipeline.compare.words.findings import shown_severity
from pipeline.compare.words.segment_findings import spoken as segment_name
from pipeline.report.accuracy import untold_accuracy
from pipeline.report.changes import change_words, segment_words
from pipeline.report.signs import NO_DRIFT
from pipeline.report.verdict import verdict_in_words
from pipeline.report.words import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.documents import DriftedSegment, DriftReport, FeatureChange, Finding, HistoryDocument

MOST_CHANGES = 8
"""Changes that last of which a message tells, and parts that drift, the first ones of each."""

_HASH_SHOWN = len("sha256:") + 12
"""Characters of a fingerprint: enough to tell two apart."""


def report_message(report: DriftReport) -> Message:
    """The verdict as the title; the summary and the findings below it."""
    info = report["current"]["dataset_info"]
    images = counted(info["image_count"], "image")
    told = _findings(report["findings"], report["summary"])
    lines = [report["summary"], *told, images, _made(report, report["current"]["fingerprint"])]
    title = printable(f"framewatch: {verdict_in_words(report)} in {info['source']}")
    return Message(title, "\n".join(map(printable, lines)), shown_severity(report))


def history_message(history: HistoryDocument) -> Message:
    """What the newest day, or week, shows, and since when: what is known already is not told as new."""
    newest, since = newest_day(history["days"]), history.get("drifting_since")
    if newest is None:
        return Message(printable(f"framewatch: {NO_DRIFT} in {history['dataset']}"), "")
    begun = "" if since is None else ", new" if since == newest["date"] else f", since {since}"
    title = f"framewatch: {verdict_in_words(newest)} in {history['dataset']} on {newest['date']}{begun}"
    lasting = [*map(_lasting, _lasting_changes(history)), *map(_part, _lasting_segments(history))]
    accuracy = untold_accuracy(newest)
    told = [*_findings(newest["findings"]), *([f"- {accuracy}"] if accuracy else []), *lasting]
    lines = [*told, counted(newest["image_count"], "image"), _made(history, history["baseline"]["fingerprint"])]
    return Message(printable(title), "\n".join(map(printable, lines)), shown_severity(newest))


def _lasting_changes(history: HistoryDocument) -> list[FeatureChange]:
    lasting = [one for one in history.get("changes", []) if "until" not in one]
    return named_changes(lasting)[:MOST_CHANGES]


def _lasting_segments(history: HistoryDocument) -> list[DriftedSegment]:
    return [one for one in history.get("segments", []) if "until" not in one][:MOST_CHANGES]


def _part(own: DriftedSegment) -> str:
    return f"- {own['column']}={own['value']}: {segment_words(own)}, since {own['since']}"


def _lasting(own: FeatureChange) -> str:
    return f"- {named(own['feature'], change_words(own))}, since {own['since']}"


def _made(document: DriftReport | HistoryDocument, fingerprint: str) -> str:
    made, rules = document["generator"], document["rules"]
    return f"{made['name']} {made['version']}, alpha {rules['alpha']:g}, settings {fingerprint[:_HASH_SHOWN]}"


def _findings(found: Iterable[Finding], summary: str = "") -> list[str]:
    return [f"- [{one['severity']}] {_short(one, summary)}" for one in found]


def _short(own: Finding, summary: str) -> str:
    """A finding without the name of the segment that carries it, where the summary has it: telephones are small."""
    name = segment_name(own["segment"]) if "segment" in own else ""
    text, mostly, there = own["text"].rpartition(f", mostly {name}")
    if not name or not mostly or f"mostly {name}" not in summary:
        return own["text"]
    return f"{text}; {there[2:-1]}" if there else text
