"""Bytes to an upright RGB picture: the one place that knows Pillow's many ways to open and to fail."""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile

from pipeline.extract.exif import Exif, read_exif
from pipeline.extract.jpeg_quality import jpeg_quality
from pipeline.extract.sources.interface import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

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

_PNG_SIGNATURE = 8
"""Bytes before the first chunk."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """An image as a person sees it.

    Attributes:
        picture: RGB, upright. With fast decoding it may be smaller than the file's image.
        format: Pillow's name of the file's format.
        mode: Pillow's name of the file's kind of pixels.
        width: Of the upright image in the file, in pixels.
        height: The same.
        jpeg_quality: What the file's quantisation tables imply, 1 to 100; None where it is no JPEG.
        exif: What the camera wrote.
    """

    picture: Image.Image
    format: str
    mode: str
    width: int
    height: int
    jpeg_quality: float | None
    exif: Exif


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
    """Hold each chunk of a PNG to its checksum, up to the last one.

    NOTE: Pillow decodes the pixels of a PNG without a look at their checksums; damaged ones become other pixels.
    """
    view, start = memoryview(data), _PNG_SIGNATURE
    try:
        while True:
            length, name = struct.unpack_from(">I4s", data, start)
            if name == b"IEND":
                return
            end = start + 8 + length
            if (zlib.crc32(view[start + 4 : end]),) != struct.unpack_from(">I", data, end):
                raise OSError(f"the checksum of its chunk {name!r} is wrong")
            start = end + 4
    except struct.error as error:
        raise OSError("it ends before its last chunk") from error


def _starts_like_an_image(data: bytes) -> bool:
    return any(_accepts(Image.OPEN[name][1], data[:16]) for name in _FORMATS)


def _accepts(accept: Callable[[bytes], bool | str] | None, begin: bytes) -> bool:
    """Whether one of Pillow's tests takes a file's beginning; some of them fail on fewer bytes than they look at."""
    try:
        return accept is not None and bool(accept(begin))
    except (struct.error, IndexError):
        return False


def _decode(image: Image.Image, smallest: tuple[int, int], how: Decode) -> Decoded | Unreadable:
    width, height, mode = image.width, image.height, image.mode
    if image.format == "PNG":
        image.load()  # NOTE: reading EXIF would load it too, and lose the error where its pixels are damaged
    exif = read_exif(image)
    # NOTE: Pillow itself turns TIFFs upright when it loads them, and gives the size of the upright image.
    orientation = 1 if image.format == "TIFF" else exif.orientation
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
    quality = jpeg_quality(image.quantization) if isinstance(image, JpegImageFile) else None
    return Decoded(picture, image.format or "", mode, width, height, quality, exif)


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
    if image.mode != "RGB":
        return image.convert("RGB")
    image.load()
    return image
