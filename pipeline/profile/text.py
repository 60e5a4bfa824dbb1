"""A profile to text and back, so that it can travel in the metadata of the file whose rows it sums up."""

from __future__ import annotations

import base64
import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.features import CHANNELS
from pipeline.profile.joint import JointMoments
from pipeline.profile.profile import NumericProfile, Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_VERSION = "framewatch-profile-4:"
"""Begins every text; changes whenever older programs could not read it, or features were binned otherwise."""

_CODEC, _LEVEL = "zstd", 15
"""How texts are compressed: they are read in a quarter of the time that deflated ones take."""

_INTEGER = 4
"""Bytes of the check sum, and of the size, that stand before what is compressed."""

_MOMENTS = 5
"""Floating-point numbers of a `NumericProfile`: mean, squares, low, high, jumps."""


def to_text(profile: Profile) -> str:
    """The profile as ASCII text, to the last bit: a line of JSON and three arrays, compressed, in base 64."""
    features, joint = profile.features.values(), (profile.predicted, profile.unpredicted)
    classes = (np.fromiter(part, np.int64) for part in (profile.classes, profile.classes.values()))
    counts = [*(one.histogram for one in features), *profile.labelled_histograms.values(), *classes]
    real = [
        *([one.mean, one.squares, one.low, one.high, one.jumps] for one in features),
        *(part for one in joint for part in (one.means, one.products[np.tril_indices(len(one.names))])),
    ]
    width = _width(counts)
    header = json.dumps({"width": width, **_header(profile)}, separators=(",", ":")).encode()
    arrays = [_shuffled([profile.pixel_counts], "<i8"), _shuffled(real, "<f8"), _shuffled(counts, f"<i{width}")]
    body = b"\n".join([header, b"".join(arrays)])
    compressed = pa.Codec(_CODEC, compression_level=_LEVEL).compress(body, asbytes=True)
    packed = len(body).to_bytes(_INTEGER, "little") + compressed
    return _VERSION + base64.b64encode(zlib.crc32(packed).to_bytes(_INTEGER, "little") + packed).decode("ascii")


def from_text(text: str) -> Profile:
    """The profile that a text of `to_text` holds.

    Raises:
        ValueError: It is none, is damaged, or is another version's.
    """
    if not text.startswith(_VERSION):
        raise ValueError(f"a profile begins with {_VERSION!r}, not {text[: len(_VERSION)]!r}")
    try:
        header, _, arrays = _body(base64.b64decode(text[len(_VERSION) :], validate=True)).partition(b"\n")
        return _profile(json.loads(header), arrays)
    except (LookupError, TypeError, AttributeError, ValueError, OSError) as error:
        raise ValueError(f"the profile is damaged ({error})") from error


def _body(checked: bytes) -> bytes:
    stored, packed = checked[:_INTEGER], checked[_INTEGER:]
    if int.from_bytes(stored, "little") != zlib.crc32(packed):
        raise ValueError("its check sum is another one")
    size = int.from_bytes(packed[:_INTEGER], "little")
    return bytes(pa.decompress(packed[_INTEGER:], decompressed_size=size, codec=_CODEC, asbytes=True))


def _header(profile: Profile) -> dict[str, Any]:
    return {
        "features": [[name, one.count, len(one.histogram), one.pairs] for name, one in profile.features.items()],
        "joint": [[list(one.names), one.count] for one in (profile.predicted, profile.unpredicted)],
        "classes": len(profile.classes),
        "statuses": [[*kind, count] for kind, count in profile.statuses.items()],
        "categories": [[name, list(counts.items())] for name, counts in profile.categories.items()],
        "labelled": [profile.labelled, profile.correct],
        "class_pairs": [profile.class_pairs, profile.class_repeats],
        "labelled_histograms": [[name, one.shape[1]] for name, one in profile.labelled_histograms.items()],
    }


