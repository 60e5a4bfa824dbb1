"""The page of the data dictionary, beside the table that it is made from."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from pipeline.features import FEATURES, arrow_schema
from tests.support.markdown import CHECKOUT, code, read, tables

if TYPE_CHECKING:
    from pathlib import Path

PAGE = read("docs/DATA_DICTIONARY.md")
ROWS = [row for row in tables(PAGE) if row[0].startswith("`")]


def test_the_page_is_that_of_the_code(tmp_path: Path) -> None:
    """Where this fails: make schemas."""
    page = tmp_path / "page.md"
    subprocess.run([sys.executable, "-m", "pipeline.data_dictionary", str(page)], check=True, cwd=CHECKOUT)
    assert page.read_text(encoding="utf-8") == PAGE


def test_every_column_of_a_row_has_its_line() -> None:
    """In the order of the Arrow schema, with its unit, meaning and source."""
    assert [code(row[0])[0] for row in ROWS] == arrow_schema().names
    assert [(row[2], row[4], row[5]) for row in ROWS] == [(one.unit, one.meaning, one.source) for one in FEATURES]


def test_a_line_says_how_the_column_is_profiled() -> None:
    """By bins, by its values, or not at all."""
    told = {code(row[0])[0]: row[3] for row in ROWS}
    assert told["jpeg_quality"] == "100 bins, 0 to 100"
    assert told["contrast"] == "256 bins, 0 to 0.5"
    assert told["camera_make"] == "counted"
    assert told["content_hash"] == ""
