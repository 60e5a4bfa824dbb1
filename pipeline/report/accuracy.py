"""Whether the accuracy of a day fell, and that in a few words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipeline.compare.words.summary import accuracy_dropped
from pipeline.report.words import counted, short

if TYPE_CHECKING:
    from pipeline.documents import AccuracyEstimate, HistoryDay

_CERTAINTY = 1.96
"""Standard errors by which labels must be below the baseline's: of unchanged days, chance passes it in 2.5 %."""


def accuracy_fell(own: AccuracyEstimate) -> bool:
    """Whether the baseline's accuracy is above all that the day's may be; where there are labels, by them."""
    if "true_accuracy" not in own:
        return accuracy_dropped(own)
    true, before = own["true_accuracy"], own["baseline_accuracy"]
    now, then = max(1, own.get("labelled_count", 1)), max(1, own["baseline_labelled_count"])
    pooled = (true * now + before * then) / (now + then)
    return before - true > _CERTAINTY * math.sqrt(pooled * (1 - pooled) * (1 / now + 1 / then))


def untold_accuracy(day: HistoryDay) -> str:
    """What is to be said of a day's accuracy: "" where it is not known to have fallen, or a finding says it."""
    own = day.get("accuracy_estimate")
    if own is None or not accuracy_fell(own) or any(one["kind"] == "accuracy" for one in day["findings"]):
        return ""
    before, now = short(own["baseline_accuracy"]), short(own["estimated_accuracy"])
    if "true_accuracy" in own:
        images = counted(own.get("labelled_count", 0), "labelled image")
        return f"accuracy {short(own['true_accuracy'])} of {images}, was {before}"
    return f"estimated accuracy {now} ({short(own['low'])} to {short(own['high'])}), was {before}"
