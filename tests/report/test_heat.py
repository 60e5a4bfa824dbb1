"""The map of the segments shows what each segment's own comparison would."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.report.heat import MOST_COLUMNS, MOST_ROWS, heat_map
from tests.report.sample import sample_explained_report, sample_report, sample_segmented_report
from tests.support.rows import shots


def test_the_changed_camera_stands_first_and_is_coloured() -> None:
    """The others are not, and its effect is that of its own images in standard deviations of its own baseline."""
    found = heat_map(sample_segmented_report())
    assert found is not None
    first, *others = found.shown
    assert first.segment["value"] == "2"
    at = found.columns.index("brightness")
    cell = first.cells[at]
    before, now = ([one.row["brightness"] for one in shots(1, 60, light=light)] for light in (0.5, 0.3))
    expected = abs(np.mean(now) - np.mean(before)) / np.std(before)
    assert cell is not None
    assert cell.effect == pytest.approx(expected, rel=0.05)
    assert cell.severity == "high"
    assert {one.cells[at].severity for one in others if one.cells[at]} == {"none"}  # type: ignore[union-attr]
    assert len(found.columns) <= MOST_COLUMNS


def test_a_report_without_the_segments_profiles_shows_their_largest_changes() -> None:
    """And a dash where nothing is known."""
    found = heat_map(sample_explained_report())
    assert found is not None
    assert found.columns == ["brightness"]
    assert [[cell and cell.effect for cell in row.cells] for row in found.shown] == [[1.8], [None]]


def test_without_segments_there_is_no_map() -> None:
    """They were not asked for."""
    assert heat_map(sample_report()) is None


def test_many_segments_are_cut_and_counted() -> None:
    """A thousand values do not make a thousand rows."""
    report = sample_explained_report()
    report["segments"] = [{**report["segments"][0], "value": str(value)} for value in range(1000)]
    found = heat_map(report)
    assert found is not None
    assert len(found.shown) + len(found.folded) == MOST_ROWS
    assert (found.left_out, found.count, found.drifted) == (1000 - MOST_ROWS, 1000, 1000)
