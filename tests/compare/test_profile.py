"""Profiles against plain numpy, and their algebra."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.compare.profile import Profile, merge, profile
from pipeline.features import numeric_features
from pipeline.store.layout import Partition, Selection
from pipeline.store.scan import scan_selection
from tests.support.rows import Kind, Shot, lazy, profile_of, shot, shots, store_rows

if TYPE_CHECKING:
    from pathlib import Path

KINDS: list[Kind] = ["pixels", "classified", "unreadable", "invalid"]


@st.composite
def many(draw: st.DrawFn, least: int = 0) -> list[Shot]:
    """Some images; predictions are all a classifier's or all a detector's."""
    kinds: list[Kind] = draw(st.sampled_from([KINDS, ["detected", "unreadable", "invalid"], ["detected"], ["pixels"]]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    light = draw(st.floats(0, 1))
    drawn = draw(st.lists(st.sampled_from(kinds), min_size=least, max_size=12))
    return [shot(generator, f"{at}.png", kind, light) for at, kind in enumerate(drawn)]


def assert_same(one: Profile, other: Profile) -> None:
    """Counts to the last one, moments to within 1e-12 of their size."""
    assert np.array_equal(one.pixel_counts, other.pixel_counts)
    assert one.pixel_moment_products == pytest.approx(other.pixel_moment_products, rel=1e-9, abs=1e-13)
    assert one.classes == other.classes
    assert one.statuses == other.statuses
    assert (one.labelled, one.correct, one.image_count) == (other.labelled, other.correct, other.image_count)
    assert one.features.keys() == other.features.keys()
    for name, own in one.features.items():
        its = other.features[name]
        assert (own.count, own.low, own.high) == (its.count, its.low, its.high)
        assert own.mean == pytest.approx(its.mean, rel=1e-12)
        assert own.squares == pytest.approx(its.squares, rel=1e-9, abs=1e-12 * own.count * max(1, own.mean**2))
        assert np.array_equal(own.histogram, its.histogram)


@given(many())
@settings(max_examples=15, deadline=None)
def test_a_profile_is_what_numpy_finds(made: list[Shot]) -> None:
    own = profile_of(made)
    rows = [one.row for one in made]
    assert own.statuses == Counter((row["status"], row.get("reason")) for row in rows)
    pixels = [one.pixels for one in made if one.pixels is not None]
    counts = [
        np.bincount(np.concatenate([one[..., channel].ravel() for one in pixels]), minlength=256)
        if pixels
        else np.zeros(256)
        for channel in range(3)
    ]
    assert np.array_equal(own.pixel_counts, counts)
    assert own.image_count == len(pixels)
    means, squares = ([row[name] for row in rows if name in row] for name in ("pixel_mean", "pixel_square"))
    products = np.sum((means - np.mean(means)) * (squares - np.mean(squares))) if means else 0.0
    assert own.pixel_moment_products == pytest.approx(products, rel=1e-9, abs=1e-13)
    for feature in numeric_features():
        values = np.array([row[feature.name] for row in rows if feature.name in row], dtype=float)
        assert (feature.name in own.features) == (len(values) > 0)
        if len(values):
            found, bins = own.features[feature.name], feature.bins
            assert bins is not None
            assert (found.count, found.low, found.high) == (len(values), values.min(), values.max())
            assert found.mean == pytest.approx(values.mean(), rel=1e-12)
            assert found.std == pytest.approx(values.std(), rel=1e-9, abs=1e-12 * max(1, values.mean()))
            inside = np.clip(values, bins.low, bins.high)
            assert np.array_equal(found.histogram, np.histogram(inside, bins.count, (bins.low, bins.high))[0])
    predicted = [row["predicted_class"] for row in rows if "predicted_class" in row]
    boxes = [key for row in rows for key in row.get("box_classes", [])]
    assert own.classes == Counter(predicted + boxes)
    labelled = [row for row in rows if "label_index" in row and "predicted_class" in row]
    assert own.labelled == len(labelled)
    assert own.correct == sum(row["label_index"] == row["predicted_class"] for row in labelled)


@given(many(), many())
@settings(max_examples=15, deadline=None)
def test_merging_profiles_is_profiling_both(one: list[Shot], other: list[Shot]) -> None:
    assert_same(merge(profile_of(one), profile_of(other)), profile_of([*one, *other]))


@given(many(), many(), many())
@settings(max_examples=10, deadline=None)
def test_the_order_of_merging_does_not_matter(one: list[Shot], two: list[Shot], three: list[Shot]) -> None:
    a, b, c = profile_of(one), profile_of(two), profile_of(three)
    assert_same(merge(merge(a, b), c), merge(a, merge(b, c)))
    assert_same(merge(a, b), merge(b, a))


@given(many(least=2), st.randoms(use_true_random=False))
@settings(max_examples=10, deadline=None)
def test_the_order_of_rows_does_not_matter(made: list[Shot], chance: Any) -> None:
    shuffled = list(made)
    chance.shuffle(shuffled)
    assert_same(profile_of(made), profile_of(shuffled))


def test_merging_with_nothing_changes_nothing() -> None:
    own = profile_of(shots(1, 5))
    assert_same(merge(own, profile_of([])), own)
    assert_same(merge(profile_of([]), own), own)


def test_several_partitions_are_the_merge_of_each(tmp_path: Path) -> None:
    days = [[*shots(day, 5 + day), *shots(90 + day, day, "unreadable")] for day in (1, 2, 3)]
    for day, made in enumerate(days, start=1):
        store_rows(tmp_path, Partition("val", date(2026, 11, day)), made)
    rows, _, _ = scan_selection(tmp_path, Selection.parse("val"))
    assert_same(profile(rows), reduce(merge, map(profile_of, days)))
    assert_same(profile(rows), profile_of([one for made in days for one in made]))


def test_values_outside_the_bins_are_counted_at_the_ends() -> None:
    made = shots(1, 3)
    for one, width in zip(made, (-5, 8192, 20_000), strict=True):
        one.row["width"] = width
    histogram = profile_of(made).features["width"].histogram
    assert (histogram[0], histogram[-1], histogram.sum()) == (1, 2, 3)


@pytest.mark.parametrize("value", [0.1, 0.7, 1 / 3, 1e-9])
@pytest.mark.parametrize("count", [1, 3, 7, 1000])
def test_a_constant_does_not_vary(value: float, count: int) -> None:
    """Its sum rounds: 0.1 + 0.1 + 0.1 is not 3 times 0.1."""
    one = shots(1, 1)[0]
    one.row["confidence"] = value
    found = profile_of([one] * count).features["confidence"]
    assert (found.count, found.mean, found.std) == (count, value, 0.0)


def test_more_columns_are_ignored() -> None:
    made = shots(1, 4)
    assert_same(profile(lazy(made).with_columns(camera="status")), profile_of(made))
