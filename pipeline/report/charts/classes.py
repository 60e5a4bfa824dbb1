"""What the model says it sees: the share of each predicted class, before and now."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipeline.report.charts.figure import Figure, Key
from pipeline.report.charts.shares import ValueShare, shares_caption, shares_spec, value_shares

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.documents import DriftReport, Predictions


def class_figure(report: DriftReport, name: str = "chart-classes") -> Figure | None:
    """The classes whose share changed most, the rest as one; None where either set has no predictions."""
    baseline, current = report["baseline"].get("predictions"), report["current"].get("predictions")
    if baseline is None or current is None:
        return None
    shown = class_shares(baseline, current)
    if not shown:
        return None
    caption = shares_caption(shown, "No class changed its share.")
    return Figure(name, "Predicted classes", caption, shares_spec(shown, "share of predictions"), Key())


def class_shares(baseline: Predictions, current: Predictions) -> list[ValueShare]:
    """The largest changes first, then one row for all other classes where there are any."""
    before, now = baseline["class_distribution"], current["class_distribution"]
    names = {**baseline.get("class_names", {}), **current.get("class_names", {})}
    return value_shares(before, now, _labels({*before, *now}, names), "class")


def _labels(indices: Iterable[str], names: dict[str, str]) -> dict[str, str]:
    """A label for each class, never the same one twice: two rows of a chart would become one."""
    plain = {index: names.get(index) or f"class {index}" for index in indices}
    times = Counter(plain.values())
    return {index: f"{label} (class {index})" if times[label] > 1 else label for index, label in plain.items()}
