"""Bring a partition up to date with its source: compute what is new, keep what is not."""

from __future__ import annotations

import contextlib
import glob
import os
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

import filelock
import polars as pl
import pyarrow as pa
from pyarrow import compute

from pipeline.errors import OutputError, StoreError
from pipeline.extract.local import run_locally
from pipeline.extract.metadata import add_metadata
from pipeline.extract.plan import plan
from pipeline.extract.sources.interface import CANNOT_BE_OPENED
from pipeline.extract.unit import WorkerSpec
from pipeline.features import arrow_schema
from pipeline.settings import require_same
from pipeline.store.layout import ROWS_FILE, require_text
from pipeline.store.scan import collect, partition_settings, scan, stored_schema, stored_tables
from pipeline.store.write import write_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.plan import Plan
    from pipeline.extract.sources.interface import ImageRef, Version
    from pipeline.settings import ExtractionSettings
    from pipeline.store.layout import Partition


@dataclass(frozen=True, slots=True)
class Extraction:
    """How images are to become the rows of a partition.

    Attributes:
        settings: What is done to each image.
        model_path: The model that the settings speak of.
        metadata: Put on every row of the partition, also on those that are there already.
        workers: Threads; None for one a core.
        progress: Told how far it is.
        thumbnails: Whether new rows hold a thumbnail.
        probabilities: Whether they hold the probability of every class.
    """

    settings: ExtractionSettings
    model_path: Path | None = None
    metadata: Metadata | None = None
    workers: int | None = None
    progress: Callable[[int, int], None] | None = None
    thumbnails: bool = True
    probabilities: bool = False


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """What an update did.

    Attributes:
        added: Rows that are new.
        replaced: Rows of images that had changed.
        unchanged: Rows that were there already.
        status_counts: Of all rows, how many have which status and, where it is not ok, which reason.
    """

    added: int
    replaced: int
    unchanged: int
    status_counts: dict[str, int] = field(default_factory=dict)


def update_partition(
    store: Path, partition: Partition, refs: Sequence[ImageRef], extraction: Extraction
) -> UpdateSummary:
    """Give a partition exactly one row for each image, computing only those that are new or have changed.

    Rows of images that are no longer in the source stay.

    Raises:
        StoreError: Another process is at work on the partition.
        SettingsError: The partition was made with other settings.
        OutputError: The partition cannot be written; it is then as it was.
    """
    require_text(store)
    with _locked(store, partition):
        known = _known_versions(store, partition)
        if known:
            recorded = partition_settings(store, partition)
            require_same(recorded, extraction.settings, where=f"partition {partition}", strict=True)
        todo = plan(refs, known)
        if todo.added or todo.changed or extraction.metadata is not None:
            rows = _all_rows(store, partition, todo, extraction, {ref.uri for ref in refs})
            final = partition.folder(store) / ROWS_FILE
            write_rows(final, rows, extraction.settings, _unfinished(store, partition))
        counts = _status_counts(scan(store, [partition]))
    return UpdateSummary(len(todo.added), len(todo.changed), todo.unchanged, counts)


@contextlib.contextmanager
def _locked(store: Path, partition: Partition) -> Iterator[None]:
    path = partition.folder(store) / ".lock"
    lock = filelock.FileLock(path, timeout=0)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except filelock.Timeout as error:
        raise StoreError(
            f"partition {partition} of {store}: another framewatch is writing it; wait for it to end"
        ) from error
    except OSError as error:
        raise OutputError(f"{store}: cannot be written ({error.strerror or error}); give another store") from error
    try:
        yield
    finally:
        lock.release()


def _unfinished(store: Path, partition: Partition) -> Path:
    """Where a partition is written until it is whole: beside the store, because Polars reads no folder in which a file
    of another kind lies, or in its own folder, where files cannot be moved from there (the store is a mount point).

    Whoever holds the partition's lock owns all such names, so what a killed process has left is removed.
    """
    root, folder = store.resolve(), partition.folder(store)
    name = f".{root.name}.{partition}"
    places = (root.parent, folder)
    for place in places:
        for left_over in place.glob(f"{glob.escape(name)}.*.tmp"):
            with contextlib.suppress(OSError):
                left_over.unlink()
    name = f"{name}.{os.urandom(4).hex()}.tmp"
    return next(place for place in places if _can_move(place / name, folder / name)) / name


def _can_move(path: Path, target: Path) -> bool:
    try:
        path.touch()
        os.replace(path, target)
    except OSError:
        return path.parent == target.parent
    finally:
        for one in (path, target):
            with contextlib.suppress(OSError):
                one.unlink()
    return True


def _all_rows(
    store: Path, partition: Partition, todo: Plan, extraction: Extraction, uris: Collection[str]
) -> Iterator[pa.Table]:
    # New rows get the columns of earlier metadata, empty, so that every group has the same ones.
    earlier = (stored_schema(store, partition) or arrow_schema()).empty_table()
    for table in chain(_old_rows(store, partition, todo), _new_rows(todo, extraction)):
        whole = pa.concat_tables([earlier, table], promote_options="default")
        if extraction.metadata is None:
            yield whole
        else:
            yield add_metadata(whole, extraction.metadata, uris, extraction.settings.model)


def _known_versions(store: Path, partition: Partition) -> dict[str, Version]:
    """The version of each row. One whose file could not be opened is of no version: the next run tries it again."""
    if stored_schema(store, partition) is None:
        return {}
    opened = pl.col("reason").ne_missing(CANNOT_BE_OPENED)
    columns = (pl.col("size"), pl.col("modified").dt.timestamp("us"), pl.col("etag"))
    table = scan(store, [partition]).select("uri", *(pl.when(opened).then(one) for one in columns)).pipe(collect)
    return {uri: (size, modified, etag) for uri, size, modified, etag in table.iter_rows()}


def _old_rows(store: Path, partition: Partition, todo: Plan) -> Iterator[pa.Table]:
    out_of_date = pa.array(todo.replaced, pa.string())
    for table in stored_tables(store, partition):
        yield table.filter(compute.invert(compute.is_in(table.column("uri"), value_set=out_of_date)))


def _new_rows(todo: Plan, extraction: Extraction) -> Iterator[pa.Table]:
    total, done = len(todo.added) + len(todo.changed), 0
    model_path = extraction.model_path
    spec = WorkerSpec(
        extraction.settings,
        None if model_path is None else str(model_path),
        extraction.thumbnails,
        extraction.probabilities,
    )
    for table in run_locally(todo.units(), spec, extraction.workers):
        yield table
        done += table.num_rows
        if extraction.progress is not None:
            extraction.progress(done, total)


def _status_counts(rows: pl.LazyFrame) -> dict[str, int]:
    word = pl.concat_str("status", "reason", separator=": ", ignore_nulls=True)
    counts = rows.group_by(word.alias("word")).len().sort("word").pipe(collect)
    return dict(counts.iter_rows())
