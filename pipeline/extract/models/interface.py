"""What every model runtime offers: named tensors in and out, and one call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a model.

    Attributes:
        name: As the model calls it.
        shape: None stands for a dimension that is not fixed.
        dtype: numpy's name of the element type.
        scale: Of a quantised tensor, real = (stored - zero_point) * scale; None where it is not quantised.
        zero_point: See scale.
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    scale: float | None = None
    zero_point: int = 0

    def __str__(self) -> str:
        shape = " x ".join("?" if side is None else str(side) for side in self.shape)
        return f"{self.name} ({shape}, {self.dtype})"


class Model(Protocol):
    """An opened model. One thread uses it at a time."""

    runtime: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    metadata: dict[str, str]

    def run(self, tensor: NDArray[Any]) -> list[NDArray[np.floating[Any]]]:
        """The outputs, as real numbers, for one input tensor of the input's dtype."""


def describe(specs: tuple[TensorSpec, ...]) -> str:
    """Tensors in words, for messages."""
    return "; ".join(map(str, specs)) or "none"


def per_image(outputs: list[NDArray[Any]], batch: int) -> list[list[NDArray[Any]]]:
    """The outputs of a call, split into those of each image of its batch.

    An output without a batch dimension, which some exporters leave out for a batch of one, is the image's own.
    """
    return [
        [output[position] if output.shape[:1] == (batch,) else output for output in outputs]
        for position in range(batch)
    ]
