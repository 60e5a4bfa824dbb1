"""The images of a baseline that its document keeps, against plain Python's choice of them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, cast

from pipeline.compare.sides.sample import IMAGES, MOST_SHOWN, sample_images, typical_of
from tests.support.rows import Shot, lazy, profile_of, shots

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl


def hashed(count: int, **columns: Sequence[object]) -> list[Shot]:
    """Images with a thumbnail and with hashes of their content in no order."""
    order = [f"{at * 2654435761 % 2**32:08x}" for at in range(count)]
    made = shots(5, count)
    return [
        Shot(
            one.pixels,
            one.row
            | {"content_hash": order[at], "thumbnail": b"JPEG %d" % at}
            | {name: values[at] for name, values in columns.items()},
        )
        for at, one in enumerate(made)
    ]


def test_the_same_images_are_chosen_in_whatever_order_rows_come() -> None:
    """Those with the lowest hashes: which are as good as drawn by lot."""
    made = hashed(50)
    expected = sorted(made, key=lambda one: cast("str", one.row["content_hash"]))[:IMAGES]
    shuffled = [made[at * 7 % 50] for at in range(50)]
    for rows in (made, shuffled):
        found = sample_images(lazy(rows))
        assert [one["uri"] for one in found] == [one.row["uri"] for one in expected]
        assert [base64.b64decode(one["thumbnail"]) for one in found] == [one.row["thumbnail"] for one in expected]
        for one, shot in zip(found, expected, strict=True):
            assert one["values"]["brightness"] == shot.row["brightness"]


def test_a_copy_is_chosen_once_and_what_cannot_be_shown_not_at_all() -> None:
    """Without a thumbnail, or unreadable."""
    made = hashed(8, content_hash=["a", "a", "b", "c", "d", "e", "f", "g"], status=["ok"] * 7 + ["unreadable"])
    made[2].row["thumbnail"] = None
    assert [one["uri"] for one in sample_images(lazy(made))] == [made[at].row["uri"] for at in (0, 3, 4, 5, 6)]


def test_rows_of_a_store_without_thumbnails_give_none() -> None:
    rows: pl.LazyFrame = lazy(hashed(3)).drop("thumbnail")
    assert sample_images(rows) == []


def test_the_images_nearest_to_the_mean_are_typical() -> None:
    brightness = [at / 20 for at in range(12)]
    made = hashed(12, brightness=list(brightness))
    mean = sum(brightness) / 12
    found = typical_of(sample_images(lazy(made)), "brightness", profile_of(made))
    distances = [abs(cast("float", one["value"]) - mean) for one in found]
    assert distances == sorted(distances)
    assert sorted(distances) == sorted(abs(one - mean) for one in brightness)[:MOST_SHOWN]


def test_those_of_the_most_frequent_value_are_typical_of_a_category() -> None:
    made = hashed(9, format=["PNG", "JPEG", "JPEG"] * 3)
    found = typical_of(sample_images(lazy(made)), "format", profile_of(made))
    assert [one["value"] for one in found] == ["JPEG"] * 6
