"""A report, or a history, to what it could not tell: rules not judged, and changes that too few images would hide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.segments import FEWEST_IMAGES, TOO_FEW
from pipeline.compare.words.segment_findings import MOST_NAMED, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftReport, HistoryDay, Judgement

FEW_DAYS = 7
"""Days of a baseline with fewer of which hardly anything can be told from ordinary days."""


def out_of_reach(report: DriftReport) -> list[str]:
    """What a quiet report does not mean, in words; nothing where every rule could see a change at its threshold."""
    return [f"{what}: {why}" if why else what for what, why in _reasons(report)]


def out_of_reach_in_short(report: DriftReport) -> list[str]:
    """The same for a list of reports: without the numbers that are others in each of them."""
    return [what for what, _ in _reasons(report)]


def days_out_of_reach(days: Sequence[HistoryDay], every: str = "day") -> list[str]:
    """The rules that were not judged on some days of a history, in words: why, on how many days, and the last of them.

    Args:
        days: By date.
        every: What is judged together: `day` or `week`.
    """
    dates: dict[str, list[str]] = {}
    for own in days:
        for one in _not_judged(own.get("not_judged", {})):
            dates.setdefault(one, []).append(own["date"])
    judged = sum("pixel_mean" in own for own in days)
    return [f"{one} {_when(own, judged, every)}" for one, own in dates.items()]


def _when(dates: Sequence[str], judged: int, every: str) -> str:
    if len(dates) == judged:
        return f"on every {every}"
    last = dates[-1] if every == "day" else f"the week of {dates[-1]}"
    return f"on {len(dates)} of {judged} {every}s, the last {'on' if every == 'day' else 'in'} {last}"


def _reasons(report: DriftReport) -> list[tuple[str, str]]:
    """What cannot be told, and the numbers behind it."""
    not_judged = [(one, "") for one in _not_judged(report["not_judged"])]
    return not_judged + _few_days(report) + _small_parts(report) + _coarse_rules(report)


def _coarse_rules(report: DriftReport) -> list[tuple[str, str]]:
    """The rules whose noise floor is above their threshold; without the noise guard they fire whatever chance does."""
    judged: dict[str, tuple[str, Judgement | None]] = {
        "pixels": ("their mean or standard deviation may move", report["pixel_distribution_drift"]),
        "confidence": ("its mean may move", report.get("confidence_drift")),
        "classes": (
            f"the shares of {_class_count(report):,} predicted classes may differ",
            report.get("class_distribution_drift"),
        ),
    }
    return [
        (f"too few images to judge {name} closely", f"{moves} {_by_chance(one['noise_floor'], one['threshold'])}")
        for name, (moves, one) in judged.items()
        if one is not None and report["rules"].get("noise_guard") and one["threshold"] < one["noise_floor"]
    ]


def _by_chance(floor: float, threshold: float) -> str:
    return f"by up to {floor:.2f} of 1 by chance, so the rule fires above that instead of {threshold:g}"


def _class_count(report: DriftReport) -> int:
    """How many classes were predicted, on either side."""
    predictions = [document.get("predictions") for document in (report["baseline"], report["current"])]
    return len({name for own in predictions if own is not None for name in own["class_distribution"]})


def _few_days(report: DriftReport) -> list[tuple[str, str]]:
    days = report["baseline"].get("between_days", {}).get("days", FEW_DAYS)
    named = [
        one for one in report.get("feature_drift", []) if one["feature"] == "brightness" and "between_days_std" in one
    ]
    instead = f"take {FEW_DAYS} days or more, or one set of images"
    return [
        (
            f"the baseline is of {days} days, which hardly tell how ordinary days differ",
            f"brightness would have to move by {one['smallest_detectable']:.1f} standard deviations; {instead}",
        )
        for one in named
        if days < FEW_DAYS
    ]


def _small_parts(report: DriftReport) -> list[tuple[str, str]]:
    """The parts that were not judged for their size; what is new or gone is said elsewhere."""
    small = [one for one in report.get("segments", []) if one["verdict"] == TOO_FEW]
    named = ", ".join(
        f"{spoken(one)} ({one['current_count']}, baseline {one['baseline_count']})" for one in small[:MOST_NAMED]
    )
    more = f" and {len(small) - MOST_NAMED} more" if len(small) > MOST_NAMED else ""
    return [(f"too few images to judge {named}{more}", f"{FEWEST_IMAGES} on either side are needed")] if small else []


def _not_judged(reasons: dict[str, str]) -> list[str]:
    """The rules that were not judged, those of one reason together."""
    return [f"not judged: {_named(reasons, why)} ({why})" for why in dict.fromkeys(reasons.values())]


def _named(not_judged: dict[str, str], why: str) -> str:
    return " and ".join(rule.replace("_", " ") for rule, own in not_judged.items() if own == why)
