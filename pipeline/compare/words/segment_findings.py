"""What segments add to the findings: where a change is, and which values are new or gone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipeline.compare.judges.measures import named
from pipeline.compare.judges.segments import GONE, NEW, carrier
from pipeline.compare.thresholds import SHARES
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pipeline.compare.judges.segments import ComparedSegment
    from pipeline.documents import Finding, Segment, SegmentName, Verdict

MOST_NAMED = 3
"""Segments named in one finding; the report's table has them all."""


def naming_carriers(
    findings: Iterable[Finding], segments: Sequence[ComparedSegment], report: Verdict
) -> Iterator[Finding]:
    """The same findings; one about a feature names the segment that carries the change, where one does.

    What is worse in that segment than in the whole is said too, and has the severity that it has there.
    """
    verdicts = report.get("segments", [])
    for one in findings:
        about = one.get("features", [])[:1]
        found = carrier(segments, verdicts, about[0]) if about else None
        yield one if found is None else _carried(one, found, verdicts)


def _carried(one: Finding, found: SegmentName, verdicts: Sequence[Segment]) -> Finding:
    own = next(other for other in verdicts if (other["column"], other["value"]) == (found["column"], found["value"]))
    severity = worst([one["severity"], own["severity"]])
    there = f" (there {own['largest']['words']})" if severity > one["severity"] else ""
    return {**one, "severity": severity, "text": f"{one['text']}, mostly {spoken(found)}{there}", "segment": found}


def spoken(segment: SegmentName) -> str:
    """A segment as a person writes it."""
    return f"{segment['column']}={segment['value']}"


def segment_findings(report: Verdict, told: Iterable[Finding], alpha: float) -> Iterator[Finding]:
    """Segments that drifted and that no finding names so far, and values that are new or gone.

    Args:
        report: Its `segments` and `feature_drift` are read.
        told: The findings so far.
        alpha: The probability of a word too many about values that are new or gone.
    """
    segments = report.get("segments", [])
    named = [one["segment"] for one in told if "segment" in one]
    drifted = [
        one for one in segments if one["drifted"] and {"column": one["column"], "value": one["value"]} not in named
    ]
    if drifted:
        whole = any(one["drifted"] for one in report["feature_drift"])
        lead = "parts that drifted" if whole else "the images as a whole hardly moved, but a part did"
        found: Finding = {
            "kind": "segments",
            "severity": worst(one["severity"] for one in drifted),
            "text": f"{lead}: {'; '.join(map(_moved, drifted[:MOST_NAMED]))}{_also(drifted[MOST_NAMED:])}",
            "features": list(dict.fromkeys(one["largest"]["feature"] for one in drifted[:MOST_NAMED])),
        }
        first: SegmentName = {"column": drifted[0]["column"], "value": drifted[0]["value"]}
        yield found if whole else {**found, "segment": first}
    for column in dict.fromkeys(one["column"] for one in segments):
        yield from _came_and_went([one for one in segments if one["column"] == column], alpha)


def _also(others: Sequence[Segment]) -> str:
    """All of them: none that drifted is left out of the findings."""
    return "; and " + ", ".join(f"{one['column']}={one['value']}" for one in others) if others else ""


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
