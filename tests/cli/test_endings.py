"""How a run ends early: signals, pipes that nobody reads, a full disk. Nothing half-written under a final name."""

from __future__ import annotations

import os
import signal
import subprocess
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.support.folders import draw_noisy, draw_plain
from tests.support.program import command, environment, framewatch, framewatch_here, limited_to, running

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.scene import Scene

MANY = 1200
"""Images that take a second or more, so that a signal finds the run in the middle of them."""


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that takes a while: one picture under many names."""
    folder = tmp_path_factory.mktemp("many")
    noise = np.random.default_rng(5).integers(0, 256, (320, 320, 3), dtype=np.uint8)
    first = folder / "picture.png"
    Image.fromarray(noise).save(first)
    for number in range(MANY):
        os.link(first, folder / f"picture-{number}.png")
    return folder


@pytest.mark.parametrize(
    ("number", "status", "word"), [(signal.SIGINT, 130, "interrupted"), (signal.SIGTERM, 143, "terminated")]
)
def test_a_signal_in_the_middle_leaves_nothing_behind(
    number: signal.Signals, status: int, word: str, many: Path, tmp_path: Path
) -> None:
    """Ctrl-C and `kill`: one line, the usual status, no output, no temporary store, and the cursor is back."""
    temporary, output = tmp_path / "temporary", tmp_path / "output"
    temporary.mkdir()
    output.mkdir()
    with running("baseline", "--data-dir", many, "--output", output / "b.json", TMPDIR=str(temporary)) as run:
        run.wait_for("images")
        assert list(temporary.iterdir())
        assert run.send(number) == status
    assert f"error: {word}" in run.shown
    assert "Traceback" not in run.shown
    assert run.shown.rfind("\x1b[?25h") > run.shown.rfind("\x1b[?25l")  # cursor shown after it was hidden
    assert not list(temporary.iterdir())
    assert not list(output.iterdir())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_extraction_that_is_cut_off_leaves_the_store_as_it_was(
    number: signal.Signals, many: Path, tmp_path: Path
) -> None:
    """The rows that were there stay readable, also after kill -9, and the next run can go on."""
    few, store = draw_noisy(tmp_path / "few", 3), tmp_path / "store"
    rows = ("--store", store, "--dataset", "production", "--date", "2026-11-23")
    assert framewatch_here("extract", "--data-dir", few, *rows).status == 0
    with running("extract", "--data-dir", many, *rows) as run:
        run.wait_for("images")
        run.send(number)
    found = framewatch_here("query", "SELECT count(*) AS n FROM features", "--store", store, "--json")
    assert found.document == [{"n": 3}]
    again = framewatch_here("extract", "--data-dir", draw_noisy(tmp_path / "more", 2, seed=9), *rows, "--json")
    assert again.document["added"] == 2
    assert framewatch_here("query", "SELECT count(*) AS n FROM features", "--store", store, "--json").document == [
        {"n": 5}
    ]


def test_progress_is_shown_on_a_terminal_unless_quiet(scene: Scene, tmp_path: Path) -> None:
    with running("baseline", "--data-dir", scene.val, "--output", tmp_path / "b.json", "--quiet") as run:
        assert run.send(signal.SIGCONT) == 0
    assert not run.shown
    with running("baseline", "--data-dir", scene.val, "--output", tmp_path / "b.json") as run:
        run.wait_for(f"/{len(scene.pictures['val'])}")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_is_no_error(unbuffered: str, store: Path) -> None:
    """`framewatch query ... | head -1`: no traceback, and the status that shells give such a program."""
    cross = "SELECT a.path FROM features a CROSS JOIN features b"  # more than fits into a pipe's buffer
    with subprocess.Popen(
        command("query", cross, "--store", store),
        env=environment(PYTHONUNBUFFERED=unbuffered),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        assert run.stdout.readline().decode().strip() == "path"
        run.stdout.close()
        assert run.stderr.read() == b""
    assert run.returncode == 141


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [["--version"], ["query", "SELECT path FROM features", "--store"]])
def test_standard_output_that_cannot_be_written_is_said(arguments: list[str], store: Path) -> None:
    """A full disk behind `> file`: status 2 and one line, not a traceback from the interpreter's end."""
    arguments = [*arguments, str(store)] if arguments[-1] == "--store" else arguments
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            command(*arguments), env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "error: standard output: cannot be written (No space left on device); send it elsewhere\n"


@pytest.mark.parametrize("what", ["document", "page", "rows", "temporary rows"])
def test_a_full_disk_leaves_what_was_there(
    what: str, scene: Scene, store: Path, reference: Path, tmp_path: Path
) -> None:
    """No space for the result: status 2, one line with the file's name, the earlier file whole, no temporary one."""
    output = tmp_path / "output"
    output.mkdir()
    document, page = output / "report.json", output / "report.html"
    monitored = ("monitor", "--store", store, "--select", "production@2026-11-05", "--baseline", reference)
    assert framewatch_here(*monitored, "--output", document).status == 0
    page.write_text("an earlier page")
    before = {path: path.read_bytes() for path in (document, page)}
    images = ("--data-dir", scene.today)
    run, named = {
        "document": ((*monitored, "--output", document), document),
        "page": (("report", document, "--output", page), page),
        "rows": (("extract", *images, "--store", output, "--dataset", "n", "--date", "2026-11-01"), ".parquet"),
        "temporary rows": (("baseline", *images, "--output", document), ".parquet"),
    }[what]
    outcome = framewatch(*run, before=limited_to(8), TMPDIR=str(tmp_path))
    assert outcome.status == 2
    assert str(named) in outcome.error
    assert "File too large" in outcome.error
    assert ("TMPDIR" in outcome.error) == (what == "temporary rows")
    left = {path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"}
    assert left == set(before)
    assert {path: path.read_bytes() for path in before} == before


def test_text_goes_into_pipes_as_utf8_whatever_the_locale_says(tmp_path: Path) -> None:
    """Cron has no locale; the JSON that it pipes on must be JSON all the same."""
    folder, rows = draw_plain(tmp_path / "images", {"Grün 漢字.png": (1, 2, 3)}), tmp_path / "store"
    assert framewatch_here("extract", "--data-dir", folder, "--store", rows, "--dataset", "n").status == 0
    outcome = framewatch(
        *("query", "SELECT path FROM features", "--store", rows, "--json"),
        LC_ALL="C",
        PYTHONCOERCECLOCALE="0",
        PYTHONUTF8="0",
        PYTHONIOENCODING="ascii",
    )
    assert outcome.document == [{"path": "Grün 漢字.png"}]
