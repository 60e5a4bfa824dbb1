"""What the guide gives for schedulers is accepted by them, where they are there, and by the program always."""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from pipeline.cli import app
from tests.support.markdown import Block, blocks, read

if TYPE_CHECKING:
    from pathlib import Path

PAGE = blocks(read("docs/PRODUCTION.md"))


def only(verb: str) -> Block:
    (found,) = (block for block in PAGE if block.verb == verb)
    return found


def file(name: str) -> str:
    return next(block.text for block in PAGE if block.argument == name)


def commands_of(script: str) -> list[list[str]]:
    """The command lines of framewatch in a script, for one day."""
    script = script.replace("$day", "2026-11-23")
    words = [shlex.split(line.partition("||")[0]) for line in script.splitlines() if line.startswith("framewatch ")]
    assert words
    return words


def require_understood(words: list[str]) -> None:
    """Let the program parse a command line; it refuses unknown options, missing ones and wrong values."""
    program: Any = typer.main.get_command(app.build())
    command = program.commands[words[1]]
    command.make_context(words[1], words[2:])


@pytest.mark.parametrize("unit", [block for block in PAGE if block.verb == "unit"], ids=lambda one: one.argument)
def test_units_are_verified_by_systemd(unit: Block, tmp_path: Path) -> None:
    """Without a word, whose absence here is that of unknown keys, wrong times and missing programs."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze")
    for one in (block for block in PAGE if block.verb == "unit"):
        (tmp_path / one.argument).write_text(one.text, encoding="utf-8")
    verify = ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.argument)]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "framewatch" in line]
    assert (done.returncode, said) == (0, [])


def test_the_service_runs_the_script_of_the_page() -> None:
    """In the folder that the script is to be saved in, with the status of drift for success."""
    service = file("framewatch.service")
    assert "ExecStart=/bin/sh daily.sh\n" in service
    assert "SuccessExitStatus=3\n" in service


def test_the_daily_script_is_understood_by_the_program() -> None:
    for words in commands_of(file("daily.sh")):
        require_understood(words)


def test_the_dag_compiles_and_its_commands_are_understood() -> None:
    """Airflow fills in the day, so it is filled in here."""
    source = only("dag").text
    compile(source, "dag.py", "exec")
    found = [
        "".join(_text(part) for part in node.value.values)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.keyword) and node.arg == "bash_command" and isinstance(node.value, ast.JoinedStr)
    ]
    assert [command.split()[1] for command in found] == ["extract", "monitor"]
    for command in found:
        require_understood(shlex.split(command))


def test_the_cron_job_is_one_of_kubernetes() -> None:
    """Its shape by Kubernetes' reference, and its command is the script."""
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load(only("manifest").text)
    assert (job["apiVersion"], job["kind"]) == ("batch/v1", "CronJob")
    assert len(job["spec"]["schedule"].split()) == 5
    pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    assert pod["restartPolicy"] in {"Never", "OnFailure"}
    (container,) = pod["containers"]
    assert container["command"] == ["sh", "daily.sh"]
    assert {one["name"] for one in container["volumeMounts"]} == {one["name"] for one in pod["volumes"]}
    assert file("daily.sh")


def test_retention_removes_what_is_old_and_keeps_the_rest(tmp_path: Path) -> None:
    """The day at the limit stays; other datasets and other files are not touched."""
    script, today = tmp_path / "retention.sh", datetime.now(UTC).astimezone().date()
    script.write_text(file("retention.sh"), encoding="utf-8")
    days = [(today - timedelta(days=age)).isoformat() for age in (0, 29, 30, 31, 500)]
    for dataset in ("production", "val"):
        for day in days:
            folder = tmp_path / f"features/dataset={dataset}/date={day}"
            folder.mkdir(parents=True)
            (folder / "rows-0.parquet").touch()
    arguments = ["sh", str(script), str(tmp_path / "features"), "production", "30"]
    said = subprocess.run(arguments, capture_output=True, text=True, check=True).stdout
    left = {path.name for path in (tmp_path / "features/dataset=production").iterdir()}
    assert left == {f"date={day}" for day in days[:3]}
    assert sorted(re.findall(r"\d{4}-\d\d-\d\d", said)) == sorted(days[3:])
    assert len(list((tmp_path / "features/dataset=val").iterdir())) == len(days)


def _text(part: ast.expr) -> str:
    return str(part.value) if isinstance(part, ast.Constant) else "2026-11-23"
