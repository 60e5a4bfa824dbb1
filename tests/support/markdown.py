"""The parts of a Markdown document that can be held to the program: fenced blocks, tables, sections, links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(f"docs/{path.name}" for path in sorted(CHECKOUT.glob("docs/*.md"))),
)

GUIDE = tuple(
    f"docs/{name}.md"
    for name in (
        *("MODEL_MONITORING_GUIDE", "IMAGES", "COMMANDS", "DRIFT", "STORE", "DOCUMENTS"),
        *("PYTHON", "PRODUCTION", "TROUBLESHOOTING"),
    )
)
"""The pages of the guide in their order, in which their examples go on from each other."""

_BLOCK = re.compile(
    r"(?:<!-- (?P<mark>[^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block, and the comment right before it that says what a test does with it."""

    mark: str
    language: str
    text: str

    @property
    def verb(self) -> str:
        """The comment's part before the colon: run, file, cron, not run, ..."""
        return self.mark.partition(":")[0]

    @property
    def argument(self) -> str:
        """The comment's part after the colon."""
        return self.mark.partition(":")[2].strip()


def read(*names: str) -> str:
    """The text of a document, or of several after each other, by their paths below the checkout."""
    return "\n".join((CHECKOUT / name).read_text(encoding="utf-8") for name in names)


def blocks(text: str) -> list[Block]:
    """The fenced blocks, in their order."""
    return [Block(one["mark"] or "", one["language"], one["text"]) for one in _BLOCK.finditer(text)]


def without_blocks(text: str) -> str:
    """The text with what is fenced left out, so that a comment in a script is no heading."""
    return _BLOCK.sub("", text)


def marked_table(text: str, mark: str) -> list[list[str]]:
    """The cells of the table right below the comment `mark`, without its two lines of heading."""
    _, found, rest = text.partition(f"<!-- {mark} -->\n")
    assert found, f"no table is marked {mark}"
    lines = rest.split("\n\n", 1)[0].splitlines()
    return [_cells(line) for line in lines[2:]]


def tables(text: str) -> list[list[str]]:
    """The cells of every row of every table, headings too."""
    return [_cells(line) for line in text.splitlines() if line.startswith("|")]


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    parts = _HEADING.split(without_blocks(text))
    found = [body for title, body in zip(parts[2::3], parts[3::3], strict=True) if title == heading]
    assert len(found) == 1, f"{len(found)} sections are called {heading}"
    return found[0]


def anchors(text: str) -> set[str]:
    """What links to headings may end with, as GitHub makes it of the heading."""
    headings = [title for _, title in _HEADING.findall(without_blocks(text))]
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def links(text: str) -> list[str]:
    """The targets of the links."""
    return _LINK.findall(without_blocks(text))


def code(text: str) -> list[str]:
    """What stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def _cells(line: str) -> list[str]:
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
