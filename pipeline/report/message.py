"""A report or a history to a message in plain text, for people who are to be told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.alerts import Message
from pipeline.compare.history import has_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.documents import DriftReport, Finding, HistoryDay, HistoryDocument

MOST_DAYS = 7
"""Days of a history that a message tells of, the last ones that drifted."""


def report_message(report: DriftReport) -> Message:
    """The verdict as the title; the summary and the findings below it."""
    info = report["current"]["dataset_info"]
    verdict = f"drift: {report['overall_severity']}" if report["overall_drift_detected"] else "no drift"
    images = f"{info['image_count']} images"
    lines = [report["summary"], *_findings(report["findings"]), images, _made(report, report["current"]["fingerprint"])]
    return Message(_line(f"framewatch: {verdict} in {info['source']}"), "\n".join(map(_line, lines)))


def history_message(history: HistoryDocument) -> Message:
    """How many days drifted as the title; what was found on the last of them below it."""
    days = [day for day in history["days"] if has_data(day)]
    drifted = [day for day in days if day["overall_drift_detected"]]
    title = f"framewatch: {len(drifted)} of {len(days)} {history.get('every', 'day')}s drifted in {history['dataset']}"
    lines = [line for day in drifted[-MOST_DAYS:] for line in _day(day)]
    lines.append(_made(history, history["baseline"]["fingerprint"]))
    return Message(_line(title), "\n".join(map(_line, lines)))


def _day(day: HistoryDay) -> list[str]:
    return [f"{day['date']}: {day['overall_severity']}, {day['image_count']} images", *_findings(day["findings"])]


def _made(document: DriftReport | HistoryDocument, fingerprint: str) -> str:
    made, rules = document["generator"], document["rules"]
    return f"{made['name']} {made['version']}, alpha {rules['alpha']:g}, settings {fingerprint}"


def _findings(found: Iterable[Finding]) -> list[str]:
    return [f"- [{one['severity']}] {one['text']}" for one in found]


def _line(text: str) -> str:
    """Names from outside may hold line breaks, which would forge lines, and bytes that are no text."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
