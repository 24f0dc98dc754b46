"""The ``.texnet`` file: a coordinate network with its exact numbers, packed where they are rounded. See docs/lab.md."""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.coordinate import SUFFIX, rtx_file
from core.coordinate.encodings import HashGrid
from core.coordinate.network import Architecture, CoordinateNetwork, Rounding
from core.coordinate.settings import ACTIVATIONS, ENCODINGS, LabSettings
from core.errors import DamagedFileError, InputError
from core.files import write_bytes
from core.jobs import describe

_MAGIC = b"TEXNET\x1a\n"
_VERSION, _PACKED_VERSION = 1, 2
_PACKED_BITS = (16, 8, 6, 4)
_PREFIX = struct.Struct("<8sHHIIIQ")
_MOST_HEADER = 1 << 16
_MOST_SIDE = 16384
_LIMITS = {field.name: (field.low, field.high) for field in describe(LabSettings) if field.low is not None}


def write(network: CoordinateNetwork, path: Path) -> int:
    """Write atomically; returns the number of bytes. Raises OutputError."""
    data = encode(network)
    write_bytes(path, data)
    return len(data)


def encode(network: CoordinateNetwork) -> bytes:
    """The file's bytes."""
    shape = network.architecture
    header = {
        "name": network.name,
        "encoding": shape.encoding,
        "values": shape.values,
        "hidden_layers": shape.hidden_layers,
        "width": shape.width,
        "activation": shape.activation,
        "channels": shape.channels,
        "grid": None if shape.grid is None else dataclasses.asdict(shape.grid),
        "picture": [network.width, network.height],
        "steps": network.steps,
    }
    rounding = network.rounding
    if rounding is not None:
        header["bits"] = rounding.bits
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    numbers = b"".join(_numbers(network))
    version = _VERSION if rounding is None else _PACKED_VERSION
    prefix = _PREFIX.pack(_MAGIC, version, 0, len(text), zlib.crc32(text), zlib.crc32(numbers), len(numbers))
    return prefix + text + numbers


def _numbers(network: CoordinateNetwork) -> Iterator[bytes]:
    """The blocks of numbers: table, then the weights and biases of each layer."""
    rounding, grid = network.rounding, network.architecture.grid
    bits = 32 if rounding is None else rounding.bits
    layers = zip(network.weights, network.biases, strict=True)
    if rounding is None or bits == 16:
        kind = "<f4" if bits == 32 else "<f2"
        arrays = [] if network.table is None else [network.table]
        for weights, biases in layers:
            arrays += [weights, biases]
        yield from (np.ascontiguousarray(array, kind).tobytes() for array in arrays)
        return
    if network.table is not None and grid is not None and rounding.table_steps is not None:
        yield rounding.table_steps.astype("<f4").tobytes()
        yield _packed(network.table, grid.per_entry(rounding.table_steps), bits)
    for (weights, biases), steps in zip(layers, rounding.steps, strict=True):
        yield steps.astype("<f4").tobytes()
        yield _packed(weights, steps, bits)
        yield biases.astype("<f2").tobytes()


def numbers_size(shape: Architecture, bits: int) -> int:
    """Bytes of the numbers of a network, whole (32) or rounded to so many bits: nearly all of its file."""
    if bits >= 16:
        return shape.parameters * bits // 8
    size = 0
    if shape.grid is not None:
        size = 4 * shape.grid.levels + _packed_size(shape.grid.entries * shape.grid.features, bits)
    return size + sum(4 * n_out + _packed_size(n_in * n_out, bits) + 2 * n_out for n_in, n_out in shape.shapes)


