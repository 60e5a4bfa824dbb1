"""A set of images as a command names it: a folder or glob, or rows of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli.options import to_images
from pipeline.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.cli.options import ModelOptions, OutputOptions, RunOptions
    from pipeline.documents import BaselineDocument


def document_of(
    data_dir: Path | None,
    store: Path | None,
    selection: str | None,
    model: ModelOptions,
    run: RunOptions,
    shown: OutputOptions,
    like: BaselineDocument | None = None,
) -> BaselineDocument:
    """The document of a set of images.

    Args:
        data_dir: Where the images are, or None.
        store: Where rows are, or None.
        selection: Which of the rows.
        model: How images become rows.
        run: How they are worked off.
        shown: Whether progress is shown.
        like: A document whose settings fill in what the options leave open.

    Raises:
        SettingsError: Neither a folder nor a selection is given, or both.
    """
    from dataclasses import replace

    from pipeline.analysis import analyze_images, analyze_selection
    from pipeline.settings import ExtractionSettings

    if store is not None:
        if data_dir is not None or selection is None:
            raise SettingsError(
                "--store goes with a selection (NAME, NAME@DATE or NAME@DATE..DATE) and without folders of images"
            )
        _refuse_model(model)
        return analyze_selection(store, selection)
    if selection is not None:
        raise SettingsError(f"the selection {selection!r} needs --store, the folder that holds its rows")
    images = to_images(data_dir, model, run, shown)
    if like is not None:
        options = images.options.completed_from(ExtractionSettings.from_dict(like["settings"]))
        images = replace(images, options=options)
    return analyze_images(images)


def _refuse_model(model: ModelOptions) -> None:
    if model != type(model)():
        raise SettingsError(
            "--store takes rows as they are: options about the model or its input belong to framewatch extract"
        )
