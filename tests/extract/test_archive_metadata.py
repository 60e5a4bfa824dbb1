from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl
import pytest

from pipeline.extract.archive_metadata import metadata_from_columns, metadata_from_records


@pytest.mark.parametrize(
    ("values", "dtype", "expected"),
    [
        ([1, 2], pl.Int64, [1, 2]),
        ([1, 2.5], pl.Float64, [1.0, 2.5]),
        ([True, None], pl.Boolean, [True, None]),
        (["a", None], pl.String, ["a", None]),
        ([1, "a"], pl.String, ["1", "a"]),
        ([True, 1], pl.String, ["True", "1"]),
        ([2**70, 1], pl.String, [str(2**70), "1"]),
    ],
)
def test_a_field_has_the_type_that_holds_it(values: list[Any], dtype: type[pl.DataType], expected: list[Any]) -> None:
    """Text where it is of several kinds, or too large."""
    found = metadata_from_records({f"{at}.jpg": {"field": value} for at, value in enumerate(values)}, "here")
    assert found is not None
    assert found.table.schema["field"] == dtype
    assert found.table["field"].to_list() == expected


def test_labels_are_text_and_timestamps_utc() -> None:
    """As in metadata files."""
    records: dict[str, dict[str, object]] = {
        "a.jpg": {"label": 7, "timestamp": "2026-11-23T10:00:00+02:00"},
        "b.jpg": {"label": "x"},
    }
    found = metadata_from_records(records, "here")
    assert found is not None
    moment = datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert found.table.rows() == [("a.jpg", "7", moment), ("b.jpg", "x", None)]


@pytest.mark.parametrize("value", [1_795_430_645, "yesterday"])
def test_a_timestamp_that_is_none_is_kept_under_another_name(value: object) -> None:
    """Nobody would write the archive again for it."""
    found = metadata_from_records({"a.jpg": {"timestamp": value, "path": "p", "status": "s"}}, "here")
    assert found is not None
    expected = {"path": "a.jpg", "given_timestamp": value, "given_path": "p", "given_status": "s"}
    assert found.table.to_dicts() == [expected]


def test_nothing_known_is_no_metadata() -> None:
    """So that a second run leaves the rows alone."""
    assert metadata_from_records({}, "here") is None
    table = pl.DataFrame({"path": ["a"], "boxes": [[1]], "raw": [b""], "empty": pl.Series([None], dtype=pl.Null)})
    assert metadata_from_columns(table, "here") is None
