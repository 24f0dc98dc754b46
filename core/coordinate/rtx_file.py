"""Networks as RTX Neural Shading's samples keep them: a list of layers in JSON, or float16 in one block (``.ns.bin``).

Both know layers only, so reading says what a network of those sizes must be in SimpleTraining: two coordinates,
frequency-encoded into six numbers each where there are twelve inputs, LeakyReLU, sigmoid. Weights lie output by output
[out, in], half floats in the block; there a matrix begins at a multiple of 64 bytes and a bias at one of 16. Reading
goes by the offsets in the file, so it takes other alignments too.
"""

from __future__ import annotations

import itertools
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.coordinate.encodings import Floats
from core.coordinate.network import Architecture, CoordinateNetwork
from core.errors import DamagedFileError, InputError
from core.files import write_bytes

JSON_SUFFIX, BLOCK_SUFFIX = ".json", ".bin"
SUFFIXES = (JSON_SUFFIX, BLOCK_SUFFIX)
_VERSION = 0xA1C0DE01
_HEADER = struct.Struct("<I6I4x")
"""Version; hidden layers, inputs, hidden neurons, outputs, precisions of weights and biases (0 is float16)."""
_LAYER = struct.Struct("<IIQQII")
"""Inputs, outputs, bytes of weights and biases, offsets of both in the block."""
_TAIL = struct.Struct("<I4xQ")
"""Layout (0 is row-major) and bytes of the block."""
_MOST_LAYERS = 8
_MOST_NEURONS = 256
_MOST_BYTES = 1 << 26
_MATRIX_ALIGNMENT, _BIAS_ALIGNMENT = 64, 16
_MOST_WIDTH = 128
"""The library asserts matrices of at most so many rows and columns."""
_ACTIVATION = "leaky-relu"

Layers = Sequence[tuple[Floats, Floats]]


def write(network: CoordinateNetwork, path: Path) -> int:
    """Write as JSON or as a block, by the suffix; returns the number of bytes.

    Raises InputError for a network that the layout can't hold, OutputError if it can't be written.
    """
    check(network.architecture, path.suffix)
    data = _json_text(network) if path.suffix.lower() == JSON_SUFFIX else _block(network)
    write_bytes(path, data)
    return len(data)


def read(path: Path) -> CoordinateNetwork:
    """Raises InputError if it can't be read or is no network from uv to colour, DamagedFileError if it isn't valid."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise DamagedFileError(f"{path} is too large for a network of the RTX samples.", path)
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", path) from error
    try:
        layers = _from_json(data) if path.suffix.lower() == JSON_SUFFIX else _from_block(data)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, struct.error) as error:
        raise DamagedFileError(f"{path} is not a complete network file of the RTX samples ({error}).", path) from error
    return _as_network(layers, path)


def _as_network(layers: Layers, path: Path) -> CoordinateNetwork:
    sizes = [layers[0][0].shape[0], *(weights.shape[1] for weights, _ in layers)]
    hidden = sizes[1:-1]
    encoding = {12: "frequency", 2: "none"}.get(sizes[0])
    if encoding is None or sizes[-1] not in (3, 4) or not hidden or not 16 <= hidden[0] <= _MOST_NEURONS:
        raise InputError(
            f"{path} has layers of {'-'.join(map(str, sizes))} neurons; the lab reads networks from 12 or 2 inputs "
            "over 16 to 256 hidden neurons to 3 or 4 channels.",
            path,
        )
    if len(set(hidden)) != 1:
        raise InputError(f"{path} has hidden layers of different widths; the lab takes networks of one width.", path)
    shape = Architecture(encoding, 6, len(hidden), hidden[0], _ACTIVATION, sizes[-1])
    name = path.name.split(".")[0]
    weights, biases = zip(*layers, strict=True)
    return CoordinateNetwork(name, shape, weights, biases, None, 512, 512)


def check(shape: Architecture, suffix: str) -> None:
    """Raises InputError for a network that the layout of files with this ending can't hold."""
    what = "The JSON layout" if suffix.lower() == JSON_SUFFIX else "The block layout"
    held = (shape.encoding == "frequency" and shape.values == 6) or shape.encoding == "none"
    if not held or shape.activation != _ACTIVATION:
        raise InputError(
            f"{what} of the RTX samples holds networks with frequency encoding (6 values) or none and LeakyReLU; save "
            "this one as .texnet."
        )
    if shape.width > _MOST_WIDTH:
        raise InputError(
            f"{what} of the RTX samples holds up to {_MOST_WIDTH} neurons a layer; save this network as .texnet."
        )
    if shape.hidden_layers + 1 > _MOST_LAYERS:
        raise InputError(f"{what} of the RTX samples holds 7 hidden layers; save this network as .texnet.")


