from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image

from pipeline.extract.hashes import luma_tile
from pipeline.extract.look import look
from pipeline.extract.unit import Seen, numbers_of
from pipeline.features import CHANNELS, FEATURES, Feature, arrow_schema, feature, numeric_features
from tests.support.pictures import random_pixels, scene
from tests.support.shared import shared

if TYPE_CHECKING:
    from collections.abc import Mapping

PICTURES = {
    "scene": scene(224, 224),
    "noise": Image.fromarray(random_pixels(224, 224, 3)),
    "black": Image.new("RGB", (224, 224)),
    "white": Image.new("RGB", (224, 224), "white"),
    "red": Image.new("RGB", (224, 224), "red"),
    "halves": Image.fromarray(np.repeat([[[0] * 3], [[255] * 3]], 224, axis=1).repeat(112, axis=0).astype(np.uint8)),
}
UNBOUNDED = {"sharpness", "noise"}
"""Their bins are made for photographs; noise and checkerboards lie above them, and are counted in the last one."""


def measured(picture: Image.Image) -> Mapping[str, Any]:
    luma = picture.convert("L")
    return {name: values[0] for name, values in numbers_of([Seen(look([picture], [luma])[0], luma_tile(luma))]).items()}


def outside(row: Mapping[str, Any]) -> dict[str, float]:
    """The numbers that lie outside the bins of their feature."""
    return {
        one.name: row[one.name]
        for one in numeric_features()
        if one.bins is not None
        and one.name in row
        and not one.bins.low - 1e-12 <= row[one.name] <= one.bins.high + 1e-12
    }


def test_the_schema_has_one_field_for_each_feature_in_the_tables_order() -> None:
    """Which every table of rows has."""
    assert arrow_schema().names == [one.name for one in FEATURES]


def test_names_are_unique_and_can_be_columns_everywhere() -> None:
    """In SQL without quotes, as a Python name, and not as a column of the store's folders."""
    names = [one.name for one in FEATURES]
    assert len(set(names)) == len(names)
    assert all(name.isidentifier() and name == name.lower() for name in names)
    assert not {"dataset", "date"} & set(names)


@pytest.mark.parametrize("one", FEATURES, ids=lambda one: one.name)
def test_each_feature_is_described_and_its_bins_are_sane(one: Feature) -> None:
    """One sentence for the dictionary; bins for numbers alone, equal, and as fine as a byte where it matters."""
    assert one.meaning
    kind = arrow_schema().field(one.name).type
    if one.bins is not None:
        assert pa.types.is_floating(kind) or pa.types.is_integer(kind)
        assert math.isfinite(one.bins.low)
        assert one.bins.low < one.bins.high < math.inf
        assert 32 <= one.bins.count <= 1024
    if one.words is not None:
        assert one.bins is not None
        assert len({*one.words}) == 2
        assert all(one.words)


def test_every_share_is_counted_from_zero_to_one() -> None:
    """And every floating number that is profiled has bins at all."""
    shares = ["pixel_mean", "pixel_max", "red_mean", "blue_std", "brightness", "saturation", "confidence", "margin"]
    for name in shares:
        bins = feature(name).bins
        assert bins is not None
        assert (bins.low, bins.high) == (0.0, 1.0)
    floating = {one.name for one in FEATURES if one.dtype == "float64"}
    assert floating <= {one.name for one in numeric_features()}


def test_features_are_found_by_name() -> None:
    """And no others."""
    assert all(feature(one.name) is one for one in FEATURES)
    with pytest.raises(KeyError, match="colour"):
        feature("colour")


def test_what_is_computed_is_what_the_table_promises() -> None:
    """Each column of the two groups, no more and no fewer, and of the type that the schema has."""
    row = measured(PICTURES["scene"])
    named = {one.name for one in FEATURES if one.group in {"pixels", "quality"}}
    assert set(row) == named | {"perceptual_hash"}
    for name, value in row.items():
        assert len(pa.array([value], arrow_schema().field(name).type)) == 1


@pytest.mark.parametrize("name", PICTURES)
def test_numbers_lie_within_their_range(name: str) -> None:
    """For pictures at all ends: nothing that is a share leaves 0 to 1."""
    found = outside(measured(PICTURES[name]))
    assert found.keys() <= (UNBOUNDED if name == "noise" else set())


def test_channels_are_red_green_and_blue() -> None:
    """In the order of the arrays, and each is called right."""
    row = measured(PICTURES["red"])
    assert [row[f"{channel}_mean"] for channel in CHANNELS] == [1.0, 0.0, 0.0]


def test_real_photographs_lie_within_the_bins() -> None:
    """Also in sharpness and noise, whose bins are a judgement."""
    paths = sorted(shared("images").iterdir())[::10]
    assert len(paths) == 40
    for path in paths:
        with Image.open(path) as image:
            assert outside(measured(image.convert("RGB").resize((224, 224), Image.Resampling.BILINEAR))) == {}
