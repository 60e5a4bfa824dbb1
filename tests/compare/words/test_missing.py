"""Which days ought to have images, and what is said of those that do not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pipeline.compare.words.missing import few_finding, is_expected, last_expected, missing_finding

DAY = date(2026, 11, 23)


def days_before(*without: int) -> set[date]:
    """The 30 days before, but for those of so many days ago."""
    return {DAY - timedelta(days=at) for at in range(1, 31) if at not in without}


@pytest.mark.parametrize(
    ("without", "expected"),
    [((), True), ((1, 2), True), ((1, 2, 3), False), ((7, 14), True), ((5, 6, 12, 13), False), ((20, 21, 22), True)],
)
def test_a_day_is_expected_where_four_in_five_of_two_weeks_have_images(
    without: tuple[int, ...], expected: bool
) -> None:
    """One free day a week is regular; a free weekend makes weekends unexpected, and other days with them."""
    assert is_expected(DAY, days_before(*without)) == expected
    assert bool(missing_finding(DAY, days_before(*without))) == expected


def test_what_ended_is_not_missed_for_ever() -> None:
    """A daily dataset is missed for three days, one that began last week not at all, and today is not over."""
    daily = days_before()
    assert last_expected(daily, DAY) == DAY - timedelta(days=1)
    assert last_expected(daily, DAY + timedelta(days=2)) == DAY + timedelta(days=1)
    assert last_expected(daily, DAY + timedelta(days=900)) == DAY + timedelta(days=2)
    young = {DAY - timedelta(days=at) for at in range(1, 8)}
    assert last_expected(young, DAY + timedelta(days=900)) == DAY - timedelta(days=1)


@pytest.mark.parametrize(("images", "said"), [(19, True), (20, False), (0, True), (500, False)])
def test_few_images_are_told_where_a_hundred_are_usual(images: int, said: bool) -> None:
    counts = dict.fromkeys(days_before(), 100) | {DAY: images}
    assert bool(few_finding(DAY, counts)) == said


def test_nothing_is_usual_yet_in_the_first_week() -> None:
    counts = {DAY - timedelta(days=at): 100 for at in range(1, 7)} | {DAY: 1}
    assert not few_finding(DAY, counts)
