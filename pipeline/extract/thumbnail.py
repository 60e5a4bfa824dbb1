"""A picture to a small JPEG of it, for people to look at."""

from __future__ import annotations

import io
from itertools import product

from PIL import Image

LONGEST_SIDE = 96
"""Pixels: enough to see what an image shows."""

MOST_BYTES = 3 * 1024
"""A photograph's takes 1.8 KB on average, more than all else in its row: a limit keeps a million rows at a few GB."""

_QUALITIES = (75, 55, 35)
"""Of the JPEG, in the order in which they are tried. 75 was enough for each of 400 photographs."""

_SHRINKING = (1.0, 0.75, 0.5, 0.25)
"""Of the size, where no quality was enough. 24 x 24 pixels of noise at quality 35 take 0.9 KB."""


def shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """A picture of at most 96 pixels a side, never larger than the image, to make a thumbnail of.

    Args:
        picture: RGB; all of the upright image, at any size, and at any aspect ratio.
        size: Width and height of the upright image, in pixels.
    """
    longest = min(LONGEST_SIDE, max(size), max(picture.size))
    width, height = (max(1, round(side * longest / max(size))) for side in size)
    whole_steps = max(1, min(picture.width // width, picture.height // height))
    # Less than half is left to go, and at this size nobody sees whether the pixels on the way were averaged.
    near = picture.resize((width * whole_steps, height * whole_steps), Image.Resampling.NEAREST)
    return near.reduce(whole_steps) if whole_steps > 1 else near


def thumbnail(small: Image.Image) -> bytes:
    """A JPEG of at most 3 KB, with nothing in it but pixels.

    Args:
        small: See `shrunk`. Only noise is made smaller still.
    """
    encoded = b""
    for share, quality in product(_SHRINKING, _QUALITIES):
        encoded = _encoded(_smaller(small, share), quality)
        if len(encoded) <= MOST_BYTES:
            break
    return encoded


def _smaller(small: Image.Image, share: float) -> Image.Image:
    if share == 1:
        return small
    return small.resize((max(1, round(small.width * share)), max(1, round(small.height * share))))


def _encoded(picture: Image.Image, quality: int) -> bytes:
    picture.info = {}  # NOTE: Pillow would write the comment and the colour profile of the file that it came from
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()
