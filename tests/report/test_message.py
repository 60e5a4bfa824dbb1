"""What people are told is a few lines of text, whatever a document holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.documents import FeatureChange, Finding, SegmentName
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


def test_accuracy_that_fell_is_told_once() -> None:
    """As an estimate, by labels where there are some, and by a finding alone where one says it."""
    history: HistoryDocument = {**sample_history(), "drifting_since": "2026-11-22"}
    newest = history["days"][-1]
    assert "- estimated accuracy 0.71 (0.63 to 0.78), was 0.86" in history_message(history).text.splitlines()
    newest["accuracy_estimate"] |= {"true_accuracy": 0.5, "labelled_count": 40}
    assert "- accuracy 0.50 of 40 labelled images, was 0.86" in history_message(history).text.splitlines()
    newest["accuracy_estimate"]["true_accuracy"] = 0.84
    assert "accuracy" not in history_message(history).text
    del newest["accuracy_estimate"]["true_accuracy"]
    newest["findings"].append({"kind": "accuracy", "severity": "high", "text": "estimated accuracy 0.71, was 0.86"})
    assert history_message(history).text.count("accuracy") == 1


def test_a_segment_that_the_summary_names_is_not_named_again_in_each_line() -> None:
    """What happened there stays; a segment that the summary does not name is named."""
    report = sample_report(summary="inputs drifted (darker, mostly camera=north); predictions were not looked at")
    north, south = (SegmentName(column="camera", value=value) for value in ("north", "south"))
    report["findings"] = [
        {"kind": "quality", "severity": "high", "text": "a, mostly camera=north (there b (1 sd))", "segment": north},
        {"kind": "quality", "severity": "low", "text": "c, mostly camera=north", "segment": north},
        {"kind": "quality", "severity": "low", "text": "d, mostly camera=south (there e)", "segment": south},
        {"kind": "segments", "severity": "low", "text": "a part drifted: camera=north (f)", "segment": north},
    ]
    assert [line for line in report_message(report).text.splitlines() if line.startswith("- [")] == [
        "- [high] a; there b (1 sd)",
        "- [low] c",
        "- [low] d, mostly camera=south (there e)",
        "- [low] a part drifted: camera=north (f)",
    ]


@pytest.mark.parametrize(
    ("feature", "words", "told"),
    [
        ("green_q75", "lower green q75 by 0.4 standard deviations", "lower green q75 by 0.4 standard deviations"),
        ("sharpness", "blurrier by 3 standard deviations", "sharpness: blurrier by 3 standard deviations"),
    ],
)
def test_a_change_that_lasts_has_its_features_name_once(feature: str, words: str, told: str) -> None:
    history = sample_history() | {"drifting_since": "2026-11-22"}
    change = FeatureChange(feature=feature, words=words, direction="down", since="2026-11-22", largest_effect=3.0)
    history["changes"] = [change]
    assert f"- {told}, since 2026-11-22" in history_message(history).text.splitlines()


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


def test_a_finding_beside_the_drift_is_told_with_its_severity() -> None:
    """Images that cannot be read are no drift, and wake people all the same; the gravest decides what is said."""
    unreadable: Finding = {"kind": "unreadable", "severity": "high", "text": "80 of 280 images cannot be read"}
    calm = sample_report(overall_drift_detected=False, overall_severity="none", findings=[unreadable])
    assert report_message(calm).title.startswith("framewatch: no drift, but a finding in ")
    assert "- [high] 80 of 280 images cannot be read" in report_message(calm).text
    mild = sample_report(overall_severity="low", findings=[unreadable])
    assert report_message(mild).title.startswith("framewatch: drift: high in ")
    history = sample_history()
    history["days"][-1] |= {"overall_drift_detected": False, "overall_severity": "none", "findings": [unreadable]}
    history.pop("drifting_since", None)
    told = history_message(history)
    assert told.title == "framewatch: no drift, but a finding in production on 2026-11-24"
    assert "- [high] 80 of 280 images cannot be read" in told.text
