"""How much days differ to its part of the baseline document, and back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipeline.compare.sides import between_days
from pipeline.compare.statistics import day_variance
from pipeline.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.documents import BetweenDays, DayVariance


def days_to_document(own: between_days.BetweenDays) -> BetweenDays:
    """The block of the days of a set."""
    return {
        "days": own.days,
        "unevenness": own.unevenness,
        "expected": own.expected,
        "weight": own.weight,
        "features": {
            name: {"mean": _to_document(mean), "location": _to_document(location), "spread": _to_document(spread)}
            for name, (mean, location, spread) in own.features.items()
        },
        "pixel_std": _to_document(own.pixel_std),
        "classes": _to_document(own.classes),
        "categories": {name: _to_document(one) for name, one in own.categories.items()},
        "products": {
            name: [row[: at + 1] for at, row in enumerate(products.tolist())] for name, products in own.products.items()
        },
    }


def days_from_document(own: BetweenDays) -> between_days.BetweenDays:
    """What a block says.

    Raises:
        DocumentError: Its products are no halves of square tables.
    """
    return between_days.BetweenDays(
        own["days"],
        own["unevenness"],
        {
            name: (_from_document(one["mean"]), _from_document(one["location"]), _from_document(one["spread"]))
            for name, one in own["features"].items()
        },
        _from_document(own["pixel_std"]),
        _from_document(own["classes"]),
        {name: _from_document(one) for name, one in own["categories"].items()},
        {kind: _products(own["products"].get(kind, [])) for kind in (between_days.PICTURES, between_days.PREDICTED)},
        own["expected"],
        own["weight"],
    )


def _to_document(own: day_variance.DayVariance) -> DayVariance:
    found: DayVariance = {"variance": own.variance, "chance": own.chance}
    if not math.isinf(own.freedom):
        found["freedom"] = own.freedom
    if own.centre:
        found["centre"] = own.centre
    return found


def _from_document(own: DayVariance) -> day_variance.DayVariance:
    freedom, centre = own.get("freedom", math.inf), own.get("centre", 0.0)
    return day_variance.DayVariance(own["variance"], own["chance"], freedom, centre)


def _products(half: Sequence[Sequence[float]]) -> NDArray[np.float64]:
    size = len(half)
    if list(map(len, half)) != list(range(1, size + 1)):
        raise DocumentError("between_days.products must have i numbers in its i-th row; make the baseline again")
    products = np.zeros((size, size))
    products[np.tril_indices(size)] = np.concatenate([np.zeros(0), *half])
    return np.asarray(products + np.tril(products, -1).T)
