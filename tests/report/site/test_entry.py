"""What the overview takes from a document: its dataset, its day, its severity, and its words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.errors import DocumentError
from pipeline.report.site.entry import Entry, entry_of
from tests.report.sample import sample_history, sample_report, sample_report_without_model


@pytest.mark.parametrize(
    ("source", "dataset", "day"),
    [
        ("data/production/2026-11-23", "data/production", "2026-11-23"),
        ("data/production/2026-11-23/", "data/production", "2026-11-23"),
        ("/srv/line 1/daily_20261123", "/srv/line 1/daily", "2026-11-23"),
        ("2026-11-23", "2026-11-23", "2026-11-23"),
        ("data/2026.11.23/*.jpg", "data/*.jpg", "2026-11-23"),
        ("s3://bucket/line/2026-11-23.tar.gz", "s3://bucket/line", "2026-11-23"),
        ("2026-11-22/camera-20261123-left", "2026-11-22/camera--left", "2026-11-23"),
        ("data/production", "data/production", "2026-11-25"),
        ("data/99991399", "data/99991399", "2026-11-25"),
    ],
)
def test_dataset_and_day_of_a_folder_are_in_its_name(source: str, dataset: str, day: str) -> None:
    """Where no day is named, it is that of the document, in UTC."""
    report = sample_report(timestamp="2026-11-24T23:30:00-02:00", summary="")
    del report["current"]["dataset_info"]["dates"]
    report["current"]["dataset_info"]["source"] = source
    found = entry_of(report)
    assert (found.dataset, found.date, found.period) == (dataset, day, day)


def test_dataset_and_days_of_rows_are_in_the_document() -> None:
    """The last of several days is the report's; what is no day is not taken for one."""
    report = sample_report()
    report["current"]["dataset_info"] |= {
        "source": "production@2026-11-20..2026-11-22",
        "dates": ["2026-11-20", "2026-11-22", "someday", "2026-11-21"],
    }
    found = entry_of(report)
    assert (found.dataset, found.date) == ("production", "2026-11-22")
    assert found.period == "2026-11-20 to 2026-11-22 (3 days)"


def test_a_report_says_its_first_finding_else_its_summary() -> None:
    report = sample_report()
    found = entry_of(report)
    assert (found.sentence, found.more) == (report["findings"][0]["text"], len(report["findings"]) - 1)
    assert (found.kind, found.severity, found.image_count) == ("report", "high", 500)
    calm = entry_of(sample_report(findings=[], summary="nothing drifted", overall_severity="none"))
    assert (calm.sentence, calm.more, calm.severity) == ("nothing drifted", 0, "none")


@pytest.mark.parametrize("length", [299, 300, 301, 100_000])
def test_a_long_finding_is_cut(length: int) -> None:
    """At 300 characters, with a mark that something is missing."""
    text = "x" * length
    found = entry_of(sample_report(findings=[{"kind": "pixels", "severity": "low", "text": text}])).sentence
    assert len(found) == min(length, 300)
    assert (found == text) == (length <= 300)
    assert found.endswith("…") == (length > 300)


def test_accuracy_is_there_where_it_was_estimated() -> None:
    accuracy = {"estimated_accuracy": 0.8, "low": 0.7, "high": 0.9, "baseline_accuracy": 0.95}
    assert entry_of(sample_report(accuracy_estimate=accuracy)).accuracy == (0.8, 0.7, 0.9, 0.95)
    unpriced = sample_report()
    unpriced.pop("accuracy_estimate", None)
    assert entry_of(unpriced).accuracy is None


def test_a_history_says_how_each_judged_day_went() -> None:
    history = sample_history()
    history["days"][1]["status"] = "no data"
    found = entry_of(history)
    assert (found.kind, found.dataset, found.date, found.severity) == ("history", "production", "2026-11-24", "high")
    assert found.period == "2026-11-17 to 2026-11-24"
    assert found.sentence.startswith("High drift on 2026-11-24. ")
    assert found.days == tuple(
        (day["date"], day["overall_severity"]) for at, day in enumerate(history["days"]) if at != 1
    )


def test_an_entry_says_what_it_was_held_against_and_what_it_could_not_tell() -> None:
    """A quiet report that judged no predictions is another than one that did."""
    whole, blind = entry_of(sample_report()), entry_of(sample_report_without_model())
    assert (whole.against, whole.source) == ("val@2026-11-01..2026-11-07", "production@2026-11-23")
    assert (whole.unseen, "no model was given" in "".join(blind.unseen)) == ((), True)
    assert entry_of(sample_history()).against == "val@2026-11-01..2026-11-07"
    assert entry_of(sample_history() | {"against": "trailing:28"}).against == "trailing:28"


def test_weeks_are_no_days() -> None:
    assert entry_of(sample_history() | {"every": "week"}).days == ()


def test_a_document_of_no_day_is_refused() -> None:
    report = sample_report(timestamp="soon")
    del report["current"]["dataset_info"]["dates"]
    report["current"]["dataset_info"]["source"] = "production"
    with pytest.raises(DocumentError, match="soon"):
        entry_of(report)


@pytest.mark.parametrize("document", [sample_report(), sample_history()], ids=["report", "history"])
def test_entries_come_back_from_json(document: Any) -> None:
    changed = {"accuracy_estimate": None} if "days" in document else {"not_judged": {"class_drift": "no model"}}
    found = entry_of(document | changed)
    assert Entry.from_dict(json.loads(json.dumps(found.to_dict()))) == found


@pytest.mark.parametrize("unseen", ["not judged: class drift", [1], 7])
def test_a_list_that_holds_something_else_is_refused(unseen: object) -> None:
    """Such as that of an earlier framewatch: its pages are made again."""
    with pytest.raises(TypeError):
        Entry.from_dict(entry_of(sample_report()).to_dict() | {"unseen": unseen})
