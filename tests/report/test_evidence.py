"""Findings bring what shows them, in their order, and nothing twice."""

from __future__ import annotations

from pipeline.report.evidence import evidence, other_rules, pointers
from pipeline.report.page import render_report
from tests.report.reading import Page
from tests.report.sample import (
    sample_explained_report,
    sample_report,
    sample_report_without_model,
    sample_segmented_report,
)


def test_each_finding_has_its_charts_and_gauges() -> None:
    """A rule has those of the rule, a feature its own."""
    found = evidence(sample_report())
    assert [[figure.name for figure in one.figures] for one in found] == [
        ["chart-confidence"],
        ["chart-red", "chart-green", "chart-blue"],
        ["chart-3-1"],
    ]
    assert [[gauge.value for gauge in one.gauges] for one in found] == [[0.15], [0.08], [1.8]]


def test_a_feature_is_drawn_once() -> None:
    """A second finding about the same feature does not repeat its chart."""
    report = sample_report()
    report["findings"].append({**report["findings"][2], "text": "again"})
    assert [len(one.figures) for one in evidence(report)] == [1, 3, 1, 0]


def test_a_finding_of_an_unknown_kind_is_still_shown() -> None:
    """What a newer version found stands there in its words."""
    report = sample_report(findings=[{"kind": "smell", "severity": "low", "text": "it smells"}])
    [found] = evidence(report)
    assert found.finding["text"] == "it smells"
    assert not found.has_card
    page = Page(render_report(report))
    assert "It smells" in page.text
    assert "#finding-1" not in page.links


def test_rules_without_a_finding_are_listed_with_what_they_judged() -> None:
    """Pixels and confidence are told by findings, classes are left."""
    [classes] = other_rules(sample_report())
    assert (classes.title, classes.gauge and classes.gauge.value) == ("Predicted classes", 0.11)


def test_rules_that_were_not_judged_have_a_reason() -> None:
    """Each takes its own out of the report's reasons."""
    report = sample_report_without_model()
    report["not_judged"]["smell"] = "no nose"
    found = {one.title: one.reason for one in other_rules(report) if one.gauge is None}
    assert found["smell"] == "no nose"
    assert "no model" in found["Confidence"]
    assert "no model" in found["Predicted classes"]


def test_examples_stand_with_their_finding() -> None:
    """Those of brightness with the finding about it."""
    found = evidence(sample_explained_report())
    assert [one.strips.feature if one.strips else None for one in found] == [None, None, "brightness"]


def test_a_change_in_a_part_is_left_to_the_map_of_the_segments() -> None:
    """The distribution of all images would show nothing; the examples do."""
    report = sample_explained_report()
    report["findings"] = [{"kind": "segments", "severity": "high", "text": "a part", "features": ["brightness"]}]
    [found] = evidence(report)
    assert (found.figures, found.gauges) == ([], [])
    assert found.strips is not None


def test_a_finding_with_nothing_of_its_own_leads_to_where_it_is_seen() -> None:
    """No empty card stands on the page, and no link leads to one."""
    report = sample_explained_report()
    report["examples"] = []
    told = ["segments", "unreadable", "duplicates"]
    report["findings"] = [{"kind": one, "severity": "low", "text": f"see {one}"} for one in told]
    assert [one.place for one in evidence(report)] == ["segments", "images", "images"]
    page = Page(render_report(report))
    assert "What happened" not in page.text
    assert [one for one in page.links if one != "#main"][:3] == ["#segments", "#images", "#images"]
    assert {"segments", "images"} <= set(page.attributes("id"))


def test_other_content_is_shown_by_what_held_still_and_by_the_images() -> None:
    """The numbers of the pictures that hardly moved, and the pictures that the model was least sure of."""
    report = sample_explained_report()
    report["findings"] = [{"kind": "content", "severity": "high", "text": "something else"}]
    report["examples"][0]["feature"] = "confidence"
    [found] = evidence(report)
    assert [gauge.label for gauge in found.gauges] == ["brightness"]  # of the four, the sample judges this one
    assert found.strips is not None
    assert found.strips.feature == "confidence"


def test_what_is_worse_than_any_finding_is_pointed_at() -> None:
    """A segment and a feature that are worse than all that is told; neither where a finding is as bad."""
    report = sample_explained_report()
    assert pointers(report) == []
    report["findings"] = [{"kind": "quality", "severity": "low", "text": "a little"}]
    first, second = pointers(report)
    assert (first.place, first.severity) == ("segments", "high")
    assert "camera=3" in first.text
    assert (second.place, second.severity) == ("features", "medium")
    assert "brightness: darker" in second.text


def test_a_severity_of_a_part_is_said_to_be_that() -> None:
    """One camera of four is much darker, and the images as a whole a little."""
    report = sample_segmented_report()
    graver = [one for one in evidence(report) if one.graver_part]
    assert {one.graver_part for one in graver} == {"camera=2"}
    assert all(one.severity < "high" for found in graver for one in found.gauges)
    text = " ".join(Page(render_report(report)).text.split())
    assert "The severity is that of camera=2 ; below are all images together." in text
    assert not any(one.graver_part for one in evidence(sample_report()))
