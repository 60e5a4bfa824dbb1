"""The demo, end to end: the right days, with the right causes, in documents and pages that hold together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipeline.demo import run, week
from pipeline.demo.run import run_demo
from tests.support.documents import read, timeless, valid

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.program import Outcome

ORDINARY = ["2026-11-16", "2026-11-17", "2026-11-18", "2026-11-22"]
CAUSES = {
    "2026-11-19": ("quality", "darker"),
    "2026-11-20": ("quality", "blurrier"),
    "2026-11-21": ("content", "something that the baseline does not"),
}
"""What happened on the other days, by the story in `pipeline.demo.week`."""


def test_it_ends_well_and_says_where_the_page_is(demo: tuple[Outcome, Path]) -> None:
    outcome, folder = demo
    assert (outcome.status, outcome.stderr) == (0, "")
    lines = outcome.stdout.splitlines()
    assert lines[-1] == f"open {folder / 'index.html'}"
    assert lines[-2] == "first drift: 2026-11-19"


def test_the_right_days_drifted_and_the_others_are_quiet(demo: tuple[Outcome, Path]) -> None:
    history = valid(read(demo[1] / "history.json"), "history")
    assert drifted_days(history) == sorted(CAUSES)
    assert history["first_drift"] == min(CAUSES)
    assert not any(day["findings"] for day in history["days"] if day["date"] in ORDINARY)


@pytest.mark.parametrize("date", CAUSES)
def test_the_first_finding_is_the_cause(date: str, demo: tuple[Outcome, Path]) -> None:
    """Not only that something moved: what it was, before what it did to the model."""
    report = valid(read(demo[1] / "reports" / f"{date}.json"), "drift_report")
    kind, words = CAUSES[date]
    assert report["findings"][0]["kind"] == kind
    assert words in report["findings"][0]["text"]
    assert report["confidence_drift"]["drift_detected"]


def test_every_document_keeps_to_its_schema_and_has_its_page(demo: tuple[Outcome, Path]) -> None:
    folder = demo[1]
    baseline = valid(read(folder / "baseline_metrics.json"), "baseline")
    assert baseline["predictions"]["labelled_count"] == week.VALIDATION_PICTURES
    assert baseline["predictions"]["accuracy"] > 0.8
    dates = sorted([*ORDINARY, *CAUSES])
    for date in dates:
        valid(read(folder / "reports" / f"{date}.json"), "drift_report")
    pages = [folder / "index.html", *(folder / "reports" / f"{date}.html" for date in dates)]
    assert all(page.read_text(encoding="utf-8").rstrip().endswith("</html>") for page in pages)
    index = pages[0].read_text(encoding="utf-8")
    assert all(f"reports/{date}.html" in index for date in CAUSES)


def test_two_runs_agree_but_for_time_and_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same day, in small, in two folders."""
    days = week.WEEK[3:4]
    for module in (week, run):
        monkeypatch.setattr(module, "WEEK", days)
    monkeypatch.setattr(week, "VALIDATION_PICTURES", 30)
    monkeypatch.setattr(week, "PICTURES_A_DAY", 12)
    one, two = (run_demo(tmp_path / name) for name in ("one", "two"))
    assert timeless(one.history) == timeless(two.history)
    for name in sorted(path.name for path in (tmp_path / "one" / "reports").glob("*.json")):
        pair = [read(tmp_path / folder / "reports" / name) for folder in ("one", "two")]
        assert timeless(pair[0]) == timeless(pair[1])


def test_another_seed_tells_the_same_story(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The findings are no luck of one seed: other pictures of one ordinary and the three bad days, fewer of them."""
    days = week.WEEK[2:6]
    for module in (week, run):
        monkeypatch.setattr(module, "WEEK", days)
    monkeypatch.setattr(week, "VALIDATION_PICTURES", 120)
    monkeypatch.setattr(week, "PICTURES_A_DAY", 60)
    assert drifted_days(run_demo(tmp_path, seed=2).history) == sorted(CAUSES)


def drifted_days(history: Any) -> list[str]:
    """The dates on which a rule fired."""
    return [day["date"] for day in history["days"] if day["overall_drift_detected"]]
