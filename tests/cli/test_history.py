"""framewatch history, and framewatch report of what it writes."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.support.documents import read, valid
from tests.support.program import framewatch_here

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene


def test_every_day_is_judged_and_the_first_that_drifted_is_named(
    scene: Scene, store: Path, reference: Path, tmp_path: Path
) -> None:
    output = tmp_path / "history.json"
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production", "--baseline", reference),
        *("--output", output, "--html", "--fail-on", "drift"),
    )
    assert (outcome.status, outcome.stderr) == (0, ""), "the newest day did not drift"
    history = valid(read(output), "history")
    assert history["first_drift"] == "2026-11-05"
    assert [(day["date"], day["overall_drift_detected"]) for day in history["days"]] == [
        ("2026-11-04", False),
        ("2026-11-05", True),
        ("2026-11-06", False),
    ]
    assert history["days"][1]["pixel_mean"] == pytest.approx(scene.pixels("dark_20261105")[0], abs=1e-9)
    lines = outcome.stdout.splitlines()
    assert lines[0] == "2026-11-04  no drift  60 images"
    assert lines[1] == "2026-11-05  high      60 images"
    assert "darker" in lines[2]
    assert lines[-3:] == ["first drift: 2026-11-05", f"written: {output}", f"written: {output.with_suffix('.html')}"]


@pytest.mark.parametrize(("level", "status"), [("drift", 3), ("high", 3), (None, 0)])
def test_the_newest_day_decides_the_exit_status(
    level: str | None, status: int, store: Path, reference: Path, tmp_path: Path
) -> None:
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production@2026-11-04..2026-11-05", "--baseline", reference),
        *("--output", tmp_path / "history.json", *(() if level is None else ("--fail-on", level))),
    )
    assert outcome.status == status


def test_some_days_can_be_chosen(store: Path, reference: Path, tmp_path: Path) -> None:
    """Days that did not drift: no `first_drift`, status 0 whatever --fail-on says."""
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production@2026-11-06", "--baseline", reference),
        *("--output", tmp_path / "history.json", "--json", "--fail-on", "low"),
    )
    assert outcome.status == 0
    assert "first_drift" not in valid(outcome.document, "history")
    assert outcome.document["dataset"] == "production"


@pytest.mark.parametrize("kind", ["history", "report"])
def test_the_page_comes_again_from_the_json_alone(kind: str, store: Path, reference: Path, tmp_path: Path) -> None:
    """`framewatch report` gives the page that --html wrote, byte for byte."""
    document = tmp_path / "first.json"
    judged = {
        "history": ("history", "--store", store, "--dataset", "production"),
        "report": ("monitor", "--store", store, "--select", "production@2026-11-05"),
    }[kind]
    assert framewatch_here(*judged, "--baseline", reference, "--output", document, "--html").status == 0
    again = tmp_path / "again.html"
    outcome = framewatch_here("report", document, "--output", again)
    assert outcome.stdout == f"written: {again}\n"
    assert again.read_bytes() == (tmp_path / "first.html").read_bytes()
    assert framewatch_here("report", document, "--output", again, "--json").document == {"written": str(again)}
    assert framewatch_here("report", document, "--output", again, "--quiet").stdout == ""
    assert framewatch_here("report", document, "--output", again, "--quiet", "--json").stdout == ""


def test_a_day_of_which_nothing_can_be_read_is_in_the_history(
    scene: Scene, store: Path, reference: Path, tmp_path: Path
) -> None:
    """The worst day of all must not be the one that cannot be shown."""
    shutil.copytree(store, own := tmp_path / "store")
    (folder := tmp_path / "20261107").mkdir()
    (folder / "empty.png").touch()
    arguments = ("--store", own, "--dataset", "production")
    assert framewatch_here("extract", "--data-dir", folder, *arguments, "--model", scene.model).status == 0
    document = ("--baseline", reference, "--output", tmp_path / "history.json")
    outcome = framewatch_here("history", *arguments, *document, "--json", "--html")
    last = valid(outcome.document, "history")["days"][-1]
    assert (last["date"], last["image_count"], last["overall_severity"]) == ("2026-11-07", 0, "high")
    assert "empty file" in last["findings"][0]["text"]
    assert "empty file" in (tmp_path / "history.html").read_text(encoding="utf-8")


def test_what_is_read_is_not_written_over(store: Path, reference: Path) -> None:
    """A report in the baseline's place would be next morning's baseline."""
    before = reference.read_bytes()
    for command in (
        ("history", "--store", store, "--dataset", "production", "--baseline", reference),
        ("monitor", "--store", store, "--select", "production", "--baseline", reference),
        ("report", reference),
    ):
        outcome = framewatch_here(*command, "--output", reference)
        assert (outcome.status, "that file is read" in outcome.error) == (2, True)
    assert reference.read_bytes() == before


def test_the_days_before_may_be_the_baseline(store: Path, tmp_path: Path) -> None:
    """No document is needed; the second day drifts from the first, the third from both or not."""
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production", "--against", "trailing:28"),
        *("--output", tmp_path / "history.json", "--html"),
    )
    assert (outcome.status, outcome.stderr) == (0, "")
    history = valid(read(tmp_path / "history.json"), "history")
    assert [day["status"] for day in history["days"]] == ["no baseline", "judged", "judged"]
    assert history["first_drift"] == "2026-11-05"
    assert outcome.stdout.startswith("2026-11-04  no baseline  60 images")


def test_days_and_weeks(store: Path, reference: Path, tmp_path: Path) -> None:
    """The three days lie in one week, whose Monday is the 2nd."""
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production", "--baseline", reference, "--every", "week"),
        *("--output", tmp_path / "history.json", "--json"),
    )
    [week] = valid(outcome.document, "history")["days"]
    assert (week["date"], week["image_count"]) == ("2026-11-02", 180)


@pytest.mark.parametrize("every", ["day", "week"])
def test_each_judged_day_has_its_report_and_page(every: str, store: Path, reference: Path, tmp_path: Path) -> None:
    """The history's page leads to them; what would be the same is left, what is gone or damaged is made again."""
    folder, output = tmp_path / "reports", tmp_path / "pages" / "history.json"
    asked = ("history", "--store", store, "--dataset", "production", "--baseline", reference, "--every", every)

    def run() -> dict[str, int]:
        outcome = framewatch_here(*asked, "--output", output, "--html", "--reports", folder)
        assert outcome.status == 0, outcome.stderr
        assert f"in {folder}" in outcome.stdout
        return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}

    first = run()
    days = [day["date"] for day in valid(read(output), "history")["days"]]
    names = [f"production-{'week-' if every == 'week' else ''}{day}" for day in days]
    assert first.keys() == {f"{name}.{ending}" for name in names for ending in ("json", "html")}
    page = output.with_suffix(".html").read_text(encoding="utf-8")
    assert all(f'href="../reports/{name}.html"' in page for name in names)
    reports = [valid(read(folder / f"{name}.json"), "drift_report") for name in names]
    for day, report in zip(read(output)["days"], reports, strict=True):
        assert report["overall_severity"] == day["overall_severity"]
        assert report["findings"] == day["findings"]
        assert ("examples" in report) == bool(report["findings"])
    (folder / f"{names[0]}.html").unlink()
    again = run()
    assert {name for name in again if again[name] != first[name]} == {f"{names[0]}.{one}" for one in ("json", "html")}
    (folder / f"{names[-1]}.json").write_text("[]", encoding="utf-8")
    assert valid(read(folder / f"{names[-1]}.json"), "drift_report") if run() else None


