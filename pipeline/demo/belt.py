"""The empty conveyor belt: woven rubber, a little worn along the way it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pipeline.demo.shapes import Field

_COLOUR = np.array([0.150, 0.185, 0.180], dtype=np.float32)


class Belt(NamedTuple):
    """A stretch of belt: how bright it is at every pixel, and its colour all over (linear light)."""

    shade: Field
    colour: Field


def draw_belt(size: int, rng: np.random.Generator) -> Belt:
    """Draws a stretch of belt.

    Args:
        size: Width and height in pixels.
        rng: Source of the stretch of belt and its wear.

    Returns:
        The belt under even light.
    """
    pixel = np.arange(size, dtype=np.float32) * (2 * np.pi * 40 / size)
    weave = np.outer(np.sin(pixel + rng.uniform(0, 6)), np.sin(pixel + rng.uniform(0, 6)))
    shade = 1 + 0.10 * weave + 0.07 * rng.standard_normal((size, size), dtype=np.float32)
    shade += 0.045 * smooth_noise(size, rng, rows=40, columns=2)
    shade += 0.050 * smooth_noise(size, rng, rows=4, columns=4)
    _scuff(shade, rng)
    return Belt(shade, _COLOUR * (1 + rng.normal(0, 0.025, 3).astype(np.float32)))


def smooth_noise(size: int, rng: np.random.Generator, *, rows: int, columns: int) -> Field:
    """Draws smooth noise of unit scale, coarse enough to have `rows` x `columns` bumps."""
    coarse = Image.fromarray(rng.standard_normal((rows, columns), dtype=np.float32))
    return np.asarray(coarse.resize((size, size), Image.Resampling.BICUBIC))


def _scuff(shade: Field, rng: np.random.Generator) -> None:
    """Adds the short scuffs and specks of dust that every used belt has."""
    size = len(shade)
    for _ in range(int(rng.integers(1, 5))):
        row, start = rng.integers(0, size, 2)
        shade[row, start : start + int(rng.integers(size // 12, size // 3))] *= rng.uniform(0.85, 1.35)
    rows, columns = rng.integers(0, size, (2, int(rng.integers(4, 14))))
    shade[rows, columns] *= rng.uniform(1.3, 2.2)
