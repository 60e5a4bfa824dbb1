"""How far the distributions of each feature are apart, in the measures of other programs. Nothing is judged by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.compare.sides.pair import categories_of, classes_of, in_common
from pipeline.compare.statistics.distances import jensen_shannon, stability_index
from pipeline.features import PREDICTED_CLASS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.compare.sides.side import Side
    from pipeline.compare.statistics.histograms import Histograms
    from pipeline.documents import Divergence

TENTHS = 10
"""Groups of the baseline's bins, each of about as many images, over which divergences of a number are taken: over all
bins they would be made of noise."""


def divergences(baseline: Side, current: Side) -> dict[str, Divergence]:
    """By name, of each feature that both have: of a number over tenths of the baseline, of a category over its values.

    Args:
        baseline: What is compared with.
        current: What is compared.
    """
    found: dict[str, Divergence] = {}
    for pair in in_common(baseline, current):
        found |= _apart(pair.old.names, *_in_tenths(pair.old.histograms, pair.new.histograms))
    counted = categories_of(baseline, current)
    if baseline.profile.classes and current.profile.classes:
        counted = {**counted, PREDICTED_CLASS: classes_of(baseline, current)}
    for name, own in counted.items():
        found |= _apart([name], own.old[None], own.new[None])
    return found


def _apart(names: Sequence[str], old: NDArray[Any], new: NDArray[Any]) -> dict[str, Divergence]:
    columns = (jensen_shannon(old, new).tolist(), stability_index(old, new).tolist())
    return {
        name: {"jensen_shannon_distance": distance, "population_stability_index": index}
        for name, distance, index in zip(names, *columns, strict=True)
    }


def _in_tenths(baseline: Histograms, current: Histograms) -> tuple[NDArray[Any], NDArray[Any]]:
    middle = (baseline.cumulative - baseline.images / 2) / baseline.sizes
    groups = np.minimum((middle * TENTHS).astype(np.int64), TENTHS - 1)
    flat = (groups + TENTHS * np.arange(len(groups))[:, None]).ravel()
    found = [np.bincount(flat, own.images.ravel(), len(groups) * TENTHS) for own in (baseline, current)]
    return found[0].reshape(-1, TENTHS), found[1].reshape(-1, TENTHS)
