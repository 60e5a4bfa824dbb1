"""A report to what it could not tell: rules that were not judged, and changes that so few images would hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.segments import FEWEST_IMAGES, TOO_FEW
from pipeline.compare.words.segment_findings import MOST_NAMED, spoken

if TYPE_CHECKING:
    from pipeline.documents import DriftReport, Judgement

FEW_DAYS = 7
"""Days of a baseline with fewer of which hardly anything can be told from ordinary days."""


def out_of_reach(report: DriftReport) -> list[str]:
    """What a quiet report does not mean, in words; nothing where every rule could see a change at its threshold."""
    reasons = dict.fromkeys(report["not_judged"].values())
    not_judged = [f"not judged: {_named(report['not_judged'], why)} ({why})" for why in reasons]
    blocks: dict[str, Judgement | None] = {
        "pixels": report["pixel_distribution_drift"],
        "confidence": report.get("confidence_drift"),
        "classes": report.get("class_distribution_drift"),
    }
    return (
        not_judged
        + _few_days(report)
        + _small_parts(report)
        + [
            f"too few images to judge {name} closely: a difference of up to {one['noise_floor']:.2f} may be chance "
            f"(threshold {one['threshold']:g})"
            for name, one in blocks.items()
            if one is not None and report["rules"].get("noise_guard") and one["threshold"] < one["noise_floor"]
        ]
    )


def _few_days(report: DriftReport) -> list[str]:
    days = report["baseline"].get("between_days", {}).get("days", FEW_DAYS)
    named = [
        one for one in report.get("feature_drift", []) if one["feature"] == "brightness" and "between_days_std" in one
    ]
    return [
        f"the baseline is of {days} days, which hardly tell how ordinary days differ: brightness would have to move by "
        f"{one['smallest_detectable']:.1f} standard deviations; take {FEW_DAYS} days or more, or one set of images"
        for one in named
        if days < FEW_DAYS
    ]


def _small_parts(report: DriftReport) -> list[str]:
    """The parts that were not judged for their size; what is new or gone is said elsewhere."""
    small = [one for one in report.get("segments", []) if one["verdict"] == TOO_FEW]
    named = ", ".join(
        f"{spoken(one)} ({one['current_count']}, baseline {one['baseline_count']})" for one in small[:MOST_NAMED]
    )
    more = f" and {len(small) - MOST_NAMED} more" if len(small) > MOST_NAMED else ""
    return [f"too few images to judge {named}{more}: {FEWEST_IMAGES} on either side are needed"] if small else []


def _named(not_judged: dict[str, str], why: str) -> str:
    return " and ".join(rule.replace("_", " ") for rule, own in not_judged.items() if own == why)
