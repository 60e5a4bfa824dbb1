"""The charts show the document's numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import DocumentError
from pipeline.features import CHANNELS
from pipeline.report.charts.accuracy import accuracy_figures
from pipeline.report.charts.classes import class_figure, class_shares
from pipeline.report.charts.confidence import confidence_figure
from pipeline.report.charts.days import severity_figure
from pipeline.report.charts.features import feature_figure
from pipeline.report.charts.histograms import focused, shares
from pipeline.report.charts.paths import path_figures
from pipeline.report.charts.pixels import pixel_figures
from pipeline.report.charts.rules import rule_figures
from tests.report.reading import chart_rows
from tests.report.sample import sample_history, sample_report, sample_report_without_model

if TYPE_CHECKING:
    import random

    from pipeline.documents import FeaturePath, FeatureProfile
    from pipeline.report.charts.figure import Figure


def _drawn(figure: Figure | None) -> Figure:
    assert figure is not None
    return figure


def test_joins_bins_and_divides_by_the_whole() -> None:
    """Shares add up to one, and each is the sum of the bins that it joins."""
    assert shares([1, 3, 0, 4], 2) == [0.5, 0.5]
    assert sum(shares(list(range(256)), 64)) == pytest.approx(1)


def test_joins_bins_whole_where_the_wanted_number_does_not_divide() -> None:
    """Nine bins become three, not four."""
    assert shares([1] * 9, 4) == pytest.approx([1 / 3] * 3)


def test_histogram_of_nothing_is_flat() -> None:
    """No prediction gives zeros, not a division by zero."""
    assert shares([0, 0], 2) == [0.0, 0.0]


@pytest.mark.parametrize("number", range(3))
def test_pixel_charts_show_the_shares_of_each_channel(number: int) -> None:
    """64 bins a series, from the document's 256 counts."""
    report = sample_report()
    figure = pixel_figures(report)[number]
    for series in ("baseline", "current"):
        drawn = [row["share"] for row in chart_rows(figure.spec) if row.get("series") == series]
        counts = report[series]["input_distribution"]["histograms"][CHANNELS[number]]
        expected = [sum(counts[at : at + 4]) / sum(counts) for at in range(0, 256, 4)]
        assert drawn[:-1] == pytest.approx(expected, rel=1e-4)


def test_pixel_charts_share_one_scale() -> None:
    """Three channels can be compared by height."""
    tops = {str(one.spec["layer"][0]["encoding"]["y"]["scale"]["domain"]) for one in pixel_figures(sample_report())}
    assert len(tops) == 1


def test_confidence_chart_has_forty_bins_and_both_means() -> None:
    """1000 bins become 40, and the means are the document's."""
    figure = _drawn(confidence_figure(sample_report()))
    drawn = chart_rows(figure.spec)
    assert len([row for row in drawn if row.get("series") == "current"]) == 41
    assert [row["mean"] for row in drawn if "mean" in row] == [0.92, 0.77]
    assert [(row["before"], row["now"]) for row in drawn if "before" in row] == [(0.92, 0.77)]
    assert "0.920" in figure.caption
    assert "0.770" in figure.caption


def test_feature_chart_has_both_histograms_and_the_shift_between_their_means() -> None:
    """Shares of all values, within the range where nearly all lie; the arrow runs from mean to mean."""
    report = sample_report()
    figure = _drawn(feature_figure(report, "brightness", "chart-1-1"))
    drawn = chart_rows(figure.spec)
    for series in ("baseline", "current"):
        inside = [row["share"] for row in drawn if row.get("series") == series][:-1]
        assert len(inside) <= 48
        assert sum(inside) == pytest.approx(1, abs=0.01)
    means = [report[side]["input_distribution"]["features"]["brightness"]["mean"] for side in ("baseline", "current")]
    assert [[row["before"], row["now"]] for row in drawn if "before" in row] == [pytest.approx(means, rel=1e-4)]


def test_category_chart_has_every_value_and_those_without_one() -> None:
    """The share of images whose value is missing is a row of its own."""
    drawn = chart_rows(_drawn(feature_figure(sample_report(), "format", "chart-1-1")).spec)
    assert {row["label"]: row["current"] for row in drawn} == {
        "JPEG": pytest.approx(0.982),
        "none": pytest.approx(0.018),
    }


def test_a_feature_that_the_report_does_not_hold_has_no_chart() -> None:
    """A name from another version draws nothing."""
    assert feature_figure(sample_report(), "smell", "chart-1-1") is None


@given(
    counts=st.lists(st.integers(0, 50), min_size=2, max_size=300).filter(any),
    bins=st.integers(1, 64),
    others=st.randoms(use_true_random=False),
)
def test_focus_loses_no_more_than_the_tails(counts: list[int], bins: int, others: random.Random) -> None:
    """At most so many bins, the same for both, and all of both but a thousandth on either side within them."""
    shuffled = others.sample(counts, len(counts))
    pair = focused(_profile(counts), _profile(shuffled), bins)
    assert pair is not None
    for own in pair:
        assert 1 <= len(own.shares) <= bins
        assert sum(own.shares) >= 1 - 4 * 0.001 - 1e-9
    assert (pair[0].low, pair[0].high) == (pair[1].low, pair[1].high)


