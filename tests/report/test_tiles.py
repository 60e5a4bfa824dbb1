"""The numbers at the top are the document's."""

from __future__ import annotations

import pytest

from pipeline.report.tiles import accuracy_tile, history_tiles, newest_accuracy, report_tiles
from tests.report.sample import sample_history, sample_report, sample_report_without_model


def test_report_tiles_say_images_certainty_and_features() -> None:
    """Each against the baseline."""
    found = {tile.label: (tile.value, tile.detail) for tile in report_tiles(sample_report())}
    assert found["Images"] == ("500", "baseline 2,000; 9 unreadable")
    assert found["Mean confidence"] == ("0.77", "baseline 0.92")
    assert found["Features drifted"][0] == "2 of 4"


def test_without_a_model_there_is_no_tile_of_it() -> None:
    """Absent, not empty."""
    report = sample_report_without_model()
    assert "Mean confidence" not in {tile.label for tile in report_tiles(report)}
    assert accuracy_tile(report.get("accuracy_estimate")) is None


def test_accuracy_lies_on_a_scale_that_holds_all_that_is_known() -> None:
    """In the right order, within the frame."""
    report = sample_report()
    report["accuracy_estimate"]["true_accuracy"] = 0.6
    tile = accuracy_tile(report["accuracy_estimate"])
    assert tile is not None
    places = [tile.percent(value) for value in (0.6, 0.66, 0.71, 0.77, 0.86)]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_an_accuracy_at_the_end_stays_on_the_scale(value: float) -> None:
    """No accuracy is below 0 or above 1, and neither is the scale."""
    report = sample_report()
    for key in ("estimated_accuracy", "low", "high", "baseline_accuracy"):
        report["accuracy_estimate"][key] = value
    tile = accuracy_tile(report["accuracy_estimate"])
    assert tile is not None
    assert tile.percent(value) == 100 * value


def test_history_tiles_say_how_things_stand() -> None:
    """The last day that was judged, how many drifted, since when."""
    found = {tile.label: tile.value for tile in history_tiles(sample_history())}
    assert found == {"Latest day": "2026-11-24", "Drifted": "3 of 7", "First drift": "2026-11-22"}


def test_the_accuracy_at_the_top_of_a_history_is_the_newest_days() -> None:
    """Of a day without data there is none, and that of the day before is not told as today's."""
    history = sample_history()
    tile = newest_accuracy(history)
    assert tile is not None
    assert (round(tile.estimate["estimated_accuracy"], 2), tile.when) == (0.71, "2026-11-24")
    del history["days"][-1]["accuracy_estimate"]
    assert newest_accuracy(history) is None
    history["days"] = []
    assert newest_accuracy(history) is None
