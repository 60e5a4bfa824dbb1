"""Text that tries to be more than text, in every place of the documents that takes text from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.report.sample import sample_history, sample_report

if TYPE_CHECKING:
    from pipeline.documents import DriftReport, HistoryDocument

HOSTILE = (
    "</script><script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 2'>",
    '"><svg onload=window.pwned=3>',
    "{{ 7 * 7 }}{% raw %}",
    "datum['x'] + window('pwned')",
    "\u202eright to left\u202c\u2028two\u2029three",
    "<!--<script>",
    "first\nsecond",
    "&lt;script&gt; & 'quotes' \"double\"",
)

EVERYTHING = " ".join(HOSTILE)


def hostile_report() -> DriftReport:
    """A report that is hostile wherever it holds text."""
    report = sample_report(not_judged={"confidence_drift": EVERYTHING, f"else {EVERYTHING}": EVERYTHING})
    del report["confidence_drift"]
    for document in (report["baseline"], report["current"]):
        document["dataset_info"]["source"] = EVERYTHING
        document["dataset_info"]["unreadable"] = {"count": 1, "by_reason": {EVERYTHING: 1}}
        document["notes"] = [EVERYTHING]
        document["settings"][EVERYTHING] = {"nested": EVERYTHING, "list": [EVERYTHING]}
        names = document["predictions"]["class_names"]
        document["predictions"]["class_names"] = {key: f"{key} {EVERYTHING}" for key in names}
    report["generator"] = {"name": EVERYTHING, "version": EVERYTHING}
    report["timestamp"] = EVERYTHING
    report["rules"] = {EVERYTHING: EVERYTHING}
    report["findings"] = [{"kind": EVERYTHING, "severity": "high", "text": EVERYTHING}]
    report["feature_shifts"][0]["feature"] = EVERYTHING
    report["feature_shifts"][0]["words"] = EVERYTHING
    report["class_distribution_drift"]["largest_changes"][0]["name"] = EVERYTHING
    return report


def hostile_history() -> HistoryDocument:
    """The same for a history."""
    history = sample_history()
    history["dataset"] = EVERYTHING
    history["baseline"] = hostile_report()["baseline"]
    history["rules"] = {EVERYTHING: EVERYTHING}
    for day in history["days"]:
        day["findings"] = [{"kind": "pixels", "severity": "low", "text": EVERYTHING}]
    return history
