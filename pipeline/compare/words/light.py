"""Whether contrast changed only because the light did."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.documents import Verdict

ALIKE = 0.1
"""By how much, relatively, light and contrast may change differently and still be one cause."""


def contrast_follows_light(report: Verdict) -> bool:
    """Less light makes the values of all pixels smaller by one share, and so their mean and their deviation: who dims
    a lamp changes both alike. Where scenes differ in light more than in contrast, the mean moves by fewer standard
    deviations, and is the cause all the same.

    Args:
        report: Its `feature_drift` and `feature_shifts` are read.
    """
    drifted = {one["feature"] for one in report["feature_drift"] if one["drifted"]}
    means = {one["feature"]: (one["baseline_mean"], one["current_mean"]) for one in report["feature_shifts"]}
    pairs = [means[name] for name in ("brightness", "contrast") if name in drifted and name in means]
    if len(pairs) < 2 or min(map(min, pairs)) <= 0:  # noqa: PLR2004
        return False
    light, contrast = (math.log(now / before) for before, now in pairs)
    return light * contrast > 0 and abs(light - contrast) <= ALIKE
