"""The two stages put together: images, or rows of a store, to a document."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import MetadataError, OutputError, UnreadableImagesError
from pipeline.settings import ExtractionOptions, ExtractionSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from pipeline.documents import BaselineDocument
    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.interface import ImageRef, Source
    from pipeline.store.layout import Partition
    from pipeline.store.update import Update, UpdateSummary


@dataclass(frozen=True, slots=True)
class Images:
    """Which images are meant, and what is to be made of them.

    Attributes:
        location: A folder, a glob, a tar, a manifest, or Parquet that holds images: a path or a URL of fsspec's.
        model_path: An ONNX or TFLite model, or None to look at pixels only.
        options: How images become rows; what they leave open, the model decides.
        metadata_path: A CSV or Parquet file about the images.
        label_from_parent: Whether the name of an image's folder is its label.
        workers: Threads; None for one a core.
        progress: Called with the images that are done and all that there are.
        thumbnails: Whether rows hold a small JPEG of their image.
        probabilities: Whether they hold the probability of every class.
    """

    location: str
    model_path: Path | None = None
    options: ExtractionOptions = field(default_factory=ExtractionOptions)
    metadata_path: Path | None = None
    label_from_parent: bool = False
    workers: int | None = None
    progress: Callable[[int, int], None] | None = None
    thumbnails: bool = True
    probabilities: bool = False


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extraction did: to which partition, how, and what is to be said about it."""

    partition: Partition
    date_origin: str
    settings: ExtractionSettings
    summary: UpdateSummary
    notes: tuple[str, ...]

    @property
    def statuses(self) -> Statuses:
        """How many of the partition's rows are good, and what is wrong with the others."""
        by_status: dict[str, dict[str, int]] = {"ok": {}, "unreadable": {}, "invalid_scores": {}}
        for words, count in self.summary.status_counts.items():
            status, _, reason = words.partition(": ")
            by_status[status][reason] = count
        return Statuses(
            sum(by_status["ok"].values()), by_status["unreadable"], sum(by_status["invalid_scores"].values())
        )


@dataclass(frozen=True, slots=True)
class Statuses:
    """How many rows there are of which status.

    Attributes:
        ok: Images that could be read, with finite scores.
        unreadable: Those that could not be read, by reason.
        invalid_scores: Those for which the model gave NaN or infinite scores.
    """

    ok: int
    unreadable: dict[str, int]
    invalid_scores: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.ok + sum(self.unreadable.values()) + self.invalid_scores


def extract(
    images: Images,
    store: Path,
    dataset: str,
    day: date | None = None,
    like: ExtractionSettings | None = None,
    update: Update | None = None,
) -> Extracted:
    """Stage one: give a partition a row for each image.

    Args:
        images: What to look at.
        store: The folder of the store; made where it is missing.
        dataset: The name of the partition's dataset.
        day: The partition's date; None for the one in the location's name, else today.
        like: Recorded settings. What the options leave open is taken from them, and what contradicts them is refused
            before any image is read.
        update: What is to become of the rows that are there already; None to keep them.

    Raises:
        FramewatchError: Whatever is wrong with the images, the model, the store or the options.
    """
    from pipeline.extract.metadata import combined
    from pipeline.extract.models.resolve import resolve
    from pipeline.extract.sources import open_source
    from pipeline.store.layout import Partition
    from pipeline.store.staged import Extraction
    from pipeline.store.update import update_partition

    source = open_source(images.location)
    found = _date_of(source)
    origin = "--date" if day else _where_dates_are(source) if found else "today"
    partition = Partition(dataset, day or found or datetime.now().astimezone().date())
    refs = list(source.images())
    settings = resolve(images.options, images.model_path, like)
    given = _given_metadata(images, refs)
    notes = () if given is None else _metadata_notes(given, refs)
    extraction = Extraction(
        settings,
        images.model_path,
        combined(source.metadata(), given),
        images.workers,
        images.progress,
        thumbnails=images.thumbnails,
        probabilities=images.probabilities,
    )
    summary = update_partition(store, partition, refs, extraction, update)
    return Extracted(partition, origin, settings, summary, (*settings.notes, *notes))


