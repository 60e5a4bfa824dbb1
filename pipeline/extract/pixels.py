"""Counts of byte values to moments and quantiles, exact, for one image or for many pooled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipeline.features import CHANNELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from PIL import Image

    from pipeline.documents import PixelSpread

_LEVELS = np.arange(256, dtype=np.int64)


def pixel_features(picture: Image.Image) -> dict[str, object]:
    """The pixel columns of one RGB picture."""
    counts = np.asarray(picture.histogram(), dtype=np.int64).reshape(3, 256)
    spread = pixel_spread(counts.sum(axis=0))
    row: dict[str, object] = {f"pixel_{name}": value for name, value in spread.items()}
    row["pixel_square"] = spread["mean"] ** 2 + spread["std"] ** 2
    for channel, own in zip(CHANNELS, counts, strict=True):
        row[f"{channel}_mean"], row[f"{channel}_std"] = pixel_moments(own)
        row[f"{channel}_histogram"] = own.astype(np.uint32)
    return row


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
    smallest, q25, median, q75, largest = quantiles(counts, (0.0, 0.25, 0.5, 0.75, 1.0))
    return {"mean": mean, "std": std, "min": smallest, "max": largest, "median": median, "q25": q25, "q75": q75}


def quantiles(counts: NDArray[np.int64], probabilities: Sequence[float]) -> list[float]:
    """Quantiles, in [0, 1], by linear interpolation between order statistics (numpy's default method).

    Args:
        counts: Shape (256,), at least one of them above zero.
        probabilities: Each in [0, 1].
    """
    ends = np.cumsum(counts)
    positions = np.asarray(probabilities) * (ends[-1] - 1)
    below, above = (np.searchsorted(ends, edge(positions), side="right") for edge in (np.floor, np.ceil))
    return [float(value) for value in (below + (above - below) * (positions % 1)) / 255]
