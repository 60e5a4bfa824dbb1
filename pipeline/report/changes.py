"""A change that went on for days, in a few words: how far it went, on which day, and how things stand now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.measures import MIX, named

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import DriftedSegment, FeatureChange, SegmentChange


_HUNDRED = 99.5


def change_words(own: FeatureChange) -> str:
    """What happened to a feature: "blurrier by 4.1 standard deviations (on 2026-11-20; 0.82 at first)". Of a change
    that lasts, it is the newest day that counts: "blurrier by 0.6 ... (now; largest 1.5 on 2026-11-22)".

    Args:
        own: Of older versions, it says neither how it began nor how it is now; then it is told without.
    """
    lasts, most = "until" not in own, own["largest_effect"]
    largest, first, latest = map(_amount, (most, own.get("first_effect", most), own.get("latest_effect", most)))
    on = own.get("largest_on", own["since"])
    # A category's words have its shares: the distance between all of them would be read as one of these.
    amount = "" if own["direction"] == MIX else f" {largest}"
    if lasts and latest != largest:
        return _noted(own.get("latest_words", own["words"]), ["now", f"largest{amount} on {on}"])
    if first == largest:
        return own["words"]
    return _noted(own["words"], ["now" if lasts else f"on {on}", *([f"{first} at first"] if amount else [])])


def segment_words(own: DriftedSegment) -> str:
    """The same of a segment, with the name of the feature: "sharpness: blurrier by ..."."""
    largest, on = own["largest"], own.get("largest_on", own["since"])
    told = named(largest["feature"], largest["words"])
    latest = own.get("latest", largest)
    if "until" in own or latest == largest:
        return _noted(told, [f"on {on}"] if "until" in own and on != own["since"] else [])
    return _noted(named(latest["feature"], latest["words"]), ["now", _at_most(latest, largest, on, told)])


def _at_most(latest: SegmentChange, largest: SegmentChange, on: str, told: str) -> str:
    amount = _amount(largest["effect"])
    # Words that have the amount are a number's: a category's have its shares.
    if latest["feature"] == largest["feature"] and f" by {amount} " in largest["words"]:
        return f"largest {amount} on {on}"
    return f"on {on} {told}"


def _amount(effect: float) -> str:
    """As the words of a feature have it; hundreds in full."""
    return f"{effect:.2g}" if effect < _HUNDRED else f"{effect:.0f}"


def _noted(words: str, notes: Sequence[str]) -> str:
    return f"{words} ({'; '.join(notes)})" if notes else words
