"""The examples in the documents do what the documents say, exactly as they are written."""

from __future__ import annotations

import json
import shutil
import sys
import tomllib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from pipeline import Rules
from tests.docs.examples import DAYS, MARKS, PICTURES
from tests.support.markdown import DOCUMENTS, GUIDE, blocks, read

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.docs.examples import Reader

DARK = "2026-11-23"
FOLLOWED = (("README.md",), ("docs/QUICK_START.md",), GUIDE)


def _cron_lines(*documents: str) -> list[str]:
    return [block.text for block in blocks(read(*documents)) if block.verb == "cron"]


CRON_LINES = [(documents, number) for documents in FOLLOWED for number in range(len(_cron_lines(*documents)))]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_block_that_could_be_run_says_what_a_test_does_with_it(document: str) -> None:
    """A block of code without a comment before it would be one that nobody runs."""
    for block in blocks(read(document)):
        assert block.language, f"{document}: a block without a language"
        assert block.verb in MARKS or block.language == "text", f"{document}: {block.mark!r} before {block.text}"
        if block.verb == "not run":
            assert block.argument, f"{document}: why is this not run?"


@pytest.mark.parametrize("documents", FOLLOWED, ids=lambda one: one[0])
def test_following_a_document_gives_the_files_that_it_speaks_of(
    documents: tuple[str, ...], reader_of: Callable[..., Reader]
) -> None:
    """Every file that an example writes is there, whole, and every page is one."""
    folder = reader_of(*documents).folder
    written = {word for block in blocks(read(*documents)) if block.verb == "run" for word in block.text.split()}
    named = [folder / word for word in written if word.endswith(".json") and word != "nowhere.json"]
    assert len(named) >= 2
    for path in named:
        assert json.loads(path.read_text(encoding="utf-8"))["schema_version"] == "1"
    assert (folder / "nowhere.json").exists() is False
    for page in folder.rglob("*.html"):
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_quick_start_ends_with_a_history_of_the_dark_day(reader_of: Callable[..., Reader]) -> None:
    """The day on which the lamp is down is found, with the brightness in the findings."""
    history = _json(reader_of("docs/QUICK_START.md").folder / "history.json")
    assert history["first_drift"] == DARK
    assert history["days"][0]["drift_summary"]["pixel_drift"] is True
    assert history["baseline"]["predictions"]["labelled_count"] == PICTURES


def test_readme_compares_the_same_day_from_images_and_from_rows(reader_of: Callable[..., Reader]) -> None:
    """Both ways give the same numbers."""
    folder = reader_of("README.md").folder
    images, rows = _json(folder / f"reports/{DARK}.json"), _json(folder / "comparison.json")
    assert images["pixel_distribution_drift"] == rows["pixel_distribution_drift"]
    assert images["confidence_drift"] == rows["confidence_drift"]


def test_labels_of_the_guide_reach_the_rows(reader_of: Callable[..., Reader]) -> None:
    """The two labels, their classes, the column of the reader's own and the time, in UTC."""
    rows = pl.scan_parquet(reader_of(*GUIDE).folder / "labelled/**/*.parquet", hive_partitioning=True).collect()
    assert len(rows) == PICTURES
    known = rows.filter(pl.col("label").is_not_null()).sort("path")
    assert known.select("label", "label_index", "camera", "timestamp").rows() == [
        ("bolt", 0, "left", datetime(2026, 11, 22, 8, 15, tzinfo=UTC)),
        ("gear", 2, "right", datetime(2026, 11, 22, 8, 15, 2, tzinfo=UTC)),
    ]


def test_thresholds_of_the_guide_are_all_there_are_with_their_defaults() -> None:
    """The TOML example equals the default rules, key by key."""
    example = next(block.text for block in blocks(read(*GUIDE)) if block.argument == "thresholds.toml")
    assert tomllib.loads(example) == Rules().to_dict()


