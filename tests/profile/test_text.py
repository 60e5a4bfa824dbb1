"""Profiles as text."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings

from pipeline.profile.merge import merge
from pipeline.profile.text import from_text, to_text
from tests.profile.same import many
from tests.support.rows import Shot, profile_of, shots

MIXED = [*shots(1, 30), *shots(2, 5, "pixels"), *shots(3, 5, "unreadable"), *shots(4, 3, "detected")]
TEXT = to_text(profile_of(MIXED))


def packed(body: bytes) -> str:
    """A text whose check sum is right, whatever is in it."""
    inside = len(body).to_bytes(4, "little") + pa.compress(body, codec="zstd", asbytes=True)
    return "framewatch-profile-4:" + base64.b64encode(zlib.crc32(inside).to_bytes(4, "little") + inside).decode()


@given(many())
@settings(max_examples=30, deadline=None)
def test_a_text_holds_the_profile_to_the_last_bit(made: list[Shot]) -> None:
    own = profile_of(made)
    text = to_text(own)
    assert text.isascii()
    assert text.isprintable()
    found = from_text(text)
    for name in ("classes", "statuses", "categories", "labelled", "correct"):
        assert getattr(found, name) == getattr(own, name)
    assert [*found.features] == [*own.features]
    for name, its in own.features.items():
        one = found.features[name]
        assert (one.count, one.mean, one.squares, one.low, one.high) == (
            its.count, its.mean, its.squares, its.low, its.high,
        )  # fmt: skip
        assert np.array_equal(one.histogram, its.histogram)
    for part in ("predicted", "unpredicted"):
        one, its = getattr(found, part), getattr(own, part)
        assert (one.names, one.count) == (its.names, its.count)
        assert np.array_equal(one.means, its.means)
        assert np.array_equal(one.products, its.products)
    assert np.array_equal(found.pixel_counts, own.pixel_counts)
    assert found.labelled_histograms.keys() == own.labelled_histograms.keys()
    for name, counts in own.labelled_histograms.items():
        assert np.array_equal(found.labelled_histograms[name], counts)


@given(many(), many())
@settings(max_examples=15, deadline=None)
def test_what_was_merged_survives_too(one: list[Shot], other: list[Shot]) -> None:
    """The products of merged profiles are symmetric, so that their half is enough."""
    own = merge([profile_of(one), profile_of(other)])
    assert to_text(from_text(to_text(own))) == to_text(own)
    assert np.array_equal(from_text(to_text(own)).predicted.products, own.predicted.products)


def test_counts_beyond_what_a_real_number_holds_survive() -> None:
    own = profile_of(MIXED)
    own.pixel_counts[0, 0] = 2**62 + 1
    assert from_text(to_text(own)).pixel_counts[0, 0] == 2**62 + 1


@pytest.mark.parametrize("count", [0, 2**15 - 1, 2**15, 2**31 - 1, 2**31, 2**62 + 1])
def test_large_counts_of_a_bin_survive(count: int) -> None:
    """The widths in which they are stored, on both sides of their limits."""
    own = profile_of(MIXED)
    own.features["noise"].histogram[3] = count
    found = from_text(to_text(own))
    for name, one in own.features.items():
        assert np.array_equal(found.features[name].histogram, one.histogram)


@pytest.mark.parametrize("classes", [{}, {2**40: 1, 3: 2**33}, {5: 1, 0: 7, 70_000: 2}, {-40_000: 3}, {-(2**15): 1}])
def test_classes_survive_in_their_order(classes: dict[int, int]) -> None:
    own = replace(profile_of(MIXED), classes=classes)
    assert [*from_text(to_text(own)).classes.items()] == [*classes.items()]


def test_what_was_read_can_be_changed_and_merged() -> None:
    found = from_text(TEXT)
    found.pixel_counts[0, 0] += 1
    assert merge([found, found]).image_count == 2 * 38


@pytest.mark.parametrize("cut", [0, 1, 10, 21, 30, 100, len(TEXT) // 2, len(TEXT) - 4, len(TEXT) - 1])
def test_a_text_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="profile"):
        from_text(TEXT[:cut])


@pytest.mark.parametrize("at", [0, 10, 18, 25, 200, len(TEXT) // 2, len(TEXT) - 6])
def test_a_text_that_was_changed_is_refused(at: int) -> None:
    other = "A" if TEXT[at] != "A" else "B"
    with pytest.raises(ValueError, match="profile"):
        from_text(TEXT[:at] + other + TEXT[at + 1 :])


def test_another_version_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with 'framewatch-profile-4:', not 'framewatch-profile-3:'"):
        from_text(TEXT.replace("-4:", "-3:", 1))


@pytest.mark.parametrize("body", [b"", b"\n", b"{}", b"[]\n", b"null\n12345678", b"\xff\n", b'{"features": 3}\n'])
def test_what_holds_no_profile_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="the profile is damaged"):
        from_text(packed(body))


@pytest.mark.parametrize("size", [0, 1, 2**31])
def test_a_body_of_another_size_is_refused(size: int) -> None:
    inside = size.to_bytes(4, "little") + pa.compress(b"{}" * 50, codec="zstd", asbytes=True)
    text = "framewatch-profile-4:" + base64.b64encode(zlib.crc32(inside).to_bytes(4, "little") + inside).decode()
    with pytest.raises(ValueError, match="the profile is damaged"):
        from_text(text)


def test_left_over_numbers_are_refused() -> None:
    inside = base64.b64decode(TEXT.partition(":")[2])
    size = int.from_bytes(inside[4:8], "little")
    body = pa.decompress(inside[8:], size, codec="zstd", asbytes=True)
    assert packed(body).startswith("framewatch-profile-4:")
    assert from_text(packed(body)).image_count == 38
    with pytest.raises(ValueError, match="left over"):
        from_text(packed(body + bytes(8)))
