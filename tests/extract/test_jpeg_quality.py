from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from pipeline.extract.jpeg_quality import jpeg_quality
from tests.support.pictures import encoded, scene


def tables_of(data: bytes) -> dict[int, list[int]]:
    """The quantisation tables of a JPEG, as Pillow reads them."""
    with Image.open(io.BytesIO(data)) as image:
        tables: dict[int, list[int]] = image.quantization  # type: ignore[attr-defined]
        return tables


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize("quality", range(1, 101))
def test_the_quality_that_a_file_was_saved_with_is_found(quality: int, mode: str) -> None:
    """Each of them: libjpeg writes other tables for every one."""
    data = encoded(scene(16, 16).convert(mode), "JPEG", quality=quality)
    assert jpeg_quality(tables_of(data)) == quality


@pytest.mark.parametrize("quality", [10, 50, 75, 90])
def test_tables_of_other_programs_give_the_nearest(quality: int) -> None:
    """Each step off by one at most: at coarse tables that is less than a step of the quality."""
    table = np.array(tables_of(encoded(scene(16, 16), "JPEG", quality=quality))[0])
    found = jpeg_quality({0: (table + np.random.default_rng(0).integers(-1, 2, 64)).tolist()})
    assert found == pytest.approx(quality, abs=3)


def test_flat_tables_of_any_coarseness_give_a_quality() -> None:
    """Cameras write such ones; finer ones never give a lower quality, and 16 bits are no reason to fail."""
    found = [jpeg_quality({0: [step] * 64}) for step in (65535, 255, 60, 20, 5, 1)]
    assert found == sorted(found, key=lambda one: one or 0)
    assert (found[0], found[-1]) == (1.0, 100.0)


def test_without_tables_there_is_no_quality() -> None:
    """A file may leave them out."""
    assert jpeg_quality({}) is None
