"""Writes small TFLite models out of numpy weights, without TensorFlow.

A model is written in the order its data flows; every step returns the tensor it makes:

    writer = TfliteWriter()
    picture = writer.add_input("picture", (1, 8, 8, 3))
    pooled = writer.mean(picture, axes=(1, 2))
    scores = writer.fully_connected(pooled, weights, bias, name="scores")
    Path("toy.tflite").write_bytes(writer.to_bytes(outputs=[scores]))

A size of -1 in a shape is left open, to be fixed by the runtime's resize.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import DTypeLike, NDArray

Shape = tuple[int, ...]
Activation = Literal["none", "relu", "relu6"]
Padding = Literal["same", "valid"]

_OPEN = -1
_SCHEMA_VERSION = 3
_TYPES = {
    np.dtype(np.float32): schema.TensorType.FLOAT32,
    np.dtype(np.uint8): schema.TensorType.UINT8,
    np.dtype(np.int8): schema.TensorType.INT8,
    np.dtype(np.int32): schema.TensorType.INT32,
}
_ACTIVATIONS = {
    "none": schema.ActivationFunctionType.NONE,
    "relu": schema.ActivationFunctionType.RELU,
    "relu6": schema.ActivationFunctionType.RELU6,
}
_PADDINGS = {"same": schema.Padding.SAME, "valid": schema.Padding.VALID}
# Runtimes refuse operator versions they do not know, so each operator gets the oldest that will do:
# version 1 for float32 and uint8, and for int8 these, or else version 2.
_INT8_VERSIONS = {
    schema.BuiltinOperator.CONV_2D: 3,
    schema.BuiltinOperator.FULLY_CONNECTED: 4,
    schema.BuiltinOperator.RESHAPE: 1,
    schema.BuiltinOperator.QUANTIZE: 1,
}


@dataclass(frozen=True)
class Quantisation:
    """How stored integers stand for real numbers: `scale * (stored - zero_point)`.

    Attributes:
        scale: One number, or one for each channel.
        zero_point: The stored number that stands for 0.
        axis: The axis of the channels, where there are several scales.
    """

    scale: float | tuple[float, ...]
    zero_point: int = 0
    axis: int = 0


@dataclass(frozen=True)
class Tensor:
    """A tensor of the model being written."""

    index: int
    name: str
    shape: Shape
    dtype: np.dtype[Any]
    quantisation: Quantisation | None = None


class TfliteWriter:
    """Collects tensors and operators, and packs them into a TFLite file."""

    def __init__(self) -> None:
        """Starts an empty model."""
        # By the format's rule buffer 0 is empty; tensors computed at run time point to it.
        self._buffers = [schema.BufferT()]
        self._tensors: list[Any] = []
        self._operators: list[Any] = []
        self._codes: list[tuple[int, int, str | None]] = []
        self._inputs: list[int] = []

    def to_bytes(self, outputs: Sequence[Tensor]) -> bytes:
        """Packs the model.

        Args:
            outputs: The tensors the model answers with, in order.

        Returns:
            The contents of a `.tflite` file.
        """
        graph = schema.SubGraphT(
            name="main",
            tensors=self._tensors,
            inputs=self._inputs,
            outputs=[output.index for output in outputs],
            operators=self._operators,
        )
        codes = [
            # Runtimes of before 2020 read only the deprecated field; later ones take the larger of the two.
            schema.OperatorCodeT(deprecatedBuiltinCode=code, builtinCode=code, version=version, customCode=custom)
            for code, version, custom in self._codes
        ]
        model = schema.ModelT(version=_SCHEMA_VERSION, operatorCodes=codes, subgraphs=[graph], buffers=self._buffers)
        builder = flatbuffers.Builder(1 << 16)
        builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
        return bytes(builder.Output())

    def add_input(
        self, name: str, shape: Shape, dtype: DTypeLike = np.float32, quantisation: Quantisation | None = None
    ) -> Tensor:
        """Adds an input of the model."""
        tensor = self._add_tensor(name, shape, np.dtype(dtype), quantisation)
        self._inputs.append(tensor.index)
        return tensor

    def add_constant(self, value: NDArray[Any], quantisation: Quantisation | None = None, *, name: str = "") -> Tensor:
        """Adds weights, already quantised if they are integers."""
        data = np.ascontiguousarray(value)
        self._buffers.append(schema.BufferT(data=data.reshape(-1).view(np.uint8)))
        return self._add_tensor(name, value.shape, value.dtype, quantisation, buffer=len(self._buffers) - 1)

    def conv_2d(
        self,
        tensor: Tensor,
        weights: Tensor | NDArray[Any],
        bias: Tensor | NDArray[Any],
        *,
        stride: int = 1,
        padding: Padding = "same",
        activation: Activation = "none",
        quantisation: Quantisation | None = None,
        name: str = "",
    ) -> Tensor:
        """Adds a convolution over NHWC pictures; weights are (out, height, width, in)."""
        weights, bias = self._constant(weights), self._constant(bias)
        options = schema.Conv2DOptionsT(
            padding=_PADDINGS[padding],
            strideW=stride,
            strideH=stride,
            fusedActivationFunction=_ACTIVATIONS[activation],
        )
        batch, height, width, _ = tensor.shape
        channels, window_height, window_width, _ = weights.shape
        shape = (
            batch,
            _windows(height, window_height, stride, padding),
            _windows(width, window_width, stride, padding),
            channels,
        )
        return self._add_operator("CONV_2D", [tensor, weights, bias], shape, options, quantisation, name)

    def fully_connected(
        self,
        tensor: Tensor,
        weights: Tensor | NDArray[Any],
        bias: Tensor | NDArray[Any],
        *,
        activation: Activation = "none",
        quantisation: Quantisation | None = None,
        name: str = "",
    ) -> Tensor:
        """Adds a dense layer over (batch, in); weights are (out, in)."""
        weights, bias = self._constant(weights), self._constant(bias)
        options = schema.FullyConnectedOptionsT(fusedActivationFunction=_ACTIVATIONS[activation])
        shape = (tensor.shape[0], weights.shape[0])
        inputs = [tensor, weights, bias]
        return self._add_operator("FULLY_CONNECTED", inputs, shape, options, quantisation, name)

    def average_pool_2d(self, tensor: Tensor, size: int, *, name: str = "") -> Tensor:
        """Adds the mean over windows of `size` x `size` that do not overlap."""
        return self._pool("AVERAGE_POOL_2D", tensor, size, name)

    def max_pool_2d(self, tensor: Tensor, size: int, *, name: str = "") -> Tensor:
        """Adds the maximum over windows of `size` x `size` that do not overlap."""
        return self._pool("MAX_POOL_2D", tensor, size, name)

    def mean(
        self,
        tensor: Tensor,
        axes: Sequence[int],
        *,
        keep_axes: bool = False,
        quantisation: Quantisation | None = None,
        name: str = "",
    ) -> Tensor:
        """Adds the mean over some axes."""
        kept = [1 if axis in axes else size for axis, size in enumerate(tensor.shape)]
        shape = tuple(size for axis, size in enumerate(kept) if keep_axes or axis not in axes)
        options = schema.ReducerOptionsT(keepDims=keep_axes)
        inputs = [tensor, self._integers(axes)]
        return self._add_operator("MEAN", inputs, shape, options, quantisation or tensor.quantisation, name)

    def reshape(self, tensor: Tensor, shape: Shape, *, name: str = "") -> Tensor:
        """Adds a change of shape; one size may be -1."""
        options = schema.ReshapeOptionsT(newShape=list(shape))
        inputs = [tensor, self._integers(shape)]
        return self._add_operator("RESHAPE", inputs, shape, options, tensor.quantisation, name)

    def softmax(self, tensor: Tensor, *, name: str = "") -> Tensor:
        """Adds a softmax over the last axis."""
        options = schema.SoftmaxOptionsT(beta=1.0)
        return self._add_operator("SOFTMAX", [tensor], tensor.shape, options, _unit_range(tensor), name)

    def logistic(self, tensor: Tensor, *, name: str = "") -> Tensor:
        """Adds a sigmoid."""
        return self._add_operator("LOGISTIC", [tensor], tensor.shape, None, _unit_range(tensor), name)

    def transpose(self, tensor: Tensor, order: Sequence[int], *, name: str = "") -> Tensor:
        """Adds a reordering of the axes."""
        shape = tuple(tensor.shape[axis] for axis in order)
        inputs = [tensor, self._integers(order)]
        options = schema.TransposeOptionsT()
        return self._add_operator("TRANSPOSE", inputs, shape, options, tensor.quantisation, name)

    def concatenation(self, tensors: Sequence[Tensor], axis: int, *, name: str = "") -> Tensor:
        """Adds a joining of tensors along one axis; quantised ones must share their quantisation."""
        sizes = [tensor.shape[axis] for tensor in tensors]
        shape = list(tensors[0].shape)
        shape[axis] = _OPEN if _OPEN in sizes else sum(sizes)
        options = schema.ConcatenationOptionsT(axis=axis)
        quantisation = tensors[0].quantisation
        return self._add_operator("CONCATENATION", tensors, tuple(shape), options, quantisation, name)

    def slice(self, tensor: Tensor, begin: Sequence[int], size: Sequence[int], *, name: str = "") -> Tensor:
        """Adds a cut-out; a size of -1 takes the rest of its axis."""
        shape = tuple(
            taken if taken != _OPEN or whole == _OPEN else whole - start
            for start, taken, whole in zip(begin, size, tensor.shape, strict=True)
        )
        inputs = [tensor, self._integers(begin), self._integers(size)]
        options = schema.SliceOptionsT()
        return self._add_operator("SLICE", inputs, shape, options, tensor.quantisation, name)

    def add(
        self,
        left: Tensor,
        right: Tensor | NDArray[Any],
        *,
        quantisation: Quantisation | None = None,
        name: str = "",
    ) -> Tensor:
        """Adds a sum, broadcast as in numpy."""
        right = self._constant(right)
        shape = _broadcast(left.shape, right.shape)
        return self._add_operator("ADD", [left, right], shape, schema.AddOptionsT(), quantisation, name)

    def mul(
        self,
        left: Tensor,
        right: Tensor | NDArray[Any],
        *,
        quantisation: Quantisation | None = None,
        name: str = "",
    ) -> Tensor:
        """Adds a product, broadcast as in numpy."""
        right = self._constant(right)
        shape = _broadcast(left.shape, right.shape)
        return self._add_operator("MUL", [left, right], shape, schema.MulOptionsT(), quantisation, name)

    def quantize(self, tensor: Tensor, dtype: DTypeLike, quantisation: Quantisation, *, name: str = "") -> Tensor:
        """Adds the step from real numbers, or from another quantisation, to integers."""
        options = schema.QuantizeOptionsT()
        return self._add_operator("QUANTIZE", [tensor], tensor.shape, options, quantisation, name, np.dtype(dtype))

    def dequantize(self, tensor: Tensor, *, name: str = "") -> Tensor:
        """Adds the step from integers to real numbers."""
        options = schema.DequantizeOptionsT()
        return self._add_operator("DEQUANTIZE", [tensor], tensor.shape, options, None, name, np.dtype(np.float32))

    def custom(
        self, operator: str, inputs: Sequence[Tensor], outputs: Sequence[tuple[str, Shape]], options: bytes
    ) -> list[Tensor]:
        """Adds an operator that is no part of the format but known to runtimes by name, of float outputs."""
        made = [self._add_tensor(name, shape, np.dtype(np.float32), None) for name, shape in outputs]
        self._operators.append(
            schema.OperatorT(
                opcodeIndex=self._index_of((schema.BuiltinOperator.CUSTOM, 1, operator)),
                inputs=[tensor.index for tensor in inputs],
                outputs=[tensor.index for tensor in made],
                customOptions=list(options),
            )
        )
        return made

    def _pool(self, operator: str, tensor: Tensor, size: int, name: str) -> Tensor:
        options = schema.Pool2DOptionsT(
            padding=schema.Padding.VALID, strideW=size, strideH=size, filterWidth=size, filterHeight=size
        )
        batch, height, width, channels = tensor.shape
        shape = (batch, _windows(height, size, size, "valid"), _windows(width, size, size, "valid"), channels)
        return self._add_operator(operator, [tensor], shape, options, tensor.quantisation, name)

    def _constant(self, value: Tensor | NDArray[Any]) -> Tensor:
        return value if isinstance(value, Tensor) else self.add_constant(value)

    def _integers(self, values: Sequence[int]) -> Tensor:
        return self.add_constant(np.array(values, dtype=np.int32))

    def _add_operator(
        self,
        operator: str,
        inputs: Sequence[Tensor],
        shape: Shape,
        options: Any,
        quantisation: Quantisation | None,
        name: str,
        dtype: np.dtype[Any] | None = None,
    ) -> Tensor:
        dtype = dtype or inputs[0].dtype
        output = self._add_tensor(name, shape, dtype, quantisation)
        kind = type(options).__name__.removesuffix("T") if options is not None else "NONE"
        self._operators.append(
            schema.OperatorT(
                opcodeIndex=self._code_index(operator, np.int8 in (inputs[0].dtype, dtype)),
                inputs=[tensor.index for tensor in inputs],
                outputs=[output.index],
                builtinOptionsType=getattr(schema.BuiltinOptions, kind),
                builtinOptions=options,
            )
        )
        return output

    def _code_index(self, operator: str, int8: bool) -> int:
        code = getattr(schema.BuiltinOperator, operator)
        return self._index_of((code, _INT8_VERSIONS.get(code, 2) if int8 else 1, None))

    def _index_of(self, entry: tuple[int, int, str | None]) -> int:
        if entry not in self._codes:
            self._codes.append(entry)
        return self._codes.index(entry)

    def _add_tensor(
        self,
        name: str,
        shape: Shape,
        dtype: np.dtype[Any],
        quantisation: Quantisation | None,
        *,
        buffer: int = 0,
    ) -> Tensor:
        index = len(self._tensors)
        name = name or f"tensor_{index}"
        self._tensors.append(
            schema.TensorT(
                name=name,
                shape=[1 if size == _OPEN else size for size in shape],
                shapeSignature=list(shape) if _OPEN in shape else None,
                type=_TYPES[dtype],
                buffer=buffer,
                quantization=_pack_quantisation(quantisation),
            )
        )
        return Tensor(index, name, tuple(shape), dtype, quantisation)


def _pack_quantisation(quantisation: Quantisation | None) -> Any:
    if quantisation is None:
        return None
    scales = np.atleast_1d(np.array(quantisation.scale, dtype=np.float32))
    return schema.QuantizationParametersT(
        scale=scales,
        zeroPoint=np.full(len(scales), quantisation.zero_point, dtype=np.int64),
        quantizedDimension=quantisation.axis,
    )


def _unit_range(tensor: Tensor) -> Quantisation | None:
    """Returns the one quantisation that runtimes allow for probabilities."""
    if tensor.quantisation is None:
        return None
    return Quantisation(1 / 256, -128 if tensor.dtype == np.int8 else 0)


def _windows(size: int, window: int, stride: int, padding: Padding) -> int:
    if size == _OPEN:
        return _OPEN
    return -(-size // stride) if padding == "same" else (size - window) // stride + 1


def _broadcast(left: Shape, right: Shape) -> Shape:
    length = max(len(left), len(right))
    pairs = zip((1,) * (length - len(left)) + left, (1,) * (length - len(right)) + right, strict=True)
    return tuple(_OPEN if _OPEN in pair else max(pair) for pair in pairs)