def test_histograms_of_other_bins_are_not_laid_over_each_other() -> None:
    """Neither of another range nor of another number."""
    assert focused(_profile([1, 2]), _profile([1, 2, 3]), 8) is None
    assert focused(_profile([1, 2]), _profile([1, 2]) | {"high": 2.0}, 8) is None
    assert focused(_profile([0, 0]), _profile([1, 2]), 8) is None


def _profile(counts: list[int]) -> FeatureProfile:
    return {"count": sum(counts), "mean": 0.5, "std": 0.1, "min": 0.0, "max": 1.0, "low": 0.0, "high": 1.0,
            "histogram": counts}  # fmt: skip


def test_classes_stand_by_change_and_the_rest_together() -> None:
    """Fifteen classes, then one row for the other five; all shares add up."""
    report = sample_report()
    found = class_shares(report["baseline"]["predictions"], report["current"]["predictions"])
    assert [one.change for one in found[:15]] == sorted((one.change for one in found[:15]), reverse=True)
    assert found[15].label == "other (5 classes)"
    assert sum(one.current for one in found) == pytest.approx(1)
    assert chart_rows(_drawn(class_figure(report)).spec)[0]["current"] == found[0].current


def test_classes_of_one_name_stay_apart() -> None:
    """Two classes with the same name keep a row each; a class without a name has its number."""
    report = sample_report()
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_distribution"] = {"0": 1, "1": 2, "7": 1}
        report[side]["predictions"]["class_names"] = {"0": "crane", "1": "crane"}
    found = class_shares(report["baseline"]["predictions"], report["current"]["predictions"])
    assert {one.label for one in found} == {"crane (class 0)", "crane (class 1)", "class 7"}


def test_one_class_is_enough() -> None:
    """A model that says the same of every image still has a chart."""
    report = sample_report()
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_distribution"] = {"3": 1}
    assert _drawn(class_figure(report)).caption == "No class changed its share."


def test_a_detector_that_found_nothing_has_no_class_chart() -> None:
    """No box, no share."""
    report = sample_report()
    for side in ("baseline", "current"):
        report[side]["predictions"]["class_distribution"] = {}
    assert class_figure(report) is None


def test_without_predictions_there_are_no_charts_of_them() -> None:
    """Absent, not empty."""
    report = sample_report_without_model()
    assert confidence_figure(report) is None
    assert class_figure(report) is None


def test_rule_charts_show_each_day_within_its_chance_and_its_threshold() -> None:
    """A row a day: the document's value, and what it is compared with on that very day."""
    history = sample_history()
    history["days"][-1]["judgements"]["pixel_drift"].update({"baseline": 0.4, "noise_floor": 0.5})
    pixels, confidence, classes = rule_figures(history)
    drawn = chart_rows(pixels.spec)
    values = [row["value"] for row in drawn]
    assert values == pytest.approx([day["pixel_mean"] for day in history["days"]], rel=1e-4)
    assert [(row["baseline"], row["floor"]) for row in (drawn[0], drawn[-1])] == [(0.46, 0.012), (0.4, 0.5)]
    assert ["fired" in row for row in drawn] == [day["drift_summary"]["pixel_drift"] for day in history["days"]]
    assert "the rule fired on 2 days" in confidence.caption
    limits = [[one["calculate"] for layer in figure.spec["layer"] for one in layer.get("transform", ())
               if one["as"] == "limit"] for figure in (pixels, classes)]  # fmt: skip
    assert limits == [["datum.baseline + 0.05", "datum.baseline + -0.05"], ["datum.baseline + 0.15"]]


def test_a_distance_that_chance_explains_is_said_to_be_within_it() -> None:
    """It is never 0, and high where images are few; what it is beyond chance is what counts."""
    history = sample_history()
    for day in history["days"]:
        day["judgements"]["class_distribution_drift"]["noise_floor"] = 0.2
    caption = rule_figures(history)[-1].caption
    assert caption == "Distance between predicted classes: always within chance; the rule fired on no day."
    history["days"][2]["judgements"]["class_distribution_drift"]["noise_floor"] = 0.01
    assert "furthest from the baseline on 2026-11-19, at 0.030, where chance" in rule_figures(history)[-1].caption


def test_days_of_older_versions_have_no_band() -> None:
    """They do not say what chance does; the baseline is the document's."""
    history = sample_history()
    for day in history["days"]:
        del day["judgements"]
    pixels = rule_figures(history)[0]
    assert {row["baseline"] for row in chart_rows(pixels.spec)} == {0.46}
    assert [row for row in chart_rows(pixels.spec) if "floor" in row] == []
    assert pixels.caption == "Mean pixel: furthest from the baseline on 2026-11-24, at 0.372 (baseline 0.460)."


def test_days_without_predictions_leave_those_charts_out() -> None:
    """The strip and the pixels remain."""
    history = sample_history()
    for day in history["days"]:
        del day["mean_confidence"], day["total_variation_distance"]
    assert [one.name for one in rule_figures(history)] == ["chart-pixel-mean"]


