"""New rows in staged files: what a killed run has left of them is taken, the rest is computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa

from pipeline.extract.local import run_locally
from pipeline.extract.sources.interface import CANNOT_BE_OPENED
from pipeline.extract.unit import WorkerSpec
from pipeline.features import arrow_schema
from pipeline.store.footer import read_footer
from pipeline.store.publish import Part
from pipeline.store.scan import collect, scan
from pipeline.store.write import grouped, write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from pipeline.extract.metadata import Metadata
    from pipeline.extract.plan import Plan
    from pipeline.extract.sources.interface import Version
    from pipeline.settings import ExtractionSettings
    from pipeline.store.footer import Footer
    from pipeline.store.workplace import Workplace

NO_VERSION: Version = (-1, None, None)
"""What no image has: its row is to be computed again."""


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


def new_parts(
    place: Workplace,
    todo: Plan,
    extraction: Extraction,
    earlier: pa.Schema | None,
    annotate: Callable[[pa.Table], pa.Table] | None,
) -> list[Part]:
    """Files with a row for each image that is to be computed: those that a killed run has left, and new ones.

    Args:
        place: Where they are staged.
        todo: The images.
        extraction: How they become rows.
        earlier: The columns of the rows that the partition has already.
        annotate: Puts metadata on new rows.
    """
    adopted = _adopted(place, todo, extraction.settings)
    return [*adopted, *map(Part, _compute(place, _without(todo, adopted), extraction, earlier, annotate))]


def versions(files: Sequence[Footer]) -> dict[str, Version]:
    """The version of each row. One whose file could not be opened is of no version: the next run tries it again."""
    if not files:
        return {}
    size = pl.when(pl.col("reason").ne_missing(CANNOT_BE_OPENED)).then("size").otherwise(NO_VERSION[0])
    table = scan(files).select("uri", size, pl.col("modified").dt.timestamp("us"), "etag").pipe(collect)
    names, *parts = (table[name].to_list() for name in ("uri", "size", "modified", "etag"))
    return dict(zip(names, zip(*parts, strict=True), strict=True))


def uris(file: Footer) -> frozenset[str]:
    """The images of a file's rows."""
    return frozenset(scan([file]).select("uri").pipe(collect)["uri"])


def _adopted(place: Workplace, todo: Plan, settings: ExtractionSettings) -> list[Part]:
    """What a killed run has left: files of rows, without those that are no longer wanted."""
    wanted = {ref.uri: ref.version for ref in (*todo.added, *todo.changed)}
    adopted = list[Part]()
    for path in sorted(place.staged.glob("*.parquet")):
        file = read_footer(path)
        if file.settings != settings:
            continue
        rows = versions([file])
        taken = {uri for uri, version in rows.items() if wanted.get(uri) == version}
        for uri in taken:
            del wanted[uri]
        adopted.append(Part(file, frozenset(rows.keys() - taken)))
    return adopted


def _without(todo: Plan, adopted: Sequence[Part]) -> Plan:
    """What is left to compute."""
    done = {uri for part in adopted for uri in uris(part.file) - part.dropped}
    added, changed = (tuple(ref for ref in refs if ref.uri not in done) for refs in (todo.added, todo.changed))
    return replace(todo, added=added, changed=changed)


def _compute(
    place: Workplace,
    todo: Plan,
    extraction: Extraction,
    earlier: pa.Schema | None,
    annotate: Callable[[pa.Table], pa.Table] | None,
) -> list[Footer]:
    """Compute rows into staged files, and give those files."""
    if not (todo.added or todo.changed):
        return []
    before = {*place.staged.glob("*.parquet")}
    # New rows get the columns of earlier metadata, empty, so that every file has the same ones.
    columns = (arrow_schema() if earlier is None else earlier).empty_table()
    whole = (pa.concat_tables([columns, table], promote_options="default") for table in _new_rows(todo, extraction))
    rows = whole if annotate is None else map(annotate, grouped(whole))
    write_files(place.staged, rows, extraction.settings)
    return [read_footer(path) for path in sorted({*place.staged.glob("*.parquet")} - before)]


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
