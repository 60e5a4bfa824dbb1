"""Options left open to settings decided, from what the model says of itself and does with a few pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

from pipeline.agreement import require_same, require_same_model
from pipeline.errors import ModelError, SettingsError
from pipeline.extract.models.names import names_from_file, parsed_names, repetition_notes
from pipeline.extract.models.outputs import OutputLayout, output_layout
from pipeline.extract.models.preprocess import InputLayout, Preprocessor, input_layout
from pipeline.extract.models.probing import probe, sees_no_difference, settle_scores
from pipeline.extract.models.scaling import reach, settle_scaling
from pipeline.extract.sources.files import as_text
from pipeline.settings import (
    DEFAULT_INPUT_SIZE,
    LARGEST_INPUT_SIDE,
    SMALLEST_INPUT_SIDE,
    ExtractionOptions,
    ExtractionSettings,
    ModelSettings,
    Resize,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.extract.models.interface import Model
    from pipeline.extract.models.opening import OpenedModel

DEFAULT_SCORE_THRESHOLD = 0.25
"""Boxes below it are dropped, YOLO's own default."""

DEFAULT_OVERLAP_THRESHOLD = 0.45
"""Intersection over union above which two boxes are one object, YOLO's own default."""

_IMAGENET_WITH_BACKGROUND = 1001

_REMEDY = "leave the option out, so that the baseline's setting is taken, or make the baseline again with it"


def resolve(
    options: ExtractionOptions, model_path: Path | None, like: ExtractionSettings | None = None
) -> ExtractionSettings:
    """Settle how images become rows.

    Args:
        options: What the user asked for.
        model_path: The model, or None to look at pixels only.
        like: Recorded settings, of a baseline. What the options leave open is taken from them.

    Returns:
        The settings. Their notes say what had to be assumed.

    Raises:
        ModelError: The model cannot be opened, or fits no known task.
        SettingsError: Options contradict each other, the model or what was recorded.
    """
    settings = _resolved(options, model_path, like)
    if like is not None:
        require_same(like, settings, where="the baseline", remedy=_REMEDY)
    return settings


def _resolved(
    options: ExtractionOptions, model_path: Path | None, like: ExtractionSettings | None
) -> ExtractionSettings:
    completed = options if like is None else options.completed_from(like)
    if model_path is None:
        size = completed.input_size or DEFAULT_INPUT_SIZE
        _require_size(size)
        return ExtractionSettings(size, completed.resize or "stretch", completed.decode or "fast")

    from pipeline.extract.models.opening import open_model

    try:
        opened = open_model(model_path)
        if like is not None:
            require_same_model(like, opened.sha256, model_path.name, where="the baseline")
        return _with_model(completed, opened, as_text(model_path.name))
    except ModelError as error:
        known = str(error)
        raise ModelError(known if known.startswith(str(model_path)) else f"{model_path}: {known}") from error


