"""framewatch monitor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.groups import grouped
from pipeline.cli.options import ModelOptions, OutputOptions, RuleOptions, RunOptions, SegmentOptions
from pipeline.cli.results import require_place, rules_from
from pipeline.cli.sets import image_set
from pipeline.cli.telling import Telling, TellOptions
from pipeline.cli.verdict import deliver_report


@grouped
def monitor(
    baseline: Annotated[Path, typer.Option(help="The baseline document to compare with.")],
    output: Annotated[Path, typer.Option(help="The report to write.")],
    model: ModelOptions,
    run: RunOptions,
    rules: RuleOptions,
    segments: SegmentOptions,
    shown: OutputOptions,
    tell: TellOptions,
    data_dir: Annotated[
        Optional[str], typer.Option(help="Images: a folder, a glob in quotes, a tar, a table, or a URL.")
    ] = None,
    store: Annotated[Optional[Path], typer.Option(help="Instead of images: a store of rows.")] = None,
    select: Annotated[
        Optional[str],
        typer.Option(help="With --store: NAME, NAME@DATE or NAME@DATE..DATE.", autocompletion=stored_datasets),
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Also write the page, beside the report.")] = False,
) -> None:
    """Drift of images, or of rows of a store, against a baseline."""
    from pipeline.document_files import read_baseline
    from pipeline.measured import judged_set

    measure = image_set(data_dir, store, select, model, run, shown, segments)
    require_place(output, html=html, beside=baseline)
    telling = Telling(tell, output, baseline, html=html)
    judged_by, reference = rules_from(rules), read_baseline(baseline)
    with measure(reference) as current:
        report = judged_set(reference, current, judged_by)
    deliver_report(
        report,
        output,
        shown,
        telling,
        html=html,
        fail_on=rules.fail_on,
        max_unreadable=run.max_unreadable,
    )
