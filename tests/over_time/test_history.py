"""Stored days to a history: which days are in it, and what each is compared with."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from pipeline.analysis import analyze_selection
from pipeline.cli.history_lines import history_lines
from pipeline.compare.drift import detect_drift
from pipeline.compare.thresholds import Rules
from pipeline.errors import SettingsError, StoreError
from pipeline.measured import judged_set, measured_selection
from pipeline.over_time import stored_days
from pipeline.over_time.history import analyze_history
from pipeline.over_time.references import Trailing
from pipeline.report.page import render_history
from pipeline.schema import require_document
from pipeline.store.layout import Partition
from pipeline.store.stored import ask
from tests.support.rows import CLASSIFYING, PIXELS_ONLY, shots, store_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pipeline.documents import HistoryDocument
    from pipeline.over_time.periods import Every

MONDAY = date(2026, 11, 2)


def _fill(store: Path, lights: Mapping[int, float]) -> None:
    """Days by their distance from the first Monday, with how light their pictures are."""
    for at, light in lights.items():
        day = Partition("production", MONDAY + timedelta(days=at))
        store_rows(store, day, shots(at + 50, 40, light=light), CLASSIFYING)


def _statuses(history: HistoryDocument) -> dict[str, str]:
    require_document(json.loads(json.dumps(history)), "history", "here")
    return {day["date"]: day["status"] for day in history["days"]}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days 0, 1, 3 light, 4 and 7 dark, 8 light again; 2, 5 and 6 are missing."""
    folder = tmp_path_factory.mktemp("store")
    _fill(folder, {0: 0.5, 1: 0.5, 3: 0.5, 4: 0.15, 7: 0.15, 8: 0.5})
    store_rows(folder, Partition("val", MONDAY), shots(1, 100), CLASSIFYING)
    return folder


def test_days_without_data_are_shown_and_the_change_has_its_days(store: Path) -> None:
    """Darkness lasts over the missing days, from its first day to the first light one."""
    history, reports = analyze_history(store, "production", analyze_selection(store, "val"), Rules())
    assert list(_statuses(history).values()) == [
        "judged", "judged", "no data", "judged", "judged", "no data", "no data", "judged", "judged"
    ]  # fmt: skip
    assert list(reports) == [day for day, status in _statuses(history).items() if status == "judged"]
    darkness = next(one for one in history["changes"] if one["feature"] == "pixel_mean")
    assert (darkness["since"], darkness["until"], darkness["direction"]) == ("2026-11-06", "2026-11-10", "down")
    assert history["expected_false_alarms"] == pytest.approx(6 * 0.01)


def test_each_day_is_judged_as_by_itself(store: Path) -> None:
    """The verdicts and numbers are those of one comparison of the two documents, whose profiles are read from them."""
    baseline = analyze_selection(store, "val")
    history, reports = analyze_history(store, "production", baseline, Rules())
    for day, report in reports.items():
        alone = detect_drift(baseline, json.loads(json.dumps(analyze_selection(store, f"production@{day}"))))
        assert report["findings"] == alone["findings"]
        assert report["drift_summary"] == alone["drift_summary"]
        for ours, theirs in zip(report["feature_drift"], alone["feature_drift"], strict=True):
            assert ours["feature"] == theirs["feature"]
            assert ours["effect"] == pytest.approx(theirs["effect"], rel=1e-9, abs=1e-12)
            assert ours["p_value"] == pytest.approx(theirs["p_value"], rel=1e-6, abs=1e-12)
    for own in history["days"]:
        if (judged := reports.verdicts.get(own["date"])) is not None:
            classes, pixels = judged["class_distribution_drift"], judged["pixel_distribution_drift"]
            numbers = {name: value for name, value in classes.items() if name in {"value", "threshold", "noise_floor"}}
            assert own["judgements"]["class_distribution_drift"] == numbers | {"baseline": 0.0}
            assert own["judgements"]["pixel_drift"]["noise_floor"] == pixels["noise_floor"]
            assert own["judgements"]["pixel_drift"]["baseline"] == pixels["baseline_mean"]
            assert own["accuracy_estimate"] == judged["accuracy_estimate"]
    paths = {one["feature"]: one for one in history["paths"]}
    for one in paths.values():
        in_reports = [
            entry["effect"] for report in reports.values() for entry in report["feature_drift"]
            if entry["feature"] == one["feature"]
        ]  # fmt: skip
        assert one["effects"] == in_reports


