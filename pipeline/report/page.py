"""Documents as pages: one HTML file each, complete in itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import jinja2

from pipeline.compare.changes import named_changes
from pipeline.compare.findings import shown_severity
from pipeline.compare.history import has_data
from pipeline.report import embed, facts, words
from pipeline.report.cards import rule_cards
from pipeline.report.charts.classes import class_figure
from pipeline.report.charts.confidence import confidence_figure
from pipeline.report.charts.days import day_figures
from pipeline.report.charts.paths import path_figures
from pipeline.report.charts.pixels import pixel_figures
from pipeline.report.charts.shifts import shift_figure
from pipeline.report.signs import all_signs, sign
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
        DocumentError: The report holds a severity that does not exist.
    """
    baseline, current = report["baseline"], report["current"]
    return _render(
        "report.html.j2",
        report=report,
        verdict=report_verdict(report),
        cards=rule_cards(report),
        compared=facts.compared(baseline, current),
        unreadable=facts.unreadable(baseline["dataset_info"], current["dataset_info"]),
        settings=facts.settings(baseline["settings"], current["settings"]),
        rules=facts.settings(report["rules"], report["rules"]),
        segments=report.get("segments", []),
        examples=report.get("examples", []),
        pixels=pixel_figures(report),
        shifts=shift_figure(report),
        confidence=confidence_figure(report),
        classes=class_figure(report),
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
    return _render(
        "history.html.j2",
        history=history,
        verdict=history_verdict(history),
        figures=day_figures(history),
        paths=path_figures(history),
        named=named_changes(history.get("changes", [])),
        facts=facts.compared(history["baseline"], history["baseline"]),
        rules=facts.settings(history["rules"], history["rules"]),
        links=links or {},
    )


def _render(template: str, **values: object) -> str:
    page = _environment().get_template(template).render(**values)
    # A file's name may hold bytes that are no text: here they are lone surrogates, which cannot be written.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters = (
        shown_severity,
        words.number,
        words.plain,
        words.signed,
        words.count,
        words.counted,
        has_data,
        words.p_value,
        words.moment,
        embed.chart_json,
    )
    environment.filters.update({one.__name__: one for one in filters})
    environment.globals.update(
        sign=sign,
        signs=all_signs(),
        style=embed.style,
        script=embed.script,
        content_policy=embed.content_policy,
    )
    return environment