def test_rows_that_are_damaged_keep_nobody_from_being_told_of_the_history(
    store: Path, reference: Path, tmp_path: Path
) -> None:
    """The profile in the footer is whole, so the day is judged; its images cannot be shown."""
    own = shutil.copytree(store, tmp_path / "store")
    [rows] = own.glob("dataset=production/date=2026-11-05/*.parquet")
    found, content = rows.stat(), bytearray(rows.read_bytes())
    footer = int.from_bytes(content[-8:-4], "little") + 8
    content[4:-footer] = bytes(len(content) - footer - 4)
    rows.write_bytes(content)
    os.utime(rows, ns=(found.st_atime_ns, found.st_mtime_ns))
    output, metrics = tmp_path / "history.json", tmp_path / "framewatch.prom"
    outcome = framewatch_here(
        *("history", "--store", own, "--dataset", "production", "--baseline", reference, "--output", output, "--html"),
        *("--reports", tmp_path / "reports", "--metrics-file", metrics),
    )
    assert outcome.status == 2
    assert outcome.stderr.startswith("error: ")
    assert "damaged" in outcome.stderr
    assert valid(read(output), "history")["first_drift"] == "2026-11-05"
    assert output.with_suffix(".html").is_file()
    assert "framewatch_" in metrics.read_text(encoding="utf-8")
    assert [path.name for path in (tmp_path / "reports").glob("*.json")] == ["production-2026-11-04.json"]