@pytest.mark.parametrize("every", ["day", "week"])
def test_segments_are_judged_as_by_themselves(every: Every, tmp_path: Path) -> None:
    """The camera that went dark is named from its first day to the first light one, as one comparison names it."""
    for at, light in enumerate((0.5, 0.15, 0.15, 0.5), start=6):
        made, camera = [*shots(at, 40), *shots(at + 50, 40, light=light)], ["a"] * 40 + ["b"] * 40
        store_rows(tmp_path, Partition("production", MONDAY + timedelta(days=at)), made, camera=camera)
    store_rows(tmp_path, Partition("val", MONDAY), shots(1, 200), camera=["a", "b"] * 100)
    with measured_selection(tmp_path, "val", segment_by=["camera"]) as found:
        baseline = found.document
    history, reports = analyze_history(tmp_path, "production", baseline, Rules(), every, ["camera"])
    assert _statuses(history).keys() == reports.keys()
    for report in reports.values():
        with measured_selection(tmp_path, report["current"]["dataset_info"]["source"], baseline, ["camera"]) as found:
            assert report["segments"] == judged_set(baseline, found)["segments"]
        assert report["current"]["segments"].keys() == {"camera"}
    if every == "day":
        darkness = {"column": "camera", "value": "b", "since": "2026-11-09", "until": "2026-11-11"}
        assert [darkness.items() <= one.items() for one in history["segments"]] == [True]
    plain, _ = analyze_history(tmp_path, "production", baseline, Rules(), every)
    assert "segments" not in plain
    with pytest.raises(SettingsError, match="format"):
        analyze_history(tmp_path, "production", baseline, Rules(), every, ["format"])


def test_segments_of_the_days_before_have_the_same_names(tmp_path: Path) -> None:
    """Days of different cameras are put together by their names; one that is new is said to be."""
    for at, cameras in enumerate((["a", "b"], ["a", "c"], ["a", "b"])):
        day = Partition("production", MONDAY + timedelta(days=at))
        store_rows(tmp_path, day, shots(at + 1, 80), camera=cameras * 40)
    _, reports = analyze_history(tmp_path, "production", Trailing(7), Rules(), "day", ["camera"])
    found = {
        day: {one["value"]: (one["verdict"], one["baseline_count"]) for one in report["segments"]}
        for day, report in reports.items()
    }
    assert found == {
        "2026-11-03": {"a": ("not drifted", 40), "b": ("gone", 40), "c": ("new", 0)},
        "2026-11-04": {"a": ("not drifted", 80), "b": ("not drifted", 40), "c": ("gone", 40)},
    }


def test_weeks_are_judged_together(store: Path) -> None:
    """A week's date is its Monday, its images are those of its days, and its mean is theirs."""
    history, _ = analyze_history(store, "production", analyze_selection(store, "val"), Rules(), "week")
    assert _statuses(history) == {"2026-11-02": "judged", "2026-11-09": "judged"}
    assert [day["image_count"] for day in history["days"]] == [160, 80]
    pixels = np.concatenate(
        [one.pixels.ravel() for at, light in ((7, 0.15), (8, 0.5)) for one in shots(at + 50, 40, light=light)
         if one.pixels is not None]
    )  # fmt: skip
    assert history["days"][1]["pixel_mean"] == pytest.approx(pixels.mean() / 255, abs=1e-9)