def _json_text(network: CoordinateNetwork) -> bytes:
    layers = []
    for weights, biases in zip(network.weights, network.biases, strict=True):
        n_in, n_out = weights.shape
        numbers = {"weights": weights.T.ravel().tolist(), "biases": biases.tolist()}
        layers.append({"num_inputs": n_in, "num_outputs": n_out, **numbers})
    return (json.dumps({"layers": layers}) + "\n").encode()


def _from_json(data: bytes) -> Layers:
    entries = json.loads(data)["layers"]
    if not 2 <= len(entries) <= _MOST_LAYERS + 1:
        raise ValueError(f"it has {len(entries)} layers")
    layers: list[tuple[Floats, Floats]] = []
    for entry in entries:
        n_in, n_out = _neurons(entry["num_inputs"]), _neurons(entry["num_outputs"])
        layers.append(
            _layer(np.array(entry["weights"], np.float64), np.array(entry["biases"], np.float64), n_in, n_out)
        )
    return _joined(layers)


def _block(network: CoordinateNetwork) -> bytes:
    shape = network.architecture
    block, entries = bytearray(), b""
    for weights, biases in zip(network.weights, network.biases, strict=True):
        places = []
        for values, alignment in ((weights.T, _MATRIX_ALIGNMENT), (biases, _BIAS_ALIGNMENT)):
            block += bytes(-len(block) % alignment)
            places.append(len(block))
            block += np.ascontiguousarray(values, "<f2").tobytes()
        n_in, n_out = weights.shape
        entries += _LAYER.pack(n_in, n_out, 2 * n_in * n_out, 2 * n_out, *places)
    block += bytes(-len(block) % _MATRIX_ALIGNMENT)
    head = _HEADER.pack(_VERSION, shape.hidden_layers, shape.inputs, shape.width, shape.channels, 0, 0)
    return head + entries.ljust(_MOST_LAYERS * _LAYER.size, b"\0") + _TAIL.pack(0, len(block)) + bytes(block)


def _from_block(data: bytes) -> Layers:
    version, hidden, *_, weight_kind, bias_kind = _HEADER.unpack_from(data)
    if version != _VERSION:
        raise ValueError("its first bytes are those of something else")
    if not 1 <= hidden < _MOST_LAYERS or weight_kind or bias_kind:
        raise ValueError("it has too many layers or numbers other than float16")
    first = _HEADER.size + _MOST_LAYERS * _LAYER.size
    layout, size = _TAIL.unpack_from(data, first)
    if layout not in (0, 1):
        raise ValueError("its matrices lie as one graphics card wants them")
    block = data[first + _TAIL.size :]
    if len(block) != size:
        raise ValueError("it ends too early")
    layers: list[tuple[Floats, Floats]] = []
    for i in range(hidden + 1):
        n_in, n_out, _, _, weights_at, biases_at = _LAYER.unpack_from(data, _HEADER.size + i * _LAYER.size)
        n_in, n_out = _neurons(n_in), _neurons(n_out)
        weights = np.frombuffer(block, "<f2", n_in * n_out, weights_at).astype(np.float64)
        biases = np.frombuffer(block, "<f2", n_out, biases_at).astype(np.float64)
        if layout == 1:
            weights = weights.reshape(n_in, n_out).T.ravel()
        layers.append(_layer(weights, biases, n_in, n_out))
    return _joined(layers)


def _neurons(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= _MOST_NEURONS:
        raise ValueError(f"a layer has {value!r} neurons")
    return value


def _layer(weights: np.ndarray, biases: np.ndarray, n_in: int, n_out: int) -> tuple[Floats, Floats]:
    """[out · in] as [in, out]."""
    if weights.size != n_in * n_out or biases.size != n_out:
        raise ValueError("a layer has another number of weights than it says")
    if not (np.isfinite(weights).all() and np.isfinite(biases).all()):
        raise ValueError("a weight is no number")
    return np.ascontiguousarray(weights.reshape(n_out, n_in).T, np.float32), biases.astype(np.float32).ravel()


def _joined(layers: list[tuple[Floats, Floats]]) -> Layers:
    for (before, _), (after, _) in itertools.pairwise(layers):
        if before.shape[1] != after.shape[0]:
            raise ValueError("its layers don't fit together")
    return layers