def test_a_report_is_not_written_over_what_is_read_or_written_besides(
    store: Path, reference: Path, tmp_path: Path
) -> None:
    baseline = tmp_path / "production-2026-11-04.json"
    shutil.copy(reference, baseline)
    asked = ("history", "--store", store, "--dataset", "production", "--baseline", baseline)
    outcome = framewatch_here(*asked, "--output", tmp_path / "history.json", "--reports", tmp_path)
    assert (outcome.status, str(baseline) in outcome.error) == (2, True)
    assert [*tmp_path.iterdir()] == [baseline]
    assert baseline.read_bytes() == reference.read_bytes()


def test_one_of_the_two_kinds_of_baseline_is_asked_for(store: Path, reference: Path, tmp_path: Path) -> None:
    asked = ("history", "--store", store, "--dataset", "production", "--output", tmp_path / "history.json")
    for given in ((), ("--baseline", reference, "--against", "trailing:3"), ("--against", "yesterday")):
        outcome = framewatch_here(*asked, *given)
        assert (outcome.status, "trailing:28" in outcome.error) == (2, True)


def test_changes_are_told(store: Path, reference: Path, tmp_path: Path) -> None:
    """A line for each, with its first day and the day on which it was over."""
    asked = ("history", "--store", store, "--dataset", "production", "--baseline", reference)
    outcome = framewatch_here(*asked, "--output", tmp_path / "history.json", "--html")
    told = [line for line in outcome.stdout.splitlines() if line.startswith("changed: ")]
    darker = [line for line in told if line.startswith("changed: brightness: darker by ")]
    assert [line.split(", ", 1)[1] for line in darker] == ["since 2026-11-05, over on 2026-11-06"]
    assert f"and {len(read(tmp_path / 'history.json')['changes']) - len(told)} more changes, named" in outcome.stdout
    assert len(told) <= 9
    page = (tmp_path / "history.html").read_text(encoding="utf-8")
    assert "What changed, and when" in page
    assert "chart-path-1" in page


@pytest.mark.parametrize(("every", "reports"), [("day", 365), ("week", 52)])
def test_the_years_budget_is_shared_by_its_reports(
    every: str, reports: int, store: Path, reference: Path, tmp_path: Path
) -> None:
    outcome = framewatch_here(
        *("history", "--store", store, "--dataset", "production", "--baseline", reference, "--every", every),
        *("--output", tmp_path / "history.json", "--false-alarms-per-year", "2", "--json"),
    )
    assert outcome.status == 0, outcome.stderr
    assert outcome.document["rules"]["alpha"] == pytest.approx(2 / reports)
