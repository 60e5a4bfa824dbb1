"""The verdict on each segment, the one that carries a change, and what is said of them."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.compare.drift import detect_drift
from pipeline.compare.judges.segments import carrier, compare_segments, segment_drift
from pipeline.compare.sides.baseline import to_document
from pipeline.compare.sides.segment_document import segments_from_document, with_segments
from pipeline.compare.thresholds import Rules
from pipeline.compare.words.reach import out_of_reach
from pipeline.errors import DocumentError
from pipeline.severity import Severity
from tests.profile.same import assert_same
from tests.support.documents import valid
from tests.support.rows import CLASSIFYING, Shot, profile_of, shots, side_of

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument, DriftReport, Segment


def moved(made: list[Shot], **by: float) -> list[Shot]:
    return [Shot(one.pixels, one.row | {name: one.row[name] + more for name, more in by.items()}) for one in made]


def document(cameras: dict[str, list[Shot]]) -> BaselineDocument:
    """The document of all, taken in turns by the cameras, with a profile for each of them."""
    profiles = {value: profile_of(made) for value, made in cameras.items()}
    turns = [one for made in zip_longest(*cameras.values()) for one in made if one is not None]
    return with_segments(to_document(profile_of(turns), CLASSIFYING, "here"), {"camera": profiles})


def report_on(baseline: dict[str, list[Shot]], current: dict[str, list[Shot]]) -> DriftReport:
    report: DriftReport = valid(detect_drift(document(baseline), document(current)), "drift_report")
    return report


def by_value(report: DriftReport) -> dict[str, Segment]:
    return {one["value"]: one for one in report["segments"]}


OLD = {str(at): shots(10 + at, 120) for at in range(4)}
NEW = {str(at): shots(20 + at, 60) for at in range(4)}


def test_a_document_gives_its_segments_back() -> None:
    found = segments_from_document(valid(document(OLD), "baseline"))
    assert found.keys() == {"camera"}
    for value, made in OLD.items():
        assert_same(found["camera"][value], profile_of(made))


def test_the_classes_of_a_segment_have_their_names() -> None:
    nuts = [Shot(one.pixels, one.row | {"predicted_class": 1}) for one in NEW["2"]]
    [only] = report_on({"2": OLD["2"]}, {"2": nuts})["segments"]
    assert only["largest"]["words"].startswith("more nut: 1 of the images")


@pytest.mark.parametrize(("other", "named"), [("red_q75", "contrast"), ("confidence", "confidence")])
def test_a_segment_is_named_by_what_its_pictures_look_like(other: str, named: str) -> None:
    """By no quartile of a channel that moved worse; but where predictions moved worst, by these."""
    by = {"contrast": 1.2, other: 9.0}
    spread = {name: np.std([one.row[name] for one in OLD["2"]]) for name in by}
    worse = moved(NEW["2"], **{name: -effect * spread[name] for name, effect in by.items()})
    [only] = segment_drift(
        compare_segments({"camera": {"2": side_of(OLD["2"])}}, {"camera": {"2": side_of(worse)}}, Rules()), Rules()
    )
    assert (only["severity"], only["largest"]["feature"]) == ("high", named)


def test_a_damaged_segment_is_named() -> None:
    damaged = document(OLD)
    damaged["segments"]["camera"]["2"] = damaged["segments"]["camera"]["2"][:-40]
    with pytest.raises(DocumentError, match="camera=2"):
        segments_from_document(damaged)


def test_the_segment_that_moved_is_found_and_named() -> None:
    """One camera of four is duller by a lot: it stands first, it alone drifted, and the findings say where."""
    report = report_on(OLD, NEW | {"3": moved(NEW["3"], saturation=-0.4)})
    first, *others = report["segments"]
    assert (first["column"], first["value"], first["verdict"]) == ("camera", "3", "drifted")
    assert first["largest"]["feature"] == "saturation"
    assert first["largest"]["words"].startswith("less saturated")
    assert (first["baseline_count"], first["current_count"]) == (120, 60)
    assert not any(one["drifted"] for one in others)
    about = [one["text"] for one in report["findings"] if one.get("features", [""])[0] == "saturation"]
    assert about
    assert all(", mostly camera=3" in text for text in about)
    assert "saturated" in report["summary"]
    assert ", mostly camera=3)" in report["summary"]


def test_a_change_of_all_segments_is_carried_by_none() -> None:
    report = report_on(OLD, {value: moved(made, saturation=-0.4) for value, made in NEW.items()})
    assert all(one["drifted"] for one in report["segments"])
    assert not any("mostly" in one["text"] for one in report["findings"])
    assert "mostly" not in report["summary"]
    assert ", in all parts)" in report["summary"]
    [finding] = [one for one in report["findings"] if one["kind"] == "segments"]
    assert finding["text"].startswith("all 4 parts drifted: camera=")


def test_every_segment_that_drifted_is_in_a_finding() -> None:
    """Two of four moved, so that none carries half of the change; both are named, and the summary names the first."""
    report = report_on(OLD, NEW | {value: moved(NEW[value], saturation=-0.4) for value in "12"})
    drifted = [one["value"] for one in report["segments"] if one["drifted"]]
    assert sorted(drifted) == ["1", "2"]
    assert any(one["drifted"] for one in report["feature_drift"])
    assert not any("mostly" in one["text"] for one in report["findings"])
    [finding] = [one for one in report["findings"] if one["kind"] == "segments"]
    assert all(f"camera={value} (saturation: less saturated by " in finding["text"] for value in drifted)
    assert f", most of all camera={drifted[0]})" in report["summary"]


def test_more_segments_than_have_room_are_named_all_the_same() -> None:
    report = report_on(OLD, {value: moved(made, saturation=-0.4) for value, made in NEW.items()})
    [finding] = [one for one in report["findings"] if one["kind"] == "segments"]
    assert all(f"camera={value}" in finding["text"] for value in OLD)
    assert "most" not in report["summary"]


def test_many_small_segments_do_not_outweigh_the_one_that_moved() -> None:
    """One of seven moves by 0.9 deviations: what chance makes of the six others adds up to more than that."""
    old = {str(at): shots(60 + at, 60) for at in range(7)}
    new = {str(at): shots(70 + at, 60) for at in range(7)}
    new["3"] = moved(new["3"], saturation=-0.019)
    before, now = ({"camera": {value: side_of(made) for value, made in own.items()}} for own in (old, new))
    compared = compare_segments(before, now, Rules())
    effects = {one.value: own.effect for one in compared for own in one.measures if own.feature == "saturation"}
    assert effects["3"] < sum(effect for value, effect in effects.items() if value != "3")
    found = carrier(compared, segment_drift(compared, Rules(alpha=0.999)), "saturation")
    assert found == {"column": "camera", "value": "3"}


def test_what_is_worse_in_a_segment_is_said_with_its_severity() -> None:
    report = report_on(OLD, NEW | {"3": moved(NEW["3"], saturation=-0.1)})
    first = report["segments"][0]
    text = f", mostly camera=3 (there {first['largest']['words']})"
    assert Severity(first["severity"]) > "medium"
    assert any(one["text"].endswith(text) and one["severity"] == first["severity"] for one in report["findings"])


def test_what_a_feature_did_in_the_segment_is_said_of_that_feature() -> None:
    """Two features move in one camera; what is said of the lesser is not what the worse did."""
    report = report_on(OLD, NEW | {"3": moved(NEW["3"], saturation=-0.05, noise=0.003)})
    about = {one["features"][0]: one["text"] for one in report["findings"] if "segment" in one}
    assert {"saturation", "noise"} <= about.keys()
    for name, words in (("saturation", "less saturated"), ("noise", "noisier")):
        _, _, there = about[name].partition("mostly camera=3 (there ")
        assert there.startswith(words), about[name]


def test_two_changes_that_cancel_are_found_in_their_segments() -> None:
    """Each camera's noise moves by a third of what the cameras lie apart: the whole looks as before."""
    apart = {"a": moved(shots(1, 200), noise=-0.3), "b": moved(shots(2, 200), noise=0.3)}
    swapped = {"a": moved(shots(3, 100), noise=0.3), "b": moved(shots(4, 100), noise=-0.3)}
    report = report_on(apart, swapped)
    assert not any(one["drifted"] for one in report["feature_drift"])
    assert report["overall_drift_detected"]
    [finding] = [one for one in report["findings"] if one["kind"] == "segments"]
    assert "camera=a" in finding["text"]
    assert "camera=b" in finding["text"]
    assert "inputs drifted (only in a part: camera=" in report["summary"]
    whole = next(one for one in report["feature_drift"] if one["feature"] == "noise")
    assert finding["text"].startswith(
        f"of all images together, noise moved by {whole['effect']:.2g} standard deviations ({whole['verdict']}), "
        "but all 2 parts drifted: camera="
    )


