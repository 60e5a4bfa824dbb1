"""Options left open to settings decided, from what the model says of itself and does with a few pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast, get_args

import numpy as np
from PIL import Image

from pipeline.agreement import require_same, require_same_model
from pipeline.errors import ModelError, SettingsError
from pipeline.extract.models.classification import told_apart
from pipeline.extract.models.interface import per_image
from pipeline.extract.models.names import names_from_file, parsed_names
from pipeline.extract.models.outputs import OutputLayout, output_layout
from pipeline.extract.models.preprocess import InputLayout, Preprocessor, byte_tables, input_layout
from pipeline.extract.resize import Resized
from pipeline.extract.sources.files import as_text
from pipeline.settings import (
    DEFAULT_INPUT_SIZE,
    SCALINGS,
    SMALLEST_INPUT_SIDE,
    ExtractionOptions,
    ExtractionSettings,
    ModelSettings,
    Resize,
    Scores,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.extract.models.interface import Model, TensorSpec
    from pipeline.extract.models.opening import OpenedModel

Scaling = tuple[tuple[float, float, float], tuple[float, float, float]]

DEFAULT_SCORE_THRESHOLD = 0.25
"""Boxes below it are dropped, YOLO's own default."""

DEFAULT_OVERLAP_THRESHOLD = 0.45
"""Intersection over union above which two boxes are one object, YOLO's own default."""

_IMAGENET_WITH_BACKGROUND = 1001

_REMEDY = "leave the option out, so that the baseline's setting is taken, or make the baseline again with it"

_FEWEST_LEVELS = 64
"""A scaling that leaves fewer byte values apart than this, in an input of whole numbers, is another model's."""


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
    scaling = _scaling(options, layout.spec, model.metadata, notes)
    order = options.channel_order or ("bgr" if model.metadata.get("channel_order") == "bgr" else "rgb")
    names = _class_names(options, model)
    probes = _probe(model, Preprocessor(layout, size, scaling, order), size)
    task = None if options.task == "auto" else options.task
    outputs = output_layout(model.outputs, probes, task, None if names is None else len(names))
    names = _fitting_names(names, outputs, given=options.class_names is not None, notes=notes)
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
        scores=_scores(options, outputs, model.outputs, probes, notes),
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
    if min(size) < SMALLEST_INPUT_SIDE:
        raise SettingsError(
            f"the input size is {size[0]}x{size[1]}; each side must be at least {SMALLEST_INPUT_SIDE} pixels"
        )


def _scaling(options: ExtractionOptions, spec: TensorSpec, metadata: Any, notes: list[str]) -> Scaling:
    asked = _asked_scaling(options)
    said = metadata.get("scaling") or ("zero-one" if "stride" in metadata else None)  # a stride: an export of YOLO's
    if asked is not None:
        levels = len(np.unique(byte_tables(spec, *asked)[0]))
        if levels < _FEWEST_LEVELS:
            raise SettingsError(
                f"the scaling that is asked for leaves {levels} of the 256 byte values apart in the model's input, "
                f"{spec}; leave --scaling, --mean and --std out"
            )
        return asked
    if spec.scale is not None:
        return _whole_range(spec)
    if spec.dtype in {"uint8", "int8"}:
        notes.append("the model does not say how its input is scaled; bytes are assumed to fill its range (--scaling)")
        return _whole_range(spec)
    if said not in SCALINGS or (said != "raw" and np.issubdtype(np.dtype(spec.dtype), np.integer)):
        said = "raw" if np.issubdtype(np.dtype(spec.dtype), np.integer) else "zero-one"
        notes.append(
            f"the model does not say how its input is scaled; {said} is assumed (--scaling, or --mean and --std)"
        )
    return SCALINGS[said]


