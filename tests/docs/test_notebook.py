"""The notebook runs from its first cell to its last, and is stored without what a run leaves behind."""

from __future__ import annotations

import json
import re
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl
import pytest

from pipeline.demo import run, week
from tests.support.markdown import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

NOTEBOOK = json.loads((CHECKOUT / "notebooks/explore_features.ipynb").read_text(encoding="utf-8"))
CODE = ["".join(cell["source"]) for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]


def test_cells_run_in_their_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First with the demo into a temporary folder, then on what lies there: both give what the rows hold."""
    monkeypatch.setattr(week, "VALIDATION_PICTURES", 12)
    monkeypatch.setattr(week, "PICTURES_A_DAY", 6)
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    monkeypatch.chdir(notebooks)

    first = _execute()
    assert list(notebooks.iterdir()) == []
    shutil.copytree(first["output"], tmp_path / "demo-output")
    first["temporary"].cleanup()
    monkeypatch.delattr(run, "run_demo")
    second = _execute()

    rows = pl.read_parquet(tmp_path / "demo-output/store/**/*.parquet", hive_partitioning=True)
    for found in (first, second):
        _require_agreement(found, rows.filter(pl.col("dataset") == "production").to_dicts())


def test_it_is_stored_without_outputs_and_without_whose_machine_it_was() -> None:
    """No outputs, no execution counts, and no absolute paths."""
    for cell in NOTEBOOK["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    assert not re.search(r"/(home|work|tmp|Users)/", json.dumps(NOTEBOOK))
    assert NOTEBOOK["nbformat"] == 4


def _execute() -> dict[str, Any]:
    """Every code cell in one namespace, as a kernel would."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for number, source in enumerate(CODE):
        exec(compile(source, f"cell {number}", "exec"), namespace)  # noqa: S102
    return namespace


def _require_agreement(found: dict[str, Any], production: list[dict[str, Any]]) -> None:
    """The notebook's frames against plain Python over the rows."""
    for name, feature in (("darkest", "brightness"), ("blurriest", "sharpness"), ("least_certain", "confidence")):
        assert found[name][feature].to_list() == sorted(row[feature] for row in production)[:5]
    by_day = defaultdict[Any, list[float]](list)
    for row in production:
        by_day[row["date"]].append(row["brightness"])
    assert found["by_day"].select("date", "images").rows() == [(day, len(by_day[day])) for day in sorted(by_day)]
    means = found["by_day"]["brightness"].to_list()
    assert means == pytest.approx([sum(by_day[day]) / len(by_day[day]) for day in sorted(by_day)])
    assert isinstance(found["chart"], alt.Chart)
    assert found["chart"].to_dict()["$schema"]
