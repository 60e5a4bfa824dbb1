"""What the commands that judge have in common beside their document: metrics for a monitoring system, and alerts."""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.atomic import write_text
from pipeline.cli.console import note
from pipeline.cli.results import at_or_over, require_place
from pipeline.errors import OutputError
from pipeline.report.words import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.alerts import Message, Receivers

UNDELIVERED_STATUS = 1


@dataclass(frozen=True, slots=True)
class TellOptions:
    """Who else is told."""

    metrics_file: Annotated[
        Optional[Path],
        typer.Option(help="Also write metrics in Prometheus's text format, for its node exporter's textfiles."),
    ] = None
    alert: Annotated[
        Optional[list[str]],
        typer.Option(
            metavar="URL",
            envvar="FRAMEWATCH_ALERT",
            show_envvar=True,
            help="Tell of drift by Apprise: mail, Slack, webhooks. May be given several times.",
        ),
    ] = None


class Telling:
    """Metrics and alerts as the options ask for them."""

    def __init__(self, options: TellOptions, output: Path, read: Path | None = None, *, html: bool) -> None:
        """Look at the options, before the work is done.

        Args:
            options: What was asked for.
            output: The document that is written, which the metrics may not replace.
            read: A file that is read, and may not be replaced either.
            html: Whether the document's page is written too.

        Raises:
            OutputError: The metrics cannot be written there.
            SettingsError: An alert's URL cannot be used.
        """
        self._file, self._shown = options.metrics_file, output.with_suffix(".html") if html else output
        self._receivers = _receivers(options.alert or [])
        if self._file is None:
            return
        require_place(self._file, beside=read)
        if self._file.resolve() in {output.resolve(), output.with_suffix(".html").resolve()}:
            raise OutputError(f"{self._file}: --metrics-file and --output write there; give another place")

    def write(self, metrics: Callable[[str], str]) -> None:
        """Write the metrics of what is watched, which has the name of the file."""
        if self._file is not None:
            write_text(self._file, metrics(self._file.stem))

    def tell(self, message: Callable[[], Message], severity: str, fail_on: str | None, *, anything: bool) -> bool:
        """Send the alerts where there is drift, or another finding, at or over the level that the user gave; any, where
        none was given.

        Returns:
            Whether all that had to be sent was delivered.
        """
        if self._receivers is None or not at_or_over(severity, fail_on or "drift", detected=anything):
            return True
        missed = self._receivers.send(self._with_its_place(message()))
        note((f"{name} could not be delivered; check its URL and the network" for name in missed), kind="warning")
        return not missed

    def _with_its_place(self, message: Message) -> Message:
        """Who is woken by a message looks for the page next."""
        place = printable(f"see {self._shown.resolve()} on {socket.gethostname()}")
        return replace(message, text=f"{message.text}\n{place}")


def exit_on_undelivered(*, delivered: bool) -> None:
    """Leave with status 1 where an alert did not reach its receiver, and nothing worse is to be said."""
    if not delivered:
        raise typer.Exit(UNDELIVERED_STATUS)


def _receivers(urls: list[str]) -> Receivers | None:
    from pipeline.alerts import Receivers

    return Receivers(urls) if urls else None
