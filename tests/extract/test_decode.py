from __future__ import annotations

import io
import struct
import threading
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image, features

from pipeline.extract.decode import Decoded, decode
from pipeline.extract.resize import resize
from pipeline.extract.sources.interface import Unreadable
from tests.support.pictures import encoded, over_white, random_pixels, raw_png, scene

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.settings import Decode

ORIENTATION = 0x0112
HOW: tuple[Decode, ...] = ("fast", "exact")
UPRIGHT_TO_STORED = {
    # After EXIF 2.32, table "Orientation": where the stored image's first row and first column are seen.
    1: lambda upright: upright,  # top, left
    2: lambda upright: upright[:, ::-1],  # top, right
    3: lambda upright: upright[::-1, ::-1],  # bottom, right
    4: lambda upright: upright[::-1],  # bottom, left
    5: lambda upright: upright.swapaxes(0, 1),  # left, top
    6: lambda upright: upright.swapaxes(0, 1)[::-1],  # right, top
    7: lambda upright: upright.swapaxes(0, 1)[::-1, ::-1],  # right, bottom
    8: lambda upright: upright.swapaxes(0, 1)[:, ::-1],  # left, bottom
}


def read(data: bytes, smallest: tuple[int, int] = (448, 448), how: Decode = "exact") -> Decoded:
    """What is decoded, where it must be readable."""
    found = decode(data, smallest, how)
    assert isinstance(found, Decoded), found
    return found


def pixels(data: bytes, how: Decode = "exact") -> NDArray[np.int64]:
    """The same as numbers."""
    found = read(data, how=how)
    assert found.picture.mode == "RGB"
    return np.asarray(found.picture, dtype=np.int64)


def refusal(data: bytes, how: Decode = "fast") -> str:
    """The reason why it cannot be read."""
    found = decode(data, (448, 448), how)
    assert isinstance(found, Unreadable), found
    assert found.detail
    return found.reason


def rgb(grey: NDArray[Any]) -> NDArray[np.int64]:
    """Three equal channels."""
    return np.repeat(np.asarray(grey, dtype=np.int64)[..., None], 3, axis=2)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("file_format", ["PNG", "BMP", "TIFF", "PPM", "TGA", "JPEG2000", "GIF", "ICO"])
def test_grey_is_three_equal_channels(file_format: str, how: Decode) -> None:
    """In every lossless format, to the byte."""
    grey = random_pixels(32, 32)
    sizes: dict[str, Any] = {"sizes": [(32, 32)]} if file_format == "ICO" else {}
    assert (pixels(encoded(Image.fromarray(grey), file_format, **sizes), how) == rgb(grey)).all()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("PPM", {}),
        ("TGA", {}),
        ("WEBP", {"lossless": True}),
        ("JPEG2000", {}),
    ],
)
def test_colour_is_kept_to_the_byte(file_format: str, options: dict[str, Any], how: Decode) -> None:
    """In every lossless format, and the row says which it was."""
    colour = random_pixels(31, 17, 3)
    data = encoded(Image.fromarray(colour), file_format, **options)
    assert (pixels(data, how) == colour).all()
    found = read(data, how=how)
    assert (found.format, found.mode, found.width, found.height) == (file_format, "RGB", 31, 17)


def test_palette_is_looked_up() -> None:
    """Indices are no brightnesses."""
    palette, indices = random_pixels(3, 256), random_pixels(20, 30)
    image = Image.fromarray(indices, "L")
    image.putpalette(palette.tobytes())
    data = encoded(image, "PNG")
    assert (pixels(data) == palette[indices]).all()
    assert read(data).mode == "P"


def test_palette_with_transparency_lies_on_white() -> None:
    """One alpha for each colour of the palette."""
    palette, alpha, indices = random_pixels(3, 256), random_pixels(256, 1, seed=1)[0], random_pixels(20, 30, seed=2)
    chunks = (b"PLTE", palette.tobytes()), (b"tRNS", alpha.tobytes())
    found = pixels(raw_png((20, 30), 8, 3, indices, *chunks))
    assert np.abs(found - over_white(palette[indices], alpha[indices])).max() <= 1


