"""When a changed share of duplicates is worth a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.compare.duplicate_findings import duplicate_findings

if TYPE_CHECKING:
    from pipeline.documents import DatasetInfo


def info(images: int, duplicates: int | None) -> DatasetInfo:
    found: DatasetInfo = {
        "image_count": images,
        "input_size": [4, 4],
        "source": "here",
        "unreadable": {"count": 0, "by_reason": {}},
        "invalid_scores": 0,
    }
    return found if duplicates is None else {**found, "duplicates": duplicates}


@pytest.mark.parametrize(
    ("baseline", "current", "severity"),
    [
        (info(500, 0), info(100, 60), "high"),
        (info(500, 200), info(500, 0), "high"),
        (info(500, 0), info(500, 80), "medium"),
        (info(10_000, 0), info(10_000, 300), "low"),
    ],
)
def test_a_rise_and_a_fall_are_said(baseline: DatasetInfo, current: DatasetInfo, severity: str) -> None:
    [found] = duplicate_findings(baseline, current, 0.01)
    copies, images = current.get("duplicates"), current["image_count"]
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
def test_chance_trifles_and_what_nobody_counted_are_not(baseline: DatasetInfo, current: DatasetInfo) -> None:
    assert not list(duplicate_findings(baseline, current, 0.01))
