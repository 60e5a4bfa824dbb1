"""Profiles of rows against plain numpy."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.features import Bins, categorical_features, feature, numeric_features
from pipeline.profile import measure
from pipeline.profile.joint import JointMoments, joint_moments
from pipeline.profile.measure import PROFILED_COLUMNS, profile_rows, profile_table
from pipeline.profile.merge import merge
from pipeline.profile.numbers import numeric_profile
from pipeline.store.layout import Partition, Selection, select
from pipeline.store.stored import stored
from tests.profile.same import assert_same, many
from tests.support.rows import Shot, lazy, profile_of, shots, store_rows, table

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.profile.profile import Profile

approximately = partial(pytest.approx, rel=1e-9, abs=1e-13)


def expected_histogram(values: NDArray[np.float64], bins: Bins) -> NDArray[np.int64]:
    inside = np.clip(values, bins.low, bins.high)
    return np.histogram(inside, bins.count, (bins.low, bins.high))[0]


@given(many())
@settings(max_examples=15, deadline=None)
def test_a_profile_counts_what_numpy_counts(made: list[Shot]) -> None:
    own = profile_of(made)
    rows = [one.row for one in made]
    assert own.statuses == Counter((row["status"], row.get("reason")) for row in rows)
    pixels = [one.pixels for one in made if one.pixels is not None]
    flat = [np.concatenate([np.zeros(0, int), *(one[..., at].ravel() for one in pixels)]) for at in range(3)]
    assert np.array_equal(own.pixel_counts, [np.bincount(one, minlength=256) for one in flat])
    assert own.image_count == len(pixels)
    predicted = [row["predicted_class"] for row in rows if "predicted_class" in row]
    assert own.classes == Counter(predicted + [key for row in rows for key in row.get("box_classes", [])])
    readable = [row for row in rows if "pixel_mean" in row]
    for one in categorical_features():
        values = (row.get(one.name) for row in readable)
        found = Counter(None if value is None else str(value) for value in values)
        assert own.categories.get(one.name, {}) == found


@given(many())
@settings(max_examples=15, deadline=None)
def test_a_profile_of_a_feature_is_what_numpy_finds(made: list[Shot]) -> None:
    own = profile_of(made)
    for one in numeric_features():
        values = np.array([shot.row[one.name] for shot in made if one.name in shot.row], dtype=float)
        assert (one.name in own.features) == (len(values) > 0)
        if len(values):
            found = own.features[one.name]
            assert one.bins is not None
            assert (found.count, found.low, found.high) == (len(values), values.min(), values.max())
            assert found.mean == pytest.approx(values.mean(), rel=1e-12)
            assert found.std == pytest.approx(values.std(), rel=1e-9, abs=1e-12 * max(1, values.mean()))
            assert np.array_equal(found.histogram, expected_histogram(values, one.bins))


@given(many())
@settings(max_examples=15, deadline=None)
def test_labelled_images_are_counted_by_confidence_and_entropy(made: list[Shot]) -> None:
    own = profile_of(made)
    labelled = [one.row for one in made if "label_index" in one.row and "predicted_class" in one.row]
    correct = [row for row in labelled if row["label_index"] == row["predicted_class"]]
    assert (own.labelled, own.correct) == (len(labelled), len(correct))
    assert own.labelled_histograms.keys() == ({"confidence", "prediction_entropy"} if labelled else set())
    for name, (images, right) in own.labelled_histograms.items():
        bins = feature(name).bins
        assert bins is not None
        for counts, rows in ((images, labelled), (right, correct)):
            assert np.array_equal(counts, expected_histogram(np.array([row[name] for row in rows]), bins))


def expected_moments(own: JointMoments, rows: list[dict[str, Any]]) -> None:
    """Against numpy's covariance of the rows' values."""
    assert own.count == len(rows)
    if rows and own.names:
        values = np.array([[row[name] for name in own.names] for row in rows], dtype=float)
        assert own.means == approximately(values.mean(axis=0))
        assert own.products == approximately(np.atleast_2d(np.cov(values.T, ddof=0)) * len(rows))


@given(many())
@settings(max_examples=15, deadline=None)
def test_joint_moments_are_what_numpy_finds(made: list[Shot]) -> None:
    own, pictures = profile_of(made), tuple(one.name for one in numeric_features() if one.always)
    readable = [one.row for one in made if "pixel_mean" in one.row]
    predicted = [row for row in readable if "confidence" in row]
    expected_moments(own.predicted, predicted)
    expected_moments(own.unpredicted, [row for row in readable if "confidence" not in row])
    expected_moments(own.pictures, readable)
    assert own.pictures.names == (pictures if readable else ())
    if predicted:
        of_predictions = (
            ("confidence", "box_count")
            if "box_count" in predicted[0]
            else ("confidence", "margin", "prediction_entropy")
        )
        assert own.predicted.names == pictures + of_predictions
    if readable:
        values = [[row[name] for row in readable] for name in ("pixel_mean", "pixel_square")]
        product = own.pictures.product("pixel_mean", "pixel_square")
        assert product == approximately(np.cov(values, ddof=0)[0, 1] * len(readable))


def test_a_feature_that_one_image_lacks_is_in_no_joint_moments() -> None:
    """Every product is then of the same images, and no image is left out."""
    made = shots(1, 5)
    del made[3].row["noise"]
    own = profile_of(made)
    assert own.features["noise"].count == 4
    assert own.predicted.count == 5
    assert "noise" not in own.predicted.names
    assert own.predicted.product("noise", "contrast") == 0.0
    assert_same(merge([profile_of(made[:3]), profile_of(made[3:])]), own)


@pytest.mark.parametrize("column", [one.name for one in numeric_features() if one.dtype == "float64"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_counts_as_null(column: str, value: float) -> None:
    made, without = shots(1, 4), shots(1, 4)
    made[2].row[column] = value
    without[2].row[column] = None
    assert_same(profile_of(made), profile_of(without))


def test_values_outside_the_bins_are_counted_at_the_ends() -> None:
    made = shots(1, 3)
    for one, width in zip(made, (-5, 8192, 20_000), strict=True):
        one.row["width"] = width
    histogram = profile_of(made).features["width"].histogram
    assert (histogram[0], histogram[-1], histogram.sum()) == (1, 2, 3)


@given(st.floats(-3, 3), st.sampled_from([Bins(-1, 2, 7), Bins(0, 1, 256), Bins(0, 2.5, 1000)]))
def test_a_value_is_in_the_bin_that_holds_it(value: float, bins: Bins) -> None:
    """By exact fractions; a value that all but lies on an edge may be on either side."""
    [at] = np.flatnonzero(numeric_profile(np.array([value]), bins).histogram)
    exact = (Fraction(value) - Fraction(bins.low)) / (Fraction(bins.high) - Fraction(bins.low)) * bins.count
    nearest = min(max(exact, Fraction(0)), Fraction(bins.count) - Fraction(1, 10**9))
    assert -Fraction(1, 10**9) <= nearest - int(at) < 1 + Fraction(1, 10**9)


def test_whole_numbers_have_bins_of_their_own() -> None:
    values = np.arange(100.0)
    assert numeric_profile(values, Bins(0, 100, 100)).histogram.tolist() == [1] * 100


@pytest.mark.parametrize("value", [0.1, 0.7, 1 / 3, 1e-9, 1e15 + 0.3])
@pytest.mark.parametrize("count", [1, 3, 7, 1000, 20_000])
def test_a_constant_does_not_vary(value: float, count: int) -> None:
    """Its sum rounds: 0.1 + 0.1 + 0.1 is not 3 times 0.1."""
    columns = {"status": ["ok"] * count, "pixel_mean": [value] * count, "confidence": [value] * count}
    own = profile_table(pa.table(columns))
    found = own.features["confidence"]
    assert (found.count, found.mean, found.std) == (count, value, 0.0)
    assert (own.predicted.means.tolist(), own.predicted.products.tolist()) == ([value] * 2, [[0, 0], [0, 0]])


@pytest.mark.parametrize(("centre", "spread"), [(0.5, 0.2), (1e5, 1.0), (-1e6, 100.0), (1.0, 1e-4)])
def test_moments_far_from_zero_keep_their_digits(centre: float, spread: float) -> None:
    """Also over many pieces: against numpy in long double, to within 1e-9."""
    values = np.random.default_rng(1).normal(centre, spread, (2, 200_000))
    values[1] += values[0]
    rows = pa.table({"status": ["ok"] * 200_000, "pixel_mean": values[0], "confidence": values[1]})
    own = profile_table(rows)
    exact = values.astype(np.longdouble)
    apart = exact - exact.mean(axis=1, keepdims=True)
    products = np.array([[float((one * other).sum()) for other in apart] for one in apart])
    assert own.predicted.names == ("pixel_mean", "confidence")
    assert own.predicted.products == pytest.approx(products, rel=1e-9)
    for name, mean, squares in zip(own.predicted.names, exact.mean(axis=1), np.diag(products), strict=True):
        assert own.features[name].mean == pytest.approx(float(mean), rel=1e-12)
        assert own.features[name].squares == pytest.approx(squares, rel=1e-9)


def test_joint_moments_of_no_feature_still_count() -> None:
    own = joint_moments({"noise": np.array([np.nan, 1.0])}, np.array([True, True]))
    assert (own.names, own.count, own.products.shape) == ((), 2, (0, 0))


@given(many(least=2), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(made: list[Shot], chance: Any) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert_same(profile_of(made), profile_of(shuffled))


@pytest.mark.parametrize("rows_at_once", [1, 3, 1000])
def test_how_many_rows_are_worked_on_together_does_not_matter(
    monkeypatch: pytest.MonkeyPatch, rows_at_once: int
) -> None:
    made = [*shots(1, 7), *shots(2, 3, "unreadable"), *shots(3, 5, "pixels"), *shots(4, 2, "invalid")]
    expected = profile_of(made)
    monkeypatch.setattr(measure, "_ROWS_AT_ONCE", rows_at_once)
    assert_same(profile_of(made), expected)
    assert_same(profile_rows(lazy(made)), expected)


def in_chunks(made: list[Shot]) -> Profile:
    return profile_table(pa.concat_tables([table(made[:2]), table(made[2:])]).slice(1, len(made) - 2))


def test_slices_and_chunks_of_tables_are_what_they_show() -> None:
    """Nulls stand among the histograms, whose hidden slots hold anything."""
    made = [*shots(1, 3), *shots(2, 2, "unreadable"), *shots(3, 3, "pixels")]
    assert_same(in_chunks(made), profile_of(made[1:-1]))


def test_several_partitions_are_the_merge_of_each(tmp_path: Path) -> None:
    days = [[*shots(day, 5 + day), *shots(90 + day, day, "unreadable")] for day in (1, 2, 3)]
    for day, made in enumerate(days, start=1):
        store_rows(tmp_path, Partition("val", date(2026, 11, day)), made)
    rows = stored(tmp_path, select(tmp_path, Selection.parse("val"))).rows
    assert_same(profile_rows(rows), merge(map(profile_of, days)))
    assert_same(profile_rows(rows), profile_of([one for made in days for one in made]))


@pytest.mark.parametrize("kind", ["pixels", "classified", "detected", "unreadable"])
def test_columns_that_are_missing_count_as_null(kind: Any) -> None:
    """And those that a profile does not know are ignored."""
    whole = table(shots(1, 4, kind)).append_column("camera", pa.array(["left"] * 4))
    for name in PROFILED_COLUMNS:
        rows = whole.drop_columns([name])
        nulls = profile_table(rows.append_column(name, pa.nulls(4, whole.schema.field(name).type)))
        assert_same(profile_table(rows), nulls)
        assert_same(profile_rows(pl.LazyFrame(rows)), nulls)


def test_no_rows_have_a_profile() -> None:
    assert_same(profile_of([]), merge([]))
    assert_same(profile_rows(lazy([])), merge([]))
    assert profile_of([]).image_count == 0


@pytest.mark.parametrize("rows_at_once", [2, 3, 4])
def test_histograms_beside_nulls_are_their_own_rows(monkeypatch: pytest.MonkeyPatch, rows_at_once: int) -> None:
    """Unreadable images in every batch that Polars cuts from a larger frame, against numpy."""
    monkeypatch.setattr(measure, "_ROWS_AT_ONCE", rows_at_once)
    good, bad = shots(1, 12), shots(2, 12, "unreadable")
    made = [one for pair in zip(good, bad, strict=True) for one in pair]
    stacked = np.stack([one.pixels for one in good if one.pixels is not None])
    expected = [np.bincount(stacked[..., at].ravel(), minlength=256) for at in range(3)]
    assert np.array_equal(profile_rows(lazy(made)).pixel_counts, expected)
