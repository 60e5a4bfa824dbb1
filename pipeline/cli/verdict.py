"""What monitor and compare have in common: a report to its file, its page, and the exit status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.results import (
    deliver,
    deliver_page,
    describe_report,
    exit_on_drift,
    require_few_unreadable,
    say_notes,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.cli.options import OutputOptions
    from pipeline.documents import DriftReport


def deliver_report(
    report: DriftReport,
    output: Path,
    shown: OutputOptions,
    *,
    html: bool,
    fail_on: str | None,
    max_unreadable: float,
) -> None:
    """Write, print and leave with the right status."""
    current = report["current"]
    say_notes(current, shown)
    deliver(report, output, shown, describe_report(report))
    if html:
        from pipeline.report.page import render_report

        deliver_page(lambda: render_report(report), output, shown)
    require_few_unreadable(current, max_unreadable)
    exit_on_drift(report["overall_severity"], fail_on, detected=report["overall_drift_detected"])
