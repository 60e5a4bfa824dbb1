"""Counts of byte values to moments and quantiles, exact, for each image of a unit or for many pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.features import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.documents import PixelSpread

_LEVELS = np.arange(256, dtype=np.int64)
_QUARTILES = (0.0, 0.25, 0.5, 0.75, 1.0)


def pixel_columns(counts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The pixel columns of some pictures, all at once.

    Args:
        counts: Pixels of each byte value, shape (pictures, 3, 256).

    Returns:
        Shape (pictures,) by the name of the column; the histograms are of shape (pictures, 256), uint32.
    """
    columns = _spread_columns("pixel", counts.sum(axis=1))
    columns["pixel_square"] = columns["pixel_mean"] ** 2 + columns["pixel_std"] ** 2
    for position, channel in enumerate(CHANNELS):
        columns |= _spread_columns(channel, counts[:, position])
        columns[f"{channel}_histogram"] = counts[:, position].astype(np.uint32)
    return columns


def moments(counts: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and population standard deviation, in [0, 1], of each picture's pixels counted by byte value.

    Args:
        counts: Shape (pictures, 256), in each row at least one of them above zero.

    Returns:
        Two of shape (pictures,). No picture's numbers depend on the others.
    """
    number = counts.sum(axis=1)
    means = (counts * _LEVELS).sum(axis=1) / number
    squares = counts * (_LEVELS - means[:, np.newaxis]) ** 2
    return means / 255, np.sqrt(squares.sum(axis=1) / number) / 255


def pixel_moments(counts: NDArray[np.int64]) -> tuple[float, float]:
    """Mean and population standard deviation, in [0, 1], of pixels counted by byte value.

    Args:
        counts: Shape (256,), at least one of them above zero.
    """
    # NOTE: Python's integers, because the product of two pooled sums passes 2**63 at some ten thousand images.
    count, total, squares = (int(np.dot(counts, _LEVELS**power)) for power in range(3))
    variance = (count * squares - total**2) / count**2
    return total / count / 255, variance**0.5 / 255


def pixel_spread(counts: NDArray[np.int64]) -> PixelSpread:
    """Moments, extremes and quartiles, in [0, 1], of pixels counted by byte value.

    Args:
        counts: Shape (256,), at least one of them above zero.
    """
    mean, std = pixel_moments(counts)
    smallest, q25, median, q75, largest = quantiles(counts, _QUARTILES).tolist()
    return {"mean": mean, "std": std, "min": smallest, "max": largest, "median": median, "q25": q25, "q75": q75}


def quantiles(counts: NDArray[np.int64], probabilities: Sequence[float]) -> NDArray[np.float64]:
    """Quantiles, in [0, 1], by linear interpolation between order statistics (numpy's default method).

    Args:
        counts: Shape (..., 256), in each row at least one of them above zero.
        probabilities: Each in [0, 1].

    Returns:
        Shape (..., probabilities).
    """
    ends = np.cumsum(counts, axis=-1)
    positions = np.asarray(probabilities) * (ends[..., -1:] - 1)
    below, above = (_values_at(ends, edge(positions)) for edge in (np.floor, np.ceil))
    return np.asarray((below + (above - below) * (positions % 1)) / 255)


def _values_at(ends: NDArray[np.int64], ranks: NDArray[np.float64]) -> NDArray[np.int64]:
    """The byte values that stand at some places of all pixels in order: how many values end at or before them."""
    rows = ends.reshape(-1, 256)
    # Behind one another, so that one search in numbers that rise does for all of them.
    before = np.arange(len(rows))[:, np.newaxis]
    shift = before * (rows[:, -1].max(initial=0) + 1)
    found = np.searchsorted((rows + shift).ravel(), ranks.reshape(len(rows), ranks.shape[-1]) + shift, side="right")
    return np.asarray(found - 256 * before).reshape(ranks.shape)


def _spread_columns(prefix: str, counts: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    mean, std = moments(counts)
    smallest, q25, median, q75, largest = quantiles(counts, _QUARTILES).T
    found = {"mean": mean, "std": std, "min": smallest, "q25": q25, "median": median, "q75": q75, "max": largest}
    return {f"{prefix}_{name}": values for name, values in found.items()}
