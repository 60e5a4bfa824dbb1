"""Documents as pages: one HTML file each, complete in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pipeline.compare.words.reach import days_out_of_reach, out_of_reach
from pipeline.report import facts
from pipeline.report.charts.accuracy import accuracy_figures
from pipeline.report.charts.calendar import MOST_POINTS
from pipeline.report.charts.days import severity_figure
from pipeline.report.charts.paths import path_figures
from pipeline.report.charts.rules import rule_figures
from pipeline.report.days import changed, drifted_segments, months
from pipeline.report.environment import rendered
from pipeline.report.evidence import evidence, other_rules, pointers
from pipeline.report.feature_table import feature_table
from pipeline.report.heat import heat_map
from pipeline.report.tiles import accuracy_tile, history_tiles, newest_accuracy, report_tiles
from pipeline.report.verdict import history_verdict, report_verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.documents import DriftReport, HistoryDocument


def render_document(document: Mapping[str, Any]) -> str:
    """The page of a drift report or a history; the key `days` tells which.

    Raises:
        DocumentError: It holds a severity that does not exist.
    """
    if "days" in document:
        return render_history(cast("HistoryDocument", document))
    return render_report(cast("DriftReport", document))


def render_report(report: DriftReport) -> str:
    """The page of one comparison.

    Args:
        report: The drift report, the only thing the page is made from.

    Returns:
        HTML that opens from a file, without a network.

    Raises:
        DocumentError: The report holds a severity that does not exist, or a segment that cannot be read.
    """
    baseline, current = report["baseline"], report["current"]
    return rendered(
        "report.html.j2",
        report=report,
        verdict=report_verdict(report),
        accuracy=accuracy_tile(report.get("accuracy_estimate")),
        tiles=report_tiles(report),
        evidence=evidence(report),
        pointers=pointers(report),
        caveats=out_of_reach(report),
        other_rules=other_rules(report),
        heat=heat_map(report),
        table=feature_table(report),
        compared=facts.compared(baseline, current),
        unreadable=facts.unreadable(baseline["dataset_info"], current["dataset_info"]),
        copies=facts.copies(baseline["dataset_info"], current["dataset_info"]),
        model=facts.model(current["settings"]),
        made=facts.made(baseline, current),
        settings=facts.settings(baseline["settings"], current["settings"]),
        rules=facts.settings(report["rules"], report["rules"]),
    )


def render_history(history: HistoryDocument, links: Mapping[str, str] | None = None) -> str:
    """The page of many days.

    Args:
        history: The history document, the only thing the page is made from.
        links: Date to the relative URL of that day's own page, where it has one.

    Returns:
        HTML that opens from a file, without a network.

    Raises:
        DocumentError: The history holds a severity that does not exist.
    """
    return rendered(
        "history.html.j2",
        history=history,
        verdict=history_verdict(history),
        accuracy=newest_accuracy(history),
        caveats=days_out_of_reach(history["days"], history.get("every", "day")),
        tiles=history_tiles(history),
        strip=severity_figure(history),
        figures=[*accuracy_figures(history), *rule_figures(history)],
        points=len(history["days"]) <= MOST_POINTS,
        paths=path_figures(history),
        changed=changed(history),
        segments=drifted_segments(history),
        months=months(history),
        facts=facts.compared(history["baseline"], history["baseline"]),
        made=facts.made(history["baseline"], history["baseline"]),
        settings=facts.settings(history["baseline"]["settings"], history["baseline"]["settings"]),
        rules=facts.settings(history["rules"], history["rules"]),
        links=links or {},
    )
