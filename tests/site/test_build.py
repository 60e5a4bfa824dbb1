"""A folder of reports becomes a site: what is made, what is made again, and what is left alone."""

from __future__ import annotations

import contextlib
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

import pipeline.site.shelf
from pipeline import build_site
from pipeline.atomic import write_text
from pipeline.document_files import read_report
from pipeline.errors import OutputError, SourceError
from pipeline.report.page import render_document
from pipeline.site import build
from pipeline.site.shelf import held_shelf
from tests.support.reports import tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.reports import Reports


@pytest.fixture
def reports(tmp_path: Path, made: Reports) -> Path:
    """Two days and a history of them."""
    folder = tmp_path / "reports"
    made.write(folder / "2026-11-22.json", "2026-11-22")
    made.write(folder / "2026-11-23.json", "2026-11-23", dark=True)
    made.write_history(folder / "history.json", {"2026-11-22": False, "2026-11-23": True})
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_each_document_has_the_page_that_it_has_elsewhere(reports: Path, output: Path) -> None:
    """The same bytes as `framewatch report` writes, so that a page says the same wherever it lies."""
    built = build_site(reports, output)
    assert (built.index, built.reports, built.rendered, built.removed) == (output / "index.html", 3, 3, 0)
    assert built.notes == []
    for path in reports.iterdir():
        page = output / "reports" / path.with_suffix(".html").name
        assert page.read_text(encoding="utf-8") == render_document(read_report(path))
    assert set(tree(output)) == {
        "index.html",
        "days/production/2026.html",
        *(f"reports/{name}.html" for name in ("2026-11-22", "2026-11-23", "history")),
    }


