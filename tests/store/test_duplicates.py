"""How many images are copies of others, against counting by hand."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.duplicates import duplicate_count
from tests.support.rows import Shot, lazy, shots

MADE = [*shots(1, 12), *shots(2, 4, "unreadable"), *shots(3, 4, "invalid")]


@given(hashes=st.lists(st.sampled_from(["a", "b", "c", None]), min_size=len(MADE), max_size=len(MADE)))
def test_all_but_one_of_each_content_are_duplicates(hashes: list[str | None]) -> None:
    """Unreadable images and such without a hash count on neither side."""
    rows = [Shot(one.pixels, one.row | {"content_hash": own}) for one, own in zip(MADE, hashes, strict=True)]
    usable = [own for one, own in zip(MADE, hashes, strict=True) if one.row["status"] != "unreadable" and own]
    assert duplicate_count(lazy(rows)) == sum(count - 1 for count in Counter(usable).values())
