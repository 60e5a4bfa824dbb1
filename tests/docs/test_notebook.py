"""The notebooks run from their first cells to their last, and are stored with what they show and nothing else."""

from __future__ import annotations

import ast
import base64
import io
import json
import re
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import altair as alt
import polars as pl
import pytest
from PIL import Image

from notebooks.execute import code_cells, main, run
from pipeline.demo import run as run_of_demo
from pipeline.demo import week
from tests.support.markdown import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.program import Outcome

EXPLORE, INVESTIGATE = "explore_features", "investigate_drift"
MOST_BYTES = 300_000


@pytest.fixture(autouse=True)
def renderer() -> Iterator[None]:
    """Charts shown as they were before, after a notebook has chosen pictures."""
    yield
    alt.renderers.enable("default")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder called notebooks, which is the current one."""
    found = tmp_path / "notebooks"
    found.mkdir()
    monkeypatch.chdir(found)
    return found


def test_every_notebook_is_known() -> None:
    assert {path.stem for path in (CHECKOUT / "notebooks").glob("*.ipynb")} == {EXPLORE, INVESTIGATE}


def test_exploring_gives_what_the_rows_hold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the demo in a temporary folder, then on what lies beside it: the same is shown, whatever the folder."""
    monkeypatch.setattr(week, "VALIDATION_PICTURES", 12)
    monkeypatch.setattr(week, "PICTURES_A_DAY", 6)
    first, shown = run(_cells(EXPLORE))
    assert list(folder.iterdir()) == []
    shutil.copytree(first["output"], folder.parent / "demo-output")
    first["temporary"].cleanup()
    monkeypatch.delattr(run_of_demo, "run_demo")
    second, shown_again = run(_cells(EXPLORE))
    assert shown == shown_again
    assert _forms(shown) == _forms(_stored_outputs(EXPLORE))

    rows = pl.read_parquet(folder.parent / "demo-output/store/**/*.parquet", hive_partitioning=True)
    for found in (first, second):
        _require_agreement(found, rows.filter(pl.col("dataset") == "production").to_dicts())


def test_investigating_ends_at_the_causes(folder: Path, demo: tuple[Outcome, Path]) -> None:
    """By the notebook's own assertions; it shows what the stored one does."""
    (folder.parent / "demo-output").symlink_to(demo[1])
    found, shown = run(_cells(INVESTIGATE))
    assert _forms(shown) == _forms(_stored_outputs(INVESTIGATE))
    lamp = [day.date.isoformat() for day in week.WEEK if day.conditions.lamp < 1]
    assert found["first"] == lamp[0]
    assert list(found["causes"]) == [day.date.isoformat() for day in week.WEEK if "ordinary" not in day.story]
    brightness = {one["uri"]: one["value"] for one in found["example"]["images"]}
    rows = pl.read_parquet(folder.parent / "demo-output/store/**/*.parquet").filter(
        pl.col("uri").is_in(list(brightness))
    )
    assert dict(rows.select("uri", "brightness").rows()) == pytest.approx(brightness)


def test_storing_writes_what_cells_print_and_show(folder: Path) -> None:
    """A text, a table, a picture, and nothing for a cell without a value."""
    cells = [
        "import polars as pl\nfrom PIL import Image",
        "print('one')\nprint('two')",
        "pl.DataFrame({'a': [1]})",
        "Image.new('RGB', (8, 4), 'red')",
    ]
    path = folder / "small.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}), encoding="utf-8")
    main([str(path)])
    stored = [cell["outputs"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert _forms(stored) == [[], ["stream"], [("text/html", "text/plain")], [("image/png",)]]
    assert stored[1][0]["text"] == ["one\n", "two\n"]
    picture = _picture(stored[3][0]["data"])
    assert (picture.size, picture.convert("RGB").getpixel((0, 0))) == ((8, 4), (255, 0, 0))


@pytest.mark.parametrize("name", [EXPLORE, INVESTIGATE])
class TestStored:
    """What lies in the repository."""

    def test_it_has_pictures_and_is_small(self, name: str) -> None:
        assert _path(name).stat().st_size < MOST_BYTES
        shown = [output["data"] for outputs in _stored_outputs(name) for output in outputs if "data" in output]
        pictures = [_picture(data) for data in shown if "image/png" in data]
        assert len(pictures) >= 4
        assert all(picture.width > 100 for picture in pictures)

    def test_every_value_is_shown_and_no_cell_failed(self, name: str) -> None:
        """A cell that ends in an expression has an output, and so has one that prints."""
        for source, outputs in zip(_cells(name), _stored_outputs(name), strict=True):
            shows = isinstance(ast.parse(source).body[-1], ast.Expr) or "print(" in source
            assert bool(outputs) == shows, source
            assert all(output["output_type"] in {"stream", "display_data"} for output in outputs)

    def test_it_asserts_what_it_tells(self, name: str) -> None:
        assert sum("assert " in source for source in _cells(name)) >= 5

    def test_it_holds_nothing_of_a_machine_or_a_run(self, name: str) -> None:
        """No path, no count of executions, no time, no metadata but the language."""
        text = _path(name).read_text(encoding="utf-8")
        assert not re.search(r"(?<![\w.])/(home|work|tmp|Users|root)/", text)
        found = json.loads(text)
        assert found["nbformat"] == 4
        assert set(found["metadata"]) == {"kernelspec", "language_info"}
        for cell in found["cells"]:
            assert cell.get("execution_count") is None
            assert cell["metadata"] == {}


def _path(name: str) -> Path:
    return CHECKOUT / "notebooks" / f"{name}.ipynb"


def _notebook(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_path(name).read_text(encoding="utf-8"))
    return found


def _cells(name: str) -> list[str]:
    return code_cells(_notebook(name))


def _stored_outputs(name: str) -> list[list[dict[str, Any]]]:
    return [cell["outputs"] for cell in _notebook(name)["cells"] if cell["cell_type"] == "code"]


def _forms(outputs: list[list[dict[str, Any]]]) -> list[list[Any]]:
    """In which forms each cell shows something."""
    return [[tuple(one["data"]) if "data" in one else one["output_type"] for one in shown] for shown in outputs]


def _picture(data: dict[str, str]) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(data["image/png"])))


def _require_agreement(found: dict[str, Any], production: list[dict[str, Any]]) -> None:
    """The notebook's frames against plain Python over the rows."""
    for name, feature in (("darkest", "brightness"), ("blurriest", "sharpness"), ("least_certain", "confidence")):
        assert found[name][feature].to_list() == sorted(row[feature] for row in production)[:5]
    by_day = defaultdict[Any, list[float]](list)
    for row in production:
        by_day[row["date"]].append(row["brightness"])
    for frame in (found["by_day"], found["by_day_in_sql"]):
        assert frame.select("date", "images").rows() == [(day, len(by_day[day])) for day in sorted(by_day)]
        means = frame["brightness"].to_list()
        assert means == pytest.approx([sum(by_day[day]) / len(by_day[day]) for day in sorted(by_day)])
    hashes = [row["perceptual_hash"] for row in production]
    distances = sorted((a ^ b).bit_count() for at, a in enumerate(hashes) for b in hashes[:at])
    assert found["pairs"]["bits"].to_list() == distances[:4]
    assert isinstance(found["chart"], alt.Chart)
