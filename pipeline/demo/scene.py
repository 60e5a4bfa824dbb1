"""Draws what the camera above a sorting line sees: one machine part on the belt.

Everything is computed in linear light and brought to the screen's scale at the end, as a camera does it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from pipeline.demo.belt import draw_belt
from pipeline.demo.metal import MATERIALS, shade_metal
from pipeline.demo.shapes import Field, Shape, shape_of

KINDS: tuple[str, ...] = ("bolt", "bracket", "gear", "nut", "spring", "washer")
UNSEEN_KIND = "wing nut"
SIZE = 160

# A little finer than the picture, for smooth edges; no finer, for speed.
_RENDER_SIZE = 176


@dataclass(frozen=True)
class Conditions:
    """What may go wrong on the line.

    Attributes:
        lamp: Light of the lamp; 1 is as commissioned, 0.5 is half the light.
        blur: How far the lens is out of focus: radius of the blur in pixels.
        unseen_share: Share of parts of the kind that the classifier never learnt.
    """

    lamp: float = 1.0
    blur: float = 0.0
    unseen_share: float = 0.0


def draw_part(kind: str, rng: np.random.Generator, conditions: Conditions) -> Image.Image:
    """Draws one photograph.

    Args:
        kind: One of `KINDS`, or `UNSEEN_KIND`.
        rng: Source of everything that varies: the same state gives the same picture.
        conditions: State of lamp and lens.

    Returns:
        An RGB picture of `SIZE` x `SIZE` pixels.
    """
    light = _light_the_scene(kind, rng) * (conditions.lamp * rng.normal(1.0, 0.05))
    picture = _develop(light)
    if conditions.blur:
        picture = picture.filter(ImageFilter.GaussianBlur(conditions.blur * rng.uniform(0.85, 1.15)))
    return _add_sensor_noise(picture, rng)


def _light_the_scene(kind: str, rng: np.random.Generator) -> Field:
    shape = _place(kind, rng)
    lamp = _lamp_direction(rng)
    falloff = _falloff(lamp, rng)
    belt = draw_belt(_RENDER_SIZE, rng)
    light = (belt.shade * _shadow(shape, lamp) * falloff).reshape(-1, 1) * belt.colour

    cover = np.clip(0.5 - shape.distance, 0, 1)
    inside = np.flatnonzero(cover)
    material = MATERIALS[int(rng.integers(len(MATERIALS)))]
    metal = shade_metal(shape.height, shape.marks, inside, material, lamp, rng)
    metal *= falloff.take(inside)[:, None]
    bare = light[inside]
    light[inside] = bare + cover.take(inside)[:, None] * (metal - bare)
    return light.reshape(_RENDER_SIZE, _RENDER_SIZE, 3)


def _place(kind: str, rng: np.random.Generator) -> Shape:
    """Lays the part down somewhere near the middle, turned anyhow; all lengths become pixels."""
    half_size = _RENDER_SIZE * rng.uniform(0.29, 0.37)
    middle = (_RENDER_SIZE - 1) / 2
    pixel = np.arange(_RENDER_SIZE, dtype=np.float32)
    right = (pixel - middle - _RENDER_SIZE * rng.normal(0, 0.04))[None, :]
    down = (pixel - middle - _RENDER_SIZE * rng.normal(0, 0.04))[:, None]
    angle = rng.uniform(0, 2 * math.pi)
    cosine, sine = math.cos(angle) / half_size, math.sin(angle) / half_size
    shape = shape_of(kind, right * cosine + down * sine, down * cosine - right * sine, rng)
    return Shape(*(field * half_size for field in shape))


def _lamp_direction(rng: np.random.Generator) -> tuple[float, float, float]:
    """Points to the lamp, which hangs to the upper left."""
    around, above = rng.normal(-2.2, 0.35), rng.normal(0.92, 0.06)
    return math.cos(around) * math.cos(above), math.sin(around) * math.cos(above), math.sin(above)


def _shadow(shape: Shape, lamp: tuple[float, float, float]) -> Field:
    """Light left on the belt: dark where the part touches it, soft on the side away from the lamp."""
    reach = 9.0 * _RENDER_SIZE / SIZE
    shift = (round(-lamp[1] * reach), round(-lamp[0] * reach))
    cast = np.roll(shape.distance, shift, axis=(0, 1))
    softness = 9.0 * _RENDER_SIZE / SIZE
    cast_light = np.clip(0.5 + cast / softness, 0, 1)
    contact_light = np.clip(0.35 + shape.distance / softness, 0, 1)
    left: Field = (0.36 + 0.64 * cast_light) * (0.62 + 0.38 * contact_light)
    return left


def _falloff(lamp: tuple[float, float, float], rng: np.random.Generator) -> Field:
    """Brighter towards the lamp, darker in the corners of the lens."""
    position = np.linspace(-1, 1, _RENDER_SIZE, dtype=np.float32)
    right, down = position[None, :], position[:, None]
    strength = rng.uniform(0.08, 0.25)
    vignette = rng.uniform(0.08, 0.14)
    towards = right * lamp[0] + down * lamp[1]
    return 1 + strength * towards - vignette * (right * right + down * down)


def _develop(light: Field) -> Image.Image:
    # A square root is the screen's gamma near enough, and far quicker than a power.
    screen = np.minimum(np.sqrt(light) * 255, 255)
    return Image.fromarray(screen.astype(np.uint8)).resize((SIZE, SIZE), Image.Resampling.BOX)


def _add_sensor_noise(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    # Photon noise grows with the square root of the light, so on the screen's scale it is even.
    noise = 128.5 + 2.2 * rng.standard_normal((SIZE, SIZE), dtype=np.float32)
    grey = Image.fromarray(noise.astype(np.uint8))
    return ImageChops.add(picture, Image.merge("RGB", (grey, grey, grey)), offset=-128)
