"""framewatch extract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.console import note, printable, say, say_data
from pipeline.cli.groups import grouped
from pipeline.cli.options import ModelOptions, OutputOptions, RunOptions, to_images
from pipeline.cli.results import require_share, unreadable_in_words

if TYPE_CHECKING:
    from pipeline.analysis import Extracted


@grouped
def extract(
    data_dir: Annotated[str, typer.Option(help="Images: a folder, a glob in quotes, a tar, a table, or a URL.")],
    store: Annotated[Path, typer.Option(help="The store; made where it is missing.")],
    dataset: Annotated[str, typer.Option(help="The name of the dataset.", autocompletion=stored_datasets)],
    model: ModelOptions,
    run: RunOptions,
    shown: OutputOptions,
    date: Annotated[
        Optional[datetime],
        typer.Option(
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="The partition's date; else the one in the folder's name, else today.",
        ),
    ] = None,
    sync: Annotated[bool, typer.Option("--sync", help="Rows of images that are gone leave the partition.")] = False,
    re_extract: Annotated[
        bool, typer.Option("--re-extract", help="Compute every row again, and replace the partition with the result.")
    ] = False,
    wait: Annotated[
        float, typer.Option(min=0.0, help="Seconds to wait for another framewatch that writes the same partition.")
    ] = 600.0,
) -> None:
    """Stage one: images to a daily partition, computing only what is new."""
    from pipeline import analysis
    from pipeline.store.update import Update

    images = to_images(data_dir, model, run, shown)
    update = Update(sync, re_extract, wait, None if shown.quiet else lambda line: note([line]))
    extracted = analysis.extract(images, store, dataset, None if date is None else date.date(), update=update)
    if not shown.quiet:
        note(extracted.notes)
        say_summary(extracted, shown)
    found = extracted.statuses
    require_share(sum(found.unreadable.values()), found.total, run.max_unreadable, str(extracted.partition))


def say_summary(extracted: Extracted, shown: OutputOptions) -> None:
    """Print what was done."""
    from pipeline.document_files import to_json
    from pipeline.version import generator

    summary, partition, found = extracted.summary, extracted.partition, extracted.statuses
    if shown.json:
        unreadable = {"count": sum(found.unreadable.values()), "by_reason": found.unreadable}
        result = {
            "generator": generator(),
            "fingerprint": extracted.settings.fingerprint,
            "partition": str(partition),
            "date_from": extracted.date_origin,
            **asdict(summary),
            "unreadable": unreadable,
            "invalid_scores": found.invalid_scores,
        }
        say_data(to_json(result))
        return
    counts = [f"{found.total} rows", f"{found.ok} ok"]
    if found.unreadable:
        counts.append(unreadable_in_words(found.unreadable))
    if found.invalid_scores:
        counts.append(f"{found.invalid_scores} with NaN or infinite scores")
    say(
        printable(
            f"{partition} (date from {extracted.date_origin}): {summary.added} added, {summary.replaced} replaced, "
            f"{summary.unchanged} unchanged" + (f", {summary.removed} removed" if summary.removed else "")
        ),
        printable(f"{partition}: {', '.join(counts)}"),
    )
