"""The images that show how a feature moved, against plain sorting of what the rows were made of."""

from __future__ import annotations

import base64
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from pipeline.compare.drift import detect_drift
from pipeline.compare.examples import MOST_IMAGES, extreme_images, find_examples, typical_images
from pipeline.compare.sides.segment_document import with_segments
from tests.support.rows import Shot, document_of, lazy, profile_of, shots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import BaselineDocument

OLD = shots(1, 80)


def with_(made: list[Shot], **columns: Sequence[object]) -> list[Shot]:
    """The same images with other values in some columns."""
    return [
        Shot(one.pixels, one.row | {name: values[at] for name, values in columns.items()})
        for at, one in enumerate(made)
    ]


@pytest.mark.parametrize("direction", [1, -1])
def test_the_furthest_out_on_the_side_of_the_shift_come_first(direction: int) -> None:
    """Hashes are all unlike by as much, so that only the value counts for the first, and no image comes twice."""
    noise = [0.5 + direction * at / 100 for at in range(40)]
    new = with_(shots(2, 40), noise=list(noise), perceptual_hash=[1 << at for at in range(40)])
    found = extreme_images(lazy(new), "noise", profile_of(with_(OLD, noise=[0.5] * 80)), profile_of(new))
    values = [one["value"] for one in found]
    assert len({one["uri"] for one in found}) == MOST_IMAGES
    assert values[0] == max(noise) if direction > 0 else values[0] == min(noise)
    assert values == sorted(values, reverse=direction > 0)
    by_uri = {one.row["uri"]: one.row["noise"] for one in new}
    assert all(by_uri[one["uri"]] == one["value"] for one in found)


def test_images_that_look_alike_stand_for_each_other() -> None:
    """The twenty most extreme show one of two scenes, with a bit of difference within each: both scenes are shown."""
    hashes = [0b0 if at % 2 else 2**64 - 1 for at in range(20)]
    new = with_(shots(3, 20), noise=[float(at) / 20 for at in range(20)], perceptual_hash=list(hashes))
    found = extreme_images(lazy(new), "noise", profile_of(OLD), profile_of(new))
    shown = {one.row["uri"]: one.row["perceptual_hash"] for one in new}
    assert sorted(shown[one["uri"]] for one in found) == [0, 2**64 - 1]


def test_a_spread_that_grew_is_shown_on_both_sides() -> None:
    """Symmetric around the baseline's mean."""
    away = np.linspace(-0.4, 0.4, 40)
    old = with_(OLD, noise=list(0.5 + np.tile([-0.01, 0.01], 40)))
    new = with_(shots(4, 40), noise=list(0.5 + away), perceptual_hash=[1 << at for at in range(40)])
    values = [float(one["value"]) for one in extreme_images(lazy(new), "noise", profile_of(old), profile_of(new))]
    assert min(values) < 0.5 < max(values)
    assert all(abs(one - 0.5) + 1e-9 >= abs(other - 0.5) for one, other in pairwise(values))


def test_of_a_category_images_of_the_value_that_rose_are_shown() -> None:
    new = with_(shots(5, 30), format=["WEBP"] * 10 + ["PNG"] * 20, perceptual_hash=list(range(30)))
    found = extreme_images(lazy(new), "format", profile_of(OLD), profile_of(new))
    assert {one["value"] for one in found} == {"WEBP"}
    assert {one["uri"] for one in found} <= {one.row["uri"] for one in new[:10]}


def test_a_category_without_a_value_is_shown_too() -> None:
    new = with_(shots(6, 30), camera_make=[None] * 30)
    found = extreme_images(lazy(new), "camera_make", profile_of(OLD), profile_of(new))
    assert {one["value"] for one in found} == {"none"}


def test_typical_images_lie_at_the_mean() -> None:
    old = with_(OLD, noise=[at / 80 for at in range(80)], perceptual_hash=[at % 64 for at in range(80)])
    found = typical_images(lazy(old), "noise", profile_of(old))
    assert all(abs(float(one["value"]) - 79 / 160) <= 12.5 / 80 for one in found)
    assert len(found) == MOST_IMAGES


def test_thumbnails_are_base64_of_the_rows_and_absent_where_rows_have_none() -> None:
    new = with_(shots(7, 4), noise=[0.9, 0.8, 0.7, 0.6], thumbnail=[b"\xff\xd8one", None, None, None])
    first, *others = extreme_images(lazy(new), "noise", profile_of(OLD), profile_of(new))
    assert base64.b64decode(first["thumbnail"]) == b"\xff\xd8one"
    assert not any("thumbnail" in one for one in others)


def test_unreadable_images_and_nan_are_no_examples() -> None:
    good = with_(shots(8, 3), noise=[0.9, float("nan"), None])
    made = [*good, *shots(9, 3, "unreadable")]
    found = extreme_images(lazy(made), "noise", profile_of(OLD), profile_of(made))
    assert [one["uri"] for one in found] == [good[0].row["uri"]]


def test_rows_without_the_feature_give_no_examples() -> None:
    new = shots(10, 5)
    assert not extreme_images(lazy(new).drop("noise"), "noise", profile_of(OLD), profile_of(new))


def test_a_finding_that_a_segment_carries_is_shown_by_images_of_it() -> None:
    """Camera b is duller; an image of camera a that is duller still is its own affair."""

    def rows(made: list[Shot], cameras: str) -> pl.LazyFrame:
        return lazy(made).with_columns(camera=pl.Series(list(cameras)))

    def document(made: list[Shot], cameras: str) -> BaselineDocument:
        of = {value: [one for one, camera in zip(made, cameras, strict=True) if camera == value] for value in "ab"}
        return with_segments(document_of(made), {"camera": {value: profile_of(own) for value, own in of.items()}})

    cameras = "ab" * 40
    made = shots(20, 80)
    duller = [one.row["saturation"] - 0.4 * (camera == "b") for one, camera in zip(made, cameras, strict=True)]
    new = with_(made, saturation=duller)
    new[0] = Shot(new[0].pixels, new[0].row | {"saturation": -5.0})
    old = with_(shots(21, 80))
    report = detect_drift(document(old, cameras), document(new, cameras))
    examples = find_examples(report, lambda ask: ask(rows(new, cameras)), lambda ask: ask(rows(old, cameras)))
    example = next(one for one in examples if one["feature"] == "saturation")
    assert example["segment"] == {"column": "camera", "value": "b"}
    of_b = {one.row["uri"] for made in (old, new) for one, camera in zip(made, cameras, strict=True) if camera == "b"}
    assert {one["uri"] for one in (*example["images"], *example["typical"])} <= of_b
