"""Small folders of images, drawn for tests."""

from __future__ import annotations

import os
import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

Colour = tuple[int, int, int]


def draw_plain(folder: Path, colours: Mapping[str, Colour], *, size: tuple[int, int] = (16, 16)) -> Path:
    """One picture of one colour a name, so that no way of resizing changes its numbers."""
    for name, colour in colours.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, colour).save(path)
    return folder


def draw_noisy(folder: Path, count: int, *, light: float = 0.5, spread: float = 0.2, seed: int = 0) -> Path:
    """Pictures of even noise round `light`, in [0, 1]; the same seed draws the same ones."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, int(light * 1000)])
    for number in range(count):
        Image.fromarray(_noise(rng, light, spread)).save(folder / f"picture-{number:03}.png")
    return folder


def draw_broken(folder: Path) -> dict[str, int]:
    """One file for each way in which an image cannot be read; gives how many are to be counted by which reason."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = folder / "whole.jpg"
    Image.fromarray(_noise(np.random.default_rng(1), 0.5, 0.2, side=64)).save(whole)
    content = whole.read_bytes()
    whole.unlink()
    (folder / "truncated.jpg").write_bytes(content[: len(content) // 2])
    (folder / "corrupt.png").write_bytes(_png_of(8, 8, b"this is no zlib stream"))
    (folder / "zero-bytes.jpg").touch()
    (folder / "text.jpg").write_text("no image at all")
    (folder / "bomb.png").write_bytes(_png_of(30_000, 30_000, zlib.compress(b"\0" * 1000)))
    (folder / "directory.jpg").mkdir()
    (folder / "dead.jpg").symlink_to(folder / "nowhere.jpg")
    return {
        "corrupt or truncated": 2,
        "empty file": 1,
        "not an image": 1,
        "too many pixels": 1,
        "not a file": 1,
        "dead link": 1,
    }


def draw_hostile(folder: Path) -> list[bytes]:
    """Pictures whose names are markup, quotes, a newline, a right-to-left mark and bytes that are no text."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        b"<script>alert(1)<",
        b"\"double\" and 'single'",
        b"two\nlines",
        "right\u202eto left".encode(),
        b"escape \x1b[31m red",
        b"no text \xff\xfe",
        "ünïcödé 漢字".encode(),
    ]
    names = [name + b".png" for name in names]
    plain = folder / "plain.png"
    Image.new("RGB", (16, 16), (10, 200, 30)).save(plain)
    for name in names:
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(plain.read_bytes())
    plain.unlink()
    return names


def _noise(rng: np.random.Generator, light: float, spread: float, *, side: int = 24) -> NDArray[np.uint8]:
    even = rng.uniform(light - spread, light + spread, (side, side, 3))
    return np.asarray(np.clip(np.rint(even * 255), 0, 255), np.uint8)


def _png_of(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG file that says it has some width and height, whatever its compressed pixels hold."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
