"""Examples as strips of small pictures, few enough and small enough for any page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.report.profiles import value_name
from pipeline.report.words import clipped, number, shortened, spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.documents import BaselineDocument, DriftReport, ExampleImage

MOST_IMAGES = 6
"""Pictures in one strip."""

MOST_STRIPS = 8
"""Features of which pictures are shown."""

_TAIL = 9
"""Characters of the end of a name that are always seen: as many as the narrowest caption holds."""

MOST_BYTES = 6_000
"""Characters of one picture, 4.5 KB of JPEG: those that framewatch makes have 3 KB at most."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image of a strip.

    Attributes:
        place: Where it is.
        name: The last part of that, without its suffix, in two pieces: the first may be cut where there is no room, the
            second, which is what tells images apart, may not.
        value: Of the feature, as text.
        words: What stands for the picture where it is not seen.
        data: A JPEG in base 64, or "" where there is none.
    """

    place: str
    name: tuple[str, str]
    value: str
    words: str
    data: str


@dataclass(frozen=True, slots=True)
class Strips:
    """Images that show how one feature moved: those typical of the baseline, and current ones most unlike them."""

    feature: str
    baseline: Sequence[Picture]
    current: Sequence[Picture]


def strips(report: DriftReport) -> dict[str, Strips]:
    """By feature, its strips; pictures that are too large are left out, their places stay."""
    return {
        one["feature"]: Strips(
            spoken(one["feature"]),
            _strip(report["baseline"], "Baseline", one["feature"], one.get("typical", [])),
            _strip(report["current"], "Current", one["feature"], one["images"]),
        )
        for one in report.get("examples", [])[:MOST_STRIPS]
    }


def _strip(document: BaselineDocument, whose: str, feature: str, images: Sequence[ExampleImage]) -> list[Picture]:
    return [_picture(document, whose, feature, one) for one in images[:MOST_IMAGES]]


def _picture(document: BaselineDocument, whose: str, feature: str, image: ExampleImage) -> Picture:
    data, place, value = image.get("thumbnail", ""), image["uri"], image["value"]
    shown = shortened(value_name(document, feature, value)) if isinstance(value, str) else number(value)
    words = f"{whose} image {clipped(place)}, {spoken(feature)} {shown}"
    return Picture(clipped(place), _name(place), shown, words, data if len(data) <= MOST_BYTES else "")


def _name(place: str) -> tuple[str, str]:
    last = place.rstrip("/").rpartition("/")[2] or place
    name = shortened(last.rpartition(".")[0] or last)
    return name[:-_TAIL], name[-_TAIL:]
