"""framewatch site."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import Progress, note, printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions


@grouped
def site(
    reports: Annotated[Path, typer.Option(help="The folder of reports and histories, as JSON.")],
    output: Annotated[Path, typer.Option(help="The folder to write the site to.")],
    shown: OutputOptions,
) -> None:
    """A static overview of all reports in a folder, with a page for each; only what has changed is made again."""
    from pipeline.document_files import to_json
    from pipeline.site.build import build_site

    built = build_site(reports, output, None if shown.quiet else Progress("pages"))
    if shown.quiet:
        return
    note(built.notes)
    if shown.json:
        say_data(to_json({**asdict(built), "index": str(built.index)}))
    else:
        counts = f"{built.reports} reports: {built.rendered} rendered, {built.reports - built.rendered} unchanged"
        say(f"{counts}, {built.removed} removed", printable(f"written: {built.index}"))
