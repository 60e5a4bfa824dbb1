"""What is measured of every feature, number or category, before it is judged."""

from __future__ import annotations

from typing import NamedTuple

POWER_SCORE = 0.8416
"""The normal quantile of 0.8, the probability with which the smallest detectable effect is found."""

UP, DOWN, WIDER, NARROWER, MIX = "up", "down", "wider", "narrower", "mix"
"""The directions: of a number's mean, of its spread where the mean hardly moved, and of a category's shares."""


class Measures(NamedTuple):
    """One feature's difference between two sets; a tuple, because a year of days makes twenty thousand of them.

    Attributes:
        feature: Its name.
        kind: "numeric" or "categorical".
        effect: The Wasserstein distance in standard deviations of the baseline, or the total variation distance.
        noise_floor: What the effect passes by chance with the probability that one test is allowed.
        smallest_detectable: The effect that is found with probability 0.8.
        p_value: Of the test.
        counts: Side sizes.
        sizes: Effective sample sizes.
        words: What happened, as a person says it.
        between_days_std: Of the means of the baseline's days beyond chance, in the unit of the effect; None where no
            days are known, and of categories.
        direction: `UP`, `DOWN`, `WIDER`, `NARROWER` or `MIX`.
    """

    feature: str
    kind: str
    effect: float
    noise_floor: float
    smallest_detectable: float
    p_value: float
    counts: tuple[int, int]
    sizes: tuple[float, float]
    words: str
    direction: str
    between_days_std: float | None = None


def named(feature: str, words: str) -> str:
    """What happened to a feature, with its name where the words do not say it: "sharpness: blurrier by ..."."""
    name = feature.replace("_", " ")
    return words if name in words else f"{name}: {words}"
