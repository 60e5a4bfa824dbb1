"""Which days of a dataset ought to have images, and what is to be said of those that have none, or hardly any."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING

from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from pipeline.documents import Finding

REGULAR_DAYS = 14
"""Days before one that say whether it ought to have images: two weeks, so that each weekday is among them twice."""

REGULAR = 0.8
"""The share of them that must have images: a day off in a week is regular, two of them are not."""

FEW = 0.2
"""The share of the usual number of images below which there are few: a day off sends fewer, half an outage does."""

FEWEST_DAYS = 7
"""Days with images that say what is usual."""


def is_expected(day: date, present: Collection[date]) -> bool:
    """Whether a day ought to have images: at least 0.8 of the 14 days before it have some.

    Days without images are not expected for long: after three in a row, their gap is what is regular.
    """
    before = [day - timedelta(days=at) for at in range(1, REGULAR_DAYS + 1)]
    return sum(one in present for one in before) >= REGULAR * REGULAR_DAYS


def last_expected(present: Collection[date], today: date) -> date:
    """The last day of a dataset until yesterday that has images or ought to. Today is not over.

    Args:
        present: Days that have images, at least one.
        today: The day on which this is asked.
    """
    last = max(present)
    while last + timedelta(days=1) < today and is_expected(last + timedelta(days=1), present):
        last += timedelta(days=1)
    return last


def missing_finding(day: date, present: Collection[date]) -> list[Finding]:
    """What is to be said of a day without images, if anything."""
    if not is_expected(day, present):
        return []
    count = sum(day - timedelta(days=at) in present for at in range(1, REGULAR_DAYS + 1))
    text = f"no images, although {count} of the {REGULAR_DAYS} days before have some"
    return [{"kind": "missing", "severity": Severity.MEDIUM, "text": text}]


def few_finding(day: date, counts: Mapping[date, int]) -> list[Finding]:
    """What is to be said of a day that has far fewer images than is usual, if it does.

    Args:
        day: A day that has images.
        counts: The images of the days that have some.
    """
    before = [counts[own] for at in range(1, REGULAR_DAYS + 1) if (own := day - timedelta(days=at)) in counts]
    if len(before) < FEWEST_DAYS or counts[day] >= FEW * median(before):
        return []
    text = f"{counts[day]} images, {median(before):.0f} are usual"
    return [{"kind": "missing", "severity": Severity.LOW, "text": text}]
