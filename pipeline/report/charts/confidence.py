"""How sure the model is of what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.charts.figure import Figure, Key
from pipeline.report.charts.histograms import Histogram, overlay, shares
from pipeline.report.profiles import number_profile
from pipeline.report.words import number, signed

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument, DriftReport

_BINS = 40
_HEIGHT = 200


def confidence_figure(report: DriftReport) -> Figure | None:
    """The histogram of the confidence, baseline under current; None where either has no predictions."""
    baseline, current = _histogram(report["baseline"]), _histogram(report["current"])
    if baseline is None or current is None:
        return None
    before, now = number(baseline.mean), number(current.mean)
    caption = f"Mean confidence {before} in the baseline, {now} now."
    spec = overlay(baseline, current, title="confidence", height=_HEIGHT)
    return Figure(
        "chart-confidence", "Confidence", caption, spec, Key(before, now, signed(current.mean - baseline.mean))
    )


def _histogram(document: BaselineDocument) -> Histogram | None:
    profile = number_profile(document, "confidence") if "predictions" in document else None
    if profile is None:
        return None
    return Histogram(shares(profile["histogram"], _BINS), profile["mean"], profile["low"], profile["high"])