def test_a_part_whose_predictions_alone_moved_is_no_drift_of_inputs() -> None:
    """The camera's images are as they were."""
    apart = {"a": moved(shots(1, 200), confidence=-0.3), "b": moved(shots(2, 200), confidence=0.3)}
    swapped = {"a": moved(shots(3, 100), confidence=0.3), "b": moved(shots(4, 100), confidence=-0.3)}
    report = report_on(apart, swapped)
    assert {one["largest"]["feature"] for one in report["segments"]} == {"confidence"}
    assert "predictions moved (only in a part: camera=" in report["summary"]


def test_too_small_new_and_gone_segments_are_said_to_be() -> None:
    old = {"0": OLD["0"], "few": shots(31, 30), "old": shots(32, 60)}
    new = {"0": NEW["0"], "few": moved(shots(33, 19), saturation=-0.4), "new": shots(34, 60)}
    report = report_on(old, new)
    found = by_value(report)
    assert {value: one["verdict"] for value, one in found.items()} == {
        "0": "not drifted", "few": "too few images", "old": "gone", "new": "new"
    }  # fmt: skip
    assert {value for value, one in found.items() if one["too_small"]} == {"few", "old", "new"}
    assert "largest" not in found["few"]
    texts = [one["text"] for one in report["findings"] if one["kind"] == "segments"]
    assert texts == [
        "not in the baseline: camera=new (60 of 139 images)",
        "no longer there: camera=old (60 of 210 images)",
    ]
    small = "too few images to judge camera=few (19, baseline 30): 20 on either side are needed"
    assert small in out_of_reach(report)


