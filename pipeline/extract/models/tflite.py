"""TFLite models. The sole import of a TFLite runtime."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.errors import ModelError
from pipeline.extract.models.flatbuffer import is_whole
from pipeline.extract.models.interface import TensorSpec
from pipeline.extract.models.tflite_metadata import tflite_metadata

if TYPE_CHECKING:
    from numpy.typing import NDArray


class TfliteModel:
    """A model run by LiteRT, or by tflite-runtime where that is what is installed, on one thread.

    NOTE: An interpreter is not safe to use from two threads: each worker opens its own.
    """

    runtime = "tflite"

    def __init__(self, content: bytes) -> None:
        """Open a model.

        Raises:
            ModelError: The content is not a TFLite model, or no runtime is installed.
        """
        interpreter = _interpreter_class()
        if not is_whole(content):
            raise ModelError("it is a TFLite model that was cut short or damaged")
        try:
            self._interpreter = interpreter(model_content=content, num_threads=1)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelError(f"the TFLite runtime cannot open it: {_one_line(error)}") from error
        given, made = self._interpreter.get_input_details(), self._interpreter.get_output_details()
        self.inputs, self.outputs = tuple(map(_spec, given)), tuple(map(_spec, made))
        # NOTE: to ask for the details again costs a tenth of a millisecond a call.
        self._input: int = given[0]["index"] if given else -1
        self._shape: tuple[int, ...] = tuple(given[0]["shape"]) if given else ()
        self._outputs = [detail["index"] for detail in made]
        self.metadata = tflite_metadata(content)

    def run(self, tensor: NDArray[Any]) -> list[NDArray[np.floating[Any]]]:
        """See `Model.run`."""
        interpreter = self._interpreter
        try:
            if self._shape != tensor.shape:
                interpreter.resize_tensor_input(self._input, tensor.shape)
                interpreter.allocate_tensors()
                self._shape = tensor.shape
            interpreter.set_tensor(self._input, tensor)
            interpreter.invoke()
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"the TFLite runtime cannot run it on a tensor of shape {tensor.shape}: {_one_line(error)}"
            ) from error
        return [
            _real_numbers(interpreter.get_tensor(index), spec)
            for index, spec in zip(self._outputs, self.outputs, strict=True)
        ]


def _interpreter_class() -> Any:
    """The runtime that is there: tflite-runtime only where somebody chose to install it, LiteRT otherwise."""
    # NOTE: tflite-runtime is built against NumPy 1: under NumPy 2 it imports, and its first interpreter crashes.
    runtimes = ["ai_edge_litert"] if int(np.__version__.split(".")[0]) > 1 else ["tflite_runtime", "ai_edge_litert"]
    for name in runtimes:
        try:
            return import_module(f"{name}.interpreter").Interpreter
        except ImportError:
            continue
    raise ModelError("TFLite models need a runtime; install ai-edge-litert, or framewatch[tflite-runtime]")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _spec(detail: dict[str, Any]) -> TensorSpec:
    scale, zero_point = detail["quantization"]
    shape = tuple(None if side < 0 else int(side) for side in detail["shape_signature"])
    dtype = np.dtype(detail["dtype"])
    # NOTE: old converters leave on float tensors the quantisation that they were trained to stand.
    quantised = np.issubdtype(dtype, np.integer) and scale
    return TensorSpec(detail["name"], shape, dtype.name, float(scale) if quantised else None, int(zero_point))


def _real_numbers(stored: NDArray[Any], spec: TensorSpec) -> NDArray[np.floating[Any]]:
    if spec.scale is None:
        return stored
    # NOTE: float32 holds each of the 256 products exactly enough, and int8 minus a zero point would overflow.
    return (stored.astype(np.float32) - spec.zero_point) * np.float32(spec.scale)
