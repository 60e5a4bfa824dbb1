"""Partitions brought up to date with a folder of real images."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from pipeline.errors import OutputError, SettingsError, StoreError
from pipeline.extract.sources import open_source
from pipeline.store import staged
from pipeline.store.layout import Partition, partitions
from pipeline.store.staged import Extraction
from pipeline.store.stored import stored
from pipeline.store.update import Update, UpdateSummary, update_partition
from pipeline.store.workplace import workplace
from tests.support.bench import PARTITION, SETTINGS, Bench, BrokenError, is_free
from tests.support.rows import CLASSIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def test_a_new_partition_has_a_row_for_each_image(bench: Bench) -> None:
    assert bench.update() == UpdateSummary(3, 0, 0, 0, {"ok": 3})
    assert bench.rows("pixel_mean") == {"a.png": 0.0, "b.png": pytest.approx(0.2), "c.png": 1.0}
    assert partitions(bench.store) == [PARTITION]


def test_only_new_images_are_computed(bench: Bench) -> None:
    bench.update()
    bench.draw("d.png", 102)
    assert bench.update() == UpdateSummary(1, 0, 3, 0, {"ok": 4})
    assert bench.computed == ["d.png"]
    assert bench.rows("pixel_mean")["d.png"] == pytest.approx(0.4)


@pytest.mark.parametrize("how", ["other time", "other size"])
def test_a_changed_image_replaces_its_row(bench: Bench, how: str) -> None:
    bench.update()
    path = bench.images / "b.png"
    if how == "other time":
        bench.draw("b.png", 204)
        os.utime(path, ns=(0, 10**18))
    else:
        kept = path.stat().st_mtime_ns
        Image.fromarray(np.full((9, 200, 3), 204, dtype=np.uint8)).save(path)
        os.utime(path, ns=(kept, kept))
    assert bench.update() == UpdateSummary(0, 1, 2, 0, {"ok": 3})
    assert bench.computed == ["b.png"]
    assert bench.rows("pixel_mean") == {"a.png": 0.0, "b.png": pytest.approx(0.8), "c.png": 1.0}


def test_a_second_run_changes_nothing(bench: Bench) -> None:
    bench.update()
    before, stamp = bench.contents(), bench.files[0].parent.stat().st_mtime_ns
    assert bench.update() == UpdateSummary(0, 0, 3, 0, {"ok": 3})
    assert bench.computed == []
    assert (bench.contents(), bench.files[0].parent.stat().st_mtime_ns) == (before, stamp)


def test_rows_of_images_that_are_gone_stay(bench: Bench) -> None:
    bench.update()
    (bench.images / "a.png").unlink()
    bench.draw("d.png", 10)
    bench.update()
    assert bench.rows("status").keys() == {"a.png", "b.png", "c.png", "d.png"}


def test_unreadable_images_are_rows_and_are_counted_by_reason(bench: Bench) -> None:
    (bench.images / "bad.png").write_bytes(b"")
    counts = bench.update().status_counts
    assert counts.pop("ok") == 3
    assert list(counts.values()) == [1]
    assert next(iter(counts)).startswith("unreadable: ")
    assert bench.rows("status")["bad.png"] == "unreadable"


def test_labels_that_arrive_later_are_put_on_without_computing_again(bench: Bench) -> None:
    bench.update()
    before = bench.rows("pixel_mean", "modified")
    assert bench.update({"path": ["a.png", "b.png"], "label": ["1", "0"]}) == UpdateSummary(0, 0, 3, 0, {"ok": 3})
    assert bench.computed == []
    assert bench.rows("label", "label_index") == {"a.png": ["1", 1], "b.png": ["0", 0], "c.png": [None, None]}
    assert bench.rows("pixel_mean", "modified") == before


@pytest.mark.parametrize(
    ("first", "second"), [([1, 2], ["left", "right"]), (["left", "right"], [1, 2]), ([1.5, 2.5], [True, False])]
)
def test_a_metadata_column_may_come_again_with_another_type(
    bench: Bench, first: list[object], second: list[object]
) -> None:
    bench.update({"path": ["a.png", "b.png"], "lane": first})
    bench.draw("d.png", 9)
    bench.update({"path": ["a.png", "d.png"], "lane": second})
    as_text = [str(one).lower() for one in (second[0], first[1], second[1])]
    assert bench.rows("lane") == {"a.png": as_text[0], "b.png": as_text[1], "c.png": None, "d.png": as_text[2]}


def test_metadata_stays_on_old_rows_when_new_ones_come_without(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where old and new rows are written in different groups."""
    monkeypatch.setattr("pipeline.store.write._ROWS_IN_A_GROUP", 1)
    bench.update({"path": ["a.png", "b.png", "c.png"], "lane": [1, 2, 3], "z": ["x", "y", "z"]})
    bench.draw("d.png", 9)
    bench.update({"path": ["a.png"], "z": ["changed"]})
    bench.draw("e.png", 9)
    bench.update()
    assert bench.rows("lane", "z") == {
        "a.png": [1, "changed"], "b.png": [2, "y"], "c.png": [3, "z"], "d.png": [None, None], "e.png": [None, None],
    }  # fmt: skip


