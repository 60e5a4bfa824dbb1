"""A page as a browser's parser sees it."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class Page(HTMLParser):
    """The elements, the text outside scripts and styles, and what is written in the charts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.charts: dict[str, list[str]] = {}
        self.headings: list[int] = []
        self.scripts = 0
        self._texts: list[str] = []
        self._inside: tuple[str, dict[str, str | None]] | None = None
        self._figure: list[str] | None = None
        self._drawn = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        """All that is shown, pieces separated by spaces."""
        return " ".join(self._texts)

    @property
    def links(self) -> list[str]:
        """Where the links lead that a reader can follow."""
        return [attributes.get("href") or "" for name, attributes in self.elements if name == "a"]

    def attributes(self, name: str) -> list[str]:
        """Every value of an attribute on the page."""
        return [value or "" for _, attributes in self.elements for key, value in attributes.items() if key == name]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes the element."""
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag in {"script", "style"}:
            self._inside = (tag, attributes)
            self.scripts += tag == "script"
        if tag == "figure":
            self._figure = self.charts.setdefault(attributes["id"] or "", [])
        self._drawn = tag in {"text", "title"}

    def handle_endtag(self, tag: str) -> None:
        """Leaves a script or style."""
        self._drawn = False
        if tag in {"script", "style"}:
            self._inside = None
        if tag == "figure":
            self._figure = None

    def handle_data(self, data: str) -> None:
        """Keeps text as text, and what is written in a chart with that chart too."""
        if self._inside is None:
            self._texts.append(data)
        if self._figure is not None and self._drawn:
            self._figure.append(data)


def chart_rows(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of a chart's data, of every layer."""
    return [row for rows in spec["datasets"].values() for row in rows]
