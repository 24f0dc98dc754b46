"""Runs the program of a Core ML package as its file says, operation by operation, in numpy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Values = dict[str, Any]


class Package:
    """An ``.mlpackage`` as it was written. Skips the test where coremltools isn't installed."""

    def __init__(self, path: Path) -> None:
        ct = pytest.importorskip("coremltools", reason="coremltools is not installed; there is none for Windows")
        from coremltools.converters.mil.frontend.milproto.load import load

        model = ct.models.MLModel(str(path), skip_model_load=True)
        self.spec = model.get_spec()
        program: Any = load(
            self.spec, specification_version=self.spec.specificationVersion, file_weights_dir=model.weights_dir
        )
        self.function = program.functions["main"]

    def run(self, **inputs: np.ndarray) -> dict[str, np.ndarray]:
        """The outputs by name."""
        assert {entry.name for entry in self.spec.description.input} == set(inputs)
        values: Values = dict(inputs)
        for op in self.function.operations:
            if op.op_type == "const":
                values[op.outputs[0].name] = op.outputs[0].val
                continue
            given = {
                name: [values[v.name] for v in var] if isinstance(var, list | tuple) else values[var.name]
                for name, var in op.inputs.items()
                if var is not None
            }
            (output,) = op.outputs
            result = np.asarray(_OPERATIONS[op.op_type](**given))
            assert result.dtype in (np.float32, np.int32), (op.op_type, result.dtype)
            values[output.name] = result
        return {entry.name: values[entry.name] for entry in self.spec.description.output}


def _gather(x: Any, indices: Any, axis: Any, **_: Any) -> Any:
    assert np.min(indices) >= 0 and np.max(indices) < x.shape[axis]
    return np.take(x, indices, axis)


def _slice(x: Any, begin: Any, end: Any, begin_mask: Any, end_mask: Any, **more: Any) -> Any:
    assert not np.any(more.get("squeeze_mask", False)) and np.all(np.equal(more.get("stride", 1), 1))
    return x[
        tuple(
            slice(None if no_begin else int(b), None if no_end else int(e))
            for b, e, no_begin, no_end in zip(begin, end, begin_mask, end_mask, strict=True)
        )
    ]


def _from_table(indices: Any, lut: Any, shape: Any) -> Any:
    width = len(lut).bit_length() - 1
    bits = np.unpackbits(indices, bitorder="little")[: int(np.prod(shape)) * width].reshape(-1, width)
    return lut[(bits << np.arange(width, dtype=np.uint8)).sum(1)].reshape(shape)


def _cast(x: Any, dtype: Any) -> Any:
    return x.astype({"int32": np.int32, "fp32": np.float32}[str(dtype)])


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "abs": lambda x: np.abs(x),
    "add": lambda x, y: x + y,
    "cast": _cast,
    "clip": lambda x, alpha, beta: np.clip(x, alpha, beta),
    "concat": lambda values, axis, interleave=False: np.concatenate(values, axis),
    "constexpr_lut_to_dense": _from_table,
    "exp": lambda x: np.exp(x),
    "floor": lambda x: np.floor(x),
    "gather": _gather,
    "leaky_relu": lambda x, alpha: np.where(x >= 0, x, x * alpha),
    "linear": lambda x, weight, bias: x @ weight.T + bias,
    "maximum": lambda x, y: np.maximum(x, y),
    "minimum": lambda x, y: np.minimum(x, y),
    "mul": lambda x, y: x * y,
    "real_div": lambda x, y: x / y,
    "slice_by_index": _slice,
    "squeeze": lambda x, axes: np.squeeze(x, tuple(axes)),
    "sub": lambda x, y: x - y,
}