@pytest.mark.usefixtures("quick")
class TestWhatIsMadeAgain:
    """Pages are made again where their reports, or framewatch, have changed."""

    def test_nothing_where_nothing_has_changed(self, reports: Path, output: Path) -> None:
        """Not one file of the site is written, whatever the reports' times are."""
        build_site(reports, output)
        before = _written(output)
        for path in reports.iterdir():
            os.utime(path)
        assert build_site(reports, output).rendered == 0
        assert _written(output) == before

    def test_a_report_of_other_bytes_of_the_same_size_and_time(self, reports: Path, output: Path) -> None:
        """What a size and a time of change would not tell."""
        build_site(reports, output)
        path = reports / "2026-11-22.json"
        status, text = path.stat(), path.read_text(encoding="utf-8")
        path.write_text(text.replace("T23:30", "T23:31"), encoding="utf-8")
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
        assert path.stat().st_size == status.st_size
        assert build_site(reports, output).rendered == 1
        assert "T23:31" in (output / "reports/2026-11-22.html").read_text(encoding="utf-8")

    def test_all_pages_of_another_framewatch(
        self, reports: Path, output: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_site(reports, output)
        monkeypatch.setattr(build, "__version__", "99.0.0")
        assert build_site(reports, output).rendered == 3

    @pytest.mark.parametrize("entry", [None, {}, {"kind": "report"}, {"colour": "red"}, [1], "report", 5])
    def test_a_page_of_which_the_list_does_not_know_enough(self, entry: Any, reports: Path, output: Path) -> None:
        build_site(reports, output)
        before = tree(output)
        listed = output / pipeline.site.shelf.LIST
        found = json.loads(listed.read_text(encoding="utf-8"))
        found["files"]["reports/2026-11-23.html"]["entry"] = entry
        listed.write_text(json.dumps(found), encoding="utf-8")
        assert build_site(reports, output).rendered == 1
        assert tree(output) == before

    @pytest.mark.parametrize(
        "damage",
        [
            *({"days": days} for days in (5, [5], [["2026-11-22"]], [["soon", "none"]], [["2026-11-22", "purple"]])),
            *({"accuracy": accuracy} for accuracy in (5, [0.9], ["a", "b", "c", "d"])),
            *({"date": "soon"}, {"date": 5}, {"severity": "purple"}, {"severity": []}, {"dataset": None}),
            *({"image_count": "many"}, {"more": None}, {"sentence": 5}),
        ],
        ids=str,
    )
    def test_a_page_of_which_the_list_says_what_cannot_be(
        self, damage: dict[str, Any], reports: Path, output: Path
    ) -> None:
        """What cannot be shown is not shown: the report is there to be read again."""
        build_site(reports, output)
        before = tree(output)
        listed = output / pipeline.site.shelf.LIST
        found = json.loads(listed.read_text(encoding="utf-8"))
        found["files"]["reports/2026-11-23.html"]["entry"] |= damage
        listed.write_text(json.dumps(found), encoding="utf-8")
        assert build_site(reports, output).rendered == 1
        assert tree(output) == before

    def test_a_page_that_is_missing(self, reports: Path, output: Path) -> None:
        build_site(reports, output)
        before = tree(output)
        (output / "reports/history.html").unlink()
        (output / "index.html").unlink()
        assert build_site(reports, output).rendered == 1
        assert tree(output) == before


@pytest.mark.usefixtures("quick")
class TestWhatLeaves:
    """A page leaves with its report, and nothing else does."""

    def test_a_report_that_is_gone_takes_its_page_and_its_year_along(
        self, made: Reports, reports: Path, output: Path
    ) -> None:
        made.write(reports / "old/2024-01-01.json", "2024-01-01")
        build_site(reports, output)
        (output / "reports/notes.txt").write_text("mine", encoding="utf-8")
        (reports / "old/2024-01-01.json").unlink()
        assert build_site(reports, output).removed == 1
        assert not (output / "reports/old").exists()
        assert not (output / "days/production/2024.html").exists()
        assert (output / "reports/notes.txt").read_text(encoding="utf-8") == "mine"
        assert "2024" not in (output / "index.html").read_text(encoding="utf-8")

    def test_a_page_that_somebody_has_changed_stays(self, reports: Path, output: Path) -> None:
        build_site(reports, output)
        page = output / "reports/2026-11-22.html"
        page.write_text("mine", encoding="utf-8")
        (reports / "2026-11-22.json").unlink()
        built = build_site(reports, output)
        assert built.removed == 0
        assert [str(page) in note for note in built.notes] == [True]
        assert page.read_text(encoding="utf-8") == "mine"
        assert build_site(reports, output).notes == []

    @pytest.mark.parametrize("emptied", [True, False])
    def test_a_folder_without_reports_does_not_empty_the_site(self, emptied: bool, reports: Path, output: Path) -> None:
        """A file system that is not mounted today, or one that holds something else."""
        build_site(reports, output)
        before = tree(output)
        for path in reports.iterdir():
            path.unlink() if emptied else path.write_text("[]", encoding="utf-8")
        with pytest.raises(SourceError, match="holds"):
            build_site(reports, output)
        assert tree(output) == before


@pytest.mark.usefixtures("quick")
class TestWhatIsNotOurs:
    """Nothing is written over, and nothing trusted, that framewatch did not write."""

    @pytest.mark.parametrize("name", ["index.html", "reports/2026-11-23.html", "days/production/2026.html"])
    def test_a_file_of_another_s_is_not_written_over(self, name: str, reports: Path, output: Path) -> None:
        foreign = output / name
        foreign.parent.mkdir(parents=True)
        foreign.write_text("mine", encoding="utf-8")
        for _ in range(2):
            with pytest.raises(OutputError, match="was not written by framewatch site"):
                build_site(reports, output)
        assert foreign.read_text(encoding="utf-8") == "mine"

    def test_nor_a_link_that_leads_nowhere(self, reports: Path, output: Path) -> None:
        output.mkdir()
        (output / "index.html").symlink_to("nowhere")
        with pytest.raises(OutputError, match="was not written"):
            build_site(reports, output)

    def test_a_page_of_ours_that_somebody_has_changed_is_not_written_over(
        self, made: Reports, reports: Path, output: Path
    ) -> None:
        build_site(reports, output)
        page = output / "reports/2026-11-23.html"
        page.write_text("mine", encoding="utf-8")
        made.write(reports / "2026-11-23.json", "2026-11-23", timestamp="2026-11-24T01:00:00+00:00")
        with pytest.raises(OutputError, match="was changed"):
            build_site(reports, output)
        assert page.read_text(encoding="utf-8") == "mine"

    def test_a_folder_in_a_page_s_place_stays(self, reports: Path, output: Path) -> None:
        build_site(reports, output)
        page = output / "reports/2026-11-22.html"
        page.unlink()
        page.mkdir()
        with pytest.raises(OutputError, match="was changed"):
            build_site(reports, output)
        (reports / "2026-11-22.json").unlink()
        built = build_site(reports, output)
        assert (page.is_dir(), built.removed, len(built.notes)) == (True, 0, 1)

    def test_a_page_that_cannot_be_removed_is_named(
        self, reports: Path, output: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_site(reports, output)
        (reports / "2026-11-22.json").unlink()

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(1, "Operation not permitted")

        monkeypatch.setattr("pathlib.Path.unlink", refuse)
        with pytest.raises(OutputError, match=r"2026-11-22\.html: cannot be removed \(Operation not permitted\)"):
            build_site(reports, output)

    @pytest.mark.parametrize("name", ["../outside.html", "reports/../../outside.html", "/outside.html"])
    def test_a_list_cannot_point_out_of_the_folder(
        self, name: str, reports: Path, output: Path, tmp_path: Path
    ) -> None:
        outside = tmp_path / "outside.html"
        outside.write_text("mine", encoding="utf-8")
        build_site(reports, output)
        listed = output / pipeline.site.shelf.LIST
        found = json.loads(listed.read_text(encoding="utf-8"))
        found["files"][name.replace("/outside.html", str(outside)) if name[0] == "/" else name] = {}
        listed.write_text(json.dumps(found), encoding="utf-8")
        with pytest.raises(OutputError, match="lies outside"):
            build_site(reports, output)
        assert outside.exists()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "[]",
            "null",
            '{"format": 2}',
            '{"format": 1, "files": {"a": 1}}',
            '{"format": 1, "files": {"": {}}}',
            '{"format": 1, "files": {"a\\u0000": {}}}',
        ],
    )
    def test_a_damaged_list_is_refused(self, text: str, reports: Path, output: Path) -> None:
        """Without it nobody knows what is ours."""
        build_site(reports, output)
        before = tree(output)
        (output / pipeline.site.shelf.LIST).write_text(text, encoding="utf-8")
        with pytest.raises(OutputError, match="is not the list"):
            build_site(reports, output)
        assert tree(output) == before


