"""framewatch report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions
from pipeline.cli.results import require_place


@grouped
def report(
    document: Annotated[
        Path, typer.Argument(help="A report or a history, as monitor, compare and history write them.")
    ],
    output: Annotated[Path, typer.Option(help="The HTML page to write.")],
    shown: OutputOptions,
) -> None:
    """The HTML page again, from the JSON alone."""
    from pipeline.atomic import write_text
    from pipeline.document_files import read_report, to_json
    from pipeline.report.page import render_document

    require_place(output, beside=document)
    write_text(output, render_document(read_report(document)))
    if shown.quiet:
        return
    if shown.json:
        say_data(to_json({"written": str(output)}))
    else:
        say(printable(f"written: {output}"))
