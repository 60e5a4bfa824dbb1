"""The program: its commands, and how errors become exit statuses."""

from __future__ import annotations

import inspect
import os
import signal
import sys
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.cli.baseline import baseline
from pipeline.cli.compact import compact
from pipeline.cli.compare import compare
from pipeline.cli.console import clear_screen, hush_native_libraries, note, prepare_streams, say
from pipeline.cli.demo import demo
from pipeline.cli.extract import extract
from pipeline.cli.history import history
from pipeline.cli.inspect_model import inspect_model
from pipeline.cli.monitor import monitor
from pipeline.cli.query import query
from pipeline.cli.report import report
from pipeline.cli.site import site
from pipeline.cli.usage import usage_message
from pipeline.errors import FramewatchError, SettingsError, UnreadableImagesError
from pipeline.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import FrameType

COMMANDS: dict[str, Callable[..., None]] = {
    "baseline": baseline,
    "monitor": monitor,
    "compare": compare,
    "extract": extract,
    "compact": compact,
    "history": history,
    "report": report,
    "site": site,
    "inspect-model": inspect_model,
    "query": query,
    "demo": demo,
}
MODES = ("baseline", "monitor", "compare")
"""The commands that may also be given as `--mode NAME`, as they once were."""

INPUT_STATUS, UNREADABLE_STATUS = 2, 4

ENDINGS = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
"""The signals that end a run early, and what is then said."""

_UsageError: Any = typer.BadParameter.__base__
# NOTE: Typer's own since it stopped using click's, and click's before; either way it has no public name.


class _Ended(BaseException):
    """A signal has ended the run: it unwinds, so that nothing temporary stays behind."""

    def __init__(self, number: int) -> None:
        """Say which signal it was."""
        self.number = signal.Signals(number)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line and leave with its exit status.

    Args:
        arguments: Without the program's name; None for those of this process.
    """
    prepare_streams()
    hush_native_libraries()
    _calm_linear_algebra()
    warnings.filterwarnings("ignore", module=r"PIL\.")  # what it warns of is on the row, or needs no word
    for number in ENDINGS:
        if signal.getsignal(number) is not signal.SIG_IGN:  # which is how nohup and `&` shield a program
            signal.signal(number, _end)
    sys.exit(_status(list(sys.argv[1:] if arguments is None else arguments)))


def _calm_linear_algebra() -> None:
    """Keep the linear algebra behind numpy from starting threads, unless the user has said how many.

    NOTE: it must be said before numpy is imported. Our matrices have some 50 rows: threads spend three times the work's
    processor time in waiting for each other.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def build() -> typer.Typer:
    """The program as Typer knows it."""
    app = typer.Typer(
        name="framewatch",
        help="Watch an image model in production: did the inputs change, did the predictions, how badly, where?",
        epilog=f"`framewatch --mode {'|'.join(MODES)} ...` is understood too, as it once was.",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root)
    for name, function in COMMANDS.items():
        # NOTE: a help of one's own is wrapped; what Typer takes from the docstring is cut off.
        app.command(name, short_help=inspect.getdoc(function))(function)
    return app


def _version(given: bool) -> None:
    if given:
        say(f"framewatch {__version__}")
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
        arguments = _with_mode(arguments)
        return int(build()(arguments or ["--help"], prog_name="framewatch", standalone_mode=False) or 0)
    except _UsageError as error:
        note([usage_message(error, arguments)], kind="error")
        return INPUT_STATUS
    except UnreadableImagesError as error:
        note([str(error)], kind="error")
        return UNREADABLE_STATUS
    except FramewatchError as error:
        note([str(error)], kind="error")
        return INPUT_STATUS
    except _Ended as ending:
        note([f"{ENDINGS[ending.number]}; nothing half-written was left"], kind="error")
        return 128 + ending.number
    finally:
        clear_screen()


def _end(number: int, _frame: FrameType | None) -> None:
    # NOTE: Typer would turn a KeyboardInterrupt into an exit of its own, without a word.
    raise _Ended(number)


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
            raise SettingsError(f"--mode: {mode!r} is no mode; there are {', '.join(MODES)}")
        return [mode, *arguments[:at], *arguments[at + used :]]
    return arguments