def _packed_size(count: int, bits: int) -> int:
    return -(-count * bits // 8)


def _packed(values: np.ndarray, steps: np.ndarray, bits: int) -> bytes:
    """Multiples of the steps as unsigned numbers of so many bits, one behind the other, the highest bit first."""
    codes = (np.round(values / steps) + 2 ** (bits - 1)).astype(np.uint8).reshape(-1, 1)
    return np.packbits(np.unpackbits(codes, axis=1)[:, 8 - bits :]).tobytes()


def _unpacked(data: bytes, shape: tuple[int, int], steps: np.ndarray, bits: int) -> np.ndarray:
    count = shape[0] * shape[1]
    lowest = np.unpackbits(np.frombuffer(data, np.uint8), count=count * bits).reshape(count, bits)
    codes = np.packbits(np.pad(lowest, ((0, 0), (8 - bits, 0))), axis=1).reshape(shape)
    return (codes.astype(np.float32) - np.float32(2 ** (bits - 1))) * steps


def read(path: Path) -> CoordinateNetwork:
    """Raises InputError if it can't be read, DamagedFileError with one sentence if it is no complete, valid file."""
    try:
        with path.open("rb") as file:
            prefix = file.read(_PREFIX.size)
            if len(prefix) < _PREFIX.size or not prefix.startswith(_MAGIC):
                raise DamagedFileError(f"{path} is not a {SUFFIX} file.", path)
            _, version, _, header_size, header_sum, number_sum, size = _PREFIX.unpack(prefix)
            if version not in (_VERSION, _PACKED_VERSION):
                raise DamagedFileError(
                    f"{path} was written by a newer Texloom (format {version}); update Texloom.", path
                )
            if header_size > _MOST_HEADER or path.stat().st_size != _PREFIX.size + header_size + size:
                raise _damaged(path)
            text = file.read(header_size)
            if zlib.crc32(text) != header_sum:
                raise _damaged(path)
            header = json.loads(text)
            bare = _bare(header)
            bits = 32 if version == _VERSION else header["bits"]
            if version == _PACKED_VERSION and bits not in _PACKED_BITS:
                raise _damaged(path)
            # The header says how many numbers there must be, so nothing is read that it doesn't ask for.
            if size != numbers_size(bare.architecture, bits):
                raise _damaged(path)
            data = file.read(size)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", path) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _damaged(path) from error
    if zlib.crc32(data) != number_sum:
        raise _damaged(path)
    network = _filled(bare, data, bits)
    arrays = (*network.weights, *network.biases, *(() if network.table is None else (network.table,)))
    if not all(np.isfinite(array).all() for array in arrays):
        raise _damaged(path)
    return network


def read_any(path: Path) -> CoordinateNetwork:
    """A network in any layout that is known, by the suffix. Raises InputError, DamagedFileError."""
    return rtx_file.read(path) if path.suffix.lower() in rtx_file.SUFFIXES else read(path)


def settings_of(network: CoordinateNetwork, settings: LabSettings) -> LabSettings:
    """``settings`` with the shape of ``network``, so that training can go on from it.

    Raises InputError for a shape that the settings can't ask for.
    """
    shape = network.architecture
    changes: dict[str, Any] = {
        "encoding": shape.encoding,
        "values": shape.values,
        "hidden_layers": shape.hidden_layers,
        "width": shape.width,
        "activation": shape.activation,
    }
    if shape.grid is not None:
        changes |= {
            "hash_levels": shape.grid.levels,
            "hash_features": shape.grid.features,
            "hash_table": shape.grid.table_bits,
            "hash_coarsest": shape.grid.coarsest,
            "hash_finest": shape.grid.finest,
        }
    return dataclasses.replace(settings, **changes)


def _filled(bare: CoordinateNetwork, data: bytes, bits: int) -> CoordinateNetwork:
    """The network with its numbers, in the order of the file."""
    shape, at = bare.architecture, 0

    def taken(count: int, kind: str) -> np.ndarray:
        nonlocal at
        values = np.frombuffer(data, kind, count, at).astype(np.float32)
        at += values.size * np.dtype(kind).itemsize
        return values

    def matrix(rows: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
        """And the steps that its columns are multiples of, or none."""
        nonlocal at
        if bits >= 16:
            return taken(rows * columns, "<f4" if bits == 32 else "<f2").reshape(rows, columns), np.empty(0)
        steps = taken(columns, "<f4")
        size = _packed_size(rows * columns, bits)
        values = _unpacked(data[at : at + size], (rows, columns), steps, bits)
        at += size
        return values, steps

    table = table_steps = None
    if (grid := shape.grid) is not None and bits >= 16:
        table = matrix(grid.entries, grid.features)[0]
    elif grid is not None:
        table_steps = taken(grid.levels, "<f4")
        size = _packed_size(grid.entries * grid.features, bits)
        whole = (grid.entries, grid.features)
        table = _unpacked(data[at : at + size], whole, grid.per_entry(table_steps), bits)
        at += size
    weights, biases, steps = [], [], []
    for n_in, n_out in shape.shapes:
        values, own = matrix(n_in, n_out)
        weights.append(values)
        steps.append(own)
        biases.append(taken(n_out, "<f4" if bits == 32 else "<f2"))
    rounding = None
    if bits < 32:
        rounding = Rounding(bits, tuple(steps) if bits < 16 else (), table_steps)
    return dataclasses.replace(bare, weights=tuple(weights), biases=tuple(biases), table=table, rounding=rounding)


def _bare(header: Mapping[str, Any]) -> CoordinateNetwork:
    """The network without numbers. Raises ValueError, KeyError or TypeError."""
    if header["encoding"] not in ENCODINGS or header["activation"] not in ACTIVATIONS:
        raise ValueError("unknown encoding or activation")
    grid = None
    if header["encoding"] == "hash":
        names = {"levels": "hash_levels", "features": "hash_features", "table_bits": "hash_table"}
        names |= {"coarsest": "hash_coarsest", "finest": "hash_finest"}
        grid = HashGrid(**{name: _whole(header["grid"][name], limits) for name, limits in names.items()})
    width, height = (_between(side, 1, _MOST_SIDE) for side in header["picture"])
    architecture = Architecture(
        header["encoding"],
        _whole(header["values"], "values"),
        _whole(header["hidden_layers"], "hidden_layers"),
        _whole(header["width"], "width"),
        header["activation"],
        _between(header["channels"], 3, 4),
        grid,
    )
    name, steps = str(header["name"]), _between(header["steps"], 0, 2**62)
    return CoordinateNetwork(name, architecture, (), (), None, width, height, steps)


def _whole(value: Any, limits: str) -> int:
    low, high = _LIMITS[limits]
    return _between(value, low or 0, math.inf if high is None else high)


def _between(value: Any, low: float, high: float) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{value!r} is not a whole number from {low} to {high}")
    return value


def _damaged(path: Path) -> DamagedFileError:
    return DamagedFileError(f"{path} is damaged; it can't be read, so use another copy or train it again.", path)
