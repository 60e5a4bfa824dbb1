"""Segments as a heat map: one row a segment, one column a feature, the effect by colour and as a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.judges.segments import compare_segments
from pipeline.compare.sides.baseline import side_from_document
from pipeline.compare.thresholds import Bands, Rules
from pipeline.report.profiles import telling
from pipeline.report.words import spoken
from pipeline.severity import Severity, worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.compare.judges.measures import Measures
    from pipeline.documents import DriftReport, Segment

MOST_COLUMNS = 8
"""Features that have a column: those that moved most in any segment."""

ROWS_OPEN, MOST_ROWS = 15, 120
"""Segments that are seen at once, and with the others unfolded."""


_BANDS_OF = {"numeric": "features", "categorical": "classes"}


@dataclass(frozen=True, slots=True)
class Cell:
    """The effect of one feature in one segment; its severity is none where chance or the threshold holds it back."""

    effect: float
    severity: str


@dataclass(frozen=True, slots=True)
class HeatRow:
    """One segment with a cell for each column, None where the segment was not judged."""

    segment: Segment
    cells: Sequence[Cell | None]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Segments, those first that carry the change.

    Attributes:
        columns: Names of features, as words.
        shown: The rows that are seen at once.
        folded: Those behind them.
        left_out: How many segments there are beyond these.
        drifted: How many drifted, of all.
        count: All of them.
    """

    columns: Sequence[str]
    shown: Sequence[HeatRow]
    folded: Sequence[HeatRow]
    left_out: int
    drifted: int
    count: int


def heat_map(report: DriftReport) -> HeatMap | None:
    """The map of a report's segments; None where none were asked for.

    Raises:
        DocumentError: The profile of a segment is damaged, or another version's.
    """
    segments = report.get("segments", [])
    if not segments:
        return None
    kept, cells = segments[:MOST_ROWS], _cells(report)
    columns = _columns(kept, cells)
    rows = [HeatRow(one, _row(cells.get((one["column"], one["value"]), {}), columns)) for one in kept]
    return HeatMap(
        [spoken(one) for one in columns],
        rows[:ROWS_OPEN],
        rows[ROWS_OPEN:],
        len(segments) - len(kept),
        sum(one["drifted"] for one in segments),
        len(segments),
    )


def _row(cells: Mapping[str, Cell], columns: Sequence[str]) -> list[Cell | None]:
    return [cells.get(one) for one in columns]


def _columns(segments: Sequence[Segment], cells: Mapping[tuple[str, str], Mapping[str, Cell]]) -> list[str]:
    """The features that moved most somewhere, first those that are the largest change of a segment that drifted."""
    largest = dict[str, float]()
    for own in cells.values():
        for name, cell in own.items():
            if cell.severity != "none":
                largest[name] = max(largest.get(name, 0.0), cell.effect)
    first = dict.fromkeys(one["largest"]["feature"] for one in segments if one["drifted"] and "largest" in one)
    # The many statistics of the pixels say mostly the same.
    others = sorted(largest, key=lambda name: (not telling(name), -largest[name]))
    return list(dict.fromkeys([*first, *others]))[:MOST_COLUMNS]


def _cells(report: DriftReport) -> dict[tuple[str, str], dict[str, Cell]]:
    """What is measured of each segment's features; of a report without profiles, of the largest changes alone."""
    before, now = (side_from_document(report[side]).segments for side in ("baseline", "current"))
    compared = compare_segments(before, now, Rules(alpha=report["rules"]["alpha"])) if before and now else []
    if not compared:
        return {_key(one): _largest(one) for one in report["segments"]}
    thresholds = {one["feature"]: one["threshold"] for one in report.get("feature_drift", [])}
    bands = {kind: Bands(**report["rules"][rule]["bands"]) for kind, rule in _BANDS_OF.items()}
    return {
        (one.column, one.value): {
            own.feature: _cell(own, thresholds.get(own.feature, 0.0), bands[own.kind]) for own in one.measures
        }
        for one in compared
    }


def _key(segment: Segment) -> tuple[str, str]:
    return segment["column"], segment["value"]


def _largest(segment: Segment) -> dict[str, Cell]:
    own = segment.get("largest")
    return {} if own is None else {own["feature"]: Cell(own["effect"], segment["severity"])}


def _cell(own: Measures, threshold: float, bands: Bands) -> Cell:
    if own.effect <= max(own.noise_floor, threshold):
        return Cell(own.effect, Severity.NONE.value)
    return Cell(own.effect, worst([Severity.LOW, bands.severity(own.effect)]).value)
