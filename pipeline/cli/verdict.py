"""What monitor and compare have in common: a report to its file, its page, and the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.console import note
from pipeline.cli.results import (
    deliver,
    deliver_page,
    describe_report,
    exit_on_drift,
    require_few_unreadable,
    say_how_to_see,
    say_notes,
)
from pipeline.cli.telling import exit_on_undelivered

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.cli.options import OutputOptions
    from pipeline.cli.telling import Telling
    from pipeline.documents import DriftReport

_NO_PREDICTIONS = "the baseline has predictions and the current set has none; with --model they are judged too"


def deliver_report(
    report: DriftReport,
    output: Path,
    shown: OutputOptions,
    telling: Telling,
    *,
    html: bool,
    fail_on: str | None,
    max_unreadable: float,
) -> None:
    """Write, print, tell others and leave with the right status."""
    from pipeline.compare.words.findings import shown_severity
    from pipeline.report.message import report_message
    from pipeline.report.metrics import report_metrics

    current = report["current"]
    say_notes(current, shown)
    if "predictions" in report["baseline"] and "predictions" not in current:
        # NOTE: even where it should be quiet: cron sends this line, and a forgotten --model would never be seen else.
        note([_NO_PREDICTIONS], kind="warning")
    deliver(report, output, shown, describe_report(report))
    if html:
        from pipeline.report.page import render_report

        deliver_page(lambda: render_report(report), output, shown)
    if report["overall_drift_detected"]:
        say_how_to_see(output, shown, html=html)
    telling.write(lambda watch: report_metrics(report, watch))
    severity, detected = shown_severity(report), report["overall_drift_detected"]
    anything = detected or bool(report["findings"])
    delivered = telling.tell(lambda: report_message(report), severity, fail_on, anything=anything)
    require_few_unreadable(current, max_unreadable)
    exit_on_drift(severity, fail_on, detected=detected)
    exit_on_undelivered(delivered=delivered)
