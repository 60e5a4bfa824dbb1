"""Profiles of some rows each to the profile of all of them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from pipeline.features import CHANNELS
from pipeline.profile.joint import merge_joint
from pipeline.profile.profile import NumericProfile, Profile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

Key = TypeVar("Key")
Value = TypeVar("Value")

_AT_ONCE = 64
"""Profiles that are in memory together."""


def merge(profiles: Iterable[Profile]) -> Profile:
    """The profile of all of the profiles' rows; of no rows, where there are no profiles.

    Counts are exact; moments do not depend on the order of the profiles but for rounding.
    """
    whole, coming = list[Profile](), iter(profiles)
    while group := list(islice(coming, _AT_ONCE)):
        whole = [_merged([*whole, *group])]
    return whole[0] if whole else _nothing()


def _nothing() -> Profile:
    return Profile(np.zeros((len(CHANNELS), 256), dtype=np.int64), {}, {}, {})


def _merged(parts: Sequence[Profile]) -> Profile:
    if len(parts) == 1:
        return parts[0]
    return Profile(
        pixel_counts=np.sum([one.pixel_counts for one in parts], axis=0),
        features=_by_key([one.features for one in parts], _merge_numeric),
        classes=_by_key([one.classes for one in parts], sum),
        statuses=_by_key([one.statuses for one in parts], sum),
        predicted=merge_joint([one.predicted for one in parts]),
        unpredicted=merge_joint([one.unpredicted for one in parts]),
        categories=_by_key([one.categories for one in parts], lambda counts: _by_key(counts, sum)),
        labelled=sum(one.labelled for one in parts),
        correct=sum(one.correct for one in parts),
        labelled_histograms=_by_key([one.labelled_histograms for one in parts], _summed),
        class_pairs=sum(one.class_pairs for one in parts),
        class_repeats=sum(one.class_repeats for one in parts),
    )


def _by_key(parts: Iterable[Mapping[Key, Value]], together: Callable[[list[Value]], Value]) -> dict[Key, Value]:
    found = dict[Key, list[Value]]()
    for part in parts:
        for key, value in part.items():
            found.setdefault(key, []).append(value)
    return {key: together(values) for key, values in found.items()}


def _summed(histograms: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.asarray(np.sum(histograms, axis=0))


def _merge_numeric(parts: list[NumericProfile]) -> NumericProfile:
    """As `merge_joint`, of one feature."""
    if len(parts) == 1:
        return parts[0]
    count, first = sum(one.count for one in parts), parts[0].mean
    mean = first + sum(one.count * (one.mean - first) for one in parts) / count
    return NumericProfile(
        count,
        mean,
        sum(one.squares + one.count * (one.mean - mean) ** 2 for one in parts),
        min(one.low for one in parts),
        max(one.high for one in parts),
        _summed([one.histogram for one in parts]),
        sum(one.pairs for one in parts),
        sum(one.jumps for one in parts),
    )
