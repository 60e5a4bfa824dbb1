"""Pictures made of numbers, and the files that hold them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray


def encoded(picture: Image.Image, file_format: str, **options: Any) -> bytes:
    """The content of a file that holds the picture."""
    buffer = io.BytesIO()
    picture.save(buffer, file_format, **options)
    return buffer.getvalue()


def random_pixels(width: int, height: int, *channels: int, seed: int = 0) -> NDArray[np.uint8]:
    """Independent byte values, shape (height, width, *channels)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, *channels), dtype=np.uint8)


def scene(width: int, height: int, seed: int = 0) -> Image.Image:
    """A colourful picture with soft shapes and a little noise, as a photograph has."""
    coarse = Image.fromarray(random_pixels(8, 6, 3, seed=seed)).resize((width, height), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(seed).normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(coarse) + grain, 0, 255).astype(np.uint8))


def raw_png(
    size: tuple[int, int], bits: int, colour_type: int, rows: NDArray[Any], *chunks: tuple[bytes, bytes]
) -> bytes:
    """A PNG file written by hand: for what Pillow reads but does not write, and for headers that lie.

    Args:
        size: The width and height that it claims.
        bits: A sample.
        colour_type: 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGBA.
        rows: One row of samples a line; 16-bit ones are written big-endian.
        chunks: Further ones, by name and content, put before the pixels.
    """
    header = struct.pack(">IIBBBBB", *size, bits, colour_type, 0, 0, 0)
    samples = rows.astype(">u2" if bits > 8 else np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in samples)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(lines)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in parts)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def over_white(colour: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.float64]:
    """What is seen of byte values on white paper.

    Args:
        colour: Shape (height, width, 3).
        alpha: Shape (height, width).
    """
    share = alpha[..., None] / 255
    seen: NDArray[np.float64] = colour * share + 255 * (1 - share)
    return seen
