"""What a camera wrote beside the pixels (EXIF): how it was held, which it was, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from PIL import ExifTags

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

LONGEST_TEXT = 64
"""Characters that are kept of a camera's name: longer ones are damage, and would not be counted anyway."""

_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)")
_OFFSET = re.compile(r"[+-]\d\d:\d\d|Z")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Exif:
    """What is known of the shot; each None where the file does not say it, or says what cannot be.

    Attributes:
        orientation: 1 to 8, as the EXIF standard numbers them.
        camera_make: Printable characters, 64 at most.
        camera_model: The same.
        captured: With its offset; UTC where none is given.
    """

    orientation: int | None = None
    camera_make: str | None = None
    camera_model: str | None = None
    captured: datetime | None = None


def read_exif(image: Image.Image) -> Exif:
    """What an opened image says of its shot. Damaged data is as good as none: it must not make an image unreadable."""
    if image.format == "JPEG" and not image.info.keys() & {"exif", "xmp"}:
        return Exif()  # most are so, and Pillow takes its time to find nothing
    tags = _unharmed(image.getexif)
    if not tags:
        return Exif()
    shot = _unharmed(lambda: tags.get_ifd(ExifTags.IFD.Exif))
    return Exif(
        _unharmed(lambda: _orientation(tags.get(ExifTags.Base.Orientation))),
        _unharmed(lambda: clean_text(tags.get(ExifTags.Base.Make))),
        _unharmed(lambda: clean_text(tags.get(ExifTags.Base.Model))),
        _unharmed(lambda: _captured(tags, shot or {})),
    )


def clean_text(value: object) -> str | None:
    """Text as it can be stored and shown: up to its first NUL, printable, without blanks around it, not too long."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return None
    printable = "".join(one for one in text.partition("\0")[0] if one.isprintable())
    return printable.strip()[:LONGEST_TEXT].rstrip() or None


def capture_time(time: object, offset: object) -> datetime | None:
    """EXIF's `2026:11:23 10:30:00` and `+01:00` as a moment; None where the time is empty or none."""
    found = _TIME.fullmatch(clean_text(time) or "")
    if found is None:
        return None
    said = clean_text(offset) or ""
    zone = said if _OFFSET.fullmatch(said) else "Z"
    year, month, day, clock = found.groups()
    return datetime.fromisoformat(f"{year}-{month}-{day}T{clock}{zone}").astimezone(UTC)


def _unharmed(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except Warning:
        raise
    except Exception:  # noqa: BLE001
        return None  # NOTE: Pillow's readers of damaged EXIF data fail in nearly any way


def _orientation(value: object) -> int | None:
    return value if isinstance(value, int) and 1 <= value <= 8 else None  # noqa: PLR2004


def _captured(tags: Mapping[int, Any], shot: Mapping[int, Any]) -> datetime | None:
    """When the shot was taken, else when the file was made."""
    base = ExifTags.Base
    taken = _unharmed(lambda: capture_time(shot.get(base.DateTimeOriginal), shot.get(base.OffsetTimeOriginal)))
    return taken or capture_time(tags.get(base.DateTime), shot.get(base.OffsetTime))