def test_other_settings_are_refused_with_both_values(bench: Bench) -> None:
    bench.update()
    before = bench.contents()
    with pytest.raises(SettingsError, match=r'partition val@2026-11-23 .* resize is "stretch" there and "crop" here'):
        bench.update(settings=replace(SETTINGS, resize="crop"))
    assert bench.contents() == before
    bench.update()


def test_rows_with_and_without_predictions_are_not_mixed_in_a_partition(bench: Bench) -> None:
    bench.update()
    with pytest.raises(SettingsError, match=r"none there and a model \(sha256 c1a5\) here"):
        bench.update(settings=replace(SETTINGS, model=CLASSIFIER))
    assert bench.computed == []


@pytest.mark.parametrize("error", [BrokenError, KeyboardInterrupt, SystemExit])
def test_a_failure_in_the_middle_leaves_everything_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    bench.update()
    before = bench.contents()
    folder_before, beside_before = _listing(bench.store), _listing(bench.store.parent)
    bench.draw("d.png", 1)

    def failing(*_: Any) -> Iterator[Any]:
        yield from ()
        raise error

    with monkeypatch.context() as patched:
        patched.setattr(staged, "run_locally", failing)
        with pytest.raises(error) as caught:
            bench.update()
    assert is_free(bench.store), caught.traceback
    assert bench.contents() == before
    assert _listing(bench.store) == folder_before
    assert _listing(bench.store.parent) == sorted([*beside_before, bench.images / "d.png"])
    assert bench.update().added == 1


def _listing(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix != ".lock")


def test_what_a_killed_process_has_left_half_written_is_removed(bench: Bench) -> None:
    bench.update()
    place = workplace(bench.store, PARTITION)
    place.staged.mkdir(parents=True)
    place.ready.mkdir()
    (place.staged / ".rows.parquet.0123.tmp").write_bytes(b"half a file")
    (place.ready / "rows.parquet").write_bytes(b"half a partition")
    other = workplace(bench.store, Partition("other", PARTITION.date)).folder
    other.mkdir()
    bench.draw("d.png", 1)
    bench.update()
    assert not place.folder.exists()
    assert other.exists()


def test_with_sync_rows_of_images_that_are_gone_leave(bench: Bench) -> None:
    bench.update()
    (bench.images / "a.png").unlink()
    bench.draw("d.png", 10)
    assert bench.update(how=Update(sync=True)) == UpdateSummary(1, 0, 2, 1, {"ok": 3})
    assert bench.rows("status").keys() == {"b.png", "c.png", "d.png"}
    assert bench.computed == ["d.png"]


def test_sync_with_another_source_is_refused_before_it_empties_the_partition(bench: Bench, tmp_path: Path) -> None:
    bench.update()
    other = replace(bench, images=tmp_path / "other", computed=[])
    other.images.mkdir()
    other.draw("z.png", 1)
    with pytest.raises(StoreError, match=r"--sync would remove all of its 3 rows, .*the first is of .*a\.png"):
        other.update(how=Update(sync=True))
    assert bench.rows("status").keys() == {"a.png", "b.png", "c.png"}


