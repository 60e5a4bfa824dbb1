from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from pipeline.extract.decode import Decoded, decode
from pipeline.extract.exif import Exif, capture_time, clean_text, read_exif
from tests.support.pictures import encoded, scene

MAKE, MODEL, ORIENTATION, TIME, OFFSET = 0x010F, 0x0110, 0x0112, 0x0132, 0x9010
TIME_ORIGINAL, OFFSET_ORIGINAL, SHOT = 0x9003, 0x9011, 0x8769


def written(file_format: str = "JPEG", *, shot: dict[int, Any] | None = None, **tags: Any) -> bytes:
    """A file with EXIF tags, named by the constants above, and those of the part about the shot."""
    exif = Image.Exif()
    for name, value in tags.items():
        exif[globals()[name]] = value
    for tag, value in (shot or {}).items():
        exif.get_ifd(SHOT)[tag] = value
    return encoded(scene(20, 10), file_format, exif=exif)


def read(data: bytes) -> Exif:
    """What is found in a file."""
    with Image.open(io.BytesIO(data)) as image:
        return read_exif(image)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_the_camera_and_the_moment_are_read(file_format: str) -> None:
    """From each format that has EXIF data, also by the decoder."""
    data = written(
        file_format,
        MAKE="Mueller & Sons",
        MODEL="X-100",
        shot={TIME_ORIGINAL: "2026:11:23 10:30:05", OFFSET_ORIGINAL: "+02:00"},
    )
    found = read(data)
    assert (found.camera_make, found.camera_model) == ("Mueller & Sons", "X-100")
    assert found.captured == datetime(2026, 11, 23, 8, 30, 5, tzinfo=UTC)
    decoded = decode(data, (20, 10), "fast")
    assert isinstance(decoded, Decoded)
    assert decoded.exif == found


def test_a_tiff_s_own_tags_are_the_same() -> None:
    """Also its orientation, though Pillow has turned it upright already."""
    data = written("TIFF", MAKE="Mueller & Sons", MODEL="X-100", TIME="2026:11:23 10:30:05", ORIENTATION=6)
    moment = datetime(2026, 11, 23, 10, 30, 5, tzinfo=UTC)
    decoded = decode(data, (20, 10), "fast")
    assert isinstance(decoded, Decoded)
    assert decoded.exif == Exif(6, "Mueller & Sons", "X-100", moment)
    assert (decoded.width, decoded.height) == (10, 20)


def test_the_shot_s_time_comes_before_the_file_s() -> None:
    """And each has an offset of its own; without one it is UTC."""
    both: dict[str, Any] = {"TIME": "2026:11:24 12:00:00", "shot": {TIME_ORIGINAL: "2026:11:23 10:00:00"}}
    assert read(written(**both)).captured == datetime(2026, 11, 23, 10, tzinfo=UTC)
    file_alone = written(TIME="2026:11:24 12:00:00", shot={OFFSET: "-05:30", OFFSET_ORIGINAL: "+09:00"})
    assert read(file_alone).captured == datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    unusable = written(TIME="2026:11:24 12:00:00", shot={TIME_ORIGINAL: "2026:13:99 10:00:00"})
    assert read(unusable).captured == datetime(2026, 11, 24, 12, tzinfo=UTC)


@given(
    st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_every_moment_survives_exif(moment: datetime, minutes: int) -> None:
    """To the second, at any offset that the world has."""
    there = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    assert capture_time(f"{there:%Y:%m:%d %H:%M:%S}", f"{sign}{hours:02}:{rest:02}") == there


@pytest.mark.parametrize("time", ["", "    :  :     :  :  ", "2026-11-23", "soon", None, 5, b"\xff" * 20])
def test_an_empty_time_is_none(time: object) -> None:
    """Cameras whose clock was never set write blanks."""
    assert capture_time(time, None) is None


@pytest.mark.parametrize("time", ["0000:00:00 00:00:00", "2026:02:30 10:00:00", "0001:01:01 00:00:00"])
def test_a_time_that_cannot_be_leaves_the_rest(time: str) -> None:
    """Zeros, the 30th of February, and a moment before the year 1."""
    found = read(written(MAKE="camera", shot={TIME_ORIGINAL: time, OFFSET_ORIGINAL: "+14:00"}))
    assert found == Exif(camera_make="camera")


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("Canon\0\0\0", "Canon"),
        (b"NIKON CORPORATION\0rest", "NIKON CORPORATION"),
        ("  SONY  ", "SONY"),
        ("two\nlines\x1b[31m", "twolines[31m"),
        ("x" * 500, "x" * 64),
        ("\udcff\u202eabc", "abc"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("\0", None),
        ("   ", None),
        (7, None),
        (("a", "b"), None),
        (None, None),
    ],
)
def test_names_are_cleaned(given_text: object, expected: str | None) -> None:
    """So that they can be stored, counted and shown."""
    assert clean_text(given_text) == expected


@given(st.one_of(st.text(), st.binary()))
def test_any_text_becomes_one_that_can_be_stored(text: str | bytes) -> None:
    """UTF-8 without NULs, of 64 characters at most."""
    found = clean_text(text)
    if found is not None:
        assert 0 < len(found.encode()) <= 4 * 64
        assert len(found) <= 64
        assert found.isprintable()


def test_a_picture_without_exif_says_nothing() -> None:
    """As most that were cut, scaled or sent around."""
    assert read(encoded(scene(20, 10), "JPEG")) == Exif()


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_is_none(orientation: int) -> None:
    """The standard has 1 to 8."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert read(encoded(scene(20, 10), "PNG", exif=exif)).orientation is None


def test_each_damaged_tag_is_left_out_alone() -> None:
    """An offset beyond the end of the data spoils what lies there, and nothing before it."""
    good = written(MAKE="camera", MODEL="X" * 30, shot={TIME_ORIGINAL: "2026:11:23 10:30:05"})
    start = good.index(b"Exif\0\0")
    for position in range(start, start + 120):
        for value in (0, 255):
            data = good[:position] + bytes([value]) + good[position + 1 :]
            found = decode(data, (20, 10), "fast")
            assert isinstance(found, Decoded), found
