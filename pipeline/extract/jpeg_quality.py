"""The quantisation tables of a JPEG to the quality setting that they imply."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
"""ITU-T T.81, table K.1, row by row."""


def jpeg_quality(tables: Mapping[int, Sequence[int]]) -> float | None:
    """The quality, 1 to 100, whose luminance table is nearest to that of a file: the inverse of
    `jpeg_quality_scaling` in jcparam.c, Independent JPEG Group, 1991-1998.

    Programs that scale ITU-T T.81's table K.1 as the IJG does, as most do, are met exactly; tables of others give the
    quality with the smallest sum of absolute differences.

    Args:
        tables: 64 steps each, row by row, by their number in the file; the first is the luminance's.
    """
    if not tables:
        return None
    return _nearest(tuple(tables[min(tables)]))


@lru_cache(maxsize=256)
def _nearest(table: tuple[int, ...]) -> float:
    differences = np.abs(_scaled_tables() - np.asarray(table)).sum(axis=1)
    return float(differences.argmin() + 1)


@cache
def _scaled_tables() -> NDArray[np.int64]:
    """The luminance table at each quality from 1 to 100, shape (100, 64)."""
    quality = np.arange(1, 101)
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)  # noqa: PLR2004
    return np.asarray(np.clip((np.outer(percent, _LUMINANCE) + 50) // 100, 1, 255))
