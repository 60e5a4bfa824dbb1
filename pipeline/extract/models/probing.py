"""A model shown a few made-up pictures: what its scores are, and whether it sees a difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pipeline.extract.models.classification import told_apart
from pipeline.extract.models.interface import per_image
from pipeline.extract.resize import Resized

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.extract.models.interface import Model, TensorSpec
    from pipeline.extract.models.outputs import OutputLayout
    from pipeline.extract.models.preprocess import Preprocessor
    from pipeline.settings import ExtractionOptions, Scores

_ALIKE = 0.05
"""Of the range of a classifier's logits: those of black, white and noise lie apart by more than half of it where
pictures are fed as in training, and by a fiftieth where a model divides by 255 what was divided already."""


def probe(model: Model, preprocess: Preprocessor, size: tuple[int, int]) -> list[list[NDArray[Any]]]:
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


def settle_scores(
    options: ExtractionOptions,
    outputs: OutputLayout,
    specs: tuple[TensorSpec, ...],
    probes: list[list[NDArray[Any]]],
    notes: list[str],
) -> Scores:
    """What the scores are: as was asked for, as their quantisation tells, or by the values that they have.

    Args:
        options: What the user asked for.
        outputs: How the outputs are laid out.
        specs: The outputs.
        probes: What `probe` gave.
        notes: Takes what is assumed.
    """
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


def sees_no_difference(probes: list[list[NDArray[Any]]], scores: Scores) -> bool:
    """Whether a classifier gives black, white, shades and noise nearly the same scores.

    Args:
        probes: What `probe` gave.
        scores: What the scores are.
    """
    values = np.array([output[0].ravel() for output in probes], dtype=np.float64)
    if not np.isfinite(values).all():
        return False
    if scores == "probabilities":
        values = np.log(np.maximum(values, np.finfo(np.float32).tiny))
    return bool(np.ptp(values, axis=0).max() < _ALIKE * np.ptp(values))
