"""A change of several days is told with the day on which it was largest, and with how it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from pipeline.report.changes import change_words, segment_words

if TYPE_CHECKING:
    from pipeline.documents import DriftedSegment, FeatureChange, SegmentChange

OVER = {"until": "2026-11-25"}


@pytest.mark.parametrize(
    ("effects", "own", "told"),
    [
        ((4.1, 4.1, 4.1), OVER, "blurrier by 4.1"),
        ((0.82, 4.1, 4.1), OVER, "blurrier by 4.1 (on 2026-11-20; 0.82 at first)"),
        ((1.5, 1.5, 0.6), OVER, "blurrier by 1.5"),
        ((4.09, 4.1, 4.1), OVER, "blurrier by 4.1"),
        ((1.5, 1.5, 1.5), {}, "blurrier by 1.5"),
        ((0.8, 1.5, 0.6), {}, "blurrier by 0.6 (now; largest 1.5 on 2026-11-20)"),
        ((0.8, 1.5, 1.5), {}, "blurrier by 1.5 (now; 0.8 at first)"),
        ((0.8, 123.4, 1.5), {}, "blurrier by 1.5 (now; largest 123 on 2026-11-20)"),
        ((0.8, 1.5, 0.6), {"direction": "mix"}, "blurrier by 0.6 (now; largest on 2026-11-20)"),
        ((0.8, 1.5, 0.6), {"direction": "mix", **OVER}, "blurrier by 1.5 (on 2026-11-20)"),
    ],
)
def test_the_largest_effect_has_its_day(effects: tuple[float, float, float], own: dict[str, str], told: str) -> None:
    """First, largest and latest; of a category, whose words have shares, without the distances."""
    first, largest, latest = effects
    change = {
        "feature": "sharpness", "direction": "down", "since": "2026-11-19", "words": f"blurrier by {largest}",
        "largest_effect": largest, "largest_on": "2026-11-20", "first_effect": first, "latest_effect": latest,
        "latest_words": f"blurrier by {latest}", **own,
    }  # fmt: skip
    assert change_words(cast("FeatureChange", change)) == told
    newer = {"largest_on", "first_effect", "latest_effect", "latest_words"}
    older = {key: one for key, one in change.items() if key not in newer}
    assert change_words(cast("FeatureChange", older)) == change["words"]


@pytest.mark.parametrize(
    ("latest", "own", "told"),
    [
        (("sharpness", 3.5), {}, "sharpness: blurrier by 3.5 deviations"),
        (("sharpness", 3.5), OVER, "sharpness: blurrier by 3.5 deviations (on 2026-11-20)"),
        (("sharpness", 1.5), OVER, "sharpness: blurrier by 3.5 deviations (on 2026-11-20)"),
        (("sharpness", 1.5), {}, "sharpness: blurrier by 1.5 deviations (now; largest 3.5 on 2026-11-20)"),
        (
            ("noise", 1.5),
            {},
            "noise: blurrier by 1.5 deviations (now; on 2026-11-20 sharpness: blurrier by 3.5 deviations)",
        ),
    ],
)
def test_a_segment_is_told_with_the_name_of_its_feature(
    latest: tuple[str, float], own: dict[str, str], told: str
) -> None:
    """Once, unless it is another one now."""

    def change(feature: str, effect: float) -> SegmentChange:
        return {"feature": feature, "effect": effect, "words": f"blurrier by {effect} deviations"}

    segment = {
        "column": "camera", "value": "3", "since": "2026-11-19", "largest": change("sharpness", 3.5),
        "largest_on": "2026-11-20", "latest": change(*latest), **own,
    }  # fmt: skip
    assert segment_words(cast("DriftedSegment", segment)) == told
    older = {key: one for key, one in segment.items() if key not in {"largest_on", "latest"}}
    assert segment_words(cast("DriftedSegment", older)) == "sharpness: blurrier by 3.5 deviations"
