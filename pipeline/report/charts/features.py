"""One feature, before and now: a number as two histograms, a category as the shares of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.features import PREDICTED_CLASS
from pipeline.report.charts.classes import class_figure
from pipeline.report.charts.figure import Figure, Key
from pipeline.report.charts.histograms import focused, overlay
from pipeline.report.charts.shares import shares_caption, shares_spec, value_shares
from pipeline.report.profiles import category_counts, number_profile
from pipeline.report.words import number, signed, spoken

if TYPE_CHECKING:
    from pipeline.documents import DriftReport

_BINS = 48
_HEIGHT = 170


def feature_figure(report: DriftReport, feature: str, name: str) -> Figure | None:
    """How one feature is distributed in both sets; None where the report does not hold it.

    Args:
        report: Its two documents are read.
        feature: The feature's name.
        name: The figure's name in the page's markup.
    """
    if feature == PREDICTED_CLASS:
        return class_figure(report, name)
    return _numeric(report, feature, name) or _categorical(report, feature, name)


def _numeric(report: DriftReport, feature: str, name: str) -> Figure | None:
    before, now = (number_profile(report[side], feature) for side in ("baseline", "current"))
    pair = focused(before, now, _BINS) if before and now else None
    if before is None or now is None or pair is None:
        return None
    spec = overlay(*pair, title=spoken(feature), height=_HEIGHT)
    means = number(before["mean"]), number(now["mean"])
    caption = f"Mean {spoken(feature)} {means[0]} in the baseline, {means[1]} now."
    return Figure(name, spoken(feature).capitalize(), caption, spec, Key(*means, signed(now["mean"] - before["mean"])))


def _categorical(report: DriftReport, feature: str, name: str) -> Figure | None:
    before, now = (category_counts(report[side], feature) for side in ("baseline", "current"))
    if not before or not now:
        return None
    shown = value_shares(before, now, {value: value for value in (*before, *now)}, "value")
    caption = shares_caption(shown, "No value changed its share.")
    return Figure(name, spoken(feature).capitalize(), caption, shares_spec(shown, "share of images"), Key())
