"""How much images resemble those before them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from pipeline.compare.sides.baseline import from_document
from pipeline.profile.measure import profile_table
from pipeline.profile.merge import merge
from pipeline.profile.text import from_text, to_text
from tests.support.rows import CLASSIFYING, Shot, document_of, shots, table

if TYPE_CHECKING:
    import pyarrow as pa

START = datetime(2026, 11, 23, tzinfo=UTC)


def timed(made: list[Shot]) -> list[Shot]:
    """The same images, one a second."""
    return [Shot(one.pixels, one.row | {"timestamp": START + timedelta(seconds=at)}) for at, one in enumerate(made)]


def rows_of(paths: list[str], **columns: list[Any]) -> pa.Table:
    made = shots(1, len(paths))
    for at, one in enumerate(made):
        one.row.update({"path": paths[at]} | {name: values[at] for name, values in columns.items()})
    return table(made)


@pytest.mark.parametrize("column", ["timestamp", "captured"])
def test_time_tells_the_order(column: str) -> None:
    order = np.random.default_rng(3).permutation(20)
    times = [START + timedelta(seconds=int(at)) for at in order]
    own = profile_table(rows_of([f"{at % 3}-of/{at}.png" for at in range(20)], **{column: times}))
    made = shots(1, 20)
    light = np.array([made[at].row["pixel_mean"] for at in np.argsort(order)])
    classes = np.array([made[at].row["predicted_class"] for at in np.argsort(order)])
    found = own.features["pixel_mean"]
    assert found.pairs == 19
    assert found.jumps == pytest.approx(((light[1:] - light[:-1]) ** 2).sum())
    assert (own.class_pairs, own.class_repeats) == (19, int((classes[1:] == classes[:-1]).sum()))


def test_names_tell_no_order() -> None:
    """They may be sorted by class: images would look alike that were not taken one after the other."""
    own = profile_table(rows_of([f"{at}.png" for at in range(10)]))
    assert (own.features["pixel_mean"].pairs, own.class_pairs) == (0, 0)


def test_a_missing_value_has_no_neighbours() -> None:
    made = timed([*shots(1, 3), *shots(2, 1, "unreadable"), *shots(3, 2)])
    own = profile_table(table(made))
    light = [one.row.get("pixel_mean", np.nan) for one in made]
    expected = (light[1] - light[0]) ** 2 + (light[2] - light[1]) ** 2 + (light[5] - light[4]) ** 2
    assert own.features["pixel_mean"].pairs == 3
    assert own.features["pixel_mean"].jumps == pytest.approx(expected)


def test_it_adds_up_and_travels() -> None:
    parts = [profile_table(table(timed(shots(seed, 7)))) for seed in (1, 2)]
    whole = merge(parts)
    assert whole.class_pairs == 12
    assert whole.features["noise"].jumps == pytest.approx(sum(one.features["noise"].jumps for one in parts))
    for found in (from_text(to_text(whole)), from_document(document_of(timed(shots(1, 7)), CLASSIFYING))):
        assert found.class_pairs in {6, 12}
        assert found.features["noise"].pairs == found.class_pairs
    assert from_text(to_text(whole)).features["noise"].jumps == whole.features["noise"].jumps
