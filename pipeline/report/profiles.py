"""What a document says of one feature, wherever it stands in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.features import FEATURES, PREDICTED_CLASS

if TYPE_CHECKING:
    from pipeline.documents import BaselineDocument, FeatureProfile

KINDS = {
    "quality": "Picture quality",
    "prediction": "Predictions",
    "file": "Files and cameras",
    "pixels": "Pixel statistics",
    "other": "Other",
}
"""What the groups of features are called, in the order in which people ask for them."""

_GROUPS = {one.name: one.group for one in FEATURES}


def kind_of(feature: str) -> str:
    """The group of a feature, a key of `KINDS`; `other` for one that this version does not know."""
    group = _GROUPS.get(feature, "other")
    return group if group in KINDS else "other"


def telling(feature: str) -> bool:
    """Whether people look at a feature first: it says how a picture looks, or what the model makes of it."""
    return kind_of(feature) in {"quality", "prediction"}


def number_profile(document: BaselineDocument, feature: str) -> FeatureProfile | None:
    """The profile of a numeric feature; None where the document has none."""
    predictions = document.get("predictions")
    of_predictions = predictions["features"] if predictions else {}
    return document["input_distribution"]["features"].get(feature) or of_predictions.get(feature)


def category_counts(document: BaselineDocument, feature: str) -> dict[str, int]:
    """How many images have each value of a categorical feature, those without one under `none`; nothing where the
    document has no such feature."""
    if feature == PREDICTED_CLASS:
        return _class_counts(document)
    found = document["input_distribution"].get("categories", {}).get(feature)
    if found is None:
        return {}
    missing = {"none": found["missing"] + found["counts"].get("none", 0)} if found["missing"] else {}
    return {**found["counts"], **missing}


def value_name(document: BaselineDocument, feature: str, value: str) -> str:
    """What a value of a categorical feature is called."""
    if feature != PREDICTED_CLASS:
        return value
    return document.get("predictions", {}).get("class_names", {}).get(value, f"class {value}")


def _class_counts(document: BaselineDocument) -> dict[str, int]:
    predictions = document.get("predictions")
    return predictions["class_distribution"] if predictions else {}