@pytest.mark.parametrize("verdict", ["new", "gone"])
def test_the_summary_of_a_quiet_report_says_which_part_is_new_or_gone(verdict: str) -> None:
    both, one = {"0": OLD["0"], "1": OLD["1"]}, {"0": NEW["0"]}
    report = report_on(one, both) if verdict == "new" else report_on(both, one)
    assert report["summary"].startswith(f"neither inputs nor predictions drifted; camera=1 is {verdict}")
    several = report_on(OLD | {"old": OLD["1"]}, OLD | {"new": OLD["1"]})
    assert several["summary"].startswith("neither inputs nor predictions drifted; 2 parts are new or gone")


def test_a_rare_value_that_is_missing_by_chance_is_no_finding() -> None:
    """Two of 120 images: 60 others miss it in four of nine cases."""
    report = report_on({"0": OLD["0"], "rare": shots(41, 2)}, {"0": NEW["0"]})
    assert by_value(report)["rare"]["verdict"] == "gone"
    assert not [one for one in report["findings"] if one["kind"] == "segments"]


def test_columns_that_only_one_set_has_are_not_judged() -> None:
    report = detect_drift(document(OLD), to_document(profile_of(NEW["0"]), CLASSIFYING, "here"))
    assert "segments" not in report


def test_unchanged_days_stay_within_the_budget() -> None:
    """Of 100 days of four segments each at an alpha of 0.05, a segment is called drift on no more than that.

    What one camera took on a day, the next took on the day after: it is compared with what that camera took before.
    """
    rules, alarms = Rules(alpha=0.05), 0
    old = {"camera": {value: side_of(made) for value, made in OLD.items()}}
    taken = [side_of(shots(5000 + seed, 30)) for seed in range(100 + len(OLD))]
    for day in range(100):
        new = {"camera": {value: taken[day + len(OLD) - at] for at, value in enumerate(OLD)}}
        alarms += any(one["drifted"] for one in segment_drift(compare_segments(old, new, rules), rules))
    assert alarms / 100 <= 0.05


def test_all_segments_share_one_budget() -> None:
    """A change that is just large enough where its segment is the only one, is none beside sixty that stayed."""
    stayed = side_of(OLD["1"]), side_of(NEW["1"])

    def drifted(by: float, others: int) -> bool:
        changed = side_of(OLD["0"]), side_of(moved(NEW["0"], saturation=by))
        old, new = (
            {"camera": {"0": own} | {f"stayed {at}": other for at in range(others)}}
            for own, other in zip(changed, stayed, strict=True)
        )
        return any(one["drifted"] for one in segment_drift(compare_segments(old, new, Rules()), Rules()))

    low, high = 0.0, 0.3
    assert (drifted(low, 0), drifted(high, 60)) == (False, True)
    for _ in range(10):
        middle = (low + high) / 2
        low, high = (low, middle) if drifted(middle, 0) else (middle, high)
    assert not drifted(high, 60)
