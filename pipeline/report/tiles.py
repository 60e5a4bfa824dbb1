"""The few numbers that stand at the top of a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.compare.history import has_data, newest_day
from pipeline.report.words import count, counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.documents import AccuracyEstimate, BaselineDocument, DriftReport, HistoryDocument

_ROOM = 0.08


@dataclass(frozen=True, slots=True)
class Tile:
    """One number.

    Attributes:
        label: What it is.
        value: The number, as text.
        detail: What it is held against.
    """

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AccuracyTile:
    """The estimated accuracy and the scale on which it is drawn.

    Attributes:
        estimate: As in the report.
        low: The left end of the scale.
        high: Its right end.
        when: The day that it is of, on a page of many; "" on one of a single comparison.
    """

    estimate: AccuracyEstimate
    low: float
    high: float
    when: str = ""

    def percent(self, value: float) -> float:
        """Where an accuracy lies on the scale."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)


def accuracy_tile(own: AccuracyEstimate | None, when: str = "") -> AccuracyTile | None:
    """The accuracy on a scale that holds all that is known of it; None where nothing is."""
    if own is None:
        return None
    known = [own["low"], own["high"], own["baseline_accuracy"], own.get("true_accuracy", own["estimated_accuracy"])]
    return AccuracyTile(own, max(0.0, min(known) - _ROOM), min(1.0, max(known) + _ROOM), when)


def newest_accuracy(history: HistoryDocument) -> AccuracyTile | None:
    """That of the newest day that could be compared, and not of one before it: nobody reads it as of today."""
    newest = newest_day(history["days"])
    return accuracy_tile(newest.get("accuracy_estimate"), newest["date"]) if newest is not None else None


def report_tiles(report: DriftReport) -> list[Tile]:
    """Images, certainty, drifted features; those that the report has."""
    return [*_images(report), *_confidence(report), *_features(report)]


def history_tiles(history: HistoryDocument) -> list[Tile]:
    """The last day that was judged, the days that drifted, and when it began."""
    days, every = history["days"], history.get("every", "day")
    judged = [day for day in days if has_data(day)]
    if not judged:
        return []
    last, drifted = judged[-1], sum(day["overall_drift_detected"] for day in judged)
    tiles = [
        Tile(f"Latest {every}", last["date"], counted(last["image_count"], "image")),
        Tile("Drifted", f"{drifted} of {len(judged)}", f"{every}s"),
    ]
    if first := history.get("first_drift"):
        tiles.append(Tile("First drift", first))
    if len(judged) < len(days):
        tiles.append(Tile("Without data", count(len(days) - len(judged)), f"of {counted(len(days), every)}"))
    return tiles


def _images(report: DriftReport) -> Iterator[Tile]:
    before, now = report["baseline"]["dataset_info"], report["current"]["dataset_info"]
    unreadable = now["unreadable"]["count"]
    detail = f"baseline {count(before['image_count'])}"
    yield Tile(
        "Images", count(now["image_count"]), f"{detail}; {count(unreadable)} unreadable" if unreadable else detail
    )


def _confidence(report: DriftReport) -> Iterator[Tile]:
    before, now = (_mean_confidence(report[side]) for side in ("baseline", "current"))
    if before is not None and now is not None:
        yield Tile("Mean confidence", f"{now:.2f}", f"baseline {before:.2f}")


def _mean_confidence(document: BaselineDocument) -> float | None:
    predictions = document.get("predictions")
    return predictions["confidence_statistics"]["mean"] if predictions else None


def _features(report: DriftReport) -> Iterator[Tile]:
    features = report.get("feature_drift", [])
    if features:
        drifted = sum(one["drifted"] for one in features)
        yield Tile("Features drifted", f"{drifted} of {len(features)}")
