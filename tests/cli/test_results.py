"""A report in a few lines: nothing that made it grave stays unnamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.cli.results import describe_report
from pipeline.compare.drift import detect_drift
from tests.support.rows import document_of, shots

if TYPE_CHECKING:
    from pipeline.documents import DriftReport


@pytest.fixture
def report() -> DriftReport:
    """One of which the findings are low, and two features are medium and high."""
    found = detect_drift(document_of(shots(1, 60)), document_of(shots(2, 60)))
    medium, high, *others = found["feature_drift"]
    graver = [
        {**medium, "feature": "green_max", "severity": "medium", "effect": 9.0, "words": "less green by 9"},
        {**high, "feature": "red_max", "severity": "high", "effect": 3.0, "words": "less red by 3"},
    ]
    low = {"kind": "quality", "severity": "low", "text": "images are darker"}
    quiet = [{**one, "severity": "none"} for one in others]
    return {**found, "findings": [low], "feature_drift": [*graver, *quiet]}  # type: ignore[list-item]


def test_a_feature_that_is_graver_than_all_findings_is_named(report: DriftReport) -> None:
    """The gravest of them, and how many others there are; it stands with the findings."""
    lines = describe_report(report)
    at = lines.index("  [low] images are darker")
    assert lines[at + 1] == "  [high] red max: less red by 3, and 1 other feature"


def test_a_name_is_not_said_twice(report: DriftReport) -> None:
    report["feature_drift"][1]["words"] = "lower red max by 3"
    assert "  [high] lower red max by 3, and 1 other feature" in describe_report(report)


def test_findings_that_are_as_grave_are_enough(report: DriftReport) -> None:
    report["findings"][0]["severity"] = "high"
    assert not [line for line in describe_report(report) if "red max" in line]
