"""How sure the model is of what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.report.charts.figure import Figure
from pipeline.report.charts.histograms import Histogram, overlay, shares
from pipeline.report.words import number

if TYPE_CHECKING:
    from pipeline.documents import DriftReport, Predictions

_BINS = 40
_HEIGHT = 300


def confidence_figure(report: DriftReport) -> Figure | None:
    """The histogram of the confidence, baseline under current; None where either has no predictions."""
    baseline = _histogram(report["baseline"].get("predictions"))
    current = _histogram(report["current"].get("predictions"))
    if baseline is None or current is None:
        return None
    caption = f"Mean confidence {number(baseline.mean)} in the baseline, {number(current.mean)} now."
    spec = overlay(baseline, current, title="confidence", height=_HEIGHT)
    return Figure("chart-confidence", "Confidence", caption, spec)


def _histogram(predictions: Predictions | None) -> Histogram | None:
    profile = (predictions or {"features": {}})["features"].get("confidence")
    if profile is None:
        return None
    return Histogram(shares(profile["histogram"], _BINS), profile["mean"], profile["low"], profile["high"])
