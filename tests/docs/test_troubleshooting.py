"""The messages that the page quotes are those of the program."""

from __future__ import annotations

import ast
import re

import numpy as np
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


@pytest.mark.parametrize(("baseline", "current"), [(20, 20), (200, 10)])
def test_so_many_images_a_class_are_enough(baseline: int, current: int) -> None:
    """And half as many are not: what chance alone does, drawn a few hundred times, against the threshold of 0.15."""
    random, classes = np.random.default_rng(0), 1000

    def by_chance(fewer: int) -> float:
        counts = baseline * classes // fewer, current * classes // fewer
        old, new = (random.multinomial(count, np.full(classes, 1 / classes), 300) / count for count in counts)
        return float(np.quantile(np.abs(old - new).sum(axis=1) / 2, 0.99))

    assert by_chance(1) < 0.15 < by_chance(2)
    assert "about 20 images for each class of the model on either side, or 10 where" in PAGE
    assert "(20,000 and 10,000 of 1000 classes)" in PAGE