def test_trailing_days_are_the_baseline(store: Path) -> None:
    """Each day is compared with what the days before it have; the first has none."""
    history, reports = analyze_history(store, "production", Trailing(3), Rules())
    assert list(_statuses(history).values()) == [
        "no baseline", "judged", "no data", "judged", "judged", "no data", "no data", "judged", "judged"
    ]  # fmt: skip
    counts = {day: report["baseline"]["dataset_info"]["image_count"] for day, report in reports.items()}
    assert list(counts.values()) == [40, 80, 80, 40, 40]
    assert [report["baseline"]["dataset_info"].get("dates") for report in reports.values()][1:3] == [
        ["2026-11-02", "2026-11-03"],
        ["2026-11-03", "2026-11-05"],
    ]
    assert [day for day, report in reports.items() if report["overall_drift_detected"]] == ["2026-11-06", "2026-11-10"]
    assert history["against"] == "trailing:3"
    assert history["baseline"]["dataset_info"] == reports["2026-11-10"]["baseline"]["dataset_info"]


def test_trailing_days_may_lie_before_the_selection(store: Path) -> None:
    history, _ = analyze_history(store, "production@2026-11-05", Trailing(3), Rules())
    assert _statuses(history) == {"2026-11-05": "judged"}


def test_a_first_day_alone_has_nothing_to_be_compared_with(store: Path) -> None:
    with pytest.raises(StoreError, match="days before"):
        analyze_history(store, "production@2026-11-02", Trailing(28), Rules())


def test_days_of_other_settings_are_refused(tmp_path: Path) -> None:
    """As in every comparison: numbers of different settings are never mixed."""
    store_rows(tmp_path, Partition("production", MONDAY), shots(1, 20, "pixels"), PIXELS_ONLY)
    store_rows(tmp_path, Partition("production", MONDAY + timedelta(days=1)), shots(2, 20), CLASSIFYING)
    other = shots(3, 20)
    store_rows(
        tmp_path, Partition("production", MONDAY + timedelta(days=2)), other, replace(CLASSIFYING, resize="crop")
    )
    with pytest.raises(SettingsError, match="resize"):
        analyze_history(tmp_path, "production", Trailing(28), Rules())


@pytest.mark.parametrize(
    "text", ["", "28", "trailing", "trailing:", "trailing:0", "trailing:-1", "trailing:x", "last:3"]
)
def test_refuses_other_words_than_trailing(text: str) -> None:
    with pytest.raises(SettingsError, match="trailing:28"):
        Trailing.parse(text)


def test_reads_trailing() -> None:
    assert Trailing.parse("trailing:28") == Trailing(28)
    assert str(Trailing(28)) == "trailing:28"


def test_a_daily_dataset_is_missed(tmp_path: Path) -> None:
    """One empty day among fourteen, and two that nobody extracted, told until yesterday; few images too."""
    for at in (*range(6), *range(7, 14)):
        made = shots(at + 50, 5 if at == 13 else 40)
        store_rows(tmp_path, Partition("production", MONDAY + timedelta(days=at)), made, CLASSIFYING)
    store_rows(tmp_path, Partition("val", MONDAY), shots(1, 100), CLASSIFYING)
    baseline, today = analyze_selection(tmp_path, "val"), MONDAY + timedelta(days=16)
    history, _ = analyze_history(tmp_path, "production", baseline, Rules(), today=today)
    assert [day["status"] for day in history["days"][13:]] == ["judged", "no data", "no data"]
    said = {
        day["date"]: [one["text"] for one in day["findings"] if one["kind"] == "missing"] for day in history["days"]
    }
    assert {day: texts for day, texts in said.items() if texts} == {
        "2026-11-15": ["5 images, 40 are usual"],
        "2026-11-16": ["no images, although 13 of the 14 days before have some"],
        "2026-11-17": ["no images, although 12 of the 14 days before have some"],
    }
    asked, _ = analyze_history(tmp_path, "production@2026-11-01..2026-11-30", baseline, Rules(), today=today)
    assert (asked["days"][0]["date"], asked["days"][-1]["date"]) == ("2026-11-01", "2026-11-17")


def test_the_drift_that_lasts_has_a_first_day(store: Path) -> None:
    """Over days without data; and none where the newest day did not drift."""
    baseline = analyze_selection(store, "val")
    dark, _ = analyze_history(store, "production@2026-11-02..2026-11-09", baseline, Rules())
    assert (dark["drifting_since"], dark["first_drift"]) == ("2026-11-06", "2026-11-06")
    light, _ = analyze_history(store, "production", baseline, Rules())
    assert "drifting_since" not in light
    assert light["first_drift"] == "2026-11-06"


