"""framewatch extract."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.cli.console import note, printable, say
from pipeline.cli.groups import grouped
from pipeline.cli.options import ModelOptions, OutputOptions, RunOptions, to_images
from pipeline.cli.results import require_share

if TYPE_CHECKING:
    from pipeline.analysis import Extracted


@grouped
def extract(
    data_dir: Annotated[Path, typer.Option(help="A folder of images, or a glob in quotes.")],
    store: Annotated[Path, typer.Option(help="The store; made where it is missing.")],
    dataset: Annotated[str, typer.Option(help="The name of the dataset.")],
    model: ModelOptions,
    run: RunOptions,
    shown: OutputOptions,
    date: Annotated[
        Optional[datetime],
        typer.Option(formats=["%Y-%m-%d"], help="The partition's date; else the one in the folder's name, else today."),
    ] = None,
) -> None:
    """Stage one: images to a daily partition, computing only what is new."""
    from pipeline import analysis

    images = to_images(data_dir, model, run, shown)
    extracted = analysis.extract(images, store, dataset, None if date is None else date.date())
    summary, partition = extracted.summary, extracted.partition
    unreadable = sum(count for word, count in summary.status_counts.items() if word.startswith("unreadable"))
    total = sum(summary.status_counts.values())
    if not shown.quiet:
        note(extracted.notes)
        say_summary(extracted, shown)
    require_share(unreadable, total, run.max_unreadable, str(partition))


def say_summary(extracted: Extracted, shown: OutputOptions) -> None:
    """Print what was done."""
    from pipeline.analysis import to_json

    summary, partition = extracted.summary, extracted.partition
    if shown.json:
        result = {"partition": str(partition), "date_from": extracted.date_origin, **asdict(summary)}
        say(to_json(result).rstrip())
        return
    counts = ", ".join(f"{word} {count}" for word, count in summary.status_counts.items())
    say(
        printable(
            f"{partition} (date: {extracted.date_origin}): {summary.added} added, {summary.replaced} replaced, "
            f"{summary.unchanged} unchanged; {counts}"
        )
    )
