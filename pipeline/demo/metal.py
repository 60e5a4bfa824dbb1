"""How a metal surface looks under the lamp of the camera cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.demo.belt import smooth_noise

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.demo.shapes import Field


class Material(NamedTuple):
    """A finish: the colour it reflects (linear light) and how tight its highlights are."""

    colour: tuple[float, float, float]
    gloss: float


MATERIALS: tuple[Material, ...] = (
    Material((0.56, 0.57, 0.58), 9.0),  # ground steel
    Material((0.42, 0.42, 0.41), 4.0),  # dull stainless
    Material((0.70, 0.50, 0.20), 8.0),  # brass
    Material((0.66, 0.34, 0.21), 7.0),  # copper
    Material((0.045, 0.046, 0.052), 6.0),  # black oxide
    Material((0.40, 0.49, 0.62), 10.0),  # blue zinc
    Material((0.60, 0.53, 0.30), 7.0),  # yellow zinc
)


def shade_metal(
    height: Field,
    marks: Field,
    inside: NDArray[np.intp],
    material: Material,
    lamp: tuple[float, float, float],
    rng: np.random.Generator,
) -> Field:
    """Lights the surface of a part.

    Args:
        height: Height of the surface at every pixel of the picture, in pixels.
        marks: Coordinate across the machining marks, in pixels.
        inside: Flat indices of the pixels to light; the rest is left out, for speed.
        material: The finish.
        lamp: Unit vector towards the lamp (right, down, up).
        rng: Source of marks, stains and the way the part lies.

    Returns:
        Linear light of the pixels inside, one row of three each.
    """
    stain = smooth_noise(len(height), rng, rows=9, columns=9)
    # No part lies perfectly level, and no face is perfectly flat: so each mirrors its own bit of the cell.
    uneven = 0.035 * stain.take(inside), 0.035 * stain.T.take(inside)
    slope_right, slope_down = (slope.take(inside) for slope in _slopes(height))
    right = uneven[0] - slope_right + rng.normal(0, 0.07)
    down = uneven[1] - slope_down + rng.normal(0, 0.07)
    up = 1 / np.sqrt(1 + right * right + down * down)
    facing = (right * lamp[0] + down * lamp[1] + lamp[2]) * up
    # Twice the facing along the normal, less the lamp itself, is where the lamp's mirror image points.
    mirrored = 2 * facing * up - lamp[2]
    glow = np.exp(material.gloss * (mirrored - 1))
    surroundings = 0.30 + 0.22 * up * up - 0.14 * down * up
    light = surroundings + 0.45 * np.maximum(facing, 0) + 1.1 * glow
    light *= 1 + 0.07 * _machining(marks.take(inside), rng) + uneven[0]
    colour = np.array(material.colour, dtype=np.float32)
    glint = 0.22 * glow * glow
    shaded: Field = light[:, None] * colour + glint[:, None]
    return shaded


def _slopes(height: Field) -> tuple[Field, Field]:
    """Slopes to the right and downwards; neighbours wrap round, which only touches bare belt."""
    right = (np.roll(height, -1, axis=1) - np.roll(height, 1, axis=1)) * 0.5
    down = (np.roll(height, -1, axis=0) - np.roll(height, 1, axis=0)) * 0.5
    return right, down


def _machining(marks: Field, rng: np.random.Generator) -> Field:
    lines = rng.standard_normal(256, dtype=np.float32)
    across: Field = lines[marks.astype(np.int32) & 255]
    return across
