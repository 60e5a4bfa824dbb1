"""What a shell completes: commands, choices, and the datasets of the store at hand."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.program import environment, framewatch

if TYPE_CHECKING:
    from pathlib import Path


def completed(line: str, **more: str) -> list[str]:
    """What bash is offered for the last word of a line."""
    words = {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)}
    outcome = framewatch(_FRAMEWATCH_COMPLETE="complete_bash", **words, **more)
    assert (outcome.status, outcome.stderr) == (0, "")
    return outcome.stdout.split()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("framewatch mon", ["monitor"]),
        ("framewatch monitor --fail-on ", ["low", "medium", "high", "drift"]),
        ("framewatch extract --resize ", ["stretch", "crop", "letterbox"]),
        ("framewatch site --rep", ["--reports"]),
    ],
)
def test_commands_options_and_choices_complete(line: str, expected: list[str]) -> None:
    assert completed(line) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("history --store {} --dataset ", ["production", "val"]),
        ("monitor --store {} --select pro", ["production"]),
        ("compare --store {} --baseline-select v", ["val"]),
        ("compare --store {} --current-select ", ["production", "val"]),
        ("baseline --store {} --select x", []),
        ("history --store {}/nowhere --dataset ", []),
        ("history --dataset ", []),
    ],
)
def test_datasets_of_the_store_complete(words: str, expected: list[str], store: Path) -> None:
    """Those of the store that stands before; nothing, and no message, where there is none."""
    assert completed(f"framewatch {words.format(store)}") == expected


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell_asks_the_program(shell: str) -> None:
    outcome = framewatch("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert outcome.status == 0
    assert "_FRAMEWATCH_COMPLETE" in outcome.stdout


def test_it_installs_itself_into_the_home_folder(tmp_path: Path) -> None:
    """What bash reads when it starts then knows the program."""
    outcome = framewatch(
        "--install-completion", "bash", HOME=str(tmp_path), _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )
    assert outcome.status == 0
    found = subprocess.run(
        ["bash", "-c", "source ~/.bashrc && complete -p framewatch"],
        env=environment(HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "_framewatch_completion" in found.stdout


def test_completing_reads_no_rows() -> None:
    """Somebody waits at a prompt: none of the libraries that read rows, images or models is imported."""
    code = (
        "import sys, os, atexit\n"
        "from pipeline.cli.app import main\n"
        "atexit.register(lambda: os.write(3, ' '.join(sys.modules).encode()))\n"
        "main([])"
    )
    words = {"COMP_WORDS": "framewatch history --store / --dataset ", "COMP_CWORD": "5"}
    done = subprocess.run(
        ["bash", "-c", '"$0" -c "$1" 3>&1 >/dev/null', sys.executable, code],
        env=environment(_FRAMEWATCH_COMPLETE="complete_bash", **words),
        capture_output=True,
        text=True,
        check=True,
    )
    assert "pipeline.cli.completion" in done.stdout.split()
    assert not {"polars", "pyarrow", "numpy", "PIL", "altair", "onnxruntime"} & {*done.stdout.split()}
