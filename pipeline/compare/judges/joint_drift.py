"""The verdict on all numeric features together: it finds what no single one shows in a small sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.judges.feature_drift import DRIFTED, verdict_on
from pipeline.compare.sides.between_days import PICTURES, PREDICTED
from pipeline.compare.sides.pair import day_weight
from pipeline.compare.statistics.joint_test import JointDays, JointTest, joint_test
from pipeline.compare.thresholds import Bands
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.compare.sides.side import Side
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import Contribution, JointDrift
    from pipeline.profile.joint import JointMoments

TOO_FEW = "too few images"

DISTANCE_BANDS = Bands(low=0.5, medium=1.5, high=3.0)
"""Severities of the Mahalanobis distance."""

MOST_CONTRIBUTIONS = 10
"""Features that a report lists as carrying the difference."""


def joint_drift(baseline: Side, current: Side, rules: Rules) -> JointDrift:
    """Judge the means of all features that every image of both has.

    Args:
        baseline: What is compared with.
        current: What is compared.
        rules: Thresholds and the budget of false alarms.
    """
    old, new, kind = _alike(baseline, current)
    sizes = (baseline.sizes.pictures, current.sizes.pictures)
    found = joint_test(old, new, sizes, _days(baseline, current, old.names, kind))
    adjusted = rules.adjusted(found.p_value)
    verdict = verdict_on(found.distance, rules.features.joint, adjusted, rules) if found.rank else TOO_FEW
    drifted = verdict == DRIFTED
    return {
        "drift_detected": drifted,
        "severity": worst([Severity.LOW, DISTANCE_BANDS.severity(found.distance)]) if drifted else Severity.NONE,
        "verdict": verdict,
        "distance": found.distance,
        "threshold": rules.features.joint,
        "p_value": found.p_value,
        "adjusted_p_value": adjusted,
        "components": found.rank,
        "contributions": _contributions(found),
    }


def _alike(baseline: Side, current: Side) -> tuple[JointMoments, JointMoments, str]:
    """The moments of the features that both have: of images with a prediction, where most of both have one."""
    mostly = all(2 * own.profile.predicted.count > own.profile.image_count for own in (baseline, current))
    first, second = ((own.profile.predicted if mostly else own.pictures) for own in (baseline, current))
    shared = set(first.names) & set(second.names)
    return first.of(shared), second.of(shared), PREDICTED if mostly else PICTURES


def _days(baseline: Side, current: Side, names: Sequence[str], kind: str) -> JointDays | None:
    """How much the baseline's days differ in those features."""
    whole, days = (baseline.profile.predicted if kind == PREDICTED else baseline.pictures).names, baseline.days
    if days is None or len(days.products[kind]) != len(whole):
        return None
    at = [whole.index(name) for name in names]
    products = days.products[kind][np.ix_(at, at)]
    return JointDays(days.days, days.expected, days.weight, products, day_weight(baseline, current))


def _contributions(found: JointTest) -> list[Contribution]:
    return [{"feature": name, "share": share} for name, share in list(found.shares.items())[:MOST_CONTRIBUTIONS]]
