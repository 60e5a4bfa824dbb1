"""Images to profile, and what it means that two profiles are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import strategies as st

from tests.support.rows import Kind, Shot, drawn

if TYPE_CHECKING:
    from pipeline.profile.joint import JointMoments
    from pipeline.profile.profile import Profile

KINDS: list[Kind] = ["pixels", "classified", "unreadable", "invalid"]


@st.composite
def many(draw: st.DrawFn, least: int = 0) -> list[Shot]:
    """Some images; predictions are all a classifier's or all a detector's."""
    kinds: list[Kind] = draw(st.sampled_from([KINDS, ["detected", "unreadable", "invalid"], ["detected"], ["pixels"]]))
    generator = np.random.default_rng(draw(st.integers(0, 2**32)))
    light = draw(st.floats(0, 1))
    own = draw(st.lists(st.sampled_from(kinds), min_size=least, max_size=12))
    return drawn(generator, [f"{at}.png" for at in range(len(own))], own, light)


def assert_same(one: Profile, other: Profile) -> None:
    """Counts to the last one, moments to within 1e-9 of their size."""
    assert np.array_equal(one.pixel_counts, other.pixel_counts)
    assert one.classes == other.classes
    assert one.statuses == other.statuses
    assert one.categories == other.categories
    assert (one.labelled, one.correct, one.image_count) == (other.labelled, other.correct, other.image_count)
    assert one.features.keys() == other.features.keys()
    for name, own in one.features.items():
        its = other.features[name]
        assert (own.count, own.low, own.high) == (its.count, its.low, its.high)
        assert own.mean == pytest.approx(its.mean, rel=1e-12)
        assert own.squares == pytest.approx(its.squares, rel=1e-9, abs=1e-12 * own.count * max(1, own.mean**2))
        assert np.array_equal(own.histogram, its.histogram)
    assert one.labelled_histograms.keys() == other.labelled_histograms.keys()
    for name, counts in one.labelled_histograms.items():
        assert np.array_equal(counts, other.labelled_histograms[name])
    for part in ("predicted", "pictures"):
        assert_same_moments(getattr(one, part), getattr(other, part))
    assert_same_moments(one.unpredicted, other.unpredicted, one.pictures)


def assert_same_moments(one: JointMoments, other: JointMoments, whole: JointMoments | None = None) -> None:
    """Products to within 1e-9 of the product of the two features' own deviations, or, of a part that may have been
    worked out as a difference, of those of the whole."""
    assert (one.names, one.count) == (other.names, other.count)
    assert one.means == pytest.approx(other.means, rel=1e-12, abs=1e-15)
    whole = one if whole is None or not {*one.names} <= {*whole.names} else whole.of(one.names)
    scale = np.sqrt(np.diag(whole.products)) + 1e-6 * np.sqrt(whole.count) * np.maximum(1, np.abs(whole.means))
    assert (np.abs(one.products - other.products) <= 1e-9 * np.outer(scale, scale)).all()
