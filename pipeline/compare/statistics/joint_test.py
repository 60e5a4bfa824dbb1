"""Two samples' joint moments to one test of all their features, and to which of them carry the difference."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.statistics.day_variance import Moments, with_days
from pipeline.compare.statistics.tails import f_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.profile.joint import JointMoments

LEAST_SPREAD = 0.01
"""Of a principal component of the correlations, the least variance with which it is tested. Smaller ones are what
formulas leave of features that say the same; they have the heaviest tails."""

IMAGES_A_COMPONENT = 4
"""Independent images, both sets together, for each component that is tested: with fewer, the variances that are
divided by are too uncertain."""


@dataclass(frozen=True, slots=True)
class JointDays:
    """How much the days of a baseline differ.

    Attributes:
        days: How many there are.
        expected: What chance would make of such a sum of squares of something whose variance within a day is 1.
        weight: By how much a variance of 1 between days would raise it.
        products: Sums over the images of the products of two tested features' deviations of their day's mean from the
            mean of all, shape (features, features).
        times: How often the variance between days is in the difference that is tested.
    """

    days: int
    expected: float
    weight: float
    products: NDArray[np.float64]
    times: float


@dataclass(frozen=True, slots=True)
class JointTest:
    """What Hotelling's test says.

    Attributes:
        p_value: The probability of such a difference or a larger one when nothing has changed.
        distance: The Mahalanobis distance between the means, less what chance adds to it.
        rank: Components that were tested; 0 where there are too few images for any.
        shares: By name, the share of the difference that a feature carries, the largest first.
    """

    p_value: float
    distance: float
    rank: int
    shares: dict[str, float]


def joint_test(
    baseline: JointMoments, current: JointMoments, sizes: tuple[float, float], days: JointDays | None = None
) -> JointTest:
    """Hotelling's T-squared between two samples' means, on as many principal components of their pooled correlations as
    the samples support ("The Generalization of Student's Ratio", Annals of Mathematical Statistics 2, 1931).

    The difference is shared out between the features by their correlation-adjusted scores, whose squares add up to
    T-squared: Zuber and Strimmer, "Gene Ranking and Biomarker Discovery under Correlation", Bioinformatics 25, 2009.

    Args:
        baseline: Of some features.
        current: Of the same features, in the same order.
        sizes: The effective sample sizes.
        days: How much the baseline's days differ; None where that is not known.
    """
    deviations, correlations = _pooled(baseline, current, days)
    moving = deviations > 0
    freedom = sum(sizes) - 2
    most = int(min(sum(sizes) // IMAGES_A_COMPONENT, freedom - 1))
    if most < 1 or not moving.any():
        return JointTest(1.0, 0.0, 0, {})
    variances, components = np.linalg.eigh(correlations[np.ix_(moving, moving)])
    kept = np.flatnonzero(variances >= LEAST_SPREAD)[-most:]
    variances, components = variances[kept], components[:, kept]
    apart = ((current.means - baseline.means)[moving] / deviations[moving]) @ components / np.sqrt(variances)
    rank, spread = len(kept), sum(1 / size for size in sizes)
    if days is None:
        ratio = float(apart @ apart) / spread / rank
        p_value, noise = f_tail(ratio * (freedom - rank + 1) / freedom, rank, freedom - rank + 1), rank * spread
    else:
        whitened = components / (deviations[moving][:, None] * np.sqrt(variances))
        p_value, noise = _among_days(apart, spread, days, whitened.T @ days.products[np.ix_(moving, moving)] @ whitened)
    carried = (components @ apart) ** 2
    shares = carried / carried.sum() if carried.any() else np.zeros(0)
    names = [name for name, moves in zip(baseline.names, moving, strict=True) if moves]
    return JointTest(
        p_value,
        max(0.0, float(apart @ apart) - noise) ** 0.5,
        rank,
        {names[at]: float(shares[at]) for at in np.argsort(-shares, kind="stable")},
    )


_CONSTANT = 1e-12
"""Relative to a mean, a standard deviation that rounding alone may have left."""


def _pooled(
    baseline: JointMoments, current: JointMoments, days: JointDays | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The standard deviations within the samples and their days, 0 of what is constant, and the correlations."""
    products, freedom = baseline.products + current.products, baseline.count + current.count - 2
    if days is not None:
        products, freedom = products - days.products, freedom - days.days + 1
    covariances = products / max(1, freedom)
    deviations = np.sqrt(np.maximum(0.0, np.diag(covariances)))
    deviations[deviations <= _CONSTANT * np.maximum(1, np.abs(baseline.means))] = 0.0
    safe = np.where(deviations > 0, deviations, 1.0)
    return deviations, covariances / np.outer(safe, safe)


def _among_days(
    apart: NDArray[np.float64], spread: float, days: JointDays, products: NDArray[np.float64]
) -> tuple[float, float]:
    """The p-value where days differ, and what they and chance add to the squared distance.

    Each component is divided by the deviation that chance and days together give it. The mean of the squares is close
    to an F variable of as many degrees as there are independent components, and as many times the days': Dempster, "A
    High Dimensional Two Side Significance Test", Annals of Mathematical Statistics 29, 1958.

    Args:
        apart: Between both means, in deviations within a day, shape (components,).
        spread: The variance that chance alone gives each.
        days: How much the days differ.
        products: Its products, of the components.
    """
    even = np.ones(len(apart))
    moments = Moments(products, days.expected * even, days.weight * even, days.days)
    variances, chance = np.array([(one.variance, one.chance) for one in moments.variances()]).T * days.times
    errors, freedoms = with_days(spread * even, math.inf * even, variances, chance, days.days - 1)
    independent = moments.independent
    ratio = float(((apart / errors) ** 2).mean())
    return f_tail(ratio, independent, float(np.median(freedoms)) * independent), float((errors**2).sum())
