"""What was asked for (`ExtractionOptions`), and what is then done and recorded (`ExtractionSettings`).

The options leave most things open; `pipeline.extract.models.resolve` settles them from the model. Two sets of rows
may be compared only when their settings agree (`pipeline.agreement`), which their fingerprints tell.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, Self

from pipeline.errors import DocumentError
from pipeline.features import FEATURE_VERSION
from pipeline.recorded import MAY_BE_MISSING, restored

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

LARGEST_INPUT_SIDE = 8192
"""More would be a slip of the keyboard: one picture would take 200 MB, and a typo of two digits all of the memory."""

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
    """How a model is fed and read. All of it decides what the predictions are, so all of it is recorded.

    Attributes:
        sha256: Of its file, and of the files that hold its weights.
        name: Of its file, for people: no part of the fingerprint, and of no weight where settings are compared.
    """

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
    name: str | None = field(default=None, compare=False, metadata=MAY_BE_MISSING)


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
        """The recorded form: JSON types only, notes left out, and the model's name where there is none."""
        recorded = asdict(self)
        del recorded["notes"]
        if self.model is not None and self.model.name is None:
            del recorded["model"]["name"]
        plain: dict[str, Any] = json.loads(json.dumps(recorded))
        return plain

    @classmethod
    def from_dict(cls, recorded: Mapping[str, Any]) -> Self:
        """The settings from their recorded form.

        Raises:
            DocumentError: A field is missing, unknown or of another type.
        """
        try:
            settings: Self = restored(cls, recorded, "settings")
        except TypeError as error:
            raise DocumentError(
                f"the recorded settings are not ones of this version of framewatch ({error}); "
                "make the baseline or store again"
            ) from error
        return settings

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the recorded form without the model's name, as `sha256:` and 64 hexadecimal digits."""
        import hashlib

        recorded = self.to_dict()
        if self.model is not None:
            recorded["model"].pop("name", None)
        canonical = json.dumps(recorded, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()
