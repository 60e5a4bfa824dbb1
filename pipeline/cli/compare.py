"""framewatch compare."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.groups import grouped
from pipeline.cli.options import ModelOptions, OutputOptions, RuleOptions, RunOptions, SegmentOptions
from pipeline.cli.results import require_few_unreadable, require_place, rules_from, say_notes
from pipeline.cli.sets import image_set
from pipeline.cli.telling import Telling, TellOptions
from pipeline.cli.verdict import deliver_report


@grouped
def compare(
    output: Annotated[Path, typer.Option(help="The report to write.")],
    model: ModelOptions,
    run: RunOptions,
    rules: RuleOptions,
    segments: SegmentOptions,
    shown: OutputOptions,
    tell: TellOptions,
    data_dir_1: Annotated[Optional[str], typer.Option("--data-dir-1", help="The baseline's images.")] = None,
    data_dir_2: Annotated[Optional[str], typer.Option("--data-dir-2", help="The current images.")] = None,
    store: Annotated[Optional[Path], typer.Option(help="Instead of images: a store of rows.")] = None,
    baseline_select: Annotated[
        Optional[str], typer.Option(help="With --store: the baseline's rows.", autocompletion=stored_datasets)
    ] = None,
    current_select: Annotated[
        Optional[str], typer.Option(help="With --store: the current rows.", autocompletion=stored_datasets)
    ] = None,
    html: Annotated[bool, typer.Option("--html", help="Also write the page, beside the report.")] = False,
) -> None:
    """Drift between two sets of images, or of rows of a store."""
    from pipeline.measured import judged_set

    names = ("--data-dir-1", "--baseline-select"), ("--data-dir-2", "--current-select")
    measure_first = image_set(data_dir_1, store, baseline_select, model, run, shown, segments, names[0])
    measure_second = image_set(data_dir_2, store, current_select, model, run, shown, segments, names[1])
    require_place(output, html=html)
    telling = Telling(tell, output, html=html)
    judged_by = rules_from(rules)
    with measure_first(None) as baseline:
        say_notes(baseline.document, shown)
        require_few_unreadable(baseline.document, run.max_unreadable)
        with measure_second(baseline.document) as current:
            report = judged_set(baseline.document, current, judged_by, baseline)
    deliver_report(
        report,
        output,
        shown,
        telling,
        html=html,
        fail_on=rules.fail_on,
        max_unreadable=run.max_unreadable,
    )
