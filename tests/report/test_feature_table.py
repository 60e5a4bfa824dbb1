"""The table has every feature once, and its drawings are the document's histograms."""

from __future__ import annotations

import re

import pytest

from pipeline.compare.drift import detect_drift
from pipeline.report.feature_table import feature_table
from pipeline.report.sparklines import HEIGHT, WIDTH, sparkline
from tests.report.sample import sample_report
from tests.support.rows import document_of, shots


def test_every_feature_stands_once_drifted_ones_apart() -> None:
    """All that the report judged, by kind."""
    report = detect_drift(document_of(shots(1, 200)), document_of(shots(2, 60, light=0.9)))
    table = feature_table(report)
    drifted = [row.own["feature"] for group in table.drifted for row in group.rows]
    held = [row.own["feature"] for group in table.held for row in group.rows]
    assert set(drifted) == {one["feature"] for one in report["feature_drift"] if one["drifted"]}
    assert sorted(drifted + held) == sorted(one["feature"] for one in report["feature_drift"])
    assert (table.drifted_count, table.held_count) == (len(drifted), len(held))
    assert table.drifted[0].title == "Picture quality"


def test_of_one_kind_the_largest_stands_first() -> None:
    """By effect against threshold."""
    report = detect_drift(document_of(shots(1, 200)), document_of(shots(2, 60, light=0.9)))
    for group in feature_table(report).drifted:
        ratios = [row.own["effect"] / row.own["threshold"] for row in group.rows]
        assert ratios == sorted(ratios, reverse=True)


def test_rows_say_what_became_of_the_feature_and_both_middles() -> None:
    """The direction without the size; the mean, or the most frequent value with its share."""
    table = feature_table(sample_report())
    rows = {row.name: row for group in (*table.drifted, *table.held) for row in group.rows}
    assert rows["brightness"].became == "darker"
    assert rows["format"].became == ""
    assert (rows["format"].baseline, rows["format"].current) == ("JPEG 99.6%", "JPEG 98.2%")
    assert rows["confidence"].current == "0.770"


@pytest.mark.parametrize(
    ("feature", "words", "became"),
    [
        ("contrast", "poorer in contrast by 1.8 standard deviations", "poorer in contrast"),
        ("pixel_max", "lower pixel max by 10 standard deviations", "lower"),
        ("jpeg_quality", "jpeg quality varies less, by 0.87 standard deviations", "varies less"),
        ("brightness", "darker by 1.9 standard deviations", "darker"),
    ],
)
def test_what_became_of_a_feature_needs_neither_its_name_nor_its_size(feature: str, words: str, became: str) -> None:
    """Both have columns of their own."""
    report = sample_report()
    report["feature_drift"] = [{**report["feature_drift"][0], "feature": feature, "words": words}]
    assert feature_table(report).drifted[0].rows[0].became == became


def test_a_feature_of_another_version_has_a_row_without_a_drawing() -> None:
    """It stands among the others, at the end."""
    report = sample_report()
    report["feature_drift"].append({**report["feature_drift"][0], "feature": "smell"})
    last = feature_table(report).drifted[-1]
    assert (last.title, last.rows[0].sparkline, last.rows[0].baseline) == ("Other", None, "\N{EN DASH}")


@pytest.mark.parametrize("feature", ["brightness", "format", "predicted_class"])
def test_sparklines_stay_within_their_frame(feature: str) -> None:
    """Every coordinate is inside, the highest point touches the top's room, and both run over the whole width."""
    found = sparkline(sample_report(), feature)
    assert found is not None
    for path in (found.baseline, found.current):
        heights = [float(one) for one in re.findall(r"V([\d.e+-]+)", path)]
        places = [float(one) for one in re.findall(r"H([\d.e+-]+)", path)]
        assert all(0 <= one <= HEIGHT for one in heights)
        assert places == sorted(places)
        assert places[-1] == WIDTH
    both = re.findall(r"V([\d.e+-]+)", found.baseline + found.current)
    assert min(map(float, both)) == pytest.approx(1, abs=0.01)


def test_a_sparkline_shows_the_shares_of_a_category() -> None:
    """Two values: 99.6 % and 0.4 % before, by height."""
    found = sparkline(sample_report(), "format")
    assert found is not None
    heights = [HEIGHT - float(one) for one in re.findall(r"V([\d.e+-]+)H", found.baseline)]
    assert heights[1] / heights[0] == pytest.approx(9 / 1991, rel=0.3)