def test_alert_prints_the_findings_of_a_bad_day_and_nothing_of_a_good_one(
    reader_of: Callable[..., Reader], tmp_path: Path
) -> None:
    """On the dark day every finding is a line; a severity of low gives status 0 and no line."""
    reader = reader_of(*GUIDE).copied_to(tmp_path / "parts")
    report = _json(reader.folder / f"reports/{DARK}.json")
    lines = reader.outputs[f"python alert.py reports/{DARK}.json\n"].splitlines()
    assert lines[0].startswith("drift: high")
    assert lines[1:] == [f"- {one['text']}" for one in report["findings"]]

    quiet = {**report, "overall_severity": "low"}
    (reader.folder / "quiet.json").write_text(json.dumps(quiet), encoding="utf-8")
    done = reader.as_cron("* * * * * cd ~/parts && .venv/bin/python alert.py quiet.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(("documents", "number"), CRON_LINES)
def test_crontab_line_is_silent_about_an_ordinary_day_and_speaks_of_others(
    documents: tuple[str, ...], number: int, reader_of: Callable[..., Reader], tmp_path: Path
) -> None:
    """The line as cron runs it, after a night without images, after an ordinary day and after a dark one."""
    reader = reader_of(*documents).copied_to(tmp_path / "parts")
    line = _cron_lines(*documents)[number]
    yesterday = datetime.now().astimezone().date() - timedelta(days=1)
    images = reader.folder / "data/production" / yesterday.isoformat()
    shutil.rmtree(images, ignore_errors=True)  # today may be the day after one of the documents' days
    shutil.rmtree(reader.folder / "features/dataset=production", ignore_errors=True)

    assert "no such folder" in reader.as_cron(line).stderr

    shutil.copytree(reader.folder / "data/val", images)
    ordinary = reader.as_cron(line)
    assert (ordinary.returncode, ordinary.stdout, ordinary.stderr) == (0, "", "")

    shutil.rmtree(images)
    reader.draw_day(f"data/production/{yesterday}", DAYS[DARK], seed=9)
    dark = reader.as_cron(line)
    assert dark.stdout
    assert not dark.stderr


def test_newest_report_is_the_one_that_was_made_last(reader_of: Callable[..., Reader], tmp_path: Path) -> None:
    """Whatever the files are called."""
    reader = reader_of(*GUIDE).copied_to(tmp_path / "parts")
    report = _json(reader.folder / f"reports/{DARK}.json")
    folder = reader.folder / "several"
    folder.mkdir()
    for name, stamp in (("b", "2026-11-23T10:00:00+00:00"), ("a", "2026-11-23T11:00:00+00:00"), ("c", "2025")):
        (folder / f"{name}.json").write_text(json.dumps({**report, "timestamp": stamp}), encoding="utf-8")
    done = reader.as_cron("* * * * * cd ~/parts && .venv/bin/python newest.py several")
    assert done.stdout == f"2026-11-23T11:00:00+00:00 {report['overall_severity']}\n"


def test_route_answers_for_a_day_and_says_what_is_wrong_with_another(
    reader_of: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """200 with the severity and the findings; 404 with the reason; 422 for what is no date."""
    testclient = pytest.importorskip("fastapi.testclient")
    folder = reader_of(*GUIDE).folder
    monkeypatch.chdir(folder)
    namespace: dict[str, Any] = {"__name__": "service"}
    exec(compile((folder / "service.py").read_text(encoding="utf-8"), "service.py", "exec"), namespace)  # noqa: S102
    client = testclient.TestClient(namespace["app"])

    found = client.get(f"/drift/{DARK}")
    assert found.status_code == 200
    report = _json(folder / f"reports/{DARK}.json")
    assert found.json() == {"severity": "high", "findings": [one["text"] for one in report["findings"]]}

    missing = client.get("/drift/2020-01-01")
    assert missing.status_code == 404
    assert "no such folder" in missing.json()["detail"]
    assert client.get("/drift/today").status_code == 422


@pytest.mark.parametrize(
    ("days", "status"),
    [([True, True], 0), ([False, True, True], 0), ([True, True, False], 1), ([True], 1), ([True, False, True], 1)],
)
def test_retraining_waits_for_two_drifted_days_in_a_row(
    days: list[bool],
    status: int,
    tmp_path: Path,
    reader_of: Callable[..., Reader],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The script asks for the last two days, whatever happened before."""
    summary = {"pixel_drift": True, "confidence_drift": False}
    history = {"days": [{"drift_summary": {**summary, "class_distribution_drift": one}} for one in days]}
    path = tmp_path / "history.json"
    path.write_text(json.dumps(history), encoding="utf-8")
    script = (reader_of(*GUIDE).folder / "retrain.py").read_text(encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["retrain.py", str(path)])
    with pytest.raises(SystemExit) as leaving:
        exec(compile(script, "retrain.py", "exec"), {})  # noqa: S102
    assert leaving.value.code == status


def test_queries_of_the_guide_give_the_same_days_in_every_library(
    reader_of: Callable[..., Reader], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polars, DuckDB, pandas and pyarrow read the same store, each by the guide's own lines."""
    folder = reader_of(*GUIDE).folder
    monkeypatch.chdir(folder)
    found: dict[str, Any] = {}
    for block in blocks(read(*GUIDE)):
        if block.language == "python" and "features" in block.text and block.verb == "run":
            exec(block.text, found)  # noqa: S102
    columns = ["path", "brightness", "sharpness", "confidence"]
    expected = pl.concat([pl.read_parquet(path, columns=columns) for path in folder.glob("features/**/*.parquet")])
    assert found["days"]["images"].to_list() == [PICTURES] * len(DAYS)
    assert len(found["frame"]) == len(expected)
    assert len(found["unsure"]) == (expected["confidence"] < 0.5).sum()
    assert found["dark"].num_rows == (expected["brightness"] < 0.3).sum() > 0
    sharpness = [row[2] for row in found["blurriest"]]
    assert sharpness == expected["sharpness"].sort().head(5).to_list()


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