def _profile(header: dict[str, Any], arrays: bytes) -> Profile:
    sizes = [bins for _, _, bins, _ in header["features"]] + [2 * bins for _, bins in header["labelled_histograms"]]
    ends = 8 * 256 * len(CHANNELS), len(arrays) - header["width"] * (sum(sizes) + 2 * header["classes"])
    real = _Reader(_plain(arrays[ends[0] : ends[1]], "<f8", np.float64))
    whole = _Reader(_plain(arrays[ends[1] :], f"<i{header['width']}", np.int64))
    moments = real.take(_MOMENTS * len(header["features"])).reshape(-1, _MOMENTS).tolist()
    profile = Profile(
        pixel_counts=_plain(arrays[: ends[0]], "<i8", np.int64).reshape(len(CHANNELS), 256),
        features={
            name: _numeric(count, own, whole.take(bins), pairs)
            for (name, count, bins, pairs), own in zip(header["features"], moments, strict=True)
        },
        statuses={(status, reason): count for status, reason, count in header["statuses"]},
        predicted=_joint(header["joint"][0], real),
        unpredicted=_joint(header["joint"][1], real),
        categories={name: dict(map(tuple, counts)) for name, counts in header["categories"]},
        labelled=header["labelled"][0],
        correct=header["labelled"][1],
        labelled_histograms={
            name: whole.take(2 * bins).reshape(2, bins) for name, bins in header["labelled_histograms"]
        },
        classes=dict(zip(*whole.take(2 * header["classes"]).reshape(2, -1).tolist(), strict=True)),
        class_pairs=header["class_pairs"][0],
        class_repeats=header["class_pairs"][1],
    )
    real.require_end()
    return profile


def _numeric(count: int, moments: Sequence[float], histogram: NDArray[np.int64], pairs: int) -> NumericProfile:
    mean, squares, low, high, jumps = moments
    return NumericProfile(count, mean, squares, low, high, histogram, pairs, jumps)


def _joint(header: tuple[list[str], int], real: _Reader) -> JointMoments:
    names, count = header
    size = len(names)
    means, half = real.take(size), np.tri(size, dtype=np.bool_)
    products = np.zeros((size, size))
    products[half] = real.take(size * (size + 1) // 2)
    return JointMoments(tuple(names), count, means, np.where(half, products, products.T))


class _Reader:
    """Takes the parts of an array one after the other."""

    def __init__(self, numbers: NDArray[Any]) -> None:
        self._numbers, self._at = numbers, 0

    def take(self, size: int) -> NDArray[Any]:
        """The next numbers."""
        start, self._at = self._at, self._at + size
        if self._at > len(self._numbers):
            raise ValueError(f"it ends after {len(self._numbers)} numbers")
        return self._numbers[start : self._at]

    def require_end(self) -> None:
        """Refuse numbers that nobody has asked for."""
        if self._at != len(self._numbers):
            raise ValueError(f"{len(self._numbers) - self._at} numbers are left over")


def _shuffled(parts: Sequence[Any], dtype: str) -> bytes:
    """All numbers' first bytes, then all second bytes, and so on: alike ones stand together, and compress well."""
    flat = np.concatenate([np.zeros(0, dtype), *(np.ravel(part) for part in parts)]).astype(dtype)
    return flat.view(np.uint8).reshape(-1, flat.itemsize).T.tobytes()


def _width(counts: Sequence[NDArray[np.int64]]) -> int:
    """The bytes that the largest and the smallest of some whole numbers need: 2, 4 or 8."""
    largest = max((max(int(one.max()), -1 - int(one.min())) for one in counts if one.size), default=0)
    return next(width for width in (2, 4, 8) if largest < 2 ** (8 * width - 1))


def _plain(shuffled: bytes, dtype: str, native: type[Any]) -> NDArray[Any]:
    planes = np.frombuffer(shuffled, np.uint8).reshape(np.dtype(dtype).itemsize, -1)
    found = np.empty(planes.shape[::-1], np.uint8)
    for at, plane in enumerate(planes):  # in half the time of a transposed copy
        found[:, at] = plane
    return found.view(dtype).ravel().astype(native, copy=False)
