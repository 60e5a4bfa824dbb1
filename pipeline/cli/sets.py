"""A set of images as a command names it: a folder or glob, or rows of a store."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.cli.options import RunOptions, to_images
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from pipeline.cli.options import ModelOptions, OutputOptions, SegmentOptions
    from pipeline.documents import BaselineDocument
    from pipeline.measured import Measured

    Measure = Callable[[BaselineDocument | None], AbstractContextManager[Measured]]


def image_set(
    data_dir: str | None,
    store: Path | None,
    selection: str | None,
    model: ModelOptions,
    run: RunOptions,
    shown: OutputOptions,
    segments: SegmentOptions,
    names: tuple[str, str] = ("--data-dir", "--select"),
) -> Measure:
    """Check what the options say of a set of images, and give what does the work for it: measured until a block ends.

    That may be told which document the set will be compared with.

    Args:
        data_dir: Where the images are, or None.
        store: Where rows are, or None.
        selection: Which of the rows.
        model: How images become rows.
        run: How they are worked off.
        shown: Whether progress is shown.
        segments: Which parts of them get a profile of their own.
        names: What the options for `data_dir` and `selection` are called.

    Raises:
        SettingsError: The options do not say which images are meant, or some would have no effect on them.
    """
    from pipeline.measured import measured_images, measured_selection

    folder_option, selection_option = names
    if store is None:
        if selection is not None:
            raise SettingsError(f"{selection_option} {selection} needs --store, the folder that holds its rows")
        if data_dir is None:
            raise SettingsError(f"no images are given; say {folder_option} DIR, or --store S {selection_option} NAME")
        images = to_images(data_dir, model, run, shown)
        return lambda like: measured_images(images, like, segments.columns)
    if data_dir is not None:
        raise SettingsError(f"{folder_option} and --store are both given; images come from one or the other")
    if selection is None:
        raise SettingsError(
            f"--store needs {selection_option}: NAME, NAME@DATE or NAME@DATE..DATE, where NAME is a dataset"
            f"{_datasets_of(store)}"
        )
    if model != type(model)() or replace(run, max_unreadable=0.0) != RunOptions(max_unreadable=0.0):
        raise SettingsError(
            "--store takes rows as they are; options about images, labels or the model belong to framewatch extract"
        )
    return lambda like: measured_selection(store, selection, like, segments.columns)


def _datasets_of(store: Path) -> str:
    from pipeline.store.layout import partitions

    known = sorted({one.dataset for one in partitions(store)})
    return f" ({store} has {', '.join(known)})" if known else ""
