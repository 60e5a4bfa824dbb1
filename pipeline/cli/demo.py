"""framewatch demo."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.console import Progress, printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions


@grouped
def demo(
    shown: OutputOptions,
    output: Annotated[Path, typer.Option(help="The folder to write to.")] = Path("demo-output"),
) -> None:
    """The whole story on a small simulated week of a camera over a sorting line, offline, in under a minute."""
    from pipeline.cli.history_lines import history_lines
    from pipeline.demo.run import run_demo
    from pipeline.document_files import to_json

    found = run_demo(output, None if shown.quiet else Progress())
    if shown.quiet:
        return
    if shown.json:
        say_data(to_json(found.history))
    else:
        say(*map(printable, history_lines(found.history)), printable(f"open {found.page.resolve()}"))
