"""What segments add to the findings: where a change is, and which values are new or gone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pipeline.compare.judges.measures import named
from pipeline.compare.judges.segments import DRIFTED, GONE, HELD, NEW, carrier
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

    Where the segment is worse than the whole, what happened to that feature in it is said too, and the finding has the
    segment's severity.
    """
    verdicts = report.get("segments", [])
    for one in findings:
        about = one.get("features", [])[:1]
        found = carrier(segments, verdicts, about[0]) if about else None
        yield one if found is None else _carried(one, found, segments, verdicts)


def _carried(
    one: Finding, found: SegmentName, segments: Sequence[ComparedSegment], verdicts: Sequence[Segment]
) -> Finding:
    name = found["column"], found["value"]
    own = next(other for other in verdicts if (other["column"], other["value"]) == name)
    measures = next(other.measures for other in segments if (other.column, other.value) == name)
    words = next(other.words for other in measures if other.feature == one["features"][0])
    severity = worst([one["severity"], own["severity"]])
    there = f" (there {words})" if severity > one["severity"] else ""
    return {**one, "severity": severity, "text": f"{one['text']}, mostly {spoken(found)}{there}", "segment": found}


def spoken(segment: SegmentName | Segment) -> str:
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
        whole = _whole_drifted(report)
        found: Finding = {
            "kind": "segments",
            "severity": worst(one["severity"] for one in drifted),
            "text": f"{_lead(report, drifted)}: {_which(drifted)}",
            "features": list(dict.fromkeys(one["largest"]["feature"] for one in drifted[:MOST_NAMED])),
        }
        first: SegmentName = {"column": drifted[0]["column"], "value": drifted[0]["value"]}
        yield found if whole else {**found, "segment": first}
    for verdict, words in ((NEW, "not in the baseline"), (GONE, "no longer there")):
        for column in _columns(segments):
            own = [one for one in came_and_went(report, alpha) if (one["verdict"], one["column"]) == (verdict, column)]
            if own:
                totals = _totals(segments, column)
                which = ", ".join(f"{spoken(one)} ({_share(one, totals)})" for one in own[:MOST_NAMED])
                yield {"kind": "segments", "severity": Severity.LOW, "text": f"{words}: {which}{_more(own)}"}


def came_and_went(report: Verdict, alpha: float) -> list[Segment]:
    """The values that are new or gone, where chance does not leave so many images on one side.

    Args:
        report: Its `segments` are read.
        alpha: The probability of a word too many.
    """
    segments = report.get("segments", [])
    found: list[Segment] = []
    for column in _columns(segments):
        own, totals = [one for one in segments if one["column"] == column], _totals(segments, column)
        level = alpha / SHARES / max(1, len(own))
        found += [one for one in own if one["verdict"] in {NEW, GONE} and _one_sided(one, totals) <= level]
    return found


def _whole_drifted(report: Verdict) -> bool:
    """Whether anything about all images together drifted: a feature, a rule, or many features a little."""
    rules = any(report["drift_summary"].values()) or report["joint_drift"]["drift_detected"]
    return rules or any(one["drifted"] for one in report["feature_drift"])


def all_drifted(segments: Sequence[Segment]) -> bool:
    """Whether there are several segments that could be judged, and each of them drifted."""
    judged = [one["drifted"] for one in segments if one["verdict"] in {DRIFTED, HELD}]
    return len(judged) > 1 and all(judged)


def _lead(report: Verdict, drifted: Sequence[Segment]) -> str:
    parts = _parts(report["segments"], len(drifted))
    if _whole_drifted(report):
        return f"{parts} drifted"
    about = drifted[0]["largest"]["feature"]
    whole = next((one for one in report["feature_drift"] if one["feature"] == about), None)
    if whole is None:
        return f"the images as a whole did not drift, but {parts} did"
    unit = "of the images" if whole["kind"] == "categorical" else "standard deviations"
    return (
        f"of all images together, {about.replace('_', ' ')} moved by {whole['effect']:.2g} {unit} "
        f"({whole['verdict']}), but {parts} drifted"
    )


def _parts(segments: Sequence[Segment], count: int) -> str:
    if not all_drifted(segments) or count == 1:
        return "a part" if count == 1 else f"{count} parts"
    return f"all {count} parts" + ("" if all(one["drifted"] for one in segments) else " that could be judged")


def _columns(segments: Sequence[Segment]) -> list[str]:
    return list(dict.fromkeys(one["column"] for one in segments))


def _totals(segments: Sequence[Segment], column: str) -> tuple[int, int]:
    own = [one for one in segments if one["column"] == column]
    return sum(one["baseline_count"] for one in own), sum(one["current_count"] for one in own)


def _which(drifted: Sequence[Segment]) -> str:
    """All of them: none that drifted is left out of the findings."""
    first, others = drifted[:MOST_NAMED], drifted[MOST_NAMED:]
    also = "; and " + ", ".join(map(spoken, others)) if others else ""
    return "; ".join(map(_moved, first)) + also


def _moved(one: Segment) -> str:
    return f"{spoken(one)} ({named(one['largest']['feature'], one['largest']['words'])})"


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
