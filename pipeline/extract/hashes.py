"""Two names of an image by what is in it: of its bytes, and of what it shows."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

TILE = 32
"""Pixels a side of the luma that the perceptual hash is made of."""

_LOWEST = 8
"""Frequencies a side that it keeps."""

_COSINE_ONE = 1 << 20
"""What stands for 1.0 in the whole numbers that cosines are rounded to: 255 * 32 * 32 * 2**40 still fits 64 bits."""


def content_hash(data: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def luma_tile(luma: Image.Image) -> NDArray[np.uint8]:
    """The luma of a whole image as a square that `perceptual_hashes` takes, shape (32, 32)."""
    if luma.width % TILE == luma.height % TILE == 0:
        # The same, without a second look at the pixels that it already has.
        return np.asarray(luma.reduce((luma.width // TILE, luma.height // TILE)))
    return np.asarray(luma.resize((TILE, TILE), Image.Resampling.BOX, reducing_gap=1.0))


def perceptual_hashes(tiles: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint64]:
    """The 64-bit DCT hash of each tile, after Zauner, "Implementation and Benchmarking of Perceptual Image Hash
    Functions", 2010: which of the 8 x 8 lowest frequencies of the DCT-II lie above their median.

    The highest bit is the mean's (row 0, column 0); then come the others row by row, so that frequency (row, column),
    down and across, is bit 63 - (8 * row + column). The number of bits in which two hashes differ is their distance.

    Args:
        tiles: See `luma_tile`.

    Returns:
        Shape (tiles,). It is worked out in whole numbers: the same everywhere, and a plain picture has the mean alone.
    """
    stacked = np.asarray(tiles, dtype=np.int64).reshape(-1, TILE, TILE)
    cosines = _cosines()
    frequencies = np.einsum("vy,nyu->nvu", cosines, np.einsum("nyx,ux->nyu", stacked, cosines)).reshape(-1, _LOWEST**2)
    middle = np.sort(frequencies, axis=1)[:, _LOWEST**2 // 2 - 1 : _LOWEST**2 // 2 + 1]
    bits = 2 * frequencies > middle.sum(axis=1, keepdims=True)
    return np.packbits(bits, axis=1).view(">u8").ravel().astype(np.uint64)


@cache
def _cosines() -> NDArray[np.int64]:
    """cos(pi (2 x + 1) u / 64) for each low frequency u and each place x, in whole numbers, shape (8, 32)."""
    angles = np.outer(np.arange(_LOWEST), 2 * np.arange(TILE) + 1) * (np.pi / (2 * TILE))
    return np.asarray(np.rint(np.cos(angles) * _COSINE_ONE), dtype=np.int64)