@pytest.mark.parametrize("file_format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("channels", [2, 4], ids=["LA", "RGBA"])
def test_alpha_lies_on_white(file_format: str, channels: int) -> None:
    """What is transparent is white, whatever colour hides below it."""
    stored = random_pixels(24, 18, channels)
    stored[:6, ..., -1], stored[6:12, ..., -1] = 0, 255
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    found = pixels(encoded(Image.fromarray(stored), file_format, **options))
    colour = stored[..., :3] if channels == 4 else rgb(stored[..., 0]).astype(np.uint8)
    assert np.abs(found - over_white(colour, stored[..., -1])).max() <= 1
    assert (found[:6] == 255).all()
    assert (found[6:12] == colour[6:12]).all()


@pytest.mark.parametrize("channels", [1, 3], ids=["L", "RGB"])
def test_the_transparent_colour_of_a_picture_without_alpha_is_white(channels: int) -> None:
    """PNG's tRNS chunk names one colour that is not there."""
    stored = random_pixels(10, 10, channels)
    key = stored[4, 7]
    data = raw_png((10, 10), 8, 0 if channels == 1 else 2, stored, (b"tRNS", key.astype(">u2").tobytes()))
    expected = np.where((stored == key).all(axis=2, keepdims=True), 255, stored)
    assert (pixels(data) == np.broadcast_to(expected, (10, 10, 3))).all()


def test_cmyk_is_ink() -> None:
    """Of white paper each ink takes its share away."""
    ink = random_pixels(16, 16, 4)
    found = pixels(encoded(Image.fromarray(ink, "CMYK"), "TIFF"))
    expected = 255 * (1 - ink[..., :3] / 255) * (1 - ink[..., 3:] / 255)
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("how", HOW)
def test_cmyk_jpeg_is_not_its_own_negative(how: Decode) -> None:
    """Adobe's files hold the inks upside down."""
    data = encoded(Image.new("CMYK", (64, 64), (0, 255, 255, 0)), "JPEG", quality=95)
    assert read(data).mode == "CMYK"
    assert np.abs(pixels(data, how) - (255, 0, 0)).max() <= 3


def test_sixteen_bit_grey_png_is_scaled() -> None:
    """65535 is white, and everything between is rounded to the nearest byte value."""
    grey = np.linspace(0, 65535, 60 * 40).astype(np.uint16).reshape(40, 60)
    found = pixels(raw_png((60, 40), 16, 0, grey))
    assert np.abs(found - rgb(np.rint(grey / 257))).max() == 0


@pytest.mark.parametrize("byte_order", ["<", ">"])
def test_sixteen_bit_grey_tiff_is_scaled(byte_order: Literal["<", ">"]) -> None:
    """In both byte orders, in files written by hand."""
    grey = np.linspace(0, 65535, 60 * 40).astype(np.uint16).reshape(40, 60)
    assert (pixels(_grey_tiff(grey, byte_order)) == rgb(np.rint(grey / 257))).all()


def test_sixteen_bit_grey_pgm_is_scaled() -> None:
    """Also where its white is below 65535."""
    grey = np.linspace(0, 4095, 60 * 40).astype(np.uint16).reshape(40, 60)
    data = b"P5 60 40 4095\n" + grey.astype(">u2").tobytes()
    assert np.abs(pixels(data) - rgb(grey / 4095 * 255)).max() <= 1


@pytest.mark.parametrize("channels", [2, 3, 4], ids=["grey and alpha", "RGB", "RGBA"])
def test_sixteen_bit_colours_keep_their_upper_byte(channels: int) -> None:
    """Pillow has eight bits for these; the numbers are right to one of them."""
    stored = np.random.default_rng(0).integers(0, 65536, (9, 11, channels), dtype=np.uint16)
    found = pixels(raw_png((11, 9), 16, {2: 4, 3: 2, 4: 6}[channels], stored))
    share = stored[..., -1:] / 65535 if channels != 3 else np.ones((9, 11, 1))
    colour = stored[..., : 1 if channels == 2 else 3] / 257
    assert np.abs(found - (colour * share + 255 * (1 - share))).max() <= 2


@pytest.mark.parametrize("mode", ["I", "F"])
def test_numbers_of_unknown_range_are_refused(mode: str) -> None:
    """A 32-bit TIFF does not say what is white: no numbers are better than wrong ones."""
    assert refusal(encoded(Image.new(mode, (8, 8), 70), "TIFF")) == "unknown kind of pixels"


def test_one_bit_is_black_and_white() -> None:
    """And nothing between."""
    black_and_white = random_pixels(37, 23) > 127
    data = encoded(Image.fromarray(black_and_white), "PNG")
    assert read(data).mode == "1"
    assert (pixels(data) == rgb(black_and_white * 255)).all()


@pytest.mark.parametrize(("width", "height"), [(1, 1), (20_000, 10), (10, 20_000)])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG"])
@pytest.mark.parametrize("how", HOW)
def test_extreme_shapes(width: int, height: int, file_format: str, how: Decode) -> None:
    """One pixel, and a very long strip, keep their size and colour."""
    found = read(encoded(Image.new("RGB", (width, height), (200, 100, 50)), file_format, quality=95), how=how)
    assert (found.width, found.height) == (width, height)
    assert np.abs(np.asarray(found.picture, dtype=int) - (200, 100, 50)).max() <= 3


@pytest.mark.parametrize("file_format", ["GIF", "PNG", "WEBP", "TIFF"])
def test_the_first_frame_stands_for_an_animation(file_format: str) -> None:
    """Not the last one, nor a mixture."""
    first, second = (Image.new("RGB", (20, 10), colour) for colour in ((250, 10, 20), (0, 0, 255)))
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = encoded(first, file_format, save_all=True, append_images=[second, second], **options)
    with Image.open(io.BytesIO(data)) as image:
        assert getattr(image, "n_frames", 1) > 1
    assert (pixels(data) == (250, 10, 20)).all()


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("orientation", UPRIGHT_TO_STORED)
@pytest.mark.parametrize(
    ("file_format", "options"),
    [("PNG", {}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"}), ("WEBP", {"lossless": True})],
    ids=["PNG", "TIFF", "TIFF by libtiff", "WEBP"],
)
def test_every_orientation_is_turned_upright(
    file_format: str, options: dict[str, Any], orientation: int, how: Decode
) -> None:
    """Against the stored arrays that the EXIF standard's words describe, to the byte."""
    upright = random_pixels(13, 7, 3)
    data = _stored(upright, orientation, file_format, **options)
    assert (pixels(data, how) == upright).all()
    found = read(data, how=how)
    assert (found.width, found.height) == (13, 7)


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("orientation", UPRIGHT_TO_STORED)
def test_every_orientation_of_a_jpeg_decoded_at_a_reduced_scale(orientation: int, how: Decode) -> None:
    """Width and height of what is asked for are the upright image's."""
    upright = np.asarray(scene(640, 320))
    found = read(_stored(upright, orientation, "JPEG", quality=95), (100, 80), how)
    assert (found.width, found.height) == (640, 320)
    assert found.picture.size == ((160, 80) if how == "fast" else (640, 320))
    small = np.asarray(found.picture.resize((40, 20), Image.Resampling.BOX), dtype=float)
    expected = np.asarray(upright, dtype=float).reshape(20, 16, 40, 16, 3).mean(axis=(1, 3))
    assert np.abs(small - expected).mean() < 2


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow cannot write AVIF")
@pytest.mark.parametrize("orientation", UPRIGHT_TO_STORED)
def test_every_orientation_of_an_avif(orientation: int) -> None:
    """Which holds it as a rotation of its own."""
    upright = np.asarray(scene(64, 32))
    found = pixels(_stored(upright, orientation, "AVIF", quality=95))
    assert found.shape == upright.shape
    assert np.abs(found - upright.astype(int)).mean() < 8


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_does_not_exist_means_upright(orientation: int) -> None:
    """As viewers have it."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = random_pixels(13, 7, 3)
    assert (pixels(encoded(Image.fromarray(stored), "PNG", exif=exif)) == stored).all()


@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0",
        b"Exif\0\0no TIFF header at all",
        b"Exif\0\0II*\0\xff\xff\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\xff\xff",
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHI4s", ORIENTATION, 2, 4, b"left"),
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHII", ORIENTATION, 3, 9999, 9999),
        b"Exif\0\0II*\0\x08\0\0\0\x01\0" + struct.pack("<HHIII", ORIENTATION, 5, 1, 26, 0) + bytes(8),
    ],
)
@pytest.mark.parametrize("how", HOW)
def test_damaged_exif_leaves_the_picture_readable(exif: bytes, how: Decode) -> None:
    """It is read as if it had none."""
    picture = scene(40, 24)
    assert (pixels(encoded(picture, "JPEG", exif=exif), how) == pixels(encoded(picture, "JPEG"))).all()


@pytest.mark.parametrize("action", ["error", "ignore"])
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_exif_data_that_breaks_off_after_the_orientation_still_gives_it(
    file_format: str, action: Literal["error", "ignore"]
) -> None:
    """Pillow warns of such data; whether warnings are errors must not change what an image is."""
    upright = np.asarray(scene(40, 24))
    breaks_off = b"Exif\0\0II*\0\x08\0\0\0\x02\0" + struct.pack("<HHIHH", ORIENTATION, 3, 1, 6, 0) + b"\x0f\x01"
    data = encoded(Image.fromarray(UPRIGHT_TO_STORED[6](upright)), file_format, exif=breaks_off)
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        found = read(data)
    assert (found.width, found.height) == (40, 24)


@pytest.mark.parametrize("action", ["error", "ignore"])
@pytest.mark.parametrize("file_format", ["PNG", "JPEG", "GIF"])
def test_a_large_picture_that_pillow_warns_of_is_read(
    file_format: str, action: Literal["error", "ignore"], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phones make pictures of 108 megapixels: above Pillow's limit, below twice of it, and no attack."""
    data = encoded(Image.new("RGB", (80, 80), (10, 20, 30)), file_format)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    with warnings.catch_warnings():
        warnings.simplefilter(action)
        before = list(warnings.filters)
        found = read(data, how="fast")
        assert list(warnings.filters) == before
    assert (found.width, found.height) == (80, 80)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 3000)
    assert refusal(data) == "too many pixels"


def test_large_pictures_are_read_by_several_threads_where_warnings_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's list of warning filters is shared by all of them, and is afterwards as it was."""
    data = encoded(Image.new("RGB", (80, 80)), "PNG")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 5000)
    before, found = list(warnings.filters), list[Decoded | Unreadable]()
    threads = [
        threading.Thread(target=lambda: found.extend(decode(data, (9, 9), "fast") for _ in range(20))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 80
    assert all(isinstance(one, Decoded) for one in found)
    assert list(warnings.filters) == before


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty file"),
        (b"This is a text that somebody called picture.jpg\n", "not an image"),
        (b"\0" * 4096, "not an image"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
        (raw_png((30_000, 30_000), 8, 2, np.zeros((1, 3))), "too many pixels"),
        (raw_png((100, 100), 8, 2, np.zeros((1, 3))), "corrupt or truncated"),
        (b"\x89PNG\r\n\x1a\n", "corrupt or truncated"),
    ],
    ids=["empty", "text", "zeros", "PostScript", "bomb", "few pixels", "header alone"],
)
def test_what_is_no_image_is_refused_with_a_reason(data: bytes, reason: str, how: Decode) -> None:
    """One of a few fixed words, by which the summary counts."""
    assert refusal(data, how) == reason


@given(st.binary(min_size=1, max_size=20))
@example(b"hi\n")
@example(b"(")
@example(b"\x01\x00")
def test_a_few_bytes_are_no_image_and_stop_nothing(data: bytes) -> None:
    """Whatever they are: of Pillow's tests of a file's beginning, some fail on fewer bytes than they look at."""
    assert refusal(data, "fast") in {"not an image", "corrupt or truncated"}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize(
    ("file_format", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("GIF", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("BMP", {}),
        ("WEBP", {}),
        ("JPEG2000", {}),
    ],
)
@pytest.mark.parametrize("kept", [0.01, 0.1, 0.3, 0.6, 0.9])
def test_a_truncated_file_is_refused(file_format: str, options: dict[str, Any], kept: float, how: Decode) -> None:
    """A picture that is grey from the middle on would give numbers, and they would be wrong."""
    data = encoded(scene(200, 150), file_format, **options)
    assert refusal(data[: int(len(data) * kept)], how) == "corrupt or truncated"


@settings(max_examples=50, deadline=None)
@given(position=st.integers(0, 10_000), change=st.integers(1, 255), how=st.sampled_from(HOW))
def test_one_wrong_byte_in_a_png_is_found(position: int, change: int, how: Decode) -> None:
    """Every chunk has a checksum, which Pillow alone does not hold the pixels to."""
    data = bytearray(encoded(scene(24, 24), "PNG"))
    data[position % (len(data) - 12)] ^= change  # all but the empty chunk that ends it
    assert refusal(bytes(data), how) in {"corrupt or truncated", "not an image", "too many pixels"}


@settings(max_examples=50, deadline=None)
@given(
    file_format=st.sampled_from(["JPEG", "PNG", "GIF", "TIFF", "BMP", "WEBP", "PPM", "TGA", "ICO"]),
    damage=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=8),
    how=st.sampled_from(HOW),
)
def test_no_damage_raises(file_format: str, damage: list[tuple[int, int]], how: Decode) -> None:
    """Whatever stands in a file, it is a picture or a reason."""
    data = bytearray(encoded(scene(24, 24), file_format))
    for position, value in damage:
        data[position % len(data)] = value
    found = decode(bytes(data), (48, 48), how)
    assert isinstance(found, Unreadable) or found.picture.mode == "RGB"


@settings(max_examples=50, deadline=None)
@given(
    size=st.tuples(st.integers(1, 700), st.integers(1, 700)),
    smallest=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    orientation=st.sampled_from(list(UPRIGHT_TO_STORED)),
)
def test_a_fast_decoded_picture_is_never_smaller_than_asked(
    size: tuple[int, int], smallest: tuple[int, int], orientation: int
) -> None:
    """Except where the image itself is."""
    upright = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    found = read(_stored(upright, orientation, "JPEG"), smallest, "fast")
    assert (found.width, found.height) == size
    for side, whole, wanted in zip(found.picture.size, size, smallest, strict=True):
        assert side >= min(whole, wanted)


def test_fast_decoding_of_a_large_jpeg_gives_the_same_numbers() -> None:
    """The mean within 0.001 after resizing, every pixel close by, and it did save work."""
    data = encoded(scene(4000, 3000), "JPEG", quality=90)
    fast, exact = (read(data, (448, 448), how).picture for how in HOW)
    assert fast.size == (1000, 750)
    assert exact.size == (4000, 3000)
    fast_pixels, exact_pixels = (
        np.asarray(resize(picture, (224, 224), "stretch").picture, dtype=float) / 255 for picture in (fast, exact)
    )
    assert abs(fast_pixels.mean() - exact_pixels.mean()) < 0.001
    assert abs(fast_pixels.std() - exact_pixels.std()) < 0.001
    assert np.abs(fast_pixels - exact_pixels).mean() < 0.01


def _stored(upright: NDArray[np.uint8], orientation: int, file_format: str, **options: Any) -> bytes:
    """The file of a camera that was held in this orientation."""
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = np.ascontiguousarray(UPRIGHT_TO_STORED[orientation](upright))
    return encoded(Image.fromarray(stored), file_format, exif=exif, **options)


def _grey_tiff(grey: NDArray[np.uint16], byte_order: Literal["<", ">"]) -> bytes:
    """A TIFF of one uncompressed strip."""
    height, width = grey.shape
    strip = grey.astype(f"{byte_order}u2").tobytes()
    header = (b"II" if byte_order == "<" else b"MM") + struct.pack(f"{byte_order}HI", 42, 8 + len(strip))
    tags = {256: width, 257: height, 258: 16, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: len(strip)}
    entries = [struct.pack(f"{byte_order}HHII", tag, 4, 1, value) for tag, value in tags.items()]
    return header + strip + struct.pack(f"{byte_order}H", len(entries)) + b"".join(entries) + bytes(4)
