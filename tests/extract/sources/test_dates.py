from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract.sources.dates import date_in_path

dates = st.dates(date(1900, 1, 1), date(2099, 12, 31))
words = st.text(st.characters(exclude_categories=("Nd", "Cs"), exclude_characters="/\\-_."), max_size=8)


@settings(max_examples=50, deadline=None)
@given(day=dates, between=st.sampled_from(["", "-", "_", "."]), before=words, after=words)
def test_a_date_is_found_whatever_stands_beside_it(day: date, between: str, before: str, after: str) -> None:
    """Written in any of the four ways."""
    name = f"{before}{day:%Y}{between}{day:%m}{between}{day:%d}{after}"
    assert date_in_path(f"/data/{name}") == day
    assert date_in_path(f"/data/{name}/") == day


@settings(max_examples=50, deadline=None)
@given(days=st.lists(dates, min_size=2, max_size=4))
def test_the_last_component_that_holds_a_date_counts(days: list[date]) -> None:
    """Whatever dates the folders above it have."""
    path = "/".join(f"day_{day:%Y%m%d}" for day in days)
    assert date_in_path(f"{path}/images/red") == days[-1]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("daily_20261123", date(2026, 11, 23)),
        ("2026-11-23", date(2026, 11, 23)),
        ("production/2026.11.23/*.jpg", date(2026, 11, 23)),
        ("date=2026-11-23", date(2026, 11, 23)),
        ("from_20261101_to_20261107", date(2026, 11, 7)),
        ("camera-1234-2026-11-23", date(2026, 11, 23)),
        ("20261123_103000", date(2026, 11, 23)),
        ("C:\\data\\2026-11-23", date(2026, 11, 23)),
        ("2026-11-23/batch_20261399", date(2026, 11, 23)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2026-02-29", None),
        ("20261123103000", None),
        ("serial_120261123", None),
        ("serial_00010101", None),
        ("2026-1123", None),
        ("2026/11/23", None),
        ("images", None),
        ("", None),
    ],
)
def test_examples(path: str, expected: date | None) -> None:
    """Dates as people write them, and numbers that are none."""
    assert date_in_path(path) == expected
