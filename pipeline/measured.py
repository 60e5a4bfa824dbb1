"""Sets of images that are being looked at: the document of each, and its rows for as long as they are needed."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from pipeline.analysis import analyze_selection, extract, require_readable, temporary_store
from pipeline.errors import OutputError
from pipeline.settings import ExtractionSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import polars as pl

    from pipeline.analysis import Extracted, Images
    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DatasetInfo, DriftReport
    from pipeline.profile.profile import Profile
    from pipeline.store.layout import Partition

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Measured:
    """A set of images with its document and its rows.

    Attributes:
        document: The baseline document.
        store: Where the rows are.
        partitions: Which of them.
    """

    document: BaselineDocument
    store: Path
    partitions: tuple[Partition, ...]

    def ask(self, question: Callable[[pl.LazyFrame], Answer]) -> Answer:
        """Ask a question of the rows.

        Raises:
            StoreError: A file is damaged, or files are replaced all the time.
        """
        from pipeline.store.stored import ask

        return ask(self.store, self.partitions, lambda stored: question(stored.rows))

    def reference(self) -> BaselineDocument:
        """The document to compare others with: with some of the images, to be shown beside those of others.

        Raises:
            StoreError: See `ask`.
        """
        from pipeline.compare.sides.sample import sample_images

        sample = self.ask(sample_images)
        return {**self.document, "sample": sample} if sample else self.document


def analyze_images(
    images: Images, like: BaselineDocument | None = None, segment_by: Sequence[str] = ()
) -> BaselineDocument:
    """The document alone of `measured_images`, to be compared with, with the same errors."""
    with measured_images(images, like, segment_by) as found:
        return found.reference()


@contextlib.contextmanager
def measured_images(
    images: Images, like: BaselineDocument | None = None, segment_by: Sequence[str] = ()
) -> Iterator[Measured]:
    """Both stages. Rows go through a temporary store, which is there until the block ends.

    Args:
        images: What to look at.
        like: The document that the new one is to be compared with. What the options leave open is taken from its
            settings, and what contradicts them is refused before any image is read.
        segment_by: Columns of the rows of whose values the document keeps a profile each.

    Raises:
        FramewatchError: Whatever is wrong with the images, the model or the options.
    """
    from pipeline.compare.sides.baseline import to_document
    from pipeline.compare.sides.segment_document import require_segments
    from pipeline.extract.sources.addresses import shown
    from pipeline.store.stored import stored

    if like is not None:
        require_segments(like, segment_by)
    recorded = None if like is None else ExtractionSettings.from_dict(like["settings"])
    with temporary_store() as store:
        extracted = _extract(images, store, recorded)
        found = stored(store, [extracted.partition]).profile()
        source = shown(images.location)
        require_readable(found.image_count, source, extracted.summary.status_counts)
        notes = extracted.notes[len(extracted.settings.notes) :]
        document = to_document(found, extracted.settings, source, notes=notes)
        if like is None:
            document["notes"] += _label_notes(images, document)
        yield _with_parts(Measured(document, store, (extracted.partition,)), like, segment_by)


@contextlib.contextmanager
def measured_selection(
    store: Path, selection: str, like: BaselineDocument | None = None, segment_by: Sequence[str] = ()
) -> Iterator[Measured]:
    """Stage two alone.

    Args:
        store: The folder of the store.
        selection: `NAME`, `NAME@2026-11-23` or `NAME@2026-11-01..2026-11-07`.
        like: The document that the new one is to be compared with.
        segment_by: Columns of the rows of whose values the document keeps a profile each.

    Raises:
        StoreError: There are no such rows.
        SettingsError: They were made with different settings, or there is no such column.
    """
    from pipeline.compare.sides.segment_document import require_segments
    from pipeline.store.layout import Selection, select

    if like is not None:
        require_segments(like, segment_by)
    chosen = tuple(select(store, Selection.parse(selection)))
    yield _with_parts(Measured(analyze_selection(store, selection), store, chosen), like, segment_by)


def judged_set(
    baseline: BaselineDocument, current: Measured, rules: Rules | None = None, old: Measured | None = None
) -> DriftReport:
    """The report on a set whose rows are at hand: with images that show what changed.

    Args:
        baseline: What is compared with.
        current: What is compared.
        rules: Thresholds and the noise guard; None for the defaults.
        old: The baseline with its rows, where these are at hand too.

    Raises:
        SettingsError: The two were made with different settings.
        StoreError: A file of rows is damaged.
    """
    from pipeline.compare.drift import detect_drift
    from pipeline.compare.examples import find_examples
    from pipeline.compare.sides.baseline import without_sample

    report = detect_drift(without_sample(baseline), current.document, rules)
    examples = find_examples(report, current.ask, None if old is None else old.ask, baseline.get("sample", []))
    return {**report, "examples": examples} if examples else report


def _extract(images: Images, store: Path, recorded: ExtractionSettings | None) -> Extracted:
    try:
        return extract(images, store, "images", datetime.now(UTC).date(), recorded)
    except OutputError as error:
        raise OutputError(f"{error}: it is temporary, and TMPDIR says where such files go") from error


def _label_notes(images: Images, document: BaselineDocument) -> list[str]:
    """That there is no accuracy, where somebody has said where labels are."""
    awaited = images.metadata_path is not None or images.label_from_parent
    if not awaited or "predictions" not in document or "accuracy" in document["predictions"]:
        return []
    where = (
        "no folder below the source" if images.metadata_path is None else f"no column label in {images.metadata_path}"
    )
    return [f"no image has a label ({where}), so there is no accuracy"]


def _with_parts(found: Measured, like: BaselineDocument | None, segment_by: Sequence[str]) -> Measured:
    """The same with what only rows tell in its document: duplicates, and the profiles of segments."""
    from pipeline.compare.sides.segment_document import with_segments
    from pipeline.store.duplicates import duplicate_count
    from pipeline.store.segments import segment_names, segment_profiles

    known = {} if like is None else like.get("segments", {})
    source = found.document["dataset_info"]["source"]

    def of_column(column: str) -> dict[str, Profile]:
        def profiles(rows: pl.LazyFrame) -> dict[str, Profile]:
            return segment_profiles(rows, column, segment_names(rows, column, known.get(column, {}), source), source)

        return found.ask(profiles)

    document = with_segments(found.document, {column: of_column(column) for column in segment_by})
    info: DatasetInfo = {**document["dataset_info"], "duplicates": found.ask(duplicate_count)}
    return replace(found, document={**document, "dataset_info": info})
