"""What is printed, and where: results to standard output, everything else to standard error."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Any, TextIO

import typer

from pipeline.errors import OutputError
from pipeline.report.words import printable as printable  # noqa: PLC0414 - for all commands

if TYPE_CHECKING:
    from collections.abc import Iterable

BROKEN_PIPE_STATUS = 141
"""What a shell reports of a program that wrote to a pipe nobody reads any more, as in `framewatch query ... | head`."""

_on_screen = contextlib.ExitStack()
"""Takes off the terminal what must not stay there when something is printed: a progress bar."""


def prepare_streams() -> None:
    """Make the streams take any text: pipes and files as UTF-8, terminals what they can show.

    A stream that was closed before the program began, as some daemons do, takes everything to nowhere.
    """
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    for stream in (sys.stdout, sys.stderr):
        encoding = stream.encoding if stream.isatty() else "utf-8"
        stream.reconfigure(encoding=encoding, errors="backslashreplace")  # type: ignore[union-attr]


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")


def hush_native_libraries() -> None:
    """Keep what C++ libraries write to this process's standard error away from it; ours is still shown.

    TensorFlow Lite greets every user with "INFO: Created TensorFlow Lite XNNPACK delegate for CPU.", and has neither
    an option nor a variable against it (google-ai-edge/LiteRT issue 7420). Whatever goes wrong in such a library
    reaches us as an exception as well.
    """
    present = sys.__stderr__
    if present is None or sys.stderr is not present:
        return  # somebody who runs us in a process of theirs has put a stream of their own there
    number = present.fileno()
    sys.stderr = open(os.dup(number), "w", encoding=present.encoding, errors=present.errors, buffering=1)  # noqa: SIM115
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), number)


def clear_screen() -> None:
    """Take a progress bar off the terminal. One that stays there takes the cursor with it."""
    _on_screen.close()


def say(*lines: str) -> None:
    """Print result lines to standard output.

    Raises:
        OutputError: Standard output cannot be written.
        typer.Exit: Nobody reads it any more.
    """
    clear_screen()
    try:
        for line in lines:  # one by one: with PYTHONUNBUFFERED=1, Python passes over a write that was cut short
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError as error:
        _abandon_stdout()
        if isinstance(error, BrokenPipeError):
            raise typer.Exit(BROKEN_PIPE_STATUS) from None
        raise OutputError(f"standard output: cannot be written ({error.strerror}); send it elsewhere") from error


def say_data(text: str) -> None:
    """Print JSON or CSV: as it is into a pipe or a file, made safe on a terminal."""
    lines = text.rstrip("\n").split("\n")
    say(*(map(printable, lines) if sys.stdout.isatty() else lines))


def note(lines: Iterable[str], *, kind: str = "note") -> None:
    """Print remarks to standard error."""
    clear_screen()
    for line in lines:
        sys.stderr.write(f"{kind}: {printable(line)}\n")


class Progress:
    """A progress bar on a terminal, and nothing where standard error is no terminal."""

    def __init__(self, noun: str = "images") -> None:
        """Prepare; the bar appears with the first call.

        Args:
            noun: What is counted, several of them.
        """
        self._noun = noun
        self._bar: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is: how many are done, of all."""
        if not sys.stderr.isatty():
            return
        if self._bar is None:
            self._bar = _new_bar(self._noun, total)
        self._bar.update(self._bar.task_ids[0], completed=done)
        if done >= total:
            clear_screen()


def _new_bar(noun: str, total: int) -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task(noun, total=total)
    _on_screen.callback(bar.stop)
    bar.start()
    return bar


def _abandon_stdout() -> None:
    """Let what is still buffered go nowhere, so that the interpreter does not fail on it again at its end."""
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), sys.stdout.fileno())
