"""A profile to the baseline document, and back: the document is all that monitoring needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.sides.day_document import days_from_document, days_to_document
from pipeline.compare.sides.joint_document import joint_from_document, joint_to_document
from pipeline.compare.sides.segment_document import segments_from_document
from pipeline.compare.sides.side import Side
from pipeline.documents import SCHEMA_VERSION
from pipeline.extract.pixels import pixel_moments, pixel_spread
from pipeline.features import CHANNELS, Bins, feature
from pipeline.profile.joint import no_joint_moments, without
from pipeline.profile.profile import NumericProfile, Profile
from pipeline.version import generator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from pipeline.compare.sides.between_days import BetweenDays
    from pipeline.documents import (
        BaselineDocument,
        CategoryProfile,
        DatasetInfo,
        FeatureProfile,
        InputDistribution,
        LabelledHistogram,
        Predictions,
        Spread,
    )
    from pipeline.settings import ExtractionSettings


def to_document(
    profile: Profile,
    settings: ExtractionSettings,
    source: str,
    dates: Sequence[str] = (),
    notes: Sequence[str] = (),
    days: BetweenDays | None = None,
) -> BaselineDocument:
    """The document of a profile with at least one readable image.

    Args:
        profile: What is known of the images.
        settings: How they became rows.
        source: Where they came from.
        dates: The dates of the partitions, where they came from a store.
        notes: What was assumed, beside the settings' own notes.
        days: How much its days differ, where it has several.
    """
    document: BaselineDocument = {
        "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
        "schema_version": SCHEMA_VERSION,
        "generator": generator(),
        "dataset_info": _dataset_info(profile, settings, source, dates),
        "settings": settings.to_dict(),
        "fingerprint": settings.fingerprint,
        "notes": [*settings.notes, *notes],
        "input_distribution": _input_distribution(profile),
    }
    if "confidence" in profile.features:
        document["predictions"] = _predictions(profile, settings)
    if days is not None:
        document["between_days"] = days_to_document(days)
    return document


def without_sample(document: BaselineDocument) -> BaselineDocument:
    """A baseline document as reports hold it: they show the images of its sample that matter."""
    kept = document.copy()
    kept.pop("sample", None)
    return kept


def from_document(document: BaselineDocument) -> Profile:
    """The profile that a valid document holds.

    Raises:
        DocumentError: Its joint moments contradict themselves.
    """
    inputs, predictions = document["input_distribution"], document.get("predictions")
    features = dict(inputs["features"]) | (dict(predictions["features"]) if predictions else {})
    pictures = joint_from_document(inputs["joint_moments"])
    predicted = joint_from_document(predictions["joint_moments"]) if predictions else no_joint_moments()
    labelled = predictions.get("labelled_count", 0) if predictions else 0
    return Profile(
        pixel_counts=np.array([inputs["histograms"][channel] for channel in CHANNELS], dtype=np.int64),
        features={name: _numeric_profile(one) for name, one in features.items()},
        classes={int(key): value for key, value in predictions["class_distribution"].items()} if predictions else {},
        statuses=_statuses(document["dataset_info"]),
        predicted=predicted,
        unpredicted=without(pictures, predicted),
        categories={name: _category_counts(one) for name, one in inputs["categories"].items()},
        labelled=labelled,
        correct=round(predictions.get("accuracy", 0.0) * labelled) if predictions else 0,
        labelled_histograms={
            name: np.array([one["images"], one["correct"]], dtype=np.int64)
            for name, one in (predictions.get("labelled_histograms", {}) if predictions else {}).items()
        },
        class_pairs=predictions.get("class_pairs", 0) if predictions else 0,
        class_repeats=predictions.get("class_repeats", 0) if predictions else 0,
    )


def side_from_document(document: BaselineDocument) -> Side:
    """What is compared of a valid document.

    Raises:
        DocumentError: Its joint moments contradict themselves, or a segment is damaged.
    """
    names = {int(key): name for key, name in document.get("predictions", {}).get("class_names", {}).items()}
    return replace(
        Side.of(from_document(document)),
        class_names=names,
        segments={
            column: {value: replace(Side.of(one), class_names=names) for value, one in values.items()}
            for column, values in segments_from_document(document).items()
        },
        duplicates=document["dataset_info"].get("duplicates"),
        days=days_from_document(document["between_days"]) if "between_days" in document else None,
    )


def _dataset_info(profile: Profile, settings: ExtractionSettings, source: str, dates: Sequence[str]) -> DatasetInfo:
    reasons = {
        reason or "unknown": count for (status, reason), count in profile.statuses.items() if status == "unreadable"
    }
    info: DatasetInfo = {
        "image_count": profile.image_count,
        "input_size": list(settings.input_size),
        "source": source,
        "unreadable": {"count": sum(reasons.values()), "by_reason": dict(sorted(reasons.items()))},
        "invalid_scores": sum(count for (status, _), count in profile.statuses.items() if status == "invalid_scores"),
    }
    if dates:
        info["dates"] = list(dates)
    return info


def _input_distribution(profile: Profile) -> InputDistribution:
    per_channel = [pixel_moments(counts) for counts in profile.pixel_counts]
    return {
        "pixel_statistics": {
            "overall": pixel_spread(profile.pixel_counts.sum(axis=0)),
            "per_channel": {"mean": [mean for mean, _ in per_channel], "std": [std for _, std in per_channel]},
        },
        "histograms": dict(zip(CHANNELS, profile.pixel_counts.tolist(), strict=True)),
        "features": {
            name: _feature_profile(name, one) for name, one in profile.features.items() if not _predicted(name)
        },
        "categories": {name: _category_profile(counts) for name, counts in profile.categories.items()},
        "joint_moments": joint_to_document(profile.pictures),
    }


def _predictions(profile: Profile, settings: ExtractionSettings) -> Predictions:
    confidence = profile.features["confidence"]
    names = settings.model.class_names if settings.model else None
    predictions: Predictions = {
        "prediction_count": confidence.count,
        "unique_classes": len(profile.classes),
        "class_distribution": {str(key): profile.classes[key] for key in sorted(profile.classes)},
        "confidence_statistics": _spread(confidence),
        "features": {name: _feature_profile(name, one) for name, one in profile.features.items() if _predicted(name)},
        "joint_moments": joint_to_document(profile.predicted),
    }
    if names is not None:
        predictions["class_names"] = {str(key): names[key] for key in sorted(profile.classes) if key < len(names)}
    if settings.model is not None and settings.model.task == "detection":
        predictions["box_count"] = sum(profile.classes.values())
    if profile.class_pairs:
        predictions |= {"class_pairs": profile.class_pairs, "class_repeats": profile.class_repeats}
    if profile.labelled:
        predictions["accuracy"] = profile.correct / profile.labelled
        predictions["labelled_count"] = profile.labelled
        predictions["labelled_histograms"] = {
            name: _labelled_histogram(name, counts) for name, counts in profile.labelled_histograms.items()
        }
    return predictions


def _predicted(name: str) -> bool:
    return feature(name).group == "prediction"


def _spread(own: NumericProfile) -> Spread:
    return {"mean": own.mean, "std": own.std, "min": own.low, "max": own.high, "median": _median(own)}


def _median(own: NumericProfile) -> float:
    """The median of values in [0, 1] to within a bin: the mean of the two middle ones, each taken to lie at the middle
    of its bin."""
    ends = np.cumsum(own.histogram)
    middle = np.searchsorted(ends, [(own.count - 1) // 2, own.count // 2], side="right")
    return float(np.clip((middle.mean() + 0.5) / len(own.histogram), own.low, own.high))


def _feature_profile(name: str, own: NumericProfile) -> FeatureProfile:
    bins = feature(name).bins or Bins(0.0, 1.0)
    found: FeatureProfile = {
        "count": own.count,
        "mean": own.mean,
        "std": own.std,
        "min": own.low,
        "max": own.high,
        "low": bins.low,
        "high": bins.high,
        "histogram": own.histogram.tolist(),
    }
    if own.pairs:
        found |= {"pairs": own.pairs, "jumps": own.jumps}
    return found


def _numeric_profile(own: FeatureProfile) -> NumericProfile:
    histogram = np.array(own["histogram"], dtype=np.int64)
    return NumericProfile(
        own["count"],
        own["mean"],
        own["std"] ** 2 * own["count"],
        own["min"],
        own["max"],
        histogram,
        own.get("pairs", 0),
        own.get("jumps", 0.0),
    )


def _category_profile(counts: Mapping[str | None, int]) -> CategoryProfile:
    present = {value: count for value, count in counts.items() if value is not None}
    return {"counts": dict(sorted(present.items())), "missing": counts.get(None, 0)}


def _category_counts(own: CategoryProfile) -> dict[str | None, int]:
    missing: dict[str | None, int] = {None: own["missing"]} if own["missing"] else {}
    return missing | own["counts"]


def _labelled_histogram(name: str, counts: NDArray[np.int64]) -> LabelledHistogram:
    bins = feature(name).bins or Bins(0.0, 1.0)
    images, correct = counts.tolist()
    return {"low": bins.low, "high": bins.high, "images": images, "correct": correct}


def _statuses(info: DatasetInfo) -> dict[tuple[str, str | None], int]:
    statuses: dict[tuple[str, str | None], int] = {
        ("unreadable", reason): count for reason, count in info["unreadable"]["by_reason"].items()
    }
    statuses["ok", None] = info["image_count"] - info["invalid_scores"]
    statuses["invalid_scores", "NaN or infinite scores"] = info["invalid_scores"]
    return {kind: count for kind, count in statuses.items() if count > 0}
