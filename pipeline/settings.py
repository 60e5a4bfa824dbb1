"""What was asked for (`ExtractionOptions`), and what is then done and recorded (`ExtractionSettings`).

The options leave most things open; `pipeline.extract.models.resolve` settles them from the model. Two sets of rows
may be compared only when their settings agree, which their fingerprints tell.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from types import UnionType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, Union, get_args, get_origin, get_type_hints

from pipeline.errors import DocumentError, SettingsError
from pipeline.features import FEATURE_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Task = Literal["classification", "detection"]
Resize = Literal["stretch", "crop", "letterbox"]
ChannelOrder = Literal["rgb", "bgr"]
Decode = Literal["fast", "exact"]
Scores = Literal["logits", "probabilities"]
BoxLayout = Literal["yolov5", "yolov8", "ssd"]

DEFAULT_INPUT_SIZE = (224, 224)
"""Width and height in pixels where neither the model nor the user says another."""

SMALLEST_INPUT_SIDE = 3
"""The Laplacian of the sharpness feature needs three pixels a side."""

SCALINGS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "zero-one": ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),
    "minus-one-one": ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
    "imagenet": ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "raw": ((0.0, 0.0, 0.0), (1 / 255, 1 / 255, 1 / 255)),
}
"""Named scalings as (mean, std) of pixels in [0, 1]: the model is given (pixel - mean) / std."""


@dataclass(frozen=True, slots=True)
class ExtractionOptions:
    """What the user asked for; None and "auto" mean: decide from the model, else take the default."""

    task: Literal["auto"] | Task = "auto"
    resize: Resize | None = None
    scaling: str | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None
    channel_order: ChannelOrder | None = None
    scores: Literal["auto"] | Scores = "auto"
    score_threshold: float | None = None
    input_size: tuple[int, int] | None = None
    decode: Decode | None = None
    class_names: Path | tuple[str, ...] | None = None
    label_offset: int | None = None

    def completed_from(self, recorded: ExtractionSettings) -> ExtractionOptions:
        """The same options, with what they leave open taken from settings that were recorded earlier."""
        model = recorded.model
        same: dict[str, Any] = {"resize": recorded.resize, "decode": recorded.decode, "input_size": recorded.input_size}
        if model is not None:
            same |= {
                name: getattr(model, name)
                for name in ("channel_order", "class_names", "label_offset", "score_threshold")
            }
            if self.scaling is None and self.mean is None and self.std is None:
                same |= {"mean": model.mean, "std": model.std}
        left_open = {name: value for name, value in same.items() if getattr(self, name) is None}
        if model is not None and self.scores == "auto":
            left_open["scores"] = model.scores
        return replace(self, **left_open)


@dataclass(frozen=True, slots=True)
class ModelSettings:
    """How a model is fed and read. All of it decides what the predictions are, so all of it is recorded."""

    sha256: str
    runtime: str
    task: Task
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    channel_order: ChannelOrder
    class_count: int | None
    class_names: tuple[str, ...] | None
    label_offset: int
    scores: Scores
    output_order: tuple[int, ...]
    box_layout: BoxLayout | None = None
    boxes_in_pixels: bool | None = None
    score_threshold: float | None = None
    overlap_threshold: float | None = None


@dataclass(frozen=True, slots=True)
class ExtractionSettings:
    """How images become rows.

    Attributes:
        input_size: Width and height in pixels that every image is resized to.
        model: None where only pixels are looked at.
        notes: What was assumed on the way, to be said to the user; no part of the fingerprint.
    """

    input_size: tuple[int, int] = DEFAULT_INPUT_SIZE
    resize: Resize = "stretch"
    decode: Decode = "fast"
    model: ModelSettings | None = None
    feature_version: str = FEATURE_VERSION
    notes: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The recorded form: JSON types only, notes left out."""
        recorded = asdict(self)
        del recorded["notes"]
        plain: dict[str, Any] = json.loads(json.dumps(recorded))
        return plain

    @classmethod
    def from_dict(cls, recorded: Mapping[str, Any]) -> Self:
        """The settings from their recorded form.

        Raises:
            DocumentError: A field is missing, unknown or of another type.
        """
        try:
            settings: Self = _restored(cls, recorded, "settings")
        except TypeError as error:
            raise DocumentError(
                f"the recorded settings are not ones of this version of framewatch ({error}); "
                "make the baseline or store again"
            ) from error
        return settings

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the recorded form, as `sha256:` and 64 hexadecimal digits."""
        import hashlib

        canonical = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def require_same_model(recorded: ExtractionSettings, sha256: str, *, where: str) -> None:
    """Refuse another model than the recorded one, before anything that it says of itself is mixed with the record.

    Args:
        recorded: The settings of what exists; with no model in them, any will do.
        sha256: The model that is to be used.
        where: What carries the recorded settings, for the message.

    Raises:
        SettingsError: It is another model.
    """
    if recorded.model is not None and recorded.model.sha256 != sha256:
        _refuse(where, "model.sha256", recorded.model.sha256, sha256)


_SAME_OR_AGAIN = "use the same options, or make it again"


def require_same(
    recorded: ExtractionSettings,
    present: ExtractionSettings,
    *,
    where: str,
    strict: bool = False,
    remedy: str = _SAME_OR_AGAIN,
) -> None:
    """Refuse to mix rows or profiles that were made differently.

    Args:
        recorded: The settings of what exists.
        present: The settings of what is to be put beside it.
        where: What carries the recorded settings, for the message.
        strict: Also refuse where only one of them has a model. Otherwise that is fine: pixels compare without one.
        remedy: What to do, for the message.

    Raises:
        SettingsError: Names the first field that differs, with both values.
    """
    left, right = recorded.to_dict(), present.to_dict()
    left_model, right_model = left.pop("model"), right.pop("model")
    pairs = [(name, left[name], right[name]) for name in left]
    if strict and (left_model is None) != (right_model is None):
        pairs += [("model", left_model and left_model["sha256"], right_model and right_model["sha256"])]
    if left_model is not None and right_model is not None:
        pairs += [(f"model.{name}", left_model[name], right_model[name]) for name in left_model]
    for name, old, new in pairs:
        if old != new:
            _refuse(where, name, old, new, remedy)


def _refuse(where: str, name: str, old: object, new: object, remedy: str = _SAME_OR_AGAIN) -> NoReturn:
    raise SettingsError(
        f"{where} was made with other settings: {name} is {_short(old)} there and {_short(new)} here"
        f"{_explained(name, new)}; {remedy}"
    )


def _explained(name: str, new: object) -> str:
    """What fields that no option is called after have to do with what was given."""
    if name == "model.sha256":
        return " (another model)"
    if name == "model":
        return " (no --model is given)" if new is None else " (which has no predictions)"
    return ""


def _restored(kind: Any, value: Any, name: str) -> Any:
    """A dataclass from its JSON form, each field checked: the inverse of `asdict`."""
    if not isinstance(value, dict):
        raise TypeError(f"{name} is {_short(value)}")
    types = get_type_hints(kind)
    recorded = {one.name: types[one.name] for one in fields(kind) if one.compare}
    for key in (*recorded, *value):
        if key not in recorded or key not in value:
            raise TypeError(f"{name}.{key} is {'unknown' if key in value else 'missing'}")
    return kind(**{key: _restored_value(one, value[key], f"{name}.{key}") for key, one in recorded.items()})


def _restored_value(annotation: Any, value: Any, name: str) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if is_dataclass(annotation):
        return _restored(annotation, value, name)
    if origin in {Union, UnionType}:
        return None if value is None else _restored_value(arguments[0], value, name)
    if origin is tuple and isinstance(value, list):
        wanted = arguments[:1] * len(value) if arguments[-1] is Ellipsis else arguments
        if len(wanted) == len(value):
            return tuple(_restored_value(one, part, name) for one, part in zip(wanted, value, strict=True))
    if annotation is float and type(value) in {int, float} and abs(value) <= sys.float_info.max:
        return float(value)
    if value in arguments or (type(value) is annotation and annotation is not float):
        return value
    raise TypeError(f"{name} is {_short(value)}")


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004
