"""What people are told is a few lines of text, whatever a document holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.message import history_message, report_message
from tests.report.hostile import EVERYTHING
from tests.report.sample import sample_history, sample_report

if TYPE_CHECKING:
    from pipeline.documents import HistoryDocument, SegmentChange


def test_a_report_is_told_by_its_verdict_its_findings_and_its_images() -> None:
    report = sample_report()
    for count, told in ((1, "1 image"), (2000, "2,000 images")):
        report["current"]["dataset_info"]["image_count"] = count
        message = report_message(report)
        assert message.title.startswith("framewatch: drift: high in ")
        assert told in message.text.splitlines()
        assert [line for line in message.text.splitlines() if line.startswith("- [")] == [
            f"- [{one['severity']}] {one['text']}" for one in report["findings"]
        ]


def test_a_history_is_told_by_its_newest_day_and_by_what_lasts() -> None:
    """A part that drifts is named with its first day; one that is well again is not."""
    history: HistoryDocument = {**sample_history(), "drifting_since": "2026-11-22"}
    largest: SegmentChange = {"feature": "sharpness", "effect": 1.0, "words": "blurrier by 1"}
    history["segments"] = [
        {"column": "camera", "value": "3", "since": "2026-11-23", "largest": largest},
        {"column": "camera", "value": "4", "since": "2026-11-17", "until": "2026-11-19", "largest": largest},
    ]
    message = history_message(history)
    assert message.title == "framewatch: drift: high in production on 2026-11-24, since 2026-11-22"
    told = [line for line in message.text.splitlines() if "camera" in line]
    assert told == ["- camera=3: sharpness: blurrier by 1, since 2026-11-23"]


def test_text_from_outside_forges_no_line() -> None:
    """As many lines as of plain text, and none with a character that is not shown."""
    told = []
    for text in ("plain", EVERYTHING):
        report, history = sample_report(summary=text), sample_history() | {"drifting_since": "2026-11-22"}
        largest: SegmentChange = {"feature": "sharpness", "effect": 1.0, "words": text}
        history["segments"] = [{"column": text, "value": text, "since": "2026-11-22", "largest": largest}]
        report["current"]["dataset_info"]["source"] = history["dataset"] = text
        report["findings"][0]["text"] = history["days"][-1]["findings"][0]["text"] = text
        messages = report_message(report), history_message(history)
        told.append([len(one.text.split("\n")) for one in messages])
        assert all(line.isprintable() for one in messages for line in (one.title, *one.text.split("\n")))
    assert told[0] == told[1]