@pytest.mark.usefixtures("quick")
class TestWhatIsLeftOut:
    """Which files have pages."""

    def test_files_of_one_name_in_several_folders_have_a_page_each(
        self, made: Reports, reports: Path, output: Path
    ) -> None:
        made.write(reports / "line 2/2026-11-23.json", "2026-11-23", dataset="line-2")
        assert build_site(reports, output).reports == 4
        assert (output / "reports/line 2/2026-11-23.html").read_bytes()
        assert (output / "days/line-2/2026.html").exists()

    def test_one_document_under_two_names_is_shown_once(self, reports: Path, output: Path) -> None:
        (reports / "latest.json").symlink_to("2026-11-23.json")
        built = build_site(reports, output)
        assert built.reports == 3
        assert [(reports / "latest.json").name in note for note in built.notes] == [True]

    def test_hidden_files_are_not_looked_at(self, reports: Path, output: Path) -> None:
        (reports / ".hidden.json").write_text("{", encoding="utf-8")
        (reports / ".hidden").mkdir()
        (reports / ".hidden/2026.json").write_text("{", encoding="utf-8")
        assert build_site(reports, output).notes == []

    def test_what_is_no_file_is_not_looked_at(self, reports: Path, output: Path) -> None:
        """Who opens a pipe that nobody writes to waits for ever."""
        os.mkfifo(reports / "pipe.json")
        assert build_site(reports, output).notes == []

    def test_reports_that_come_while_another_run_is_waited_for_have_pages(
        self, made: Reports, reports: Path, output: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Else the pages that the other made of them would be taken away."""

        @contextlib.contextmanager
        def waited(folder: Path) -> Iterator[pipeline.site.shelf.Shelf]:
            with held_shelf(folder) as shelf:
                made.write(reports / "late.json", "2026-11-24")
                yield shelf

        monkeypatch.setattr(build, "held_shelf", waited)
        assert build_site(reports, output).reports == 4

    def test_the_site_may_lie_among_its_reports(self, reports: Path) -> None:
        for _ in range(2):
            built = build_site(reports, reports)
            assert (built.reports, built.notes) == (3, [])


def test_other_json_and_damaged_files_are_told_and_left_out(made: Reports, reports: Path, output: Path) -> None:
    """Each with its name and a reason; the others have their pages. What was shown before and is damaged now leaves."""
    build_site(reports, output)
    before = (reports / "2026-11-22.json").read_text(encoding="utf-8")
    others = {"2026-11-22": before[:5000], "baseline": json.dumps(made.baseline), "list": "[1]", "no-day": "{}"}
    others["no-day"] = json.dumps(made.of("2026-11-22", timestamp="once") | {"current": made.quiet["current"]})
    for name, text in others.items():
        (reports / f"{name}.json").write_text(text, encoding="utf-8")
    (reports / "gone.json").symlink_to("nowhere")
    built = build_site(reports, output)
    assert (built.reports, built.removed) == (2, 1)
    told = {name: [note for note in built.notes if f"{name}.json" in note] for name in (*others, "gone")}
    assert [len(found) for found in told.values()] == [1] * 5
    assert all(note.startswith(str(reports)) for note in built.notes)
    assert not (output / "reports/2026-11-22.html").exists()


def test_a_document_that_cannot_be_drawn_is_told_and_left_out(reports: Path, output: Path) -> None:
    """One that is of the right shape and still damaged does not stop the site."""
    path = reports / "history.json"
    history = json.loads(path.read_text(encoding="utf-8"))
    history["days"][0]["date"] = "someday"
    path.write_text(json.dumps(history), encoding="utf-8")
    built = build_site(reports, output)
    assert built.reports == 2
    assert [str(path) in note and "'someday'" in note for note in built.notes] == [True]


@pytest.mark.usefixtures("quick")
def test_a_run_that_is_ended_anywhere_is_finished_by_the_next(
    made: Reports, reports: Path, output: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before each single file that it writes, of a first run and of one that changes, adds and removes."""
    for step in range(40):
        folder = output / str(step)
        made.write(reports / "2026-11-23.json", "2026-11-23", dark=True)
        made.write(reports / "2025-01-01.json", "2025-01-01")
        if step % 2:
            build_site(reports, folder)
        (reports / "2025-01-01.json").unlink()
        made.write(reports / "2026-11-23.json", "2026-11-24")
        ended = _ended_before(step // 2, reports, folder, monkeypatch)
        build_site(reports, folder)
        fresh = tmp_path / f"fresh-{step}"
        build_site(reports, fresh)
        assert tree(folder) == tree(fresh)
        if not ended and step % 2:
            return
    pytest.fail("no run came to its end")


@pytest.mark.usefixtures("quick")
def test_what_a_killed_run_was_writing_is_swept_away(
    reports: Path, output: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Under the temporary name of a page that it had announced; what else starts with a dot stays."""
    assert _ended_before(1, reports, output, monkeypatch)
    (output / "reports").mkdir()
    left = [output / "reports/.history.html.0a1b2c3d.tmp", output / "..framewatch-site.json.0a1b2c3d.tmp"]
    mine = [output / "reports/.mine.html.0a1b2c3d.tmp", output / "reports/.history.html"]
    for path in (*left, *mine):
        path.touch()
    build_site(reports, output)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in mine)


def test_what_cannot_be_read_is_not_taken_to_be_gone(output: Path, tmp_path: Path) -> None:
    """A missing folder of reports; the site is not even begun."""
    with pytest.raises(SourceError, match="nowhere: cannot be read"):
        build_site(tmp_path / "nowhere", output)
    assert not output.exists()


def test_an_output_that_cannot_be_written_is_told(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="file"):
        build_site(reports, tmp_path / "file")


def test_progress_counts_the_pages_that_are_made(
    reports: Path, output: Path, monkeypatch: pytest.MonkeyPatch, quick: None
) -> None:
    monkeypatch.setattr(build, "_AT_ONCE", 2)
    told: list[tuple[int, int]] = []
    build_site(reports, output, lambda done, total: told.append((done, total)))
    assert told == [(2, 3), (3, 3)]


def _ended_before(step: int, reports: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a run was ended before the file that it would have written after `step` others."""
    left = step

    def counted(path: Path, text: str) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        write_text(path, text)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline.site.shelf, "write_text", counted)
        try:
            build_site(reports, folder)
        except KeyboardInterrupt:
            return True
    return False


def _written(folder: Path) -> dict[str, Any]:
    """When each file of a site was written."""
    return {name: (folder / name).stat().st_mtime_ns for name in tree(folder)}
