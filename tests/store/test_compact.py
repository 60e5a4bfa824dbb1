"""Small files to few."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StoreError
from pipeline.profile.measure import profile_rows
from pipeline.store.compact import Compaction, compact_partition
from pipeline.store.footer import read_footer
from pipeline.store.layout import row_files
from pipeline.store.stored import stored
from tests.support.grey import PARTITION, GreyImages, greys_of, rows_of
from tests.support.readers import READERS

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def images(tmp_path: Path) -> GreyImages:
    """Nine images that came in three nightly batches, and so lie in three files of the store S."""
    own = GreyImages(tmp_path / "images")
    for night in range(3):
        for index in range(3):
            own.draw(f"{night}{index}.png", 10 * night + index)
        own.extract(tmp_path / "S")
    assert len(row_files(tmp_path / "S", PARTITION)) == 3
    return own


def test_small_files_become_one_with_the_same_rows(images: GreyImages, tmp_path: Path) -> None:
    before = rows_of(tmp_path / "S")
    assert compact_partition(tmp_path / "S", PARTITION) == Compaction(3, 1, 0)
    assert rows_of(tmp_path / "S").equals(before)
    for read in READERS.values():
        assert sorted(read(tmp_path / "S")) == sorted(images.levels)
    assert compact_partition(tmp_path / "S", PARTITION) == Compaction(1, 1, 0)


def test_files_that_are_large_enough_stay(images: GreyImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("write", "compact"):
        monkeypatch.setattr(f"pipeline.store.{module}.ROWS_IN_A_FILE", 6)
    large = row_files(tmp_path / "S", PARTITION)
    images.draw("z1.png", 1)
    images.extract(tmp_path / "S")
    images.draw("z2.png", 2)
    images.extract(tmp_path / "S")
    assert compact_partition(tmp_path / "S", PARTITION) == Compaction(5, 4, 0)
    assert {*large} < {*row_files(tmp_path / "S", PARTITION)}
    assert greys_of(tmp_path / "S") == sorted(images.levels.items())


def _edit(path: Path) -> None:
    """What somebody does who takes ten images for misclassified: Arrow keeps our metadata, profile and all."""
    table = pq.ParquetFile(path).read()
    at = table.schema.get_field_index("brightness")
    table = table.set_column(at, "brightness", pa.array([0.5] * table.num_rows))
    own = pq.read_metadata(path).metadata
    pq.write_table(table.replace_schema_metadata(own), path)


def _rewrite_without_profile(path: Path) -> None:
    settings = {key: value for key, value in pq.read_metadata(path).metadata.items() if b"profile" not in key}
    pq.write_table(pq.ParquetFile(path).read().replace_schema_metadata(settings), path)


@pytest.mark.parametrize("change", [_edit, _rewrite_without_profile])
def test_rows_win_over_a_profile_that_is_not_of_them_and_compacting_makes_it_anew(
    images: GreyImages, tmp_path: Path, change: object
) -> None:
    path = row_files(tmp_path / "S", PARTITION)[0]
    assert callable(change)
    change(path)
    assert read_footer(path).profile is None
    own = stored(tmp_path / "S", [PARTITION])
    expected = rows_of(tmp_path / "S")["brightness"].mean()
    assert own.profile().features["brightness"].mean == pytest.approx(expected, abs=1e-12)
    assert compact_partition(tmp_path / "S", PARTITION) == Compaction(3, 1, 1)
    own = stored(tmp_path / "S", [PARTITION])
    assert [file.profile is not None for file in own.files[PARTITION]] == [True]
    assert own.profile().features["brightness"].mean == pytest.approx(expected, abs=1e-12)
    assert len(images.levels) == own.profile().image_count == profile_rows(own.rows).image_count


def test_a_damaged_profile_is_none(images: GreyImages, tmp_path: Path) -> None:
    footer = read_footer(row_files(tmp_path / "S", PARTITION)[0])
    assert footer.profile is not None
    assert replace(footer, profile_text="nonsense").profile is None
    assert images.levels


def test_damaged_rows_are_named_and_stay(images: GreyImages, tmp_path: Path) -> None:
    path = row_files(tmp_path / "S", PARTITION)[0]
    content = bytearray(path.read_bytes())
    content[100 : len(content) // 3] = bytes(len(content) // 3 - 100)
    path.write_bytes(content)
    with pytest.raises(StoreError, match=f"{path.name}: is not a file of framewatch's, or is damaged"):
        compact_partition(tmp_path / "S", PARTITION)
    assert path.read_bytes() == content
    assert images.levels
