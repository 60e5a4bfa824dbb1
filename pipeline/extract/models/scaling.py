"""How pixels are scaled for a model: as was asked for, as it says of itself, or as has to be assumed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import SettingsError
from pipeline.extract.models.preprocess import byte_tables
from pipeline.extract.models.tflite_metadata import NORMALISATION
from pipeline.settings import SCALINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.extract.models.interface import TensorSpec
    from pipeline.settings import ExtractionOptions

Scaling = tuple[tuple[float, float, float], tuple[float, float, float]]

_FEWEST_LEVELS = 64
"""A scaling that leaves fewer byte values apart than this, in an input of whole numbers, is another model's."""

_SAME_RANGE = 0.02
"""Of the model's range: two scalings whose ends differ by less are the same but for rounding."""


def settle_scaling(
    options: ExtractionOptions, spec: TensorSpec, metadata: Mapping[str, str], notes: list[str]
) -> Scaling:
    """The mean and standard deviation of pixels in [0, 1]: the model is given (pixel - mean) / std.

    Args:
        options: What the user asked for goes before what the model says; a contradiction is noted.
        spec: The model's input.
        metadata: The model's own.
        notes: Takes what is assumed.

    Raises:
        SettingsError: Options contradict each other, or the model's input cannot hold what they ask for.
    """
    asked, stated = _asked(options), _stated(spec, metadata)
    if asked is not None:
        _require_levels(spec, asked)
        if stated is not None and _differ(asked, stated[0]):
            notes.append(
                f"pixels reach the model as {reach(*asked)}, as was asked for, but {stated[1]} says "
                f"{reach(*stated[0])}; if its predictions look wrong, leave --scaling, --mean and --std out"
            )
        return asked
    if stated is not None:
        return stated[0]
    if spec.dtype in {"uint8", "int8"}:
        notes.append("the model does not say how its input is scaled; bytes are assumed to fill its range (--scaling)")
        return _whole_range(spec)
    name = "raw" if _holds_whole_numbers(spec) else "zero-one"
    notes.append(f"the model does not say how its input is scaled; {name} is assumed (--scaling, or --mean and --std)")
    return SCALINGS[name]


def reach(mean: tuple[float, ...], std: tuple[float, ...]) -> str:
    """The range of a model's input, over its channels, in words."""
    lowest = min((0 - centre) / spread for centre, spread in zip(mean, std, strict=True))
    highest = max((1 - centre) / spread for centre, spread in zip(mean, std, strict=True))
    return f"{lowest:.4g} to {highest:.4g}"


def _asked(options: ExtractionOptions) -> Scaling | None:
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


def _stated(spec: TensorSpec, metadata: Mapping[str, str]) -> tuple[Scaling, str] | None:
    """What the model says of itself, and where."""
    if spec.scale is not None:
        return _whole_range(spec), "its quantisation"
    if spec.dtype in {"uint8", "int8"}:
        return None
    name = metadata.get("scaling")
    if name in SCALINGS and (name == "raw" or not _holds_whole_numbers(spec)):
        return SCALINGS[name], f"its metadata (scaling {name})"
    if _holds_whole_numbers(spec):
        return None
    if NORMALISATION in metadata:
        mean, std = ((red / 255, green / 255, blue / 255) for red, green, blue in json.loads(metadata[NORMALISATION]))
        return (mean, std), "its metadata (NormalizationOptions)"
    return (SCALINGS["zero-one"], "its metadata (a YOLO export)") if "stride" in metadata else None


def _holds_whole_numbers(spec: TensorSpec) -> bool:
    return np.issubdtype(np.dtype(spec.dtype), np.integer)


def _require_levels(spec: TensorSpec, asked: Scaling) -> None:
    levels = len(np.unique(byte_tables(spec, *asked)[0]))
    if levels < _FEWEST_LEVELS:
        raise SettingsError(
            f"the scaling that is asked for leaves {levels} of the 256 byte values apart in the model's input, "
            f"{spec}; leave --scaling, --mean and --std out"
        )


def _differ(asked: Scaling, stated: Scaling) -> bool:
    """Whether black or white reach the model as something else, in any channel."""
    pixels = np.array([[0.0], [1.0]])
    ours, own = ((pixels - mean) / std for mean, std in (asked, stated))
    return bool(np.abs(ours - own).max() > _SAME_RANGE * np.ptp(own))


def _whole_range(spec: TensorSpec) -> Scaling:
    """The scaling under which pixels 0..1 fill the whole range of an input of whole numbers."""
    limits = np.iinfo(np.dtype(spec.dtype))
    levels = limits.max - limits.min
    mean, std = (spec.zero_point - limits.min) / levels, 1 / (levels * (spec.scale or 1.0))
    return (mean, mean, mean), (std, std, std)
