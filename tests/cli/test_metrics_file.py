"""--metrics-file, read by Prometheus's own parser."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from pipeline.report.metrics import history_metrics, report_metrics
from tests.report.sample import sample_history
from tests.support.documents import read
from tests.support.program import framewatch_here

if TYPE_CHECKING:
    from pathlib import Path


def _values(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels; the format has HELP and TYPE for each, and no sample twice."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.type == "gauge"
        assert family.documentation
        for sample in family.samples:
            key = sample.name, frozenset(sample.labels.items())
            assert key not in found
            found[key] = sample.value
    return found


def _key(name: str, **labels: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return f"framewatch_{name}", frozenset(labels.items())


def test_metrics_of_a_report_are_its_numbers(store: Path, reference: Path, tmp_path: Path) -> None:
    """The verdict, the rules and every feature, under the name of the file; nothing else lies beside it."""
    output, metrics = tmp_path / "report.json", tmp_path / "metrics" / "belt.prom"
    outcome = framewatch_here(
        *("monitor", "--store", store, "--select", "production@2026-11-05", "--baseline", reference),
        *("--output", output, "--metrics-file", metrics),
    )
    assert outcome.status == 0, outcome.stderr
    report, found = read(output), _values(metrics.read_text(encoding="utf-8"))
    assert list(metrics.parent.iterdir()) == [metrics]
    assert found[_key("drift", watch="belt")] == 1
    assert found[_key("severity", watch="belt")] == ["none", "low", "medium", "high"].index(report["overall_severity"])
    assert found[_key("images", watch="belt", set="current")] == 60
    made = datetime.fromisoformat(report["timestamp"]).timestamp()
    assert found[_key("timestamp_seconds", watch="belt")] == made
    current = {"version": report["generator"]["version"], "settings": report["current"]["fingerprint"]}
    assert found[_key("info", watch="belt", **current, alpha="0.01", noise_guard="True")] == 1
    rules = {"pixel": "pixel_distribution_drift", "confidence": "confidence_drift", "class": "class_distribution_drift"}
    for label, name in rules.items():
        assert found[_key("rule_value", watch="belt", rule=label)] == report[name]["value"]
        assert found[_key("rule_drift", watch="belt", rule=label)] == report[name]["drift_detected"]
    for one in report["feature_drift"]:
        assert found[_key("feature_effect", watch="belt", feature=one["feature"])] == one["effect"]
        assert found[_key("feature_noise_floor", watch="belt", feature=one["feature"])] == one["noise_floor"]
        assert found[_key("feature_drift", watch="belt", feature=one["feature"])] == one["drifted"]


def test_without_predictions_their_metrics_are_absent(store: Path, pixels_only: Path, tmp_path: Path) -> None:
    """Not zeros: a zero would be a measurement."""
    report, metrics = tmp_path / "report.json", tmp_path / "belt.prom"
    arguments = ("--store", store, "--select", "production@2026-11-04", "--baseline", pixels_only)
    outcome = framewatch_here("monitor", *arguments, "--output", report, "--metrics-file", metrics)
    assert outcome.status == 0, outcome.stderr
    labels = {dict(labels).get("rule") for _, labels in _values(metrics.read_text(encoding="utf-8"))}
    assert labels == {None, "pixel"}


def test_metrics_of_a_history_tell_of_its_last_day(store: Path, reference: Path, tmp_path: Path) -> None:
    metrics = tmp_path / "belt.prom"
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production", "--baseline", reference),
        *("--output", tmp_path / "history.json", "--metrics-file", metrics),
    )
    assert outcome.status == 0, outcome.stderr
    found = _values(metrics.read_text(encoding="utf-8"))
    assert (found[_key("days", watch="belt")], found[_key("days_drifted", watch="belt")]) == (3, 1)
    assert found[_key("drift", watch="belt")] == 0
    assert found[_key("first_drift_timestamp_seconds", watch="belt")] == datetime(2026, 11, 5, tzinfo=UTC).timestamp()
    assert found[_key("day_timestamp_seconds", watch="belt")] == datetime(2026, 11, 6, tzinfo=UTC).timestamp()


def test_metrics_of_a_history_are_of_the_newest_day_that_could_be_judged() -> None:
    """As the exit status and the alerts: a day without images after one that drifted does not end the drift."""
    history = sample_history()
    history["days"].append({**history["days"][0], "date": "2026-11-25", "status": "no data", "image_count": 0})
    found = _values(history_metrics(history, "belt"))
    assert found[_key("drift", watch="belt")] == 1
    assert found[_key("images", watch="belt", set="current")] == history["days"][-2]["image_count"]
    assert found[_key("day_timestamp_seconds", watch="belt")] == datetime(2026, 11, 24, tzinfo=UTC).timestamp()
    for day in history["days"]:
        day["status"] = "no baseline"
    assert _key("drift", watch="belt") not in _values(history_metrics(history, "belt"))


@pytest.mark.parametrize("name", ['a "b"', "back\\slash", "two\nlines", "\\n", "ünï", "trailing\\"])
def test_labels_come_back_as_they_were(name: str) -> None:
    """Whatever the file is called, the parser reads the same text."""
    found = _values(history_metrics(sample_history(), name))
    assert {dict(labels)["watch"] for _, labels in found} == {name}


def test_a_name_that_is_no_text_is_still_a_line_of_text() -> None:
    """A file's name may hold bytes that are no UTF-8, which Python keeps as lone surrogates."""
    text = history_metrics(sample_history(), "odd\udcff")
    assert _values(text.encode().decode())


def test_a_place_that_is_taken_is_refused_before_the_work(store: Path, reference: Path, tmp_path: Path) -> None:
    """The report, its page and the baseline are not written over, and nothing else is written."""
    output = tmp_path / "report.json"
    judged: tuple[Any, ...] = ("monitor", "--store", store, "--select", "production", "--baseline", reference)
    for place in (output, output.with_suffix(".html"), reference, tmp_path):
        outcome = framewatch_here(*judged, "--output", output, "--metrics-file", place)
        assert (outcome.status, str(place) in outcome.error) == (2, True)
    assert not list(tmp_path.iterdir())


def test_the_same_metric_is_told_alike_of_reports_and_histories(store: Path, reference: Path, tmp_path: Path) -> None:
    """The collector refuses files of one folder whose HELP lines for a name differ."""
    output = tmp_path / "report.json"
    framewatch_here(
        *("monitor", "--store", store, "--select", "production", "--baseline", reference, "--output", output)
    )
    told = [
        {one.name: one.documentation for one in text_string_to_metric_families(text)}
        for text in (report_metrics(read(output), "a"), history_metrics(sample_history(), "b"))
    ]
    shared = told[0].keys() & told[1].keys()
    assert {"framewatch_drift", "framewatch_severity", "framewatch_images"} <= shared
    assert all(told[0][name] == told[1][name] for name in shared)
