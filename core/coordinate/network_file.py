"""The ``.texnet`` file: a coordinate network with its exact numbers. See docs/lab.md."""

from __future__ import annotations

import dataclasses
import json
import math
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.coordinate import SUFFIX, rtx_file
from core.coordinate.encodings import HashGrid
from core.coordinate.network import Architecture, CoordinateNetwork
from core.coordinate.settings import ACTIVATIONS, ENCODINGS, LabSettings
from core.errors import DamagedFileError, InputError
from core.files import write_bytes
from core.jobs import describe

_MAGIC = b"TEXNET\x1a\n"
_VERSION = 1
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
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    arrays = [] if network.table is None else [network.table]
    for weights, biases in zip(network.weights, network.biases, strict=True):
        arrays += [weights, biases]
    numbers = b"".join(np.ascontiguousarray(array, "<f4").tobytes() for array in arrays)
    prefix = _PREFIX.pack(_MAGIC, _VERSION, 0, len(text), zlib.crc32(text), zlib.crc32(numbers), len(numbers))
    return prefix + text + numbers


def read(path: Path) -> CoordinateNetwork:
    """Raises InputError if it can't be read, DamagedFileError with one sentence if it is no complete, valid file."""
    try:
        with path.open("rb") as file:
            prefix = file.read(_PREFIX.size)
            if len(prefix) < _PREFIX.size or not prefix.startswith(_MAGIC):
                raise DamagedFileError(f"{path} is not a {SUFFIX} file.", path)
            _, version, _, header_size, header_sum, number_sum, size = _PREFIX.unpack(prefix)
            if version != _VERSION:
                raise DamagedFileError(
                    f"{path} was written by a newer Texloom (format {version}); update Texloom.", path
                )
            if header_size > _MOST_HEADER or path.stat().st_size != _PREFIX.size + header_size + size:
                raise _damaged(path)
            text = file.read(header_size)
            if zlib.crc32(text) != header_sum:
                raise _damaged(path)
            bare = _bare(json.loads(text))
            # The header says how many numbers there must be, so nothing is read that it doesn't ask for.
            if size != 4 * bare.architecture.parameters:
                raise _damaged(path)
            data = file.read(size)
    except OSError as error:
        raise InputError(f"{path} can't be read: {error.strerror}.", path) from error
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _damaged(path) from error
    numbers = np.frombuffer(data, "<f4").astype(np.float32)
    if zlib.crc32(data) != number_sum or not np.isfinite(numbers).all():
        raise _damaged(path)
    return _filled(bare, numbers)


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


def _filled(bare: CoordinateNetwork, numbers: np.ndarray) -> CoordinateNetwork:
    """The network with its numbers, in the order of the file."""
    shape, at = bare.architecture, 0
    table = None
    if shape.grid is not None:
        at = shape.grid.entries * shape.grid.features
        table = numbers[:at].reshape(shape.grid.entries, shape.grid.features).copy()
    weights, biases = [], []
    for n_in, n_out in shape.shapes:
        weights.append(numbers[at : at + n_in * n_out].reshape(n_in, n_out).copy())
        at += n_in * n_out
        biases.append(numbers[at : at + n_out].copy())
        at += n_out
    return dataclasses.replace(bare, weights=tuple(weights), biases=tuple(biases), table=table)


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
