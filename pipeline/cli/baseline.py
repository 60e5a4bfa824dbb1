"""framewatch baseline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.console import note
from pipeline.cli.groups import grouped
from pipeline.cli.options import ModelOptions, OutputOptions, RunOptions, SegmentOptions
from pipeline.cli.results import deliver, describe_set, require_few_unreadable, require_place, say_notes
from pipeline.cli.sets import image_set
from pipeline.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.documents import BaselineDocument

FEW_IMAGES = 50
"""Below so many, mild changes pass unseen: the smallest set on which `benchmarks/drift_grid.py` finds nearly all."""


@grouped
def baseline(
    output: Annotated[Path, typer.Option(help="The baseline document to write.")],
    model: ModelOptions,
    run: RunOptions,
    segments: SegmentOptions,
    shown: OutputOptions,
    data_dir: Annotated[
        Optional[str], typer.Option(help="Images: a folder, a glob in quotes, a tar, a table, or a URL.")
    ] = None,
    store: Annotated[Optional[Path], typer.Option(help="Instead of images: a store of rows.")] = None,
    select: Annotated[
        Optional[str],
        typer.Option(help="With --store: NAME, NAME@DATE or NAME@DATE..DATE.", autocompletion=stored_datasets),
    ] = None,
) -> None:
    """Reference metrics from images, or from rows of a store."""
    measure = image_set(data_dir, store, select, model, run, shown, segments)
    require_place(output)
    with measure(None) as measured:
        document = measured.reference()
    say_notes(document, shown)
    if not shown.quiet:
        note(_doubts(document))
    deliver(document, output, shown, describe_set("baseline", document))
    require_few_unreadable(document, run.max_unreadable)


def _doubts(document: BaselineDocument) -> Iterator[str]:
    """What is better mended now than found out later."""
    from pipeline.compare.judges.accuracy import FEWEST_LABELLED

    count, predictions = document["dataset_info"]["image_count"], document.get("predictions")
    if count < FEW_IMAGES:
        yield f"a baseline of {counted(count, 'image')} shows large changes only; take {FEW_IMAGES} or more"
    if count and document["dataset_info"]["invalid_scores"] == count:
        yield (
            "the model gave NaN or infinite scores for every image, so nothing is known of its predictions: it may be "
            "fed wrongly (--scaling), or be damaged"
        )
    if predictions is None or "accuracy" not in predictions:
        return
    labelled, accuracy = predictions["labelled_count"], predictions["accuracy"]
    confidence = predictions["confidence_statistics"]["mean"]
    if labelled < FEWEST_LABELLED:
        yield f"accuracy is estimated where {FEWEST_LABELLED} images of the baseline have labels, not only {labelled}"
    elif accuracy < confidence / 2:
        yield (
            f"accuracy {accuracy:.2f} is far below the mean confidence of {confidence:.2f}: labels may be counted from "
            "another number (--label-offset), or pixels be scaled otherwise (--scaling, --channel-order)"
        )