def test_accuracy_is_drawn_in_its_interval_with_what_labels_say() -> None:
    """A row a day, with what the document has of it; a day without an estimate breaks the line."""
    history = sample_history()
    del history["days"][1]["accuracy_estimate"]
    history["days"][-1]["accuracy_estimate"] |= {"ceiling_if_classes_held": 0.63, "true_accuracy": 0.7}
    [figure] = accuracy_figures(history)
    drawn = chart_rows(figure.spec)
    assert [row["value"] for row in drawn] == pytest.approx([0.86, None, 0.86, 0.86, 0.81, 0.76, 0.71], nan_ok=True)
    assert (drawn[-1]["low"], drawn[-1]["high"], drawn[-1]["baseline"]) == (0.63, 0.78, 0.86)
    assert (drawn[-1]["ceiling"], drawn[-1]["labelled"]) == (0.63, 0.7)
    assert {*drawn[0], *drawn[1]} == {"value", "noon", "low", "high", "baseline"}
    assert "lowest on 2026-11-24, 0.71 (0.63 to 0.78; baseline 0.86)" in figure.caption
    assert "the lowest 0.70 on 2026-11-24" in figure.caption
    for day in history["days"]:
        day.pop("accuracy_estimate", None)
    assert accuracy_figures(history) == []


def test_one_day_and_no_day() -> None:
    """A history of one day has charts, one of none has not."""
    history = sample_history()
    history["days"] = history["days"][:1]
    assert severity_figure(history) is not None
    assert len(rule_figures(history)) == 3
    history["days"] = []
    assert (severity_figure(history), rule_figures(history)) == (None, [])


def test_refuses_a_day_that_is_no_date() -> None:
    """A damaged document is said to be one."""
    history = sample_history()
    history["days"][0]["date"] = "yesterday"
    with pytest.raises(DocumentError, match="yesterday"):
        severity_figure(history)


def test_paths_show_effects_chance_and_the_first_days_of_changes() -> None:
    """Those first that people look at first; a day without data breaks the line."""
    history = sample_history()
    dates = [day["date"] for day in history["days"]]
    history["paths"] = [_path(name, dates[1:]) for name in ("blue_mean", "sharpness")]
    history["changes"] = [
        {"feature": name, "direction": "up", "since": dates[3], "words": "more", "largest_effect": size}
        for name, size in (("blue_mean", 5.0), ("sharpness", 2.0))
    ]
    first, second = path_figures(history)
    assert (first.title, second.title) == ("Sharpness", "Blue mean")
    drawn = chart_rows(first.spec)
    assert [row["value"] for row in drawn if "floor" in row] == [None, *history["paths"][1]["effects"]]
    assert [row["floor"] for row in drawn if "floor" in row] == [None, *history["paths"][1]["noise_floors"]]
    noon = datetime.fromisoformat(f"{dates[3]}T12:00:00+00:00").timestamp()
    assert [row["noon"] for row in drawn if row.keys() == {"noon"}] == [noon * 1000]
    assert "largest on 2026-11-24, 0.700" in first.caption


def test_charts_keep_to_the_schema_of_vega_lite() -> None:
    """Pages are made without asking for it, which takes as long as all the rest."""
    history, report = sample_history(), sample_report()
    history["days"][-1]["accuracy_estimate"]["true_accuracy"] = 0.7
    history["paths"] = [_path("sharpness", [day["date"] for day in history["days"]])]
    history["changes"] = [
        {"feature": "sharpness", "direction": "up", "since": "2026-11-22", "words": "more", "largest_effect": 1}
    ]
    of_report = [*pixel_figures(report), confidence_figure(report), class_figure(report)]
    of_history = [severity_figure(history), *accuracy_figures(history), *rule_figures(history), *path_figures(history)]
    features = [feature_figure(report, name, name) for name in ("brightness", "format")]
    assert len([*of_report, *of_history, *features]) == 13
    for figure in (*of_report, *of_history, *features):
        alt.LayerChart.from_dict(_drawn(figure).spec, validate=True)


@pytest.mark.parametrize("key", ["dates", "effects", "noise_floors", "drifted"])
@pytest.mark.parametrize("left", [0, 1])
def test_a_path_with_more_of_one_than_of_another_is_refused(key: str, left: int) -> None:
    """A damaged document is said to be one."""
    history = sample_history()
    path = _path("sharpness", [day["date"] for day in history["days"]])
    path[key] = path[key][:left]  # type: ignore[literal-required]
    history["paths"] = [path]
    with pytest.raises(DocumentError, match="sharpness"):
        path_figures(history)


def _path(name: str, dates: list[str]) -> FeaturePath:
    effects = [(at + 2) / 10 for at in range(len(dates))]
    return {
        "feature": name, "kind": "numeric", "threshold": 0.25, "dates": dates, "effects": effects,
        "noise_floors": [0.2] * len(dates), "drifted": [one > 0.25 for one in effects],
    }  # fmt: skip