def test_a_report_is_of_what_the_store_holds_when_it_is_asked_for(tmp_path: Path) -> None:
    """Its verdict is about the images that its document describes, also where they have changed since."""
    _fill(tmp_path, {0: 0.5, 1: 0.5, 2: 0.5})
    baseline = analyze_selection(tmp_path, "production@2026-11-02")
    _, reports = analyze_history(tmp_path, "production", baseline, Rules())
    assert not reports["2026-11-03"]["overall_drift_detected"]
    changed, gone = (Partition("production", MONDAY + timedelta(days=at)).folder(tmp_path) for at in (1, 2))
    for folder in (changed, gone):
        shutil.rmtree(folder)
    _fill(tmp_path, {1: 0.15})
    report = reports["2026-11-03"]
    require_document(json.loads(json.dumps(report)), "drift_report", "here")
    assert report["overall_drift_detected"]
    shown = report["current"]["input_distribution"]["pixel_statistics"]["overall"]["mean"]
    assert report["pixel_distribution_drift"]["current_mean"] == pytest.approx(shown)
    assert not reports.verdicts["2026-11-03"]["overall_drift_detected"]
    with pytest.raises(StoreError, match="production@2026-11-04 has no files"):
        reports["2026-11-04"]


def test_days_without_predictions_say_so(tmp_path: Path) -> None:
    """Somebody forgot the model on the second day, and on the newest one."""
    for at, kind in enumerate(("classified", "pixels", "classified", "pixels")):
        made = shots(at + 1, 40, "pixels" if kind == "pixels" else "classified")
        settings = PIXELS_ONLY if kind == "pixels" else CLASSIFYING
        store_rows(tmp_path, Partition("production", MONDAY + timedelta(days=at)), made, settings)
    store_rows(tmp_path, Partition("val", MONDAY), shots(9, 60), CLASSIFYING)
    history, reports = analyze_history(tmp_path, "production", analyze_selection(tmp_path, "val"), Rules())
    _statuses(history)
    assert [day.get("not_judged", {}) for day in history["days"]] == [one["not_judged"] for one in reports.values()]
    assert [bool(day.get("not_judged")) for day in history["days"]] == [False, True, False, True]
    told = "(the current set has no predictions) on 2 of 4 days, the last on 2026-11-05"
    assert any(line.endswith(told) for line in history_lines(history))
    page = render_history(history)
    assert f"{told}</bdi>" in page
    assert "No drift found on 2026-11-05" in page


@pytest.mark.parametrize("against", ["baseline", "the days before"])
def test_a_report_whose_images_can_no_longer_be_read_says_so(against: str, tmp_path: Path) -> None:
    _fill(tmp_path, {0: 0.5, 1: 0.5})
    baseline = Trailing(1) if against != "baseline" else analyze_selection(tmp_path, "production@2026-11-02")
    _, reports = analyze_history(tmp_path, "production@2026-11-03", baseline, Rules())
    lost = Partition("production", MONDAY + timedelta(days=1 if against == "baseline" else 0))
    shutil.rmtree(lost.folder(tmp_path))
    store_rows(tmp_path, lost, shots(1, 3, "unreadable"), CLASSIFYING)
    reports._days.measured.clear()
    told = "its images can be read any more" if against == "baseline" else "no image of the days before it can be read"
    with pytest.raises(StoreError, match=told):
        reports["2026-11-03"]


@pytest.mark.parametrize("every", ["day", "week"])
@pytest.mark.parametrize("trailing", [1, 7, 14])
def test_each_day_is_read_once_however_often_it_is_compared_with(
    every: Every, trailing: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(tmp_path, dict.fromkeys(range(28), 0.5))
    opened: list[Partition] = []

    def told(where: Path, chosen: Sequence[Partition], question: Callable[..., object]) -> object:
        opened.extend(chosen)
        return ask(where, chosen, question)

    monkeypatch.setattr(stored_days, "ask", told)
    analyze_history(tmp_path, "production", Trailing(trailing), Rules(), every)
    assert sorted(opened) == sorted(set(opened))
    assert len(opened) == 28
