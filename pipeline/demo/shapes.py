"""The machine parts as solid shapes seen from above: an outline and a height at every point.

Outlines are signed distances (negative inside), because one such field gives the smooth edge, the bevel
and the shadow alike. All lengths are in units of the part's half size.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

# In practice float32 throughout, for speed; the type checker cannot follow that through arithmetic.
Field = NDArray[np.floating[Any]]


class Shape(NamedTuple):
    """One part: where it is, how high it stands, and the direction its machining marks run.

    Attributes:
        distance: Signed distance to the outline, negative inside.
        height: Height above the belt.
        marks: A coordinate that changes across the machining marks, constant along them.
    """

    distance: Field
    height: Field
    marks: Field


def shape_of(kind: str, across: Field, along: Field, rng: np.random.Generator) -> Shape:
    """Builds one part of a kind, with the proportions that vary from part to part.

    Args:
        kind: A key of the catalogue, such as `washer`.
        across: The part's own first coordinate at every pixel.
        along: The part's own second coordinate at every pixel.
        rng: Source of the proportions.

    Returns:
        The part's shape on the same pixels.
    """
    return _CATALOGUE[kind](across, along, rng)


def _washer(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    radius = _length(x, y)
    distance = np.maximum(radius - 0.86, rng.uniform(0.36, 0.52) - radius)
    return Shape(distance, _plate(distance, thickness=0.09, bevel=0.06), radius)


def _nut(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    radius = _length(x, y)
    bore = rng.uniform(0.36, 0.44)
    distance = np.maximum(_hexagon(x, y, 0.74), bore - radius)
    # Turned corners and a countersunk bore are what tells a nut from a hexagonal plate.
    corner = np.clip((radius - 0.70) * 0.9, 0, 0.14)
    sink = np.clip((bore + 0.09 - radius) * 1.3, 0, 0.12)
    height = _plate(distance, thickness=0.34, bevel=0.05) - corner - sink
    return Shape(distance, np.maximum(height, 0), radius)


def _bolt(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    shaft_radius = rng.uniform(0.15, 0.20)
    head_radius = shaft_radius * rng.uniform(1.75, 2.0)
    tip = rng.uniform(0.82, 1.0)
    thread_start = rng.uniform(-0.45, 0.1)
    pitch = rng.uniform(0.085, 0.105)

    turn = _fraction(x / pitch + 0.25 * y / shaft_radius)
    thread = np.where(x > thread_start, 0.035 * (1 - np.abs(2 * turn - 1)), np.float32(0.02))
    shaft = _box(x - (tip - 0.55) / 2, y, (tip + 0.55) / 2, shaft_radius - 0.035 + thread, corner=0.04)
    head = _box(x + 0.72, y, 0.17, head_radius, corner=0.05)
    shaft_height = np.sqrt(np.maximum(shaft_radius**2 - y**2, 0)) + shaft_radius + thread
    # A hexagon lying down shows three faces: one level, two falling away.
    head_height = head_radius + np.minimum(0.5 * head_radius, 0.95 * (head_radius - np.abs(y)))
    head_height = head_height * _rise(head, 0.05)
    distance = np.minimum(shaft, head)
    height = np.where(head < 0, head_height, shaft_height * _rise(shaft, 0.04))
    return Shape(distance, height, x)


def _gear(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    radius = _length(x, y)
    angle = np.arctan2(y, x)
    teeth = int(rng.integers(14, 23))
    root = 0.93 - 1.5 / teeth
    tooth = np.clip(1.9 * np.cos(teeth * angle), -1, 1) * (0.93 - root) / 2
    bore = rng.uniform(0.15, 0.24)
    distance = np.maximum((radius - (0.93 + root) / 2 - tooth) * 0.8, bore - radius)
    keyway = _box(x - bore, y, 0.07, 0.05, corner=0.01)
    distance = np.maximum(distance, -keyway)
    openings = int(rng.choice([0, 0, 4, 5, 6]))
    web_start, web_end = bore + 0.15, root - 0.13
    if openings:
        middle, size = (web_start + web_end) / 2, (web_end - web_start) * 0.36
        turned = _fraction(angle * (openings / (2 * math.pi))) - 0.5
        hole = _length(radius - middle, turned * (2 * math.pi / openings) * middle) - size
        distance = np.maximum(distance, -hole)
    web = np.maximum(web_start - radius, radius - web_end)
    height = _plate(distance, thickness=0.20, bevel=0.05) * (1 - 0.5 * _rise(web, 0.06))
    return Shape(distance, height, radius)


def _bracket(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    width = rng.uniform(0.24, 0.31)
    reach = rng.uniform(0.70, 0.85)
    base = -reach + width
    level = _box(x, y - base, reach, width, corner=0.10)
    upright = _box(x - base, y, width, reach, corner=0.10)
    fillet = np.maximum(np.maximum(base - x, base - y), (x + y - 2 * base - 2 * width - 0.22) * 0.7071)
    distance = np.minimum(np.minimum(level, upright), fillet)
    hole_radius = rng.uniform(0.10, 0.14)
    places = (reach - width, reach - width - 0.52) if rng.integers(5) in {0, 1, 2} else (reach - width,)
    for place in places:
        distance = np.maximum(distance, hole_radius - _length(x - place, y - base))
        distance = np.maximum(distance, hole_radius - _length(x - base, y - place))
    distance = np.maximum(distance, hole_radius - _length(x - base, y - base))
    return Shape(distance, _plate(distance, thickness=0.08, bevel=0.04), y)


def _spring(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    radius = rng.uniform(0.24, 0.34)
    wire = rng.uniform(0.040, 0.055)
    pitch = rng.uniform(0.17, 0.24)
    # Half turns nearest the camera lean one way, those behind them the other.
    lean: Field = np.arcsin(np.clip(y / radius, -1, 1)) * (pitch / (2 * math.pi))
    beyond = np.maximum(np.abs(y) - radius, 0)
    front = _length(_to_nearest(x - lean, pitch), beyond) - wire
    behind = _length(_to_nearest(x + lean + pitch / 2, pitch), beyond) - wire
    ends = np.abs(x) - 0.9
    front, behind = np.maximum(front, ends), np.maximum(behind, ends)
    bulge = np.sqrt(np.maximum(1 - (y / radius) ** 2, 0)) * radius
    top = radius + bulge + _round_wire(front, wire)
    bottom = radius - bulge + _round_wire(behind, wire)
    height = np.where(front < 0, top, bottom * (behind < 0))
    return Shape(np.minimum(front, behind), height, x)


def _wing_nut(x: Field, y: Field, rng: np.random.Generator) -> Shape:
    radius = _length(x, y)
    bore = rng.uniform(0.25, 0.29)
    hub_radius = rng.uniform(0.53, 0.59)
    ear_width = rng.uniform(0.18, 0.24)
    reach = np.abs(x)
    # The wings are bent opposite ways, and widen from a stem to a round ear.
    bend = np.where(x > 0, y, -y) - 0.15 * reach
    widening = np.clip((reach - 0.34) / 0.48, 0, 1)
    wing = _length(bend, np.maximum(reach - 0.75, 0)) - (0.16 + ear_width * widening * widening)
    distance = np.maximum(np.minimum(radius - hub_radius, wing), bore - radius)
    cone = np.clip((hub_radius - radius) * 1.6, 0, 0.26)
    ear = (0.10 + 0.40 * reach) * _rise(wing, 0.09) * (radius > bore + 0.08)
    return Shape(distance, np.maximum(cone, ear) * _rise(distance, 0.05), radius)


_CATALOGUE: dict[str, Callable[[Field, Field, np.random.Generator], Shape]] = {
    "washer": _washer,
    "nut": _nut,
    "bolt": _bolt,
    "gear": _gear,
    "bracket": _bracket,
    "spring": _spring,
    "wing nut": _wing_nut,
}


def _length(x: Field, y: Field) -> Field:
    # Several times as fast as np.hypot, whose care for huge numbers is not needed here.
    length: Field = np.sqrt(x * x + y * y)
    return length


def _fraction(turns: Field) -> Field:
    fraction: Field = turns - np.floor(turns)
    return fraction


def _to_nearest(position: Field, spacing: float) -> Field:
    """Signed distance to the nearest multiple of the spacing."""
    nearest: Field = position - np.rint(position * (1 / spacing)) * spacing
    return nearest


def _rise(distance: Field, bevel: float) -> Field:
    """Goes from 0 at the outline to 1 a bevel's width inside it."""
    inside: Field = np.clip(distance * (-1 / bevel), 0, 1)
    return inside * (2 - inside)


def _plate(distance: Field, *, thickness: float, bevel: float) -> Field:
    return _rise(distance, bevel) * thickness


def _hexagon(x: Field, y: Field, apothem: float) -> Field:
    sides = np.maximum(np.abs(0.8660254 * x + 0.5 * y), np.abs(0.8660254 * x - 0.5 * y))
    outline: Field = np.maximum(sides, np.abs(y)) - apothem
    return outline


def _box(x: Field, y: Field, half_length: float, half_width: float | Field, *, corner: float) -> Field:
    beyond_x: Field = np.abs(x) - (half_length - corner)
    beyond_y: Field = np.abs(y) - (half_width - corner)
    outside = _length(np.maximum(beyond_x, 0), np.maximum(beyond_y, 0))
    outline: Field = outside + np.minimum(np.maximum(beyond_x, beyond_y), 0) - corner
    return outline


def _round_wire(distance: Field, wire: float) -> Field:
    profile: Field = np.sqrt(np.maximum(wire**2 - (distance + wire) ** 2, 0)) * 1.5
    return profile
