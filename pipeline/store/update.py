"""Bring a partition up to date with its source: compute what is new, keep what is not."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pipeline.agreement import require_same
from pipeline.errors import SettingsError, StoreError
from pipeline.extract.annotate import add_metadata
from pipeline.extract.plan import plan
from pipeline.store.layout import partitions, require_text
from pipeline.store.lock import locked
from pipeline.store.publish import Part, publish
from pipeline.store.staged import NO_VERSION, new_parts, uris, versions
from pipeline.store.stored import stored

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa

    from pipeline.extract.plan import Plan
    from pipeline.extract.sources.interface import ImageRef, Version
    from pipeline.settings import ExtractionSettings
    from pipeline.store.footer import Footer
    from pipeline.store.layout import Partition
    from pipeline.store.staged import Extraction
    from pipeline.store.stored import Stored
    from pipeline.store.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Update:
    """What is to become of the rows that are there already.

    Attributes:
        sync: Whether rows of images that the source no longer has leave the partition.
        re_extract: Whether all rows are computed again, with whatever settings, and take the place of the old ones.
        wait: Seconds to wait for another writer of the partition to end.
        tell: Told for whom it waits.
    """

    sync: bool = False
    re_extract: bool = False
    wait: float = 0.0
    tell: Callable[[str], None] | None = None


@dataclass(frozen=True, slots=True)
class UpdateSummary:
    """What an update did.

    Attributes:
        added: Rows that are new.
        replaced: Rows of images that had changed, or were to be computed again.
        unchanged: Rows that were there already.
        removed: Rows of images that are gone.
        status_counts: Of all rows, how many have which status and, where it is not ok, which reason.
    """

    added: int
    replaced: int
    unchanged: int
    removed: int = 0
    status_counts: dict[str, int] = field(default_factory=dict)


def update_partition(
    store: Path, partition: Partition, refs: Sequence[ImageRef], extraction: Extraction, update: Update | None = None
) -> UpdateSummary:
    """Give a partition exactly one row for each image, computing only those that are new or have changed.

    Whoever reads the partition meanwhile sees it as it was, and then as it is. What a killed run has computed is kept
    beside the store, and the next one takes it.

    Raises:
        StoreError: Another process is at work on the partition, or `sync` would remove every row.
        SettingsError: The partition, or its store, was made with other settings.
        OutputError: The partition cannot be written; it is then as it was.
    """
    require_text(store)
    update = update or Update()
    with locked(store, partition, update.wait, update.tell) as place:
        live = stored(store, [partition]).files[partition]
        if not update.re_extract:
            _require_settings(store, partition, live, extraction.settings)
        known = versions(live)
        if not update.re_extract:
            _require_one_row_each(partition, live, known)
        gone = _gone(partition, known, refs, update)
        todo = plan(refs, dict.fromkeys(known, NO_VERSION) if update.re_extract else known)
        _bring_up_to_date(place, [] if update.re_extract else live, todo, gone, extraction, refs)
        counts = _status_counts(stored(store, [partition]))
    return UpdateSummary(len(todo.added), len(todo.changed), todo.unchanged, len(gone), counts)


def _require_settings(store: Path, partition: Partition, live: Sequence[Footer], settings: ExtractionSettings) -> None:
    """Refuse settings that the partition, or where it is new the store, does not know."""
    remedy = "use the same model and options, another store, or --re-extract to replace this partition"
    if live:
        require_same(live[0].settings, settings, where=f"partition {partition}", strict=True, remedy=remedy)
        return
    others = sorted(partitions(store), key=lambda one: (one.dataset == partition.dataset, one.date), reverse=True)
    refused: SettingsError | None = None
    for other in others:
        for file in stored(store, [other]).files[other][:1]:
            try:
                require_same(file.settings, settings, where=f"{store} ({other})", remedy=remedy)
            except SettingsError as error:
                refused = refused or error
            else:
                return  # a store may hold several settings, each of which came in on purpose
    if refused is not None:
        raise refused


def _require_one_row_each(partition: Partition, files: Sequence[Footer], known: Mapping[str, Version]) -> None:
    rows = sum(file.rows for file in files)
    if rows != len(known):
        names = ", ".join(file.path.name for file in files)
        raise StoreError(
            f"partition {partition}: has {rows} rows of {len(known)} images, so that one of its files holds rows of "
            f"another (a copy?); remove one of {names}, or give --re-extract"
        )


def _gone(
    partition: Partition, known: Mapping[str, Version], refs: Iterable[ImageRef], update: Update
) -> frozenset[str]:
    """The rows that have to leave because their images did."""
    if not (update.sync or update.re_extract):
        return frozenset()
    gone = frozenset(known).difference(ref.uri for ref in refs)
    if known and len(gone) == len(known) and not update.re_extract:
        raise StoreError(
            f"partition {partition}: --sync would remove all of its {len(known)} rows, because none of them is of an "
            f"image in this source (the first is of {next(iter(known))}); give its own source, or --re-extract"
        )
    return gone


def _bring_up_to_date(
    place: Workplace,
    live: Sequence[Footer],
    todo: Plan,
    gone: frozenset[str],
    extraction: Extraction,
    refs: Sequence[ImageRef],
) -> None:
    annotate = _annotation(extraction, refs)
    new = new_parts(place, todo, extraction, live[0].schema if live else None, annotate)
    if todo.added or todo.changed or gone or annotate is not None:
        out_of_date = gone | todo.replaced
        parts = [Part(file, out_of_date & uris(file) if out_of_date else out_of_date) for file in live]
        publish(place, [*parts, *new], extraction.settings, annotate)
    place.forget_staged()


def _annotation(extraction: Extraction, refs: Iterable[ImageRef]) -> Callable[[pa.Table], pa.Table] | None:
    if extraction.metadata is None:
        return None
    uris = [ref.uri for ref in refs]
    return partial(add_metadata, metadata=extraction.metadata, uris=uris, model=extraction.settings.model)


def _status_counts(own: Stored) -> dict[str, int]:
    counts = own.profile().statuses
    return {": ".join(filter(None, kind)): count for kind, count in sorted(counts.items(), key=str)}