def analyze_selection(store: Path, selection: str) -> BaselineDocument:
    """Stage two alone: the baseline document of rows in a store.

    Args:
        store: The folder of the store.
        selection: `NAME`, `NAME@2026-11-23` or `NAME@2026-11-01..2026-11-07`.

    Raises:
        StoreError: There are no such rows.
        SettingsError: They were made with different settings.
    """
    from pipeline.compare.sides.baseline import to_document
    from pipeline.compare.sides.between_days import between_days
    from pipeline.compare.sides.side import Side
    from pipeline.profile.merge import merge
    from pipeline.store.layout import Selection, select
    from pipeline.store.stored import ask

    chosen = select(store, Selection.parse(selection))
    profiles, settings = ask(store, chosen, lambda files: (files.days(), files.settings))
    found = merge(profiles)
    counts = {f"{status}: {reason}": count for (status, reason), count in found.statuses.items()}
    require_readable(found.image_count, selection, counts)
    days = between_days(Side.of(one) for one in profiles if one.image_count) if len(profiles) > 1 else None
    return to_document(found, settings, selection, [one.date.isoformat() for one in chosen], days=days)


@contextlib.contextmanager
def temporary_store() -> Iterator[Path]:
    """A store that is there until the block ends.

    Raises:
        OutputError: There is no place for one.
    """
    import tempfile

    try:
        folder = tempfile.TemporaryDirectory(prefix="framewatch-")
    except OSError as error:
        raise OutputError(f"rows need a temporary folder ({error.strerror}); set TMPDIR to one with room") from error
    with folder as name:
        yield Path(name)


def _date_of(source: Source) -> date | None:
    """The date in a source's name; `.` has the name of the folder that it stands for."""
    from pipeline.extract.sources.addresses import inside_out, is_url
    from pipeline.extract.sources.dates import date_in_path

    found = date_in_path(inside_out(source.name))
    return found or (None if is_url(source.name) else date_in_path(os.path.basename(os.path.abspath(source.name))))


def _where_dates_are(source: Source) -> str:
    return "the folder's name" if os.path.isdir(source.name) else "the source's name"


def _given_metadata(images: Images, refs: Iterable[ImageRef]) -> Metadata | None:
    from pipeline.extract.metadata import labels_from_parents, read_metadata

    if images.metadata_path is not None:
        if images.label_from_parent:
            raise MetadataError(
                "--metadata and --label-from parent both say what is known of the images; give one of them"
            )
        return read_metadata(images.metadata_path)
    return labels_from_parents([ref.path for ref in refs]) if images.label_from_parent else None


def _metadata_notes(metadata: Metadata, refs: Sequence[ImageRef]) -> tuple[str, ...]:
    named = set(metadata.table["path"])
    matched = sum(ref.path in named for ref in refs)
    if not named:
        raise MetadataError(f"{metadata.origin}: has no row below its column names; give each image one")
    if not matched:
        first = metadata.table["path"][0]
        raise MetadataError(
            f"{metadata.origin}: names none of the {len(refs)} images (its first path is {first}, the first image's is "
            f"{refs[0].path}); paths are relative to the folder of the images"
        )
    some = () if matched == len(refs) else (f"{metadata.origin} names {matched} of the {len(refs)} images",)
    return (*metadata.notes, *some)


def require_readable(count: int, where: str, counts: Mapping[str, int]) -> None:
    """Refuse images of which none can be read.

    Raises:
        UnreadableImagesError: There is none.
    """
    if not count:
        reasons = "; ".join(f"{reason}: {number}" for reason, number in counts.items())
        raise UnreadableImagesError(f"{where}: not one of the images can be read ({reasons}); {_remedy(counts)}")


def _remedy(counts: Mapping[str, int]) -> str:
    if set(counts) == {"unreadable: cannot be opened"}:
        return "check permissions, and that the paths of a manifest are relative to its folder"
    return "look at one of them with another program"
