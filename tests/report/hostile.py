"""Text that tries to be more than text, in every place of the documents that takes text from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.report.sample import sample_explained_report, sample_history, sample_report

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument, DriftReport, HistoryDocument, SegmentChange

HOSTILE = (
    "</script><script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 2'>",
    '"><svg onload=window.pwned=3>',
    "{{ 7 * 7 }}{% raw %}",
    "datum['x'] + window('pwned')",
    "datum.x",
    "${window.pwned = 4}",
    "javascript:window.pwned=5",
    "{signal: 'width'}",
    "\u202eright to left\u202c\u2028two\u2029three",
    "<!--<script>",
    "first\nsecond",
    "&lt;script&gt; & 'quotes' \"double\"",
)

EVERYTHING = " ".join(HOSTILE)


def hostile_report(text: str = EVERYTHING) -> DriftReport:
    """A report that says `text` wherever it holds text from outside, and in most places that framewatch fills."""
    report = sample_report(not_judged={f"else {text}": text}, summary=text, generator={"name": text, "version": text})
    for document in (report["baseline"], report["current"]):
        _spoil(document, text)
    report["timestamp"] = text
    report["rules"] = {text: text}
    report["findings"] = [
        {"kind": kind, "severity": "high", "text": text, "features": features}
        for kind, features in (
            (text, [text]),
            ("quality", ["camera_make", "brightness"]),
            ("confidence", ["confidence"]),
            ("classes", ["predicted_class"]),
            ("accuracy", []),
            ("segments", []),
        )
    ]
    for one in report["feature_drift"]:
        one["words"] = one["verdict"] = text
    report["feature_drift"] += [{**report["feature_drift"][0], "feature": name} for name in (text, "camera_make")]
    report["joint_drift"]["contributions"] = [{"feature": text, "share": 1.0}]
    report["accuracy_estimate"]["by_score"] = {text: 0.5}
    report["class_distribution_drift"]["largest_changes"][0]["name"] = text
    explained = sample_explained_report(text, f"{text} name")
    report["segments"] = explained["segments"]
    report["examples"] = [
        {**one, "feature": name}
        for one, name in zip(explained["examples"] * 2, (text, "camera_make", "confidence"), strict=False)
    ]
    return report


def _spoil(document: BaselineDocument, text: str) -> None:
    document["dataset_info"]["source"] = text
    document["dataset_info"]["dates"] = [text]
    document["dataset_info"]["unreadable"] = {"count": 1, "by_reason": {text: 1}}
    document["notes"] = [text]
    document["settings"][text] = {"nested": text, "list": [text]}
    document["settings"]["model"] |= {"name": text, "runtime": text}
    names = document["predictions"]["class_names"]
    document["predictions"]["class_names"] = {key: f"{key} {text}" for key in names}
    document["input_distribution"]["categories"]["camera_make"] = {"counts": {text: 9, f"{text}2": 4}, "missing": 1}


def hostile_history() -> HistoryDocument:
    """The same for a history."""
    history = sample_history()
    history["changes"] = [
        {"feature": EVERYTHING, "direction": "mix", "since": "2026-11-22", "words": EVERYTHING, "largest_effect": 1.0}
    ]
    largest: SegmentChange = {"feature": EVERYTHING, "effect": 1.0, "words": EVERYTHING}
    history["segments"] = [{"column": EVERYTHING, "value": EVERYTHING, "since": "2026-11-22", "largest": largest}]
    history["dataset"] = EVERYTHING
    history["baseline"] = hostile_report()["baseline"]
    history["against"] = EVERYTHING
    history["rules"] = {EVERYTHING: EVERYTHING}
    for day in history["days"]:
        day["findings"] = [{"kind": "pixels", "severity": "low", "text": EVERYTHING}]
    return history