def test_re_extract_replaces_the_partition_whatever_its_settings_were(bench: Bench) -> None:
    bench.update({"path": ["a.png"], "lane": [1]})
    (bench.images / "a.png").unlink()
    bench.draw("d.png", 10)
    other = replace(SETTINGS, input_size=(9, 9))
    assert bench.update(how=Update(re_extract=True), settings=other) == UpdateSummary(1, 2, 0, 1, {"ok": 3})
    assert bench.computed == ["b.png", "c.png", "d.png"]
    assert stored(bench.store, [PARTITION]).settings == other
    assert bench.rows("status").keys() == {"b.png", "c.png", "d.png"}
    with pytest.raises(SettingsError, match=r"input_size is \[9, 9\] there and \[8, 8\] here; .*--re-extract"):
        bench.update()


def test_a_new_partition_takes_no_settings_that_its_store_does_not_know(bench: Bench) -> None:
    bench.update()
    refs, tomorrow = list(open_source(str(bench.images)).images()), Partition("val", date(2026, 11, 24))
    other = Extraction(replace(SETTINGS, resize="crop"))
    with pytest.raises(SettingsError, match=r'val@2026-11-23.* resize is "stretch" there and "crop" here'):
        update_partition(bench.store, tomorrow, refs, other)
    assert update_partition(bench.store, tomorrow, refs, other, Update(re_extract=True)).added == 3
    third = Partition("live", date(2026, 11, 24))
    assert update_partition(bench.store, third, refs, other).added == 3, "they are known by now"


def test_a_copy_of_a_file_in_the_partition_is_refused_before_it_doubles_rows(bench: Bench) -> None:
    bench.update()
    (bench.files[0].parent / "copy.parquet").write_bytes(bench.files[0].read_bytes())
    bench.draw("d.png", 1)
    with pytest.raises(StoreError, match=r"has 6 rows of 3 images.*copy\.parquet"):
        bench.update()
    assert bench.update(how=Update(re_extract=True)).replaced == 3
    assert len(bench.rows("status")) == 4


def test_files_that_need_no_change_are_not_written_again(bench: Bench) -> None:
    bench.update()
    first = bench.files[0]
    bench.draw("d.png", 1)
    inode = first.stat().st_ino
    bench.update()
    assert first.stat().st_ino == inode
    assert len(bench.files) == 2
    bench.update({"path": ["d.png"], "label": ["1"]})
    assert first.stat().st_ino == inode, "the metadata names no row of it"
    assert bench.rows("label") == {"a.png": None, "b.png": None, "c.png": None, "d.png": "1"}


def test_the_same_metadata_again_writes_nothing(bench: Bench) -> None:
    metadata = {"path": ["a.png", "b.png"], "label": ["1", "0"], "lane": ["x", "y"]}
    bench.update(metadata)
    before = bench.contents()
    bench.update(metadata)
    assert bench.contents() == before


def _folder(bench: Bench) -> Path:
    return PARTITION.folder(bench.store)


def _a_file_for_its_folder(bench: Bench) -> None:
    _folder(bench).parent.mkdir(parents=True)
    _folder(bench).write_text("a file")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda bench: bench.store.write_text("a file"),
        _a_file_for_its_folder,
        lambda bench: (_folder(bench) / "rows.parquet" / "x").mkdir(parents=True),
    ],
    ids=["the store is a file", "the partition's folder is a file", "the rows' file is a folder"],
)
def test_a_store_that_cannot_be_written_is_named(bench: Bench, spoil: Callable[[Bench], object]) -> None:
    spoil(bench)
    with pytest.raises((OutputError, StoreError), match=str(bench.store)):
        bench.update()


def test_a_full_disk_is_said_and_leaves_the_old_rows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.update()
    before = bench.contents()
    bench.draw("d.png", 1)

    class Full:
        def __init__(self, where: Path, *_: Any, **__: Any) -> None:
            where.write_bytes(b"PAR1")
            raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("pyarrow.parquet.ParquetWriter", Full)
        with pytest.raises(OutputError, match=r"\.parquet: cannot be written \(No space left on device\)"):
            bench.update()
    assert bench.contents() == before
    assert not list(bench.store.parent.rglob("*.tmp"))


def test_a_really_full_device_is_said(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """/dev/full refuses every byte, as Arrow's own writer sees it."""
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full here")
    monkeypatch.setattr("pipeline.store.write.replacing", lambda _: contextlib.nullcontext("/dev/full"))
    with pytest.raises(OSError, match="No space left"):
        bench.update()
    assert not bench.files
