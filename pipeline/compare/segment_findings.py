"""What segments add to the findings: where a change is, and which values are new or gone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipeline.compare.measures import named
from pipeline.compare.segments import GONE, NEW, carrier
from pipeline.compare.thresholds import SHARES
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.compare.segments import ComparedSegment
    from pipeline.documents import Finding, Segment, SegmentName, Verdict

MOST_NAMED = 3
"""Segments named in one finding; the report's table has them all."""


def naming_carriers(
    findings: Iterable[Finding], segments: Sequence[ComparedSegment], report: Verdict
) -> Iterator[Finding]:
    """The same findings; one about a feature names the segment that carries the change, where one does."""
    for one in findings:
        about = one.get("features", [])[:1]
        found = carrier(segments, report.get("segments", []), about[0]) if about else None
        yield one if found is None else {**one, "text": f"{one['text']}, mostly {spoken(found)}", "segment": found}


def spoken(segment: SegmentName) -> str:
    """A segment as a person writes it."""
    return f"{segment['column']}={segment['value']}"


def segment_findings(report: Verdict, alpha: float) -> Iterator[Finding]:
    """Segments that drifted where the whole did not, and values that are new or gone.

    Args:
        report: Its `segments` and `feature_drift` are read.
        alpha: The probability of a word too many about values that are new or gone.
    """
    segments = report.get("segments", [])
    drifted = [one for one in segments if one["drifted"]]
    if drifted and not any(one["drifted"] for one in report["feature_drift"]):
        text = "; ".join(map(_moved, drifted[:MOST_NAMED]))
        yield {
            "kind": "segments",
            "severity": worst(one["severity"] for one in drifted),
            "text": f"the images as a whole hardly moved, but a part did: {text}{_more(drifted)}",
            "features": list(dict.fromkeys(one["largest"]["feature"] for one in drifted[:MOST_NAMED])),
            "segment": {"column": drifted[0]["column"], "value": drifted[0]["value"]},
        }
    for column in dict.fromkeys(one["column"] for one in segments):
        yield from _came_and_went([one for one in segments if one["column"] == column], alpha)


def _moved(one: Segment) -> str:
    return f"{one['column']}={one['value']} ({named(one['largest']['feature'], one['largest']['words'])})"


def _came_and_went(segments: Sequence[Segment], alpha: float) -> Iterator[Finding]:
    totals = sum(one["baseline_count"] for one in segments), sum(one["current_count"] for one in segments)
    level = alpha / SHARES / max(1, len(segments))
    for verdict in (NEW, GONE):
        own = [one for one in segments if one["verdict"] == verdict and _one_sided(one, totals) <= level]
        if own:
            named = ", ".join(f"{one['column']}={one['value']} ({_share(one, totals)})" for one in own[:MOST_NAMED])
            words = "not in the baseline" if verdict == NEW else "no longer there"
            yield {"kind": "segments", "severity": Severity.LOW, "text": f"{words}: {named}{_more(own)}"}


def _one_sided(one: Segment, totals: tuple[int, int]) -> float:
    """The probability that all images of a value fall on one side, when all images are dealt out again at random."""
    count, side = max((one["baseline_count"], totals[0]), (one["current_count"], totals[1]))
    total = sum(totals)
    ways = (math.lgamma(side + 1), -math.lgamma(side - count + 1), -math.lgamma(total + 1))
    return math.exp(min(0.0, math.fsum((*ways, math.lgamma(total - count + 1)))))


def _share(one: Segment, totals: tuple[int, int]) -> str:
    count, total = max((one["baseline_count"], totals[0]), (one["current_count"], totals[1]))
    return f"{count} of {total} images"


def _more(segments: Sequence[Segment]) -> str:
    more = len(segments) - MOST_NAMED
    return f"; and {more} more" if more > 0 else ""
