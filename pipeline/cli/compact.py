"""framewatch compact."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.console import note, printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions
from pipeline.report.words import counted


@grouped
def compact(
    store: Annotated[Path, typer.Option(help="The store of rows.")],
    shown: OutputOptions,
    select: Annotated[
        Optional[str],
        typer.Option(
            help="NAME, NAME@DATE or NAME@DATE..DATE; all partitions if not given.", autocompletion=stored_datasets
        ),
    ] = None,
    wait: Annotated[
        float, typer.Option(min=0.0, help="Seconds to wait for another framewatch that writes the same partition.")
    ] = 600.0,
) -> None:
    """Put the small files of partitions together, and work out profiles that are missing or not of their rows."""
    from pipeline.document_files import to_json
    from pipeline.store.compact import compact_partition
    from pipeline.store.layout import Selection
    from pipeline.store.layout import partitions as all_partitions
    from pipeline.store.layout import select as selected

    tell = None if shown.quiet else lambda line: note([line])
    chosen = all_partitions(store) if select is None else selected(store, Selection.parse(select))
    done = {str(one): compact_partition(store, one, wait, tell) for one in chosen}
    if shown.quiet:
        return
    if shown.json:
        say_data(to_json([{"partition": name, **asdict(one)} for name, one in done.items()]))
    else:
        for name, one in done.items():
            files = counted(one.before, "file") + (f", now {one.after}" if one.after != one.before else "")
            profiles = f", {counted(one.rebuilt, 'profile')} worked out again" if one.rebuilt else ""
            say(printable(f"{name}: {files}{profiles}"))