def _asked_scaling(options: ExtractionOptions) -> Scaling | None:
    mean, std, name = options.mean, options.std, options.scaling
    if (mean is None) != (std is None) or (mean is not None and name is not None):
        raise SettingsError("--mean and --std go together, and without --scaling")
    if mean is not None and std is not None:
        if not (min(std) > 0 and np.isfinite([mean, std]).all()):
            raise SettingsError(f"--mean is {mean} and --std {std}; all must be finite, and those of --std above 0")
        return mean, std
    if name is not None and name not in SCALINGS:
        raise SettingsError(f"--scaling is {name!r}; it must be one of {', '.join(SCALINGS)}")
    return None if name is None else SCALINGS[name]


def _whole_range(spec: TensorSpec) -> Scaling:
    """The scaling under which pixels 0..1 fill the whole range of an input of whole numbers."""
    limits = np.iinfo(np.dtype(spec.dtype))
    levels = limits.max - limits.min
    mean, std = (spec.zero_point - limits.min) / levels, 1 / (levels * (spec.scale or 1.0))
    return (mean, mean, mean), (std, std, std)


def _class_names(options: ExtractionOptions, model: Model) -> tuple[str, ...] | None:
    if options.class_names is not None:
        given = options.class_names
        return given if isinstance(given, tuple) else names_from_file(given)
    return parsed_names(model.metadata.get("names", "")) or None


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


def _probe(model: Model, preprocess: Preprocessor, size: tuple[int, int]) -> list[list[NDArray[Any]]]:
    """The outputs for a few pictures as unlike each other as can be, without their batch dimension."""
    tensors = (preprocess([Resized(picture)]) for picture in _pictures(size))
    probes = [per_image(model.run(tensor), len(tensor))[0] for tensor in tensors]
    # NOTE: a model that evens out contrast divides by 0 where there is none, and NaN tells nothing.
    return [probe for probe in probes if all(np.isfinite(output).all() for output in probe)] or probes


def _pictures(size: tuple[int, int]) -> list[Image.Image]:
    """Black, white, shades, noise and soft blotches."""
    width, height = size
    rng = np.random.default_rng(0)
    shades = np.linspace(0, 255, width * height * 3).reshape(height, width, 3)
    noise, blotches = rng.integers(0, 256, (height, width, 3)), rng.integers(0, 256, (4, 4, 3))
    drawn = [Image.fromarray(pixels.astype(np.uint8)) for pixels in (shades, noise, blotches)]
    return [Image.new("RGB", size, colour) for colour in ("black", "white")] + [one.resize(size) for one in drawn]


def _scores(
    options: ExtractionOptions,
    outputs: OutputLayout,
    specs: tuple[TensorSpec, ...],
    probes: list[list[NDArray[Any]]],
    notes: list[str],
) -> Scores:
    if options.scores != "auto":
        return options.scores
    if outputs.task == "classification":
        if _holds_shares(specs[0]):
            return "probabilities"
        if np.issubdtype(probes[0][0].dtype, np.integer):
            notes.append("the scores are whole numbers of no known scale, so the confidence is no probability")
        found = told_apart([probe[0].ravel() for probe in probes])
        notes.append(f"the scores are {found}, by their values (--scores)")
        return found
    # Anchors are scored by a sigmoid each, so nothing sums to one: only the range tells.
    if outputs.box_layout == "ssd":
        return "probabilities"
    first = 4
    scores = [probe[0][:, first:] if outputs.box_layout == "yolov5" else probe[0][first:] for probe in probes]
    return "probabilities" if all(one.min() >= 0 and one.max() <= 1 for one in scores) else "logits"


def _holds_shares(spec: TensorSpec) -> bool:
    """Whether a tensor is quantised to hold just the numbers from 0 to 1, as TFLite's softmax and sigmoid are.

    The values do not tell: of a thousand even probabilities, each is below the half of 1/256, and stored as 0.
    """
    if spec.scale is None:
        return False
    limits = np.iinfo(np.dtype(spec.dtype))
    low, high = ((limit - spec.zero_point) * spec.scale for limit in (limits.min, limits.max))
    return abs(low) < spec.scale / 2 and abs(high - 1) < 2 * spec.scale


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
