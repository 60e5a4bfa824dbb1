"""Class scores to the prediction columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.settings import Scores

TOP = 5
"""Classes that a row names with their probabilities."""

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


def class_features(
    scores: NDArray[Any], kind: Scores, names: tuple[str, ...] | None, *, keep_all: bool = False
) -> dict[str, object]:
    """The prediction columns of one image.

    Args:
        scores: Shape (classes,), finite.
        kind: What the scores are.
        names: One a class, or None.
        keep_all: Whether the probability of every class is one of the columns.
    """
    found = probabilities(scores, kind)
    top = best_classes(found)
    first, second = found[top[:2]].tolist()
    positive = found[found > 0]
    row: dict[str, object] = {
        "predicted_class": int(top[0]),
        "predicted_name": None if names is None else names[top[0]],
        "confidence": first,
        "margin": first - second,
        "prediction_entropy": abs(float(-(positive * np.log(positive)).sum())),
        "top_classes": top.tolist(),
        "top_scores": found[top].tolist(),
    }
    return row | {"probabilities": found.tolist()} if keep_all else row


def best_classes(found: NDArray[np.float64]) -> NDArray[np.int64]:
    """The classes with the highest probabilities, five at most, best first; of equal ones the lower class first."""
    count = min(TOP, found.size)
    # NOTE: numpy's partition takes ten times as long as its sort where nearly all are equal, as 8-bit ones are.
    last = np.sort(found)[-count]
    better, equal = np.flatnonzero(found > last), np.flatnonzero(found == last)
    return np.concatenate([better[np.argsort(-found[better], kind="stable")], equal])[:count]


def _sigmoid(value: float) -> float:
    # NOTE: the plain formula overflows for large negative values.
    return float(0.5 * (1 + np.tanh(value / 2)))
