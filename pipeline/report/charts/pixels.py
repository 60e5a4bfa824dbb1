"""How bright the pixels are, one chart a channel, all three to one scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.features import CHANNELS
from pipeline.report.charts.figure import Figure, Key
from pipeline.report.charts.histograms import Histogram, overlay, shares
from pipeline.report.words import number, signed

if TYPE_CHECKING:
    from pipeline.documents import DriftReport, InputDistribution

_BINS = 64
_HEIGHT = 150


def pixel_figures(report: DriftReport) -> list[Figure]:
    """The histograms of red, green and blue, baseline under current."""
    baseline = _histograms(report["baseline"]["input_distribution"])
    current = _histograms(report["current"]["input_distribution"])
    top = max(max(one.shares) for one in [*baseline.values(), *current.values()])
    return [_figure(channel, baseline[channel], current[channel], top) for channel in CHANNELS]


def _histograms(distribution: InputDistribution) -> dict[str, Histogram]:
    means = distribution["pixel_statistics"]["per_channel"]["mean"]
    counts = distribution["histograms"]
    return {
        channel: Histogram(shares(counts[channel], _BINS), mean) for channel, mean in zip(CHANNELS, means, strict=True)
    }


def _figure(channel: str, baseline: Histogram, current: Histogram, top: float) -> Figure:
    before, now = number(baseline.mean), number(current.mean)
    caption = f"Mean {channel} {before} in the baseline, {now} now."
    spec = overlay(baseline, current, title=f"{channel} value", height=_HEIGHT, top=top)
    key = Key(before, now, signed(current.mean - baseline.mean))
    return Figure(f"chart-{channel}", channel.capitalize(), caption, spec, key, small=True)
