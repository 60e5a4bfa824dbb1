"""A resized picture to the tensor that a model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pipeline.errors import ModelError
from pipeline.extract.models.interface import describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.models.interface import TensorSpec
    from pipeline.extract.resize import Resized
    from pipeline.settings import ChannelOrder

LETTERBOX_GREY = 114
"""The byte value beside a letterboxed picture, as YOLO models are trained with."""

_BYTES = np.arange(256) / 255
_DTYPES = ("float32", "float16", "float64", "uint8", "int8", "int16", "int32", "int64")


@dataclass(frozen=True, slots=True)
class InputLayout:
    """How an image input is laid out.

    Attributes:
        spec: The input's tensor.
        order: Where the channels stand: nchw or nhwc.
        batch: Images a call takes; 1 where it is not fixed.
        size: Fixed width and height, each None where it is not fixed.
    """

    spec: TensorSpec
    order: Literal["nchw", "nhwc"]
    batch: int
    size: tuple[int | None, int | None]


def input_layout(inputs: tuple[TensorSpec, ...]) -> InputLayout:
    """Read a model's only input as a batch of RGB images.

    Raises:
        ModelError: There are several inputs, or it is not four-dimensional with three channels of numbers.
    """
    if len(inputs) == 1 and len(inputs[0].shape) == 4 and inputs[0].dtype in _DTYPES:  # noqa: PLR2004
        spec = inputs[0]
        batch = spec.shape[0] or 1
        if spec.shape[3] == 3:  # noqa: PLR2004
            return InputLayout(spec, "nhwc", batch, (spec.shape[2], spec.shape[1]))
        if spec.shape[1] == 3:  # noqa: PLR2004
            return InputLayout(spec, "nchw", batch, (spec.shape[3], spec.shape[2]))
    raise ModelError(
        f"its inputs are {describe(inputs)}; accepted is one input of shape batch x 3 x height x width "
        f"or batch x height x width x 3, of {', '.join(_DTYPES)}"
    )


class Preprocessor:
    """Turns pictures into tensors. Every byte value's number is worked out once, per channel."""

    def __init__(
        self,
        layout: InputLayout,
        size: tuple[int, int],
        scaling: tuple[tuple[float, ...], tuple[float, ...]],
        channel_order: ChannelOrder,
    ) -> None:
        """Prepare for a model.

        Args:
            layout: The model's input.
            size: Width and height of every picture.
            scaling: Mean and standard deviation by which pixels in [0, 1] are scaled, three of each, in RGB order.
            channel_order: The order in which the model takes the channels.
        """
        self._layout = layout
        self._size = size
        self._channels = (0, 1, 2) if channel_order == "rgb" else (2, 1, 0)
        self._tables = byte_tables(layout.spec, *scaling)
        bytes_as_they_are = bool((self._tables == np.arange(256)).all())
        self._unchanged = channel_order == "rgb" and bytes_as_they_are
        self._is_the_tensor = self._unchanged and layout.order == "nhwc" and self._tables.dtype == np.uint8

    def __call__(self, pictures: Sequence[Resized]) -> NDArray[Any]:
        """The tensor, of the model's dtype and batch, for at most that many pictures; the last one fills it up."""
        if self._is_the_tensor and self._layout.batch == 1:
            return self._canvas(pictures[0])[np.newaxis]
        filled = [*pictures, *[pictures[-1]] * (self._layout.batch - len(pictures))]
        width, height = self._size
        tensor = np.empty((len(filled), height, width, 3), dtype=self._tables.dtype)
        if self._layout.order == "nchw":
            tensor = tensor.reshape(len(filled), 3, height, width).transpose(0, 2, 3, 1)
        for target, picture in zip(tensor, filled, strict=True):
            self._fill(target, self._canvas(picture))
        return tensor.transpose(0, 3, 1, 2) if self._layout.order == "nchw" else tensor

    def _fill(self, target: NDArray[Any], pixels: NDArray[np.uint8]) -> None:
        """Write the model's numbers for some pixels; both have the shape (height, width, 3)."""
        if self._unchanged:
            target[...] = pixels
            return
        for position, channel in enumerate(self._channels):
            # NOTE: indices need no check, for a byte is one of 256; "clip" is numpy's word for no check.
            target[..., position] = self._tables[channel].take(pixels[..., channel], mode="clip")

    def _canvas(self, resized: Resized) -> NDArray[np.uint8]:
        pixels = np.asarray(resized.picture)
        width, height = self._size
        if resized.picture.size == self._size:
            return pixels
        canvas = np.full((height, width, 3), LETTERBOX_GREY, dtype=np.uint8)
        left, top = round(resized.left * width), round(resized.top * height)
        canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
        return canvas


def byte_tables(spec: TensorSpec, mean: tuple[float, ...], std: tuple[float, ...]) -> NDArray[Any]:
    """For each channel the 256 numbers, of a tensor's dtype, that the byte values become, shape (3, 256)."""
    real = (_BYTES - np.reshape(mean, (3, 1))) / np.reshape(std, (3, 1))
    dtype = np.dtype(spec.dtype)
    if not np.issubdtype(dtype, np.integer):
        return np.asarray(real, dtype)
    stored = real if spec.scale is None else real / spec.scale + spec.zero_point
    limits = np.iinfo(dtype)
    return np.asarray(np.clip(np.rint(stored), limits.min, limits.max), dtype)
