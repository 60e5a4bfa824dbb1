"""The shape of a history: each day, or week, of a dataset against a baseline."""

from __future__ import annotations

from typing import Annotated, Any, NotRequired, TypedDict

from pipeline.documents.baseline import BaselineDocument, Generator
from pipeline.documents.report import AccuracyEstimate, DriftSummary, Finding, SegmentChange


class DayJudgement(TypedDict):
    """What one rule says of a day, in short; the day's own report has the rest."""

    baseline: Annotated[float, "The quantity in what the day is compared with; 0 of the distance between classes"]
    value: Annotated[float, "As in the day's report"]
    threshold: Annotated[float, "The same: the rule fires above it"]
    noise_floor: Annotated[float, "The same: what chance does; the rule fires above it as well"]


class HistoryDay(TypedDict):
    """One day, or week, against the baseline."""

    date: Annotated[str, "Of a week, its Monday"]
    status: NotRequired[
        Annotated[str, "judged, unreadable, no data, or no baseline; absent in histories of older versions"]
    ]
    image_count: int
    overall_drift_detected: bool
    overall_severity: str
    drift_summary: DriftSummary
    findings: list[Finding]
    not_judged: NotRequired[Annotated[dict[str, str], "As in the day's report; absent where every rule was judged"]]
    pixel_mean: NotRequired[Annotated[float, "Absent, like all that is measured, where no image could be read"]]
    pixel_std: NotRequired[float]
    mean_confidence: NotRequired[float]
    total_variation_distance: NotRequired[float]
    accuracy_estimate: NotRequired[Annotated[AccuracyEstimate, "As in the day's report; absent where that has none"]]
    judgements: NotRequired[
        Annotated[dict[str, DayJudgement], "Of the rules that could be judged, by their keys in `drift_summary`"]
    ]


class FeaturePath(TypedDict):
    """One feature over the days that were judged; all lists are equally long."""

    feature: str
    kind: Annotated[str, "numeric or categorical"]
    threshold: Annotated[float, "The effect must be above it"]
    dates: list[str]
    effects: Annotated[list[float], "As in each day's report"]
    noise_floors: Annotated[list[float], "The same: the band from 0 to it is what chance does"]
    drifted: Annotated[list[bool], "The same"]


class FeatureChange(TypedDict):
    """Days in a row on which a feature drifted in one direction."""

    feature: str
    direction: Annotated[str, "up or down; wider or narrower, where the mean hardly moved; mix, of a category"]
    since: Annotated[str, "The first day of it"]
    until: NotRequired[Annotated[str, "The first judged day on which it was over; absent while it lasts"]]
    words: Annotated[str, "As on the day of the largest effect"]
    largest_effect: float
    largest_on: NotRequired[Annotated[str, "Its day; absent, like all below, in histories of older versions"]]
    first_effect: NotRequired[Annotated[float, "On the first day"]]
    latest_effect: NotRequired[Annotated[float, "On the last day of it so far"]]
    latest_words: NotRequired[Annotated[str, "As on that day"]]


class DriftedSegment(TypedDict):
    """Days in a row on which a segment drifted."""

    column: str
    value: Annotated[str, "As in the days' reports"]
    since: Annotated[str, "The first day of it"]
    until: NotRequired[Annotated[str, "The first judged day on which it was over; absent while it lasts"]]
    largest: Annotated[SegmentChange, "The feature that tells most, on the day on which it moved most"]
    largest_on: NotRequired[Annotated[str, "That day; absent, like the latest, in histories of older versions"]]
    latest: NotRequired[Annotated[SegmentChange, "The feature that tells most on the last day of it so far"]]


class HistoryDocument(TypedDict):
    """Every day of a dataset against one baseline, or against the days before it."""

    timestamp: str
    schema_version: str
    generator: Generator
    dataset: str
    first_drift: NotRequired[Annotated[str, "The first day that drifted; absent where none did"]]
    drifting_since: NotRequired[
        Annotated[str, "The first of the days in a row that drifted, where the newest did; absent where it did not"]
    ]
    every: NotRequired[Annotated[str, "What is judged together: day or week"]]
    against: NotRequired[Annotated[str, "baseline, or trailing:28 and the like"]]
    days: Annotated[list[HistoryDay], "Every one from the first to the last, those without data included"]
    changes: NotRequired[Annotated[list[FeatureChange], "By their first days"]]
    paths: NotRequired[Annotated[list[FeaturePath], "One for each feature, by name"]]
    segments: NotRequired[Annotated[list[DriftedSegment], "Where segments are asked for: by their first days"]]
    expected_false_alarms: NotRequired[Annotated[float, "At most so many of the judged days drift by chance"]]
    rules: dict[str, Any]
    baseline: Annotated[BaselineDocument, "Against the days before: that of the last day judged"]
