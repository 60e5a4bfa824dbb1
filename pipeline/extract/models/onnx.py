"""ONNX models. The sole import of onnxruntime."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

from pipeline.errors import ModelError
from pipeline.extract.models.interface import TensorSpec

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FATAL_ONLY = 4
_WHERE_IN_ITS_SOURCE = re.compile(r"/onnxruntime_src/\S+:\d+ .*?\) (?=[A-Z])")


class OnnxModel:
    """A model run by onnxruntime, on one thread: images are what runs side by side."""

    runtime = "onnx"

    def __init__(self, source: bytes | Path) -> None:
        """Open a model.

        Args:
            source: Its content, or its path where weights are kept in other files beside it.

        Raises:
            ModelError: It is not an ONNX model that this runtime can run.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = _FATAL_ONLY
        try:
            self._session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # NOTE: onnxruntime's exceptions share no base but Exception.
            raise ModelError(
                f"onnxruntime {onnxruntime.__version__} cannot open it as an ONNX model: {_first_line(error)}"
            ) from error
        for node in self._session.get_outputs():
            if not node.type.startswith("tensor(") or node.type == "tensor(string)":
                raise ModelError(f"its output {node.name} is of type {node.type}; accepted are tensors of numbers")
        self.inputs = tuple(map(_spec, self._session.get_inputs()))
        self.outputs = tuple(map(_spec, self._session.get_outputs()))
        self.metadata = dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, tensor: NDArray[Any]) -> list[NDArray[np.floating[Any]]]:
        """See `Model.run`."""
        try:
            results = self._session.run(None, {self.inputs[0].name: tensor})
        except Exception as error:
            raise ModelError(
                f"onnxruntime cannot run it on a tensor of shape {tensor.shape}: {_first_line(error)}"
            ) from error
        return [np.asarray(result) for result in results]


def _spec(node: Any) -> TensorSpec:
    shape = tuple(side if isinstance(side, int) and side > 0 else None for side in node.shape or ())
    return TensorSpec(node.name, shape, _numpy_name(node.type))


def _numpy_name(onnx_type: str) -> str:
    found = re.fullmatch(r"tensor\((\w+)\)", onnx_type)
    name = found[1] if found else onnx_type
    return {"float": "float32", "double": "float64"}.get(name, name)


def _first_line(error: Exception) -> str:
    return _WHERE_IN_ITS_SOURCE.sub("", (str(error).splitlines() or [type(error).__name__])[0])
