"""The messages that the page quotes are those of the program."""

from __future__ import annotations

import ast
import re

import pytest

from tests.support.markdown import CHECKOUT, anchors, read

PAGE = read("docs/TROUBLESHOOTING.md")
QUOTED = [line.removeprefix("> ") for line in PAGE.splitlines() if line.startswith("> ")]
MESSAGES = [line for line in QUOTED if not line.startswith("framewatch ")]


def texts_of_the_program() -> list[str]:
    """Every text and every fixed part of a formatted text that stands in the code."""
    return [
        node.value
        for path in (CHECKOUT / "pipeline").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


TEXTS = texts_of_the_program()


@pytest.mark.parametrize("message", MESSAGES)
def test_quoted_messages_are_in_the_code(message: str) -> None:
    """Each part between the names and numbers that `...` stands for."""
    parts = [part for part in message.split("...") if len(part.strip(" :;,()")) > 2]
    assert parts
    for part in parts:
        assert any(part in text for text in TEXTS), part


def test_every_symptom_is_in_the_list_at_the_top() -> None:
    """And leads to its heading."""
    listed = re.findall(r"^- \[(.+)\]\(#(.+)\)$", PAGE, re.MULTILINE)
    assert [title for title, _ in listed] == re.findall(r"^## (.+)$", PAGE, re.MULTILINE)
    assert {anchor for _, anchor in listed} < anchors(PAGE)
