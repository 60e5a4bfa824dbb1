"""framewatch history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Optional

import typer

from pipeline.cli.completion import stored_datasets
from pipeline.cli.console import Progress, printable, say
from pipeline.cli.groups import grouped
from pipeline.cli.options import OutputOptions, RuleOptions, SegmentOptions
from pipeline.cli.results import deliver, deliver_page, exit_on_drift, require_place, rules_from, say_how_to_see
from pipeline.cli.telling import Telling, TellOptions, exit_on_undelivered
from pipeline.errors import FramewatchError, SettingsError
from pipeline.report.words import counted

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument
    from pipeline.over_time.references import Trailing
    from pipeline.over_time.reports import Reports


@grouped
def history(
    store: Annotated[Path, typer.Option(help="The store of rows.")],
    dataset: Annotated[
        str, typer.Option(help="The dataset, or NAME@DATE..DATE for some of its days.", autocompletion=stored_datasets)
    ],
    output: Annotated[Path, typer.Option(help="The history to write.")],
    rules: RuleOptions,
    segments: SegmentOptions,
    shown: OutputOptions,
    tell: TellOptions,
    baseline: Annotated[Optional[Path], typer.Option(help="The baseline document to compare with.")] = None,
    against: Annotated[
        Optional[str],
        typer.Option(metavar="trailing:DAYS", help="Instead of --baseline: the days before each one, as trailing:28."),
    ] = None,
    every: Annotated[Literal["day", "week"], typer.Option(help="What is judged together.")] = "day",
    html: Annotated[bool, typer.Option("--html", help="Also write the page, beside the history.")] = False,
    reports: Annotated[
        Optional[Path],
        typer.Option(metavar="DIR", help="Also write each judged day's report and page to this folder."),
    ] = None,
) -> None:
    """Every day of a dataset against a baseline, or the days before: what changed, since when, and until when."""
    from pipeline.cli.history_lines import history_lines
    from pipeline.compare.history import newest_day
    from pipeline.compare.words.findings import shown_severity
    from pipeline.over_time.history import analyze_history
    from pipeline.report.message import history_message
    from pipeline.report.metrics import history_metrics
    from pipeline.severity import Severity

    require_place(output, html=html, beside=baseline)
    telling, judged_by = Telling(tell, output, baseline, html=html), rules_from(rules, every)
    if reports is not None:
        _require_folder(reports, dataset, output, baseline, tell)
    reference = _reference(baseline, against)
    document, by_date = analyze_history(store, dataset, reference, judged_by, every, segments.columns)
    deliver(document, output, shown, history_lines(document))
    pages, failed = (
        ({}, None) if reports is None else _write_reports(by_date, reports, document["dataset"], every, shown)
    )
    if html:
        from pipeline.over_time.pages import relative_links
        from pipeline.report.page import render_history

        deliver_page(lambda: render_history(document, relative_links(pages, output)), output, shown)
    if "first_drift" in document:
        say_how_to_see(output, shown, html=html)
    telling.write(lambda watch: history_metrics(document, watch))
    newest, detected = newest_day(document["days"]), "drifting_since" in document
    severity = shown_severity(newest) if newest else Severity.NONE
    anything = detected or bool(newest and newest["findings"])
    delivered = telling.tell(lambda: history_message(document), severity, rules.fail_on, anything=anything)
    if failed is not None:
        raise failed
    exit_on_drift(severity, rules.fail_on, detected=detected)
    exit_on_undelivered(delivered=delivered)


def _require_folder(reports: Path, dataset: str, output: Path, baseline: Path | None, tell: TellOptions) -> None:
    """Refuse a folder of reports that cannot be written, or in which a report would be written over another file."""
    from pipeline.over_time.pages import require_free
    from pipeline.store.layout import Selection

    require_place(reports / "reports.json")
    others = [output, output.with_suffix(".html"), *(one for one in (baseline, tell.metrics_file) if one is not None)]
    require_free(reports, Selection.parse(dataset).dataset, others)


def _write_reports(
    by_date: Reports, folder: Path, dataset: str, every: Literal["day", "week"], shown: OutputOptions
) -> tuple[dict[str, Path], FramewatchError | None]:
    """The pages by date; or what went wrong, which is to keep nobody from being told what the history says."""
    from pipeline.over_time.pages import write_reports

    try:
        pages = write_reports(by_date, folder, dataset, every, None if shown.quiet else Progress("reports"))
    except FramewatchError as error:
        return {}, error
    if not shown.quiet and not shown.json:
        say(printable(f"written: {counted(len(pages), 'report')} in {folder}"))
    return pages, None


def _reference(baseline: Path | None, against: str | None) -> BaselineDocument | Trailing:
    from pipeline.document_files import read_baseline
    from pipeline.over_time.references import Trailing

    if (baseline is None) == (against is None):
        raise SettingsError("give what the days are compared with: either --baseline FILE or --against trailing:28")
    return Trailing.parse(against or "") if baseline is None else read_baseline(baseline)
