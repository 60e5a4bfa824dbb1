"""What the commands that judge have in common beside their document: metrics for a monitoring system."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.atomic import write_text
from pipeline.cli.results import require_place
from pipeline.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class TellOptions:
    """Who else is told."""

    metrics_file: Annotated[
        Optional[Path],
        typer.Option(help="Also write metrics in Prometheus's text format, for its node exporter's textfiles."),
    ] = None


class Telling:
    """Metrics as the options ask for them."""

    def __init__(self, options: TellOptions, output: Path, read: Path | None = None) -> None:
        """Look at the options, before the work is done.

        Args:
            options: What was asked for.
            output: The document that is written, which the metrics may not replace.
            read: A file that is read, and may not be replaced either.

        Raises:
            OutputError: The metrics cannot be written there.
        """
        self._file = options.metrics_file
        if self._file is None:
            return
        require_place(self._file, beside=read)
        if self._file.resolve() in {output.resolve(), output.with_suffix(".html").resolve()}:
            raise OutputError(f"{self._file}: --metrics-file and --output write there; give another place")

    def write(self, metrics: Callable[[str], str]) -> None:
        """Write the metrics of what is watched, which has the name of the file."""
        if self._file is not None:
            write_text(self._file, metrics(self._file.stem))
