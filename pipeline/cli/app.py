"""The program: its commands, and how errors become exit statuses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import click
import typer

from pipeline.cli.baseline import baseline
from pipeline.cli.compare import compare
from pipeline.cli.console import note
from pipeline.cli.demo import demo
from pipeline.cli.extract import extract
from pipeline.cli.history import history
from pipeline.cli.inspect_model import inspect_model
from pipeline.cli.monitor import monitor
from pipeline.cli.query import query
from pipeline.cli.report import report
from pipeline.errors import FramewatchError, UnreadableImagesError
from pipeline.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS: dict[str, Callable[..., None]] = {
    "baseline": baseline,
    "monitor": monitor,
    "compare": compare,
    "extract": extract,
    "history": history,
    "report": report,
    "inspect-model": inspect_model,
    "query": query,
    "demo": demo,
}
MODES = ("baseline", "monitor", "compare")
"""The commands that may also be given as `--mode NAME`, as they once were."""

INPUT_STATUS, UNREADABLE_STATUS, INTERRUPTED_STATUS = 2, 4, 130


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and leave with its exit status.

    Args:
        arguments: Without the program's name; None for those of this process.
    """
    # A terminal that cannot show a character must not end the run.
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    sys.exit(_status(_with_mode(list(sys.argv[1:] if arguments is None else arguments))))


def build() -> typer.Typer:
    """The program as Typer knows it."""
    app = typer.Typer(
        name="framewatch",
        help="Watch an image model in production: did the inputs change, did the predictions, how badly, where?",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name, function in COMMANDS.items():
        app.command(name)(function)
    return app


def _version(given: bool) -> None:
    if given:
        typer.echo(f"framewatch {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    pass


def _status(arguments: list[str]) -> int:
    try:
        return int(build()(arguments, prog_name="framewatch", standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except UnreadableImagesError as error:
        note([str(error)], kind="error")
        return UNREADABLE_STATUS
    except FramewatchError as error:
        note([str(error)], kind="error")
        return INPUT_STATUS
    except (click.Abort, KeyboardInterrupt):
        note(["interrupted; nothing half-written was left"], kind="error")
        return INTERRUPTED_STATUS


def _with_mode(arguments: list[str]) -> list[str]:
    """The arguments with `--mode NAME` turned into the command NAME."""
    if not arguments or arguments[0] in COMMANDS:
        return arguments
    for at, argument in enumerate(arguments):
        name, equals, value = argument.partition("=")
        if name != "--mode":
            continue
        mode, used = (value, 1) if equals else ("".join(arguments[at + 1 : at + 2]), 2)
        if mode not in MODES:
            raise click.BadParameter(f"{mode!r} is no mode; there are {', '.join(MODES)}", param_hint="--mode")
        return [mode, *arguments[:at], *arguments[at + used :]]
    return arguments
