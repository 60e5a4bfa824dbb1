"""framewatch query."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from pipeline.cli.console import printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions
from pipeline.errors import SettingsError


@grouped
def query(
    sql: Annotated[
        str, typer.Argument(metavar="SQL", help='Such as "SELECT path, sharpness FROM features ORDER BY sharpness".')
    ],
    store: Annotated[Path, typer.Option(help="The store of rows.")],
    shown: OutputOptions,
    output_format: Annotated[
        Literal["table", "csv", "json"], typer.Option("--format", help="How the result is printed.")
    ] = "table",
    limit: Annotated[Optional[int], typer.Option(min=1, help="Rows to print at most.")] = None,
) -> None:
    """SQL over the features: the table is called features, with the columns dataset and date beside them."""
    from pipeline.store.query import query_store

    if shown.json and output_format == "csv":
        raise SettingsError("--json and --format csv are both given; choose one")
    table = query_store(store, sql, limit)
    if shown.quiet:
        return
    if shown.json or output_format == "json":
        say_data(table.as_json())
    elif output_format == "csv":
        say_data(table.as_csv())
    else:
        say(*map(printable, table.as_text()))
