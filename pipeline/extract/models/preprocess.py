"""A resized picture to the tensor that a model takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from pipeline.errors import ModelError
from pipeline.extract.models.interface import describe
from pipeline.extract.planes import planes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.extract.models.interface import TensorSpec
    from pipeline.extract.resize import Resized
    from pipeline.settings import ChannelOrder

LETTERBOX_GREY = 114
"""The byte value beside a letterboxed picture, as YOLO models are trained with."""

_BYTES = np.arange(256) / 255
_EXACT_ENOUGH = (np.float32, np.float64)
"""What is multiplied and added: the last bit may differ from what rounding once would give."""

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
    """Turns pictures into tensors: floats by a multiplication and an addition, others by a table of the 256 bytes."""

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
        self._planar = layout.order == "nchw"
        self._dtype = np.dtype(layout.spec.dtype)
        self._step = 1 if channel_order == "rgb" else -1
        self._tables = byte_tables(layout.spec, *scaling)[:: self._step]
        self._unchanged = bool((self._tables == np.arange(256)).all())
        self._is_the_tensor = (
            self._unchanged and channel_order == "rgb" and not self._planar and self._dtype == np.uint8
        )
        self._line = self._factors_and_offsets(*scaling) if self._dtype in _EXACT_ENOUGH else None

    def __call__(self, pictures: Sequence[Resized]) -> NDArray[Any]:
        """The tensor, of the model's dtype and batch, for at most that many pictures; the last one fills it up."""
        if self._is_the_tensor and self._layout.batch == 1:
            return np.asarray(self._canvas(pictures[0]))[np.newaxis]
        filled = [*pictures, *[pictures[-1]] * (self._layout.batch - len(pictures))]
        width, height = self._size
        shape = (3, height, width) if self._planar else (height, width, 3)
        tensor = np.empty((len(filled), *shape), dtype=self._dtype)
        for target, picture in zip(tensor, filled, strict=True):
            canvas = self._canvas(picture)
            if self._line is None:
                self._fill_by_table(target, canvas)
            else:
                self._fill_by_arithmetic(target, canvas, self._line)
        return tensor

    def _factors_and_offsets(self, mean: tuple[float, ...], std: tuple[float, ...]) -> NDArray[np.floating[Any]]:
        """By what each number of a row is multiplied, and what is added, shape (2, 3 or width x 3)."""
        means, stds = (np.array(one)[:: self._step] for one in (mean, std))
        across = 1 if self._planar else self._size[0]
        return np.tile([1 / (255 * stds), -means / stds], across).astype(self._dtype)

    def _fill_by_arithmetic(self, target: NDArray[Any], canvas: Image.Image, line: NDArray[np.floating[Any]]) -> None:
        """Write the model's numbers for a picture into its part of the tensor."""
        if self._planar:
            for plane, values, factor_and_offset in zip(target, self._planes(canvas), line.T, strict=True):
                self._put(plane, values, *factor_and_offset)
        else:
            # As rows of width x 3 numbers: numpy is slow over many short ones.
            rows, pixels = target.reshape(len(target), -1), np.asarray(canvas)[..., :: self._step]
            self._put(rows, pixels.reshape(rows.shape), *line)

    def _put(self, place: NDArray[Any], values: NDArray[np.uint8], factor: NDArray[Any], offset: NDArray[Any]) -> None:
        place[...] = values
        if not self._unchanged:
            np.multiply(place, factor, out=place)
            np.add(place, offset, out=place)

    def _fill_by_table(self, target: NDArray[Any], canvas: Image.Image) -> None:
        """The same."""
        parts = target if self._planar else np.moveaxis(target, 2, 0)
        for part, plane, table in zip(parts, self._planes(canvas), self._tables, strict=True):
            # NOTE: indices need no check, for a byte is one of 256; "clip" is numpy's word for no check.
            part[...] = table.take(plane, mode="clip")

    def _planes(self, canvas: Image.Image) -> list[NDArray[np.uint8]]:
        return [planes([canvas], channel)[0] for channel in "RGB"[:: self._step]]

    def _canvas(self, resized: Resized) -> Image.Image:
        """A picture at the input size, with what a letterboxed one has beside it."""
        if resized.picture.size == self._size:
            return resized.picture
        canvas = Image.new("RGB", self._size, (LETTERBOX_GREY,) * 3)
        canvas.paste(resized.picture, (round(resized.left * canvas.width), round(resized.top * canvas.height)))
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
