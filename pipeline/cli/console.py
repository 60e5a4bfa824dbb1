"""What is printed, and where: results to standard output, everything else to standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


def printable(text: str) -> str:
    """Text from outside, made safe for a terminal: control and direction characters as escapes."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def say(*lines: str) -> None:
    """Print result lines to standard output."""
    for line in lines:
        sys.stdout.write(line + "\n")


def note(lines: Iterable[str], *, kind: str = "note") -> None:
    """Print remarks to standard error."""
    for line in lines:
        sys.stderr.write(f"{kind}: {printable(line)}\n")


class Progress:
    """A progress bar on a terminal, and nothing where standard error is no terminal."""

    def __init__(self) -> None:
        """Prepare; the bar appears with the first call."""
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is: images done, of all."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = _new_bar(total)
        self._bar.update(self._bar.task_ids[0], completed=done)
        if done >= total:
            self._bar.stop()


def _new_bar(total: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("images"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("images", total=total)
    bar.start()
    return bar
