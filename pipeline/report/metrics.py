"""A report or a history to metrics in Prometheus's text format, for the textfile collector of its node exporter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.compare.history import has_data, newest_day
from pipeline.compare.words.findings import shown_severity
from pipeline.severity import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pipeline.documents import DriftReport, FeatureDrift, HistoryDocument, Judgement

Labels = tuple[tuple[str, str], ...]

_RULES_TOLD = ("alpha", "noise_guard")
"""Of the rules, what explains why one day alarms and another does not; the document has all of them."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric, a gauge like all of ours, with its samples.

    Attributes:
        name: Without the prefix that all have.
        meaning: For its HELP line.
        samples: Labels and value of each.
    """

    name: str
    meaning: str
    samples: tuple[tuple[Labels, float], ...]


def report_metrics(report: DriftReport, watch: str) -> str:
    """The metrics of one comparison, a line each.

    Args:
        report: The drift report.
        watch: What is watched: a label on every sample, so that several files can lie in one folder of the collector's.
    """
    return _text([*_verdict(report), *_of_sets(report), *_of_rules(report), *_of_features(report)], watch)


def history_metrics(history: HistoryDocument, watch: str) -> str:
    """The metrics of a history: how many days drifted, and how the newest one that could be judged went.

    Args:
        history: The history.
        watch: As of `report_metrics`.
    """
    days = history["days"]
    drifted = [day["date"] for day in days if day["overall_drift_detected"]]
    metrics = [
        *_made(history, history["baseline"]["fingerprint"]),
        _one("days", "Days in the history", len(days)),
        _one("days_without_data", "Of them without data", sum(not has_data(day) for day in days)),
        _one("days_drifted", "Days in the history that drifted", len(drifted)),
    ]
    if drifted:
        metrics += [
            _one("first_drift_timestamp_seconds", "Beginning of the first day that drifted", _seconds(drifted[0])),
            _one("last_drift_timestamp_seconds", "Beginning of the last day that drifted", _seconds(drifted[-1])),
        ]
    if (newest := newest_day(days)) is not None:
        metrics += [
            *_drift(shown_severity(newest), detected=newest["overall_drift_detected"]),
            _one("day_timestamp_seconds", "Beginning of the newest day that could be judged", _seconds(newest["date"])),
            _images({"current": newest["image_count"], "baseline": history["baseline"]["dataset_info"]["image_count"]}),
        ]
    return _text(metrics, watch)


def _verdict(report: DriftReport) -> Iterator[Metric]:
    yield from _made(report, report["current"]["fingerprint"])
    yield from _drift(shown_severity(report), detected=report["overall_drift_detected"])
    counts = {one.value: sum(found["severity"] == one for found in report["findings"]) for one in Severity}
    yield _several("findings", "Findings by severity", "severity", counts)
    if "accuracy_estimate" in report:
        estimate = report["accuracy_estimate"]
        accuracies = {
            "estimate": estimate["estimated_accuracy"],
            "low": estimate["low"],
            "high": estimate["high"],
            "baseline": estimate["baseline_accuracy"],
        }
        yield _several("accuracy", "Accuracy, estimated without labels with its interval", "of", accuracies)


def _drift(severity: str, *, detected: bool) -> Iterator[Metric]:
    yield _one("drift", "Whether there is drift: 0 or 1", detected)
    meaning = "Of the drift or the gravest finding: 0 none, 1 low, 2 medium, 3 high"
    yield _one("severity", meaning, Severity(severity).rank)


def _of_sets(report: DriftReport) -> Iterator[Metric]:
    sets = {"baseline": report["baseline"]["dataset_info"], "current": report["current"]["dataset_info"]}
    yield _images({name: info["image_count"] for name, info in sets.items()})
    unreadable = {name: info["unreadable"]["count"] for name, info in sets.items()}
    yield _several("unreadable_images", "Images that could not be read", "set", unreadable)


def _of_rules(report: DriftReport) -> Iterator[Metric]:
    blocks: dict[str, Judgement | None] = {
        "pixel": report["pixel_distribution_drift"],
        "confidence": report.get("confidence_drift"),
        "class": report.get("class_distribution_drift"),
    }
    rules = {name: one for name, one in blocks.items() if one is not None}
    fired = {key: one["drift_detected"] for key, one in rules.items()}
    yield _several("rule_drift", "Whether a rule fired", "rule", fired)
    yield _several("rule_value", "What a rule judges", "rule", {key: one["value"] for key, one in rules.items()})
    thresholds = {key: one["threshold"] for key, one in rules.items()}
    yield _several("rule_threshold", "A rule's value must be above it", "rule", thresholds)
    floors = {key: one["noise_floor"] for key, one in rules.items()}
    yield _several("rule_noise_floor", "What a rule's value rarely passes by chance", "rule", floors)


def _of_features(report: DriftReport) -> Iterator[Metric]:
    features: dict[str, FeatureDrift] = {one["feature"]: one for one in report["feature_drift"]}
    drifted = {name: one["drifted"] for name, one in features.items()}
    yield _several("feature_drift", "Whether a feature drifted", "feature", drifted)
    effects = {name: one["effect"] for name, one in features.items()}
    yield _several("feature_effect", "How far a feature's distribution moved", "feature", effects)
    thresholds = {name: one["threshold"] for name, one in features.items()}
    yield _several("feature_threshold", "A feature's effect must be above it", "feature", thresholds)
    floors = {name: one["noise_floor"] for name, one in features.items()}
    yield _several("feature_noise_floor", "What a feature's effect rarely passes by chance", "feature", floors)
    joint = report["joint_drift"]
    yield _one("joint_drift", "Whether all numeric features together drifted", joint["drift_detected"])
    yield _one("joint_distance", "Mahalanobis distance between their means", joint["distance"])


def _images(counts: Mapping[str, float]) -> Metric:
    return _several("images", "Images that could be read", "set", counts)


def _made(document: DriftReport | HistoryDocument, fingerprint: str) -> Iterator[Metric]:
    made = datetime.fromisoformat(document["timestamp"]).timestamp()
    yield _one("timestamp_seconds", "When the document was made", made)
    rules = {name: str(document["rules"][name]) for name in _RULES_TOLD if name in document["rules"]}
    labels = {"version": document["generator"]["version"], "settings": fingerprint, **rules}
    yield Metric(
        "info",
        "What made it: framewatch, how images became rows, and how strictly it judged; always 1",
        ((tuple(labels.items()), 1),),
    )


def _seconds(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def _one(name: str, meaning: str, value: float) -> Metric:
    return Metric(name, meaning, (((), value),))


def _several(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Metric:
    return Metric(name, meaning, tuple((((label, key),), value) for key, value in values.items()))


def _text(metrics: Iterable[Metric], watch: str) -> str:
    return "".join(line for one in metrics if one.samples for line in _lines(one, ("watch", watch)))


def _lines(own: Metric, always: tuple[str, str]) -> Iterator[str]:
    name = f"framewatch_{own.name}"
    yield f"# HELP {name} {own.meaning}\n"
    yield f"# TYPE {name} gauge\n"
    for labels, value in own.samples:
        inside = ",".join(f'{key}="{_escaped(text)}"' for key, text in (always, *labels))
        yield f"{name}{{{inside}}} {float(value)!r}\n"


def _escaped(text: str) -> str:
    """A label's value as the format has it; bytes that are no text, as lone surrogates here, cannot be written."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return plain.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
