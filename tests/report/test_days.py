"""A history's days and changes come in portions, and none is lost on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.report.days import CHANGES_OPEN, DAYS_OPEN, MOST_CHANGES, changed, months
from tests.report.sample import sample_history

if TYPE_CHECKING:
    from pipeline.documents import FeatureChange


def test_latest_days_first_then_by_month() -> None:
    """All days once, from the last to the first."""
    history = sample_history()
    dates = [(date(2026, 1, 1) + timedelta(at)).isoformat() for at in range(100)]
    history["days"] = [{**history["days"][0], "date": one} for one in dates]
    found = months(history)
    assert [day["date"] for month in found for day in month.days] == dates[::-1]
    assert len(found[0].days) == DAYS_OPEN
    assert [month.title for month in found[1:]] == ["2026-03", "2026-02", "2026-01"]


def test_changes_that_last_stand_first_and_those_without_words_last() -> None:
    """A change of pixel_max has no words for people."""
    history = sample_history()
    history["changes"] = [
        _change("brightness", "2026-11-01", until="2026-11-02"),
        _change("pixel_max", "2026-11-05"),
        _change("sharpness", "2026-11-01"),
        _change("contrast", "2026-11-04", until="2026-11-05"),
    ]
    found = changed(history)
    assert [one["feature"] for one in found.shown] == ["sharpness", "contrast", "brightness"]
    assert [one["feature"] for one in found.folded] == ["pixel_max"]


def test_very_many_changes_are_cut_and_counted() -> None:
    """Shown, folded and left out are all of them."""
    history = sample_history()
    history["changes"] = [_change("brightness", f"{2000 + year}-01-01") for year in range(MOST_CHANGES + 7)]
    found = changed(history)
    assert (len(found.shown), len(found.shown) + len(found.folded), found.left_out) == (CHANGES_OPEN, MOST_CHANGES, 7)


def _change(feature: str, since: str, until: str | None = None) -> FeatureChange:
    change: FeatureChange = {
        "feature": feature, "direction": "up", "since": since, "words": "more", "largest_effect": 1.0
    }  # fmt: skip
    return change if until is None else {**change, "until": until}
