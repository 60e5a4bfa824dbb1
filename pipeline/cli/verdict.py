"""What monitor and compare have in common: two documents to a report, its page, and the exit status."""

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
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument


def deliver_report(
    baseline: BaselineDocument,
    current: BaselineDocument,
    output: Path,
    rules: Rules,
    shown: OutputOptions,
    *,
    html: bool,
    fail_on: str | None,
    max_unreadable: float,
) -> None:
    """Judge, write, print and leave with the right status."""
    from pipeline.compare.drift import detect_drift

    report = detect_drift(baseline, current, rules)
    say_notes(current, shown)
    deliver(report, output, shown, describe_report(report))
    if html:
        from pipeline.report.page import render_report

        deliver_page(lambda: render_report(report), output, shown)
    require_few_unreadable(current, max_unreadable)
    exit_on_drift(report["overall_severity"], fail_on, detected=report["overall_drift_detected"])
