"""A history's days and changes come in portions, and none is lost on the way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pipeline.report.days import BEGINNINGS_OPEN, CHANGES_NAMED, DAYS_OPEN, MOST_CHANGES, changed, months
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


def test_changes_stand_by_the_day_on_which_they_began() -> None:
    """The latest day first, the largest change of each first. One of pixel_max, which has no words for people, is told
    where it is alone, and counted where it is not."""
    history = sample_history()
    history["changes"] = [
        _change("brightness", "2026-11-01", effect=1.0),
        _change("sharpness", "2026-11-01", effect=3.0),
        _change("pixel_max", "2026-11-05", effect=9.0),
        _change("pixel_max", "2026-11-01", effect=9.0),
        _change("contrast", "2026-11-04"),
    ]
    found = changed(history)
    assert [(one.date, [change["feature"] for change in one.changes], one.more) for one in found.beginnings] == [
        ("2026-11-05", ["pixel_max"], 0),
        ("2026-11-04", ["contrast"], 0),
        ("2026-11-01", ["sharpness", "brightness"], 1),
    ]
    assert [one["feature"] for one in found.every] == ["pixel_max", "contrast", "sharpness", "brightness", "pixel_max"]


def test_very_many_changes_are_cut_and_counted() -> None:
    """Days, changes of one day, and all of them."""
    history = sample_history()
    history["changes"] = [_change("brightness", f"{2000 + year}-01-01") for year in range(MOST_CHANGES)]
    history["changes"] += [_change("brightness", "2999-01-01")] * (CHANGES_NAMED + 3)
    found = changed(history)
    assert len(found.beginnings) == BEGINNINGS_OPEN
    assert (len(found.beginnings[0].changes), found.beginnings[0].more) == (CHANGES_NAMED, 3)
    assert (len(found.every), found.left_out) == (MOST_CHANGES, CHANGES_NAMED + 3)
    told = sum(len(one.changes) + one.more for one in found.beginnings) + found.earlier
    assert told == len(found.every) + found.left_out


def _change(feature: str, since: str, effect: float = 1.0) -> FeatureChange:
    return {"feature": feature, "direction": "up", "since": since, "words": "more", "largest_effect": effect}
