"""The one writer of Parquet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.features import arrow_schema
from pipeline.settings import ExtractionSettings
from pipeline.store.footer import SETTINGS_KEY
from pipeline.store.write import write_rows
from tests.support.rows import DETECTING, shots, table

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("group", [1, 3, 10_000])
def test_rows_are_written_in_order_whatever_the_groups(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: int
) -> None:
    monkeypatch.setattr("pipeline.store.write._ROWS_IN_A_GROUP", group)
    tables = [table(shots(seed, 2, "detected")) for seed in range(4)]
    write_rows(tmp_path / "rows.parquet", tables, DETECTING)
    read = pq.read_table(tmp_path / "rows.parquet")
    assert read.replace_schema_metadata(None).equals(pa.concat_tables(tables))
    assert read.schema.remove_metadata().equals(arrow_schema())


def test_the_file_itself_says_how_its_rows_were_made(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.parquet", [table(shots(1, 1))], DETECTING)
    recorded = json.loads(pq.read_metadata(tmp_path / "rows.parquet").metadata[SETTINGS_KEY.encode()])
    assert ExtractionSettings.from_dict(recorded) == DETECTING
    assert recorded["model"]["sha256"] == "de7e"


def test_a_later_table_may_have_fewer_columns_in_another_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.write._ROWS_IN_A_GROUP", 1)
    tables = [pa.table({"a": [1], "b": ["x"], "c": [0.5]}), pa.table({"c": [1.5], "a": [2]})]
    write_rows(tmp_path / "rows.parquet", tables, DETECTING)
    assert pq.read_table(tmp_path / "rows.parquet").to_pylist() == [
        {"a": 1, "b": "x", "c": 0.5},
        {"a": 2, "b": None, "c": 1.5},
    ]
