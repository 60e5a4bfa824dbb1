"""What the shell offers to complete, beyond the choices that Typer knows."""

from __future__ import annotations

import os

import typer  # noqa: TC002 - Typer reads the annotation

_PREFIX = "dataset="


def stored_datasets(context: typer.Context, incomplete: str) -> list[str]:
    """The datasets of the store that the command line names before; none where it names none, or there is none.

    Only the names of folders are read: somebody waits at a prompt.
    """
    store = context.params.get("store")
    if store is None:
        return []
    try:
        found = os.listdir(store)
    except OSError:
        return []
    names = sorted(name.removeprefix(_PREFIX) for name in found if name.startswith(_PREFIX))
    return [name for name in names if name.startswith(incomplete)]
