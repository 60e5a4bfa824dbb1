"""framewatch site."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.support.program import command, environment, framewatch_here
from tests.support.reports import tree

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def written(store: Path, reference: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `monitor` and `history` wrote, and a baseline beside it. Nobody may change it."""
    folder = tmp_path_factory.mktemp("written")
    rows = ("--store", store, "--baseline", reference)
    for day in ("2026-11-04", "2026-11-05"):
        done = framewatch_here("monitor", *rows, "--select", f"production@{day}", "--output", folder / f"{day}.json")
        assert done.status == 0, done.stderr
    done = framewatch_here("history", *rows, "--dataset", "production", "--output", folder / "history.json")
    assert done.status == 0, done.stderr
    (folder / "baseline.json").write_bytes(reference.read_bytes())
    return folder


@pytest.fixture
def reports(written: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(written, tmp_path / "reports")


def test_it_says_what_it_did_and_what_it_left_out(reports: Path, tmp_path: Path) -> None:
    """In words, as JSON, and not at all; a second run makes nothing again."""
    output = tmp_path / "site"
    first = framewatch_here("site", "--reports", reports, "--output", output)
    assert first.status == 0
    assert first.stdout == f"3 reports: 3 rendered, 0 unchanged, 0 removed\nwritten: {output / 'index.html'}\n"
    assert first.stderr.startswith(f"note: {reports / 'baseline.json'}: ")
    assert len(first.stderr.splitlines()) == 1

    (reports / "2026-11-04.json").unlink()
    second = framewatch_here("site", "--reports", reports, "--output", output, "--json")
    notes = second.document["notes"]
    assert len(notes) == 1
    assert second.document == {
        "index": str(output / "index.html"),
        "reports": 2,
        "rendered": 0,
        "removed": 1,
        "notes": notes,
    }
    third = framewatch_here("site", "--reports", reports, "--output", output, "--quiet")
    assert (third.status, third.stdout, third.stderr) == (0, "", "")


def test_index_has_the_dark_day_of_the_history_that_has_no_report(reports: Path, tmp_path: Path) -> None:
    """The three days of the history, the second of them dark, under the name that the store gives the dataset."""
    (reports / "2026-11-05.json").unlink()
    assert framewatch_here("site", "--reports", reports, "--output", tmp_path / "site").status == 0
    index = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert "<bdi>production</bdi>" in index
    assert 'href="reports/2026-11-04.html" title="2026-11-04: no drift"' in index
    assert 'href="reports/history.html" title="2026-11-05: high"' in index


@pytest.mark.parametrize("what", ["missing", "empty", "foreign index", "a file"])
def test_it_refuses_with_one_line(what: str, reports: Path, tmp_path: Path) -> None:
    output = tmp_path / "site"
    given = {"missing": tmp_path / "nowhere", "empty": tmp_path / "none"}.get(what, reports)
    (tmp_path / "none").mkdir()
    if what == "foreign index":
        output.mkdir()
        (output / "index.html").write_text("mine", encoding="utf-8")
    if what == "a file":
        output.touch()
    outcome = framewatch_here("site", "--reports", given, "--output", output)
    assert outcome.status == 2
    assert str(given if what in {"missing", "empty"} else output) in outcome.error


def test_two_runs_at_once_come_to_what_one_comes_to(reports: Path, tmp_path: Path) -> None:
    """Both end well, and the site is whole."""
    arguments = ("site", "--reports", reports, "--output", tmp_path / "site", "--quiet")
    running = [
        subprocess.Popen(command(*arguments), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for one in running:
        stdout, stderr = one.communicate(timeout=120)
        assert (one.returncode, stdout, stderr) == (0, b"", b"")
    alone = framewatch_here("site", "--reports", reports, "--output", tmp_path / "alone", "--quiet")
    assert (alone.status, alone.stderr) == (0, "")
    assert tree(tmp_path / "site") == tree(tmp_path / "alone")
