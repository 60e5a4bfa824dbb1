"""A picture to the input size: stretched, cropped or letterboxed, bilinear with antialiasing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from pipeline.settings import Resize

CROP_SHARE = 0.875
"""Share of the resized picture's shorter side that a centre crop keeps: 224 of 256, as ImageNet models are judged."""

_LARGEST_WHOLE = 16
"""Of a very long picture, the resized whole may not be made: 20000 x 10 would take half a gigabyte. Up to this many
times the input size it is, because that is how ImageNet's models are judged, to the last bit."""

REDUCED_DECODE_MARGIN = 2.0
"""A reduced-scale decode keeps at least this many times the final size, so that resizing still has what it needs."""


@dataclass(frozen=True, slots=True)
class Resized:
    """A picture at the input size.

    Attributes:
        picture: RGB. With letterbox it is the picture without its padding, and so smaller than the input size.
        left: Where the upright image's left edge lies on the model's input, as a share of the input's width.
        top: The same for its top edge and the input's height.
        width: The upright image's width as a share of the input's; above 1 where it was cropped.
        height: The same for the height.
    """

    picture: Image.Image
    left: float = 0.0
    top: float = 0.0
    width: float = 1.0
    height: float = 1.0


def resize(picture: Image.Image, size: tuple[int, int], how: Resize) -> Resized:
    """Bring a picture to the input size.

    Args:
        picture: RGB of any size.
        size: Width and height to reach.
        how: `stretch` ignores the aspect ratio; `crop` keeps it and cuts the centre out; `letterbox` keeps it and
            leaves room beside the picture, which the model sees as padding and the pixel features do not see.
    """
    if how == "stretch":
        return Resized(_resized(picture, size))
    if how == "crop":
        return _crop(picture, size)
    return _letterbox(picture, size)


def decode_size(size: tuple[int, int], how: Resize) -> tuple[int, int]:
    """The smallest picture, in pixels, that `resize` to this size can be given without a visible loss."""
    margin = REDUCED_DECODE_MARGIN / (CROP_SHARE if how == "crop" else 1.0)
    return round(size[0] * margin), round(size[1] * margin)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return picture.resize(size, Image.Resampling.BILINEAR)


def _crop(picture: Image.Image, size: tuple[int, int]) -> Resized:
    scale = max(size[0] / picture.width, size[1] / picture.height) / CROP_SHARE
    whole = (max(size[0], round(picture.width * scale)), max(size[1], round(picture.height * scale)))
    left, top = (whole[0] - size[0]) // 2, (whole[1] - size[1]) // 2
    if whole[0] * whole[1] <= _LARGEST_WHOLE * size[0] * size[1]:
        cut = _resized(picture, whole).crop((left, top, left + size[0], top + size[1]))
    else:
        cut = _resized_part(picture, whole, (left, top, left + size[0], top + size[1]))
    return Resized(cut, -left / size[0], -top / size[1], whole[0] / size[0], whole[1] / size[1])


def _resized_part(picture: Image.Image, whole: tuple[int, int], part: tuple[int, int, int, int]) -> Image.Image:
    """A part of the resized picture, to within a byte value, without making the whole of it."""
    across, down = picture.width / whole[0], picture.height / whole[1]
    left, top, right, bottom = part
    box = (left * across, top * down, right * across, bottom * down)
    return picture.resize((right - left, bottom - top), Image.Resampling.BILINEAR, box)


def _letterbox(picture: Image.Image, size: tuple[int, int]) -> Resized:
    scale = min(size[0] / picture.width, size[1] / picture.height)
    whole = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    left, top = (size[0] - whole[0]) // 2, (size[1] - whole[1]) // 2
    inside = _resized(picture, whole)
    return Resized(inside, left / size[0], top / size[1], whole[0] / size[0], whole[1] / size[1])
