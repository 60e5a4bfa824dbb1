"""The reports of many days to each feature's path, its changes, and those of segments: since when, until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.compare.judges.feature_drift import prominence
from pipeline.compare.judges.measures import MIX
from pipeline.features import feature

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.documents import DriftedSegment, FeatureChange, FeaturePath, FeatureVerdict, SegmentChange, Verdict


def named_changes(changes: Sequence[FeatureChange]) -> list[FeatureChange]:
    """Those of the changes that a person has words for; where there are none, all of them."""
    named = [one for one in changes if one["direction"] == MIX or feature(one["feature"]).words is not None]
    return named or list(changes)


def feature_paths(reports: Mapping[str, Verdict]) -> list[FeaturePath]:
    """The path of each feature over the days that were judged, by name.

    Args:
        reports: By date, in the order of time.
    """
    paths: dict[str, FeaturePath] = {}
    for date, report in reports.items():
        for one in report["feature_drift"]:
            start: FeaturePath = {
                "feature": one["feature"],
                "kind": one["kind"],
                "threshold": one["threshold"],
                "dates": [],
                "effects": [],
                "noise_floors": [],
                "drifted": [],
            }
            path = paths.setdefault(one["feature"], start)
            path["dates"].append(date)
            path["effects"].append(one["effect"])
            path["noise_floors"].append(one["noise_floor"])
            path["drifted"].append(one["drifted"])
    return [paths[name] for name in sorted(paths)]


def feature_changes(reports: Mapping[str, Verdict]) -> list[FeatureChange]:
    """Each change of each feature, by the day on which it began.

    A change lasts as long as the feature drifts in the same direction on every day that was judged: a day without data
    neither ends nor begins one.

    Args:
        reports: By date, in the order of time.
    """
    found: list[FeatureChange] = []
    lasting: dict[str, FeatureChange] = {}
    for date, report in reports.items():
        now = {one["feature"]: one for one in report["feature_drift"] if one["drifted"]}
        judged = {one["feature"] for one in report["feature_drift"]}
        for name, change in list(lasting.items()):
            if name in judged and (name not in now or now[name]["direction"] != change["direction"]):
                change["until"] = date
                del lasting[name]
        for name, one in now.items():
            change = lasting.get(name) or _begun(one, date)
            if name not in lasting:
                found.append(change)
            lasting[name] = change
            change["latest_effect"], change["latest_words"] = one["effect"], one["words"]
            if one["effect"] > change["largest_effect"]:
                change["largest_effect"], change["words"], change["largest_on"] = one["effect"], one["words"], date
    return sorted(found, key=lambda one: (one["since"], -one["largest_effect"]))


def drifted_segments(reports: Mapping[str, Verdict]) -> list[DriftedSegment]:
    """The days in a row on which a segment drifted, by the first of them; one on which it was not judged ends no row.

    Args:
        reports: By date, in the order of time.
    """
    found: list[DriftedSegment] = []
    lasting: dict[tuple[str, str], DriftedSegment] = {}
    for date, report in reports.items():
        for one in report.get("segments", []):
            name, largest = (one["column"], one["value"]), one.get("largest")
            if largest is None:
                continue
            if not one["drifted"]:
                if name in lasting:
                    lasting.pop(name)["until"] = date
                continue
            if name not in lasting:
                lasting[name] = _segment_begun(name, largest, date)
                found.append(lasting[name])
            lasting[name]["latest"] = largest
            if _telling(largest) > _telling(lasting[name]["largest"]):
                lasting[name]["largest"], lasting[name]["largest_on"] = largest, date
    return sorted(found, key=lambda one: (one["since"], -one["largest"]["effect"]))


def lasting_first(found: Sequence[DriftedSegment]) -> list[DriftedSegment]:
    """Those first that still drift, in the same order otherwise."""
    return sorted(found, key=lambda one: "until" in one)


def _telling(own: SegmentChange) -> tuple[bool, bool, float]:
    return prominence(own["feature"], own["effect"])


def _segment_begun(name: tuple[str, str], largest: SegmentChange, date: str) -> DriftedSegment:
    return {"column": name[0], "value": name[1], "since": date, "largest": largest, "largest_on": date}


def _begun(own: FeatureVerdict, date: str) -> FeatureChange:
    return {
        "feature": own["feature"],
        "direction": own["direction"],
        "since": date,
        "words": own["words"],
        "largest_effect": own["effect"],
        "largest_on": date,
        "first_effect": own["effect"],
    }
