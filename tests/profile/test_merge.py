"""The algebra of profiles."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.profile.merge import merge
from tests.profile.same import assert_same, many
from tests.support.rows import Shot, profile_of, shots


@given(many(), many())
@settings(max_examples=15, deadline=None)
def test_merging_profiles_is_profiling_both(one: list[Shot], other: list[Shot]) -> None:
    assert_same(merge([profile_of(one), profile_of(other)]), profile_of([*one, *other]))


@given(many(), many(), many())
@settings(max_examples=10, deadline=None)
def test_the_order_of_merging_does_not_matter(one: list[Shot], two: list[Shot], three: list[Shot]) -> None:
    a, b, c = profile_of(one), profile_of(two), profile_of(three)
    assert_same(merge([merge([a, b]), c]), merge([a, merge([b, c])]))
    assert_same(merge([a, b]), merge([b, a]))
    assert_same(merge([a, b, c]), merge([merge([a, c]), b]))


@given(st.lists(st.integers(0, 150), max_size=160), st.integers(0, 2**32))
@settings(max_examples=5, deadline=None)
def test_profiles_of_single_images_merge_to_that_of_all(cuts: list[int], seed: int) -> None:
    """However many there are, and whatever is in each."""
    made = [*shots(seed, 80), *shots(seed + 1, 40, "pixels"), *shots(seed + 2, 30, "unreadable")]
    np.random.default_rng(seed).shuffle(made)
    ends = sorted({0, len(made), *cuts})
    assert_same(merge(profile_of(made[start:end]) for start, end in pairwise(ends)), profile_of(made))


def test_merging_with_nothing_changes_nothing() -> None:
    own = profile_of(shots(1, 5))
    assert_same(merge([own, profile_of([])]), own)
    assert_same(merge([merge([]), own]), own)
    assert_same(merge([own]), own)


def test_merging_leaves_its_parts_as_they_were() -> None:
    parts = [profile_of(shots(seed, 5)) for seed in (1, 2)]
    merge(parts).pixel_counts[:] = 0
    for seed, part in zip((1, 2), parts, strict=True):
        assert_same(part, profile_of(shots(seed, 5)))
