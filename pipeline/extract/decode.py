"""Bytes to an upright RGB picture: the one place that knows Pillow's many ways to open and to fail."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from pipeline.extract.sources.interface import Unreadable

if TYPE_CHECKING:
    from pipeline.settings import Decode

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIXTEEN_TO_EIGHT_BITS = 1 / 257


@dataclass(frozen=True, slots=True)
class Decoded:
    """An image as a person sees it.

    Attributes:
        picture: RGB, upright. With fast decoding it may be smaller than the file's image.
        format: Pillow's name of the file's format.
        mode: Pillow's name of the file's kind of pixels.
        width: Of the upright image in the file, in pixels.
        height: The same.
    """

    picture: Image.Image
    format: str
    mode: str
    width: int
    height: int


def decode(data: bytes, smallest: tuple[int, int], how: Decode) -> Decoded | Unreadable:
    """Open an image file: its first frame, upright by EXIF, alpha over white, 16 bits scaled to 8.

    Args:
        data: The file's content.
        smallest: Width and height that the picture must still have when a JPEG is decoded at a reduced scale.
        how: `fast` may decode a JPEG at 1/2, 1/4 or 1/8 scale; `exact` never does.

    Returns:
        The picture, or the reason why there is none.
    """
    if not data:
        return Unreadable("empty file", "it has 0 bytes")
    try:
        with Image.open(io.BytesIO(data)) as image:
            return _decode(image, smallest, how)
    except UnidentifiedImageError:
        return Unreadable("not an image", f"its content starts with {data[:8]!r}")
    except Image.DecompressionBombError as error:
        return Unreadable("too many pixels", str(error))
    except Exception as error:  # noqa: BLE001
        # NOTE: Pillow's decoders raise nearly anything on damaged data (OSError, SyntaxError, struct.error, ...).
        return Unreadable("corrupt or truncated", f"{type(error).__name__}: {error}")


def _decode(image: Image.Image, smallest: tuple[int, int], how: Decode) -> Decoded | Unreadable:
    width, height, mode = image.width, image.height, image.mode
    orientation = _orientation(image)
    sideways = orientation in {5, 6, 7, 8}
    if how == "fast":
        image.draft("RGB", smallest[::-1] if sideways else smallest)
    picture = _to_rgb(image)
    if picture is None:
        return Unreadable("unknown kind of pixels", f"mode {mode}")
    if orientation in _UPRIGHT:
        picture = picture.transpose(_UPRIGHT[orientation])
    if sideways:
        width, height = height, width
    return Decoded(picture, image.format or "", mode, width, height)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001
        return 1  # NOTE: damaged EXIF data must not make a good image unreadable, and it too fails in many ways


def _to_rgb(image: Image.Image) -> Image.Image | None:
    if image.mode == "F":
        return None  # nothing says which range its numbers have
    if image.mode.startswith("I"):
        image.load()
        # NOTE: convert("RGB") would clip 16-bit values at 255 and give a white picture.
        return image.convert("I").point(lambda value: value * _SIXTEEN_TO_EIGHT_BITS + 0.5).convert("L").convert("RGB")
    if image.has_transparency_data:
        opaque = Image.new("RGBA", image.size, "white")
        opaque.alpha_composite(image.convert("RGBA"))
        return opaque.convert("RGB")
    return image.convert("RGB")