def _with_model(options: ExtractionOptions, opened: OpenedModel, name: str) -> ExtractionSettings:
    model, notes = opened.model, list[str]()
    layout = input_layout(model.inputs)
    size = _input_size(options, layout, notes)
    scaling = settle_scaling(options, layout.spec, model.metadata, notes)
    order = options.channel_order or ("bgr" if model.metadata.get("channel_order") == "bgr" else "rgb")
    names = _class_names(options, model, notes)
    probes = probe(model, Preprocessor(layout, size, scaling, order), size)
    task = None if options.task == "auto" else options.task
    outputs = output_layout(model.outputs, probes, task, None if names is None else len(names))
    names = _fitting_names(names, outputs, given=options.class_names is not None, notes=notes)
    scores = settle_scores(options, outputs, model.outputs, probes, notes)
    if outputs.task == "classification" and layout.spec.scale is None and sees_no_difference(probes, scores):
        notes.append(
            f"the model hardly tells black, white and noise apart where pixels reach it as {reach(*scaling)}; it may "
            "scale them itself (--scaling raw), or take them otherwise (--scaling, --mean and --std)"
        )
    settings = ModelSettings(
        sha256=opened.sha256,
        runtime=model.runtime,
        task=outputs.task,
        mean=scaling[0],
        std=scaling[1],
        channel_order=order,
        class_count=outputs.class_count,
        class_names=names,
        label_offset=_label_offset(options, outputs, notes),
        scores=scores,
        output_order=outputs.order,
        name=name,
    )
    if outputs.task == "detection":
        threshold = DEFAULT_SCORE_THRESHOLD if options.score_threshold is None else options.score_threshold
        if not 0 <= threshold <= 1:
            raise SettingsError(f"--score-threshold is {threshold}; it must lie between 0 and 1")
        settings = replace(
            settings,
            box_layout=outputs.box_layout,
            boxes_in_pixels=outputs.boxes_in_pixels,
            score_threshold=threshold,
            overlap_threshold=DEFAULT_OVERLAP_THRESHOLD,
        )
    how = options.resize or _default_resize(model, outputs, notes)
    return ExtractionSettings(size, how, options.decode or "fast", settings, notes=tuple(notes))


def _input_size(options: ExtractionOptions, layout: InputLayout, notes: list[str]) -> tuple[int, int]:
    asked, fixed = options.input_size, layout.size
    wanted = asked or DEFAULT_INPUT_SIZE
    width, height = fixed[0] or wanted[0], fixed[1] or wanted[1]
    if asked is not None and asked != (width, height):
        raise SettingsError(
            f"--input-size is {asked[0]}x{asked[1]}, but the model takes {width}x{height}; leave it out"
        )
    if asked is None and None in fixed:
        notes.append(f"the model takes any input size; {width}x{height} is assumed (--input-size)")
    _require_size((width, height))
    return width, height


def _require_size(size: tuple[int, int]) -> None:
    if min(size) < SMALLEST_INPUT_SIDE or max(size) > LARGEST_INPUT_SIDE:
        raise SettingsError(
            f"the input size is {size[0]}x{size[1]}; each side must be at least {SMALLEST_INPUT_SIDE} pixels "
            f"and at most {LARGEST_INPUT_SIDE}"
        )


def _class_names(options: ExtractionOptions, model: Model, notes: list[str]) -> tuple[str, ...] | None:
    given = options.class_names
    if given is None:
        return parsed_names(model.metadata.get("names", "")) or None
    if isinstance(given, tuple):  # of a baseline, which has noted what is to be said of them
        return given
    names = names_from_file(given)
    notes += repetition_notes(names)
    return names


def _fitting_names(
    names: tuple[str, ...] | None, outputs: OutputLayout, *, given: bool, notes: list[str]
) -> tuple[str, ...] | None:
    if names is None or outputs.class_count in {None, len(names)}:
        return names
    found = f"{len(names)} class names, but the model has {outputs.class_count} classes"
    if given:
        raise SettingsError(f"--class-names gives {found}; give one name a class, in the model's order")
    notes.append(f"the model's own metadata gives {found}; the names are not used (--class-names)")
    return None


def _label_offset(options: ExtractionOptions, outputs: OutputLayout, notes: list[str]) -> int:
    if options.label_offset is not None:
        return options.label_offset
    if outputs.task == "classification" and outputs.class_count == _IMAGENET_WITH_BACKGROUND:
        notes.append(
            "1001 classes are taken for ImageNet's 1000 behind a background class, so labels 0..999 mean classes "
            "1..1000 (--label-offset)"
        )
        return 1
    return 0


def _default_resize(model: Model, outputs: OutputLayout, notes: list[str]) -> Resize:
    for known in get_args(Resize):
        if model.metadata.get("resize") == known:
            return cast("Resize", known)
    how: Resize = "letterbox" if outputs.box_layout in {"yolov5", "yolov8"} else "stretch"
    notes.append(f"the model does not say how pictures are resized; {how} is assumed (--resize)")
    return how
