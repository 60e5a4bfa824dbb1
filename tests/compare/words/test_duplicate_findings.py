"""When a changed share of duplicates is worth a word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.compare.words.duplicate_findings import duplicate_findings
from tests.support.rows import shots, side_of

if TYPE_CHECKING:
    from pipeline.compare.sides.side import Side


IMAGES = side_of(shots(1, 1))


def info(images: int, duplicates: int | None) -> Side:
    """So many images, of which so many are copies."""
    pixel_mean = replace(IMAGES.profile.features["pixel_mean"], count=images)
    profile = replace(IMAGES.profile, features={"pixel_mean": pixel_mean})
    return replace(IMAGES, profile=profile, duplicates=duplicates)


@pytest.mark.parametrize(
    ("baseline", "current", "severity"),
    [
        (info(500, 0), info(100, 60), "high"),
        (info(500, 200), info(500, 0), "high"),
        (info(500, 0), info(500, 80), "medium"),
        (info(10_000, 0), info(10_000, 300), "low"),
    ],
)
def test_a_rise_and_a_fall_are_said(baseline: Side, current: Side, severity: str) -> None:
    [found] = duplicate_findings(baseline, current, 0.01)
    copies, images = current.duplicates, current.profile.image_count
    assert found["text"].startswith(f"{copies} of {images} images are copies of others")
    assert found["severity"] == severity


@pytest.mark.parametrize(
    ("baseline", "current"),
    [
        (info(500, 25), info(100, 5)),
        (info(500, 0), info(20, 1)),
        (info(100_000, 0), info(100_000, 500)),
        (info(500, None), info(100, 60)),
        (info(500, 0), info(100, None)),
    ],
)
def test_chance_trifles_and_what_nobody_counted_are_not(baseline: Side, current: Side) -> None:
    assert not list(duplicate_findings(baseline, current, 0.01))
