"""Many days' reports to paths and changes; the reports here hold no more than what is read of them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as st

from pipeline.compare.changes import drifted_segments, feature_changes, feature_paths, lasting_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftedSegment, Verdict


def _report(feature: str, effect: float, direction: str = "up", *, drifted: bool = True) -> Verdict:
    """A day on which a feature moved."""
    entry = {
        "feature": feature,
        "kind": "numeric",
        "threshold": 0.25,
        "effect": effect,
        "noise_floor": 0.1,
        "drifted": drifted,
        "words": f"by {effect}",
        "direction": direction,
    }
    return cast("Verdict", {"feature_drift": [entry]})


def _days(shifts: Sequence[float]) -> dict[str, Verdict]:
    return {
        f"2026-11-{at:02}": _report("sharpness", abs(one), "up" if one > 0 else "down", drifted=one != 0)
        for at, one in enumerate(shifts, start=1)
    }


@given(st.lists(st.sampled_from([0.0, 0.5, 2.0, -1.0]), max_size=28))
def test_changes_are_the_runs_of_days_that_drifted_one_way(shifts: list[float]) -> None:
    """Against itertools.groupby over the signs: first day, day after the last, and the first, largest and last effect
    of each run, the largest with the first day that has it."""
    days, expected, at = _days(shifts), [], 1
    for sign, run in groupby(shifts, key=lambda one: (one > 0) - (one < 0)):
        members = list(run)
        after = at + len(members)
        if sign:
            until = f"2026-11-{after:02}" if after <= len(shifts) else None
            sizes = [abs(one) for one in members]
            largest, on = max(sizes), f"2026-11-{at + sizes.index(max(sizes)):02}"
            words = f"by {largest}", f"by {sizes[-1]}"
            direction = {1: "up", -1: "down"}[sign]
            expected.append((f"2026-11-{at:02}", until, direction, sizes[0], largest, on, sizes[-1], *words))
        at = after
    found = [
        (one["since"], one.get("until"), one["direction"], one["first_effect"], one["largest_effect"],
         one["largest_on"], one["latest_effect"], one["words"], one["latest_words"])
        for one in feature_changes(days)
    ]  # fmt: skip
    assert found == expected


def test_a_day_without_data_does_not_end_a_change() -> None:
    """There is no report of it, so that the days beside it are neighbours."""
    days = _days([0, 1, 1, 1, 0])
    del days["2026-11-03"]
    [change] = feature_changes(days)
    assert (change["since"], change["until"]) == ("2026-11-02", "2026-11-05")


def test_a_feature_that_is_not_judged_on_a_day_keeps_its_change() -> None:
    """No confidence was measured: nobody can say that the change is over."""
    days = _days([1, 1, 1])
    days["2026-11-02"] = _report("other", 0.0, drifted=False)
    [change] = feature_changes(days)
    assert (change["since"], "until" in change) == ("2026-11-01", False)


def test_another_direction_is_another_change() -> None:
    """First the mean falls, then the spread grows: two changes, one after the other."""
    found = feature_changes(
        {"2026-11-01": _report("contrast", 1.0, "down"), "2026-11-02": _report("contrast", 2.0, "wider")}
    )
    assert [(one["direction"], one["since"], one.get("until")) for one in found] == [
        ("down", "2026-11-01", "2026-11-02"),
        ("wider", "2026-11-02", None),
    ]


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=28))
def test_paths_hold_every_judged_day(shifts: list[float]) -> None:
    [path] = feature_paths(_days(shifts))
    assert path["dates"] == [f"2026-11-{at:02}" for at in range(1, len(shifts) + 1)]
    assert path["effects"] == [abs(one) for one in shifts]
    assert path["drifted"] == [one != 0 for one in shifts]
    assert path["noise_floors"] == [0.1] * len(shifts)


def test_a_segment_drifts_until_a_day_on_which_it_was_judged_and_did_not() -> None:
    """Too few images on a day end nothing; each segment has its own rows of days, with its largest change."""
    effects = {
        "a": [None, 0.5, None, 2.0, 0.1, 0.7],
        "b": [0.6, 0.1, 0.1, 0.1, None, None],
    }  # fmt: skip
    reports = {
        f"2026-11-{at + 1:02}": cast("Verdict", {
            "segments": [_segment(value, own[at]) for value, own in effects.items()]
        })
        for at in range(6)
    }  # fmt: skip
    found = [
        (one["value"], one["since"], one.get("until"), one["largest"]["effect"], one["largest_on"],
         one["latest"]["effect"])
        for one in drifted_segments(reports)
    ]  # fmt: skip
    assert found == [
        ("b", "2026-11-01", "2026-11-02", 0.6, "2026-11-01", 0.6),
        ("a", "2026-11-02", "2026-11-05", 2.0, "2026-11-04", 2.0),
        ("a", "2026-11-06", None, 0.7, "2026-11-06", 0.7),
    ]


def test_a_segment_is_named_by_the_feature_that_tells_most() -> None:
    """However far a quartile of a channel moved on another day, and though the severity of that is higher."""
    moved = [("red_q75", 2.1), ("contrast", 0.6), ("contrast", 0.9), ("pixel_std", 3.0)]
    reports = {
        f"2026-11-{at:02}": cast("Verdict", {"segments": [_segment("a", effect, feature)]})
        for at, (feature, effect) in enumerate(moved, start=1)
    }
    [found] = drifted_segments(reports)
    assert (found["largest"]["feature"], found["largest"]["effect"], found["largest_on"]) == (
        "contrast", 0.9, "2026-11-03"
    )  # fmt: skip
    assert found["latest"]["feature"] == "pixel_std"


def test_segments_that_last_stand_first() -> None:
    """In the order of time otherwise."""
    found = [{"value": "a", "until": "2026-11-02"}, {"value": "b"}, {"value": "c", "until": "x"}, {"value": "d"}]
    assert [one["value"] for one in lasting_first(cast("list[DriftedSegment]", found))] == ["b", "d", "a", "c"]


def _segment(value: str, effect: float | None, feature: str = "sharpness") -> dict[str, object]:
    """A segment that drifts where its effect is above a half, and is not judged where there is none."""
    own = {"column": "camera", "value": value, "drifted": effect is not None and effect >= 0.5}
    return own if effect is None else own | {"largest": {"feature": feature, "effect": effect, "words": "blurrier"}}
