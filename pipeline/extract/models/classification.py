"""Class scores to the prediction columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.settings import Scores

_SUM_OF_PROBABILITIES = (0.5, 1.5)
"""Where the sum of a row of probabilities may lie: 8-bit ones of a 1001-class model were seen to sum to 0.74."""


def told_apart(probes: list[NDArray[Any]]) -> Scores:
    """Whether scores are logits or probabilities, by their values on a few pictures.

    Args:
        probes: One array of shape (classes,) a picture.
    """
    low, high = _SUM_OF_PROBABILITIES
    for scores in probes:
        inside = bool(np.all((scores >= 0) & (scores <= 1)))
        if not inside or (scores.size > 1 and not low <= float(scores.sum()) <= high):
            return "logits"
    return "probabilities"


def probabilities(scores: NDArray[Any], kind: Scores) -> NDArray[np.float64]:
    """Scores as class probabilities; a single score is that of the second of two classes.

    Args:
        scores: Shape (classes,), finite.
        kind: What the scores are. Probabilities are taken as they are.
    """
    real = scores.astype(np.float64)
    if real.size == 1:
        second = real[0] if kind == "probabilities" else _sigmoid(real[0])
        return np.array([1 - second, second])
    if kind == "probabilities":
        return real
    exponentials = np.exp(real - real.max())
    return np.asarray(exponentials / exponentials.sum())


def class_features(scores: NDArray[Any], kind: Scores, names: tuple[str, ...] | None) -> dict[str, object]:
    """The prediction columns of one image.

    Args:
        scores: Shape (classes,), finite.
        kind: What the scores are.
        names: One a class, or None.
    """
    found = probabilities(scores, kind)
    best = int(found.argmax())
    first, second = np.sort(found)[[-1, -2]]
    positive = found[found > 0]
    return {
        "predicted_class": best,
        "predicted_name": None if names is None else names[best],
        "confidence": float(first),
        "margin": float(first - second),
        "prediction_entropy": abs(float(-(positive * np.log(positive)).sum())),
    }


def _sigmoid(value: float) -> float:
    # NOTE: the plain formula overflows for large negative values.
    return float(0.5 * (1 + np.tanh(value / 2)))
