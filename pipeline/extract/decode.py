"""Bytes to an upright RGB picture: the one place that knows Pillow's many ways to open and to fail."""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from pipeline.extract.sources.interface import Unreadable

if TYPE_CHECKING:
    from pipeline.settings import Decode

Image.init()  # NOTE: by the module's import, so that threads need not wait for, or race for, Pillow's formats
_FORMATS = tuple(
    name
    for name in (
        *("JPEG", "PNG", "BMP", "DIB", "GIF", "TIFF", "WEBP"),
        *("PPM", "JPEG2000", "AVIF", "ICO", "TGA"),
    )
    if name in Image.OPEN
)
"""What may be opened, whatever a file is called: no EPS, for which Pillow would start a PostScript interpreter."""

_QUIET = threading.Lock()
"""`warnings.catch_warnings` knows nothing of threads."""

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
        return _open(data, smallest, how)
    except Warning:
        # NOTE: this process makes errors of warnings, but an image is what it is, however Pillow warns of its size.
        with _QUIET, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _open(data, smallest, how)


def _open(data: bytes, smallest: tuple[int, int], how: Decode) -> Decoded | Unreadable:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.format == "PNG":
                _require_checksums(data)
            return _decode(image, smallest, how)
    except Warning:
        raise
    except UnidentifiedImageError:
        reason = "corrupt or truncated" if _starts_like_an_image(data) else "not an image"
        return Unreadable(reason, f"its content starts with {data[:8]!r}")
    except Image.DecompressionBombError as error:
        return Unreadable("too many pixels", str(error))
    except Exception as error:  # noqa: BLE001
        # NOTE: Pillow's decoders raise nearly anything on damaged data (OSError, SyntaxError, struct.error, ...).
        return Unreadable("corrupt or truncated", f"{type(error).__name__}: {error}")


def _require_checksums(data: bytes) -> None:
    # NOTE: Pillow decodes the pixels of a PNG without a look at their checksums; damaged ones become other pixels.
    with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
        image.verify()


def _starts_like_an_image(data: bytes) -> bool:
    accepts = (Image.OPEN[name][1] for name in _FORMATS)
    return any(accept is not None and accept(data[:16]) for accept in accepts)


def _decode(image: Image.Image, smallest: tuple[int, int], how: Decode) -> Decoded | Unreadable:
    width, height, mode = image.width, image.height, image.mode
    if image.format == "PNG":
        image.load()  # NOTE: reading EXIF would load it too, and lose the error where its pixels are damaged
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
    if image.format == "TIFF":
        return 1  # NOTE: Pillow itself turns these upright when it loads them
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Warning:
        raise
    except Exception:  # noqa: BLE001
        return 1  # NOTE: damaged EXIF data must not make a good image unreadable, and it too fails in many ways


def _to_rgb(image: Image.Image) -> Image.Image | None:
    if image.mode == "F" or (image.mode == "I" and image.format != "PPM"):
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
