"""The program as a whole: its commands, the old way to name them, usage errors, and what it costs to ask for help."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.cli.app import COMMANDS
from pipeline.version import __version__
from tests.support.folders import draw_plain
from tests.support.program import CHECKOUT, environment, framewatch, framewatch_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.scene import Scene

HEAVY = {"numpy", "polars", "pyarrow", "altair", "PIL", "rich", "onnxruntime", "ai_edge_litert", "jsonschema", "jinja2"}


def test_the_installed_command_and_the_module_are_one_program() -> None:
    script = Path(sys.executable).with_name("framewatch")
    if not script.exists():
        pytest.skip("framewatch is not installed beside this interpreter")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True, env=environment())
    assert done.stdout == framewatch("--version").stdout == f"framewatch {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["extract", "--help"], []])
def test_help_is_free_of_heavy_imports(arguments: list[str]) -> None:
    """Asking for help must not cost the seconds that the tables, charts and runtimes take to import."""
    script = (
        "import sys, json\n"
        "from pipeline.cli.app import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "except SystemExit as leaving:\n    print(json.dumps([leaving.code, sorted(sys.modules)]), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True, env=environment()
    )
    status, modules = json.loads(done.stderr)
    assert status == 0
    assert "Usage: framewatch" in done.stdout
    assert not HEAVY & set(modules)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    """Of its own, and in the list of all with its whole first sentence."""
    outcome = framewatch_here(name, "--help")
    listed = " ".join(framewatch_here("--help").stdout.split())
    assert " ".join((COMMANDS[name].__doc__ or "").split()) in listed
    assert outcome.status == 0
    assert f"Usage: framewatch {name}" in outcome.stdout
    assert "--quiet" in outcome.stdout
    assert "--json" in outcome.stdout


@pytest.mark.parametrize(
    "arrange",
    [
        lambda rest: ["--mode", "baseline", *rest],
        lambda rest: ["--mode=baseline", *rest],
        lambda rest: [*rest, "--mode", "baseline"],
        lambda rest: [*rest[:2], "--mode=baseline", *rest[2:]],
    ],
)
def test_mode_names_the_command_from_any_position(
    arrange: Callable[[list[object]], list[object]], scene: Scene, tmp_path: Path
) -> None:
    """Old crontab lines keep working: --mode NAME is the command NAME."""
    rest: list[object] = ["--data-dir", scene.val, "--output", tmp_path / "baseline.json"]
    new, old = framewatch_here("baseline", *rest), framewatch_here(*arrange(rest))
    assert (old.status, old.stdout, old.stderr) == (new.status, new.stdout, new.stderr)
    assert old.status == 0


@pytest.mark.parametrize("mode", ["monitor", "compare"])
def test_the_other_modes_are_their_commands_too(mode: str) -> None:
    assert framewatch_here("--mode", mode, "--help").stdout == framewatch_here(mode, "--help").stdout


@pytest.mark.parametrize("arguments", [["--mode", "foo"], ["--mode=extract"], ["--data-dir", "x", "--mode"]])
def test_an_unknown_mode_is_refused_in_one_line(arguments: list[str]) -> None:
    outcome = framewatch(*arguments)
    assert outcome.status == 2
    assert "baseline, monitor, compare" in outcome.error


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nonsense"], ["nonsense", "framewatch --help"]),
        (["baseline", "--output", "o.json", "--data-dir", "a.jpg", "b.jpg"], ["b.jpg", "a glob needs quotes"]),
        (["extract", "--data-dir", "d", "--store", "s", "--dataset", "d", "--date", "23.11.2026"], ["YYYY-MM-DD"]),
        (["monitr"], ["Did you mean 'monitor'? see `framewatch --help`"]),
        (["baseline"], ["--output", "framewatch baseline --help"]),
        (["baseline", "--output", "o.json", "--nope"], ["--nope", "framewatch baseline --help"]),
        (["baseline", "--output", "o.json", "--resize", "foo"], ["--resize", "'foo'", "stretch", "crop", "letterbox"]),
        (["baseline", "--output", "o.json", "--workers", "0"], ["--workers", "1"]),
        (["baseline", "--output", "o.json", "--mean", "1", "2"], ["--mean"]),
        (["extract", "--data-dir", "d", "--store", "s", "--dataset", "n", "--date", "1 May"], ["--date", "1 May"]),
        (["query"], ["SQL"]),
    ],
)
def test_a_wrong_command_line_is_refused_in_one_line(arguments: list[str], words: list[str]) -> None:
    """Status 2; the line says which option, what was found, and where to read on."""
    outcome = framewatch_here(*arguments)
    assert outcome.status == 2
    for word in words:
        assert word in outcome.error
    assert "Value error" not in outcome.error


def test_closed_streams_are_no_reason_to_fail(tmp_path: Path) -> None:
    """Some daemons start programs with neither standard output nor standard error."""
    draw_plain(tmp_path / "images", {"a.png": (1, 2, 3)})
    output = tmp_path / "b.json"
    program = f"{sys.executable} -m pipeline baseline --data-dir {tmp_path / 'images'} --output {output}"
    done = subprocess.run(["/bin/sh", "-c", f"{program} >&- 2>&-"], cwd=CHECKOUT, check=False)
    assert (done.returncode, output.exists()) == (0, True)
