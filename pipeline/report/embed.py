"""What a page carries in itself, to open without a network: its scripts and its style."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from markupsafe import Markup


@cache
def page_script() -> Markup:
    """What only scripts can do: sorting, folding, the choice of light or dark."""
    return Markup(_template("page.js"))  # noqa: S704


@cache
def theme_script() -> Markup:
    """The choice of light or dark that was made before, which is wanted before anything is drawn."""
    return Markup(_template("theme.js"))  # noqa: S704


@cache
def style() -> Markup:
    """The style sheet."""
    return Markup(_template("style.css"))  # noqa: S704


@cache
def content_policy() -> str:
    """The browser's orders: run these scripts alone, show the pictures that the page holds, fetch nothing."""
    scripts = " ".join(f"'sha256-{_digest(one())}'" for one in (theme_script, page_script))
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _template(name: str) -> str:
    return (files("pipeline.report") / "templates" / name).read_text(encoding="utf-8")
