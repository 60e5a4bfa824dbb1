"""The two stages put together: images, or rows of a store, to a document."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pipeline.atomic import write_text
from pipeline.errors import DocumentError, MetadataError, UnreadableImagesError
from pipeline.settings import ExtractionOptions, ExtractionSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pipeline.compare.thresholds import Rules
    from pipeline.documents import BaselineDocument, DriftReport, HistoryDocument
    from pipeline.extract.metadata import Metadata
    from pipeline.extract.sources.interface import ImageRef
    from pipeline.store.layout import Partition
    from pipeline.store.update import UpdateSummary


@dataclass(frozen=True, slots=True)
class Images:
    """Which images are meant, and what is to be made of them.

    Attributes:
        location: A folder or a glob.
        model_path: An ONNX or TFLite model, or None to look at pixels only.
        options: How images become rows; what they leave open, the model decides.
        metadata_path: A CSV or Parquet file about the images.
        label_from_parent: Whether the name of an image's folder is its label.
        workers: Threads; None for one a core.
        progress: Called with the images that are done and all that there are.
    """

    location: str
    model_path: Path | None = None
    options: ExtractionOptions = field(default_factory=ExtractionOptions)
    metadata_path: Path | None = None
    label_from_parent: bool = False
    workers: int | None = None
    progress: Callable[[int, int], None] | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """What an extraction did: to which partition, how, and what is to be said about it."""

    partition: Partition
    date_origin: str
    settings: ExtractionSettings
    summary: UpdateSummary
    notes: tuple[str, ...]


def extract(images: Images, store: Path, dataset: str, day: date | None = None) -> Extracted:
    """Stage one: give a partition a row for each image.

    Args:
        images: What to look at.
        store: The folder of the store; made where it is missing.
        dataset: The name of the partition's dataset.
        day: The partition's date; None for the one in the location's name, else today.

    Raises:
        FramewatchError: Whatever is wrong with the images, the model, the store or the options.
    """
    from pipeline.extract.models.resolve import resolve
    from pipeline.extract.sources import open_source
    from pipeline.extract.sources.dates import date_in_path
    from pipeline.store.layout import Partition
    from pipeline.store.update import Extraction, update_partition

    found = date_in_path(images.location)
    origin = "--date" if day else "the folder's name" if found else "today"
    partition = Partition(dataset, day or found or datetime.now().astimezone().date())
    refs = list(open_source(images.location).images())
    settings = resolve(images.options, images.model_path)
    metadata = _metadata(images, refs)
    summary = update_partition(
        store, partition, refs, Extraction(settings, images.model_path, metadata, images.workers, images.progress)
    )
    notes = () if metadata is None else _metadata_notes(metadata, refs)
    return Extracted(partition, origin, settings, summary, (*settings.notes, *notes))


def analyze_images(images: Images) -> BaselineDocument:
    """Both stages: the baseline document of a set of images. Rows go through a temporary store.

    Raises:
        FramewatchError: Whatever is wrong with the images, the model or the options.
    """
    from pipeline.compare.baseline import to_document
    from pipeline.compare.profile import profile
    from pipeline.store.scan import scan

    with tempfile.TemporaryDirectory(prefix="framewatch-") as folder:
        extracted = extract(images, Path(folder), "images", datetime.now(UTC).date())
        found = profile(scan(Path(folder), [extracted.partition]))
    _require_readable(found.image_count, images.location, extracted.summary.status_counts)
    return to_document(
        found, extracted.settings, images.location, notes=extracted.notes[len(extracted.settings.notes) :]
    )


def analyze_selection(store: Path, selection: str) -> BaselineDocument:
    """Stage two alone: the baseline document of rows in a store.

    Args:
        store: The folder of the store.
        selection: `NAME`, `NAME@2026-11-23` or `NAME@2026-11-01..2026-11-07`.

    Raises:
        StoreError: There are no such rows.
        SettingsError: They were made with different settings.
    """
    from pipeline.compare.baseline import to_document
    from pipeline.compare.profile import profile
    from pipeline.store.layout import Selection
    from pipeline.store.scan import scan_selection

    rows, settings, chosen = scan_selection(store, Selection.parse(selection))
    found = profile(rows)
    counts = {f"{status}: {reason}": count for (status, reason), count in found.statuses.items()}
    _require_readable(found.image_count, selection, counts)
    return to_document(found, settings, selection, [one.date.isoformat() for one in chosen])


def analyze_history(
    store: Path, selection: str, baseline: BaselineDocument, rules: Rules
) -> tuple[HistoryDocument, dict[str, DriftReport]]:
    """Stage two, day by day: the history of a dataset, and each day's own report by its date.

    Args:
        store: The folder of the store.
        selection: The dataset, perhaps with some days of it.
        baseline: What every day is compared with.
        rules: Thresholds and the noise guard.

    Raises:
        StoreError: There are no such rows.
        SettingsError: They were made with other settings than the baseline.
    """
    from pipeline.compare.drift import detect_drift
    from pipeline.compare.history import to_history
    from pipeline.store.layout import Selection, select

    wanted = Selection.parse(selection)
    reports = {
        one.date.isoformat(): detect_drift(baseline, analyze_selection(store, str(one)), rules)
        for one in select(store, wanted)
    }
    return to_history(wanted.dataset, list(reports.items())), reports


def read_baseline(path: Path) -> BaselineDocument:
    """Read a baseline document.

    Raises:
        DocumentError: It is missing, truncated, or not one of ours.
    """
    return cast("BaselineDocument", _read_document(path, "baseline"))


def read_report(path: Path) -> Mapping[str, Any]:
    """Read a drift report or a history; the key `days` tells which.

    Raises:
        DocumentError: It is missing, truncated, or not one of ours.
    """
    found = _parsed(path)
    name = "history" if isinstance(found, dict) and "days" in found else "drift_report"
    return _checked(found, name, path)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write a document as JSON, whole or not at all.

    Raises:
        OutputError: It cannot be written there.
    """
    write_text(path, to_json(document))


def to_json(document: Mapping[str, Any] | Sequence[Any]) -> str:
    """A document as JSON text; NaN, which JSON does not have, is refused."""
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _read_document(path: Path, name: str) -> Mapping[str, Any]:
    return _checked(_parsed(path), name, path)


def _parsed(path: Path) -> object:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DocumentError(f"{path}: cannot be read ({error.strerror}); check the name") from error
    except ValueError as error:
        raise DocumentError(f"{path}: is no JSON, or was cut off ({error}); make it again") from error
    return found


def _checked(found: object, name: str, path: Path) -> Mapping[str, Any]:
    from pipeline.schema import require_document

    require_document(found, name, str(path))
    return cast("Mapping[str, Any]", found)


def _metadata(images: Images, refs: Iterable[ImageRef]) -> Metadata | None:
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
    return () if matched == len(refs) else (f"{metadata.origin} names {matched} of the {len(refs)} images",)


def _require_readable(count: int, where: str, counts: Mapping[str, int]) -> None:
    if not count:
        reasons = "; ".join(f"{reason}: {number}" for reason, number in counts.items())
        raise UnreadableImagesError(
            f"{where}: not one of the images can be read ({reasons}); there is nothing to measure"
        )
