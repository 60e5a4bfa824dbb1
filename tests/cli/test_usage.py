"""What a newcomer types, and the command line that the message gives instead."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
import typer

from pipeline.cli.app import COMMANDS, build
from tests.support.program import framewatch_here


def refused(*arguments: str) -> str:
    outcome = framewatch_here(*arguments)
    assert outcome.status == 2
    return outcome.error


@pytest.mark.parametrize(
    ("typed", "wrong", "instead"),
    [
        (
            "monitor images",
            "no option stands before 'images', and --baseline and --output are missing",
            "monitor --data-dir images --baseline baseline_metrics.json --output report.json",
        ),
        (
            "monitor images --baseline b.json",
            "no option stands before 'images', and --output is missing",
            "monitor --data-dir images --baseline b.json --output report.json",
        ),
        (
            "monitor base.json images model.onnx --output r.json --html --mean 1 2 3",
            "no option stands before 'base.json', 'images', 'model.onnx'",
            "monitor --data-dir images --baseline base.json --output r.json --html --mean 1 2 3 --model model.onnx",
        ),
        (
            "monitor --store s",
            "--select, --baseline and --output are missing",
            "monitor --store s --select NAME --baseline baseline_metrics.json --output report.json",
        ),
        (
            "compare 'my a' b --segment-by x --segment-by y",
            "no option stands before 'my a', 'b', and --output is missing",
            "compare --data-dir-1 'my a' --data-dir-2 b --output comparison.json --segment-by x --segment-by y",
        ),
        (
            "compare --store=s val today",
            "no option stands before 'val', 'today', and --output is missing",
            "compare --store s --baseline-select val --current-select today --output comparison.json",
        ),
        (
            "history features production --against trailing:7",
            "no option stands before 'features', 'production', and --output is missing",
            "history --store features --dataset production --output history.json --against trailing:7",
        ),
        ("report r.json", "--output is missing", "report r.json --output report.html"),
        (
            "site reports",
            "no option stands before 'reports', and --output is missing",
            "site --reports reports --output site",
        ),
        ("demo here", "no option stands before 'here'", "demo --output here"),
        ("query 'SELECT 1'", "--store is missing", "query 'SELECT 1' --store features"),
        (
            "--mode baseline images",
            "no option stands before 'images', and --output is missing",
            "baseline --data-dir images --output baseline_metrics.json",
        ),
    ],
)
def test_an_incomplete_line_is_answered_with_the_whole_one(typed: str, wrong: str, instead: str) -> None:
    """Words get the option that they lack, what is given stays, what is missing has an example."""
    command = instead.split(maxsplit=1)[0]
    assert refused(*shlex.split(typed)) == f"{wrong}; write `framewatch {instead}`; see `framewatch {command} --help`"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "demo"])
def test_the_line_that_is_given_to_a_bare_command_is_complete(name: str) -> None:
    """Typer itself finds nothing missing in it and nothing left over."""
    found = re.search("write `framewatch (.*)`; see", refused(name))
    assert found is not None
    command, *rest = shlex.split(found[1])
    assert command == name
    program: Any = typer.main.get_command(build())
    program.get_command(None, name).make_context(name, rest)


@pytest.mark.parametrize("rest", [["--output", "o.json"], []])
def test_a_glob_without_quotes_is_told_from_words_without_options(rest: list[str]) -> None:
    """What to do first, then the first of the words and their number."""
    files = [f"{number}.jpg" for number in range(200)]
    assert refused("baseline", "--data-dir", *files, *rest) == (
        "a glob needs quotes, so that the shell does not put its files there: "
        "no option stands before '1.jpg', '2.jpg' and 197 more; see `framewatch baseline --help`"
    )


def test_a_password_is_not_said_again() -> None:
    message = refused("monitor", "images", "--alert", "mailto://user:password@example.com")
    assert "--alert URL" in message
    assert "password" not in message
