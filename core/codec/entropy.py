"""Latents on disk: entropy-coded in tiles, each of which can be decoded without the others.

The coder itself is asymmetric numeral systems (Duda et al. 2015) from the ``constriction`` library; what it is told to
expect comes from core/codec/entropy_model.py. docs/container.md describes the result bit by bit.
"""

from __future__ import annotations

import importlib
import math
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.codec.entropy_fit import fit, sampled_cost
from core.codec.entropy_model import (
    CODE,
    NEAREST,
    TILE,
    VALUE,
    BrokenError,
    Ints,
    Model,
    base,
    digit_steps,
    expectation,
    neighbours,
    rounded,
    wavefronts,
)
from core.codec.entropy_model import tiles as tiles_of
from core.codec.layout import code_type
from core.codec.neural_texture import Codes
from core.codec.packing import pack, unpack
from core.one_core import one_core

Shape = tuple[int, int, int]
"""(height, width, features) of a grid."""
Read = Callable[[int, int], bytes]
"""Gives ``size`` bytes of a section from ``offset``."""

LEAST = 1024
"""Bytes of packed codes from which on entropy coding is worth its time."""
MOST_GAIN = 16
"""A section takes at least this part of what packed codes would take; zeros at its end see to it. So a reader knows how
much a file of some size can ask it to allocate."""

_PACKED = 1 << 31
"""Set in a tile's number of words if its codes are packed, not coded."""
_HEAD = struct.Struct("<IHI")
_ENTRY = struct.Struct("<II")
_SMALL = 4096
"""Latents up to which encoding is quicker than sampling is exact."""
_STREAM_END = 5
"""Bytes that a stream takes on average because it ends with whole words."""
_TOGETHER = 1 << 21
# A compiled library without type information.
_stream = importlib.import_module("constriction").stream
_Coder = _stream.stack.AnsCoder
_FAMILY = _stream.model.Categorical(perfect=False)


def encode(codes: Codes, bits: int, at_least: int = 0) -> bytes:
    """The section for a grid of codes [h, w, F] below 2^bits; on one machine always the same.

    Where it would have fewer than ``at_least`` bytes, tiles are packed instead, as many as it takes: they are read
    faster.
    """
    height, width, _ = codes.shape
    places = list(tiles_of(height, width, TILE))
    with one_core():
        model = fit(codes, bits)
        tiles = [_encode_tile(codes[rows, columns], bits, model) for rows, columns in places]
    packed = model.pack()
    missing = at_least - (_HEAD.size + len(packed) + _ENTRY.size * len(tiles) + sum(map(len, tiles)))
    flags = [0] * len(tiles)
    for number, (rows, columns) in enumerate(places):
        if missing <= 0:
            break
        plain = pack(codes[rows, columns], bits)
        plain = plain.ljust(-(-len(plain) // 4) * 4, b"\0")
        if len(plain) > len(tiles[number]):
            missing -= len(plain) - len(tiles[number])
            tiles[number], flags[number] = plain, _PACKED
    entries = zip(tiles, flags, strict=True)
    index = b"".join(_ENTRY.pack(len(tile) // 4 | flag, zlib.crc32(tile)) for tile, flag in entries)
    head = _HEAD.pack(0, TILE, len(packed))[4:] + packed + index
    section = b"".join([struct.pack("<I", zlib.crc32(head)), head, *tiles])
    return section.ljust(math.ceil(codes.size * bits / 8 / MOST_GAIN), b"\0")


def size(codes: Codes, bits: int) -> int:
    """How many bytes a grid of codes [h, w, F] takes in a file; takes as long as writing it."""
    packed = math.ceil(codes.size * bits / 8)
    return packed if packed < LEAST else min(packed, len(encode(codes, bits)))


def estimate(codes: Codes, bits: int) -> float:
    """About how many bytes a grid of codes [h, w, F] takes in a file; quick also for large grids."""
    height, width, _ = codes.shape
    packed = math.ceil(codes.size * bits / 8)
    if packed < LEAST:
        return packed
    if height * width <= _SMALL:
        return size(codes, bits)
    count = math.ceil(height / TILE) * math.ceil(width / TILE)
    with one_core():
        cost = sampled_cost(codes, bits)
    return min(packed, cost / 8 + _HEAD.size + count * (_ENTRY.size + _STREAM_END))


def decode(data: bytes, shape: Shape, bits: int) -> Codes:
    """The codes [h, w, F] of a section. Raises BrokenError if it is damaged."""
    return Section(lambda offset, size: data[offset : offset + size], len(data), shape, bits).decode()


def decode_tile(data: bytes, shape: Shape, bits: int, row: int, column: int) -> Codes:
    """The codes of one tile; ``row`` and ``column`` count tiles. Raises BrokenError if it is damaged."""
    return Section(lambda offset, size: data[offset : offset + size], len(data), shape, bits).tile(row, column)


@dataclass(frozen=True)
class _Tile:
    rows: slice
    columns: slice
    offset: int
    size: int
    checksum: int
    packed: bool

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start


class Section:
    """An entropy-coded grid, of which only what is asked for is read.

    Raises BrokenError, here and in its methods, for a damaged section, and before anything of the grid's size is
    allocated. ``length`` is the section's.
    """

    def __init__(self, read: Read, length: int, shape: Shape, bits: int) -> None:
        self._read, self._shape, self._bits = read, shape, bits
        height, width, features = shape
        if length * MOST_GAIN * 8 < height * width * features * bits:
            raise BrokenError("a coded grid is too short")
        checksum, edge, model_size = _HEAD.unpack(self._bytes(0, _HEAD.size))
        if edge != TILE:
            raise BrokenError("a grid's tiles have an unknown size")
        self.rows, self.columns = math.ceil(height / TILE), math.ceil(width / TILE)
        index_size = _ENTRY.size * self.rows * self.columns
        if _HEAD.size + model_size + index_size > length:
            raise BrokenError("a coded grid is too short")
        head = self._bytes(4, _HEAD.size - 4 + model_size + index_size)
        if zlib.crc32(head) != checksum:
            raise BrokenError("a coded grid's checksum is wrong")
        model_at = _HEAD.size - 4
        self.model = Model.unpack(head[model_at : model_at + model_size], features)
        self._tiles: list[_Tile] = []
        at = _HEAD.size + model_size + index_size
        places = tiles_of(height, width, TILE)
        for (rows, columns), entry in zip(places, _ENTRY.iter_unpack(head[model_at + model_size :]), strict=True):
            size, plain = 4 * (entry[0] & ~_PACKED), bool(entry[0] & _PACKED)
            tile = _Tile(rows, columns, at, size, entry[1], plain)
            if plain and size != -(-tile.shape[0] * tile.shape[1] * features * bits // 32) * 4:
                raise BrokenError("a packed tile has a wrong length")
            self._tiles.append(tile)
            at += size
        if at > length:
            raise BrokenError("a coded grid is too short")

    def tile(self, row: int, column: int) -> Codes:
        """The codes [h, w, F] of the tile in ``row`` and ``column`` of the tiles; only its bytes are read."""
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            raise IndexError(f"tile {row}, {column} of {self.rows} × {self.columns}")
        return self._decode([self._tiles[row * self.columns + column]])[0]

    def decode(self) -> Codes:
        """All codes [h, w, F]."""
        codes = np.empty(self._shape, code_type(self._bits))
        together: dict[tuple[tuple[int, int], bool], list[_Tile]] = {}
        for tile in self._tiles:
            together.setdefault((tile.shape, tile.packed), []).append(tile)
        for ((height, width), _), alike in together.items():
            count = max(1, _TOGETHER // (height * width * self._shape[2]))
            for first in range(0, len(alike), count):
                some = alike[first : first + count]
                for tile, values in zip(some, self._decode(some), strict=True):
                    codes[tile.rows, tile.columns] = values
        return codes

    def _bytes(self, offset: int, size: int) -> bytes:
        data = self._read(offset, size)
        if len(data) != size:
            raise BrokenError("a coded grid is too short")
        return data

    def _decode(self, tiles: Sequence[_Tile]) -> Codes:
        height, width = tiles[0].shape
        streams = []
        for tile in tiles:
            stream = self._bytes(tile.offset, tile.size)
            if zlib.crc32(stream) != tile.checksum:
                raise BrokenError("a tile's checksum is wrong")
            streams.append(np.frombuffer(stream, "<u4").astype(np.uint32))
        if tiles[0].packed:
            shape = height, width, self._shape[2]
            return np.stack([unpack(stream.astype("<u4").tobytes(), shape, self._bits) for stream in streams])
        codes = _decode_tiles(streams, height, width, self._bits, self.model)
        return codes.reshape(len(tiles), height, width, -1)


def _encode_tile(codes: Codes, bits: int, model: Model) -> bytes:
    height, width, features = codes.shape
    flat = codes.reshape(-1, features).astype(np.int64)
    predictions, nearby = model.predict(flat, height, width, bits)
    scales = model.scales[model.classes(nearby)]
    digits = []
    rows = []
    for step in digit_steps(bits):
        lows = flat // (step * base(bits)) * (step * base(bits))
        expected = expectation(predictions.ravel(), scales.ravel(), lows.ravel(), step, bits)
        rows.append(expected.reshape(-1, features, base(bits)))
        digits.append((flat - lows) // step)
    # [latents, features, digits] → within a step of the wavefront: feature, digit, latent.
    every_digit, every_row = np.stack(digits, axis=2), np.stack(rows, axis=2)
    order = _coding_order(height, width, features * len(digits))
    coder = _Coder()
    coder.encode_reverse(
        every_digit.reshape(-1)[order].astype(np.int32), _FAMILY, every_row.reshape(-1, base(bits))[order]
    )
    return coder.get_compressed().astype("<u4").tobytes()


def _coding_order(height: int, width: int, per_latent: int) -> Ints:
    """Indices into [latents, features × digits] in coding order."""
    inner = np.arange(per_latent)[:, None]
    return np.concatenate([(step * per_latent + inner).ravel() for step in wavefronts(height, width)])


def _decode_tiles(streams: list[NDArray[np.uint32]], height: int, width: int, bits: int, model: Model) -> Codes:
    """Codes [tiles, h·w, F] of tiles of one size, all of them in step."""
    tiles, places, features = len(streams), height * width, model.features
    coders = [_Coder(stream) for stream in streams]
    near = neighbours(height, width)
    # The entry behind the last latent stands for everything outside.
    values = np.zeros((tiles, places + 1, features))
    misses = np.zeros((tiles, places + 1), np.int64)
    codes = np.zeros((tiles, places, features), code_type(bits))
    for step in wavefronts(height, width):
        count = len(step)
        around = values[:, near[step]].reshape(tiles * count, -1)
        predictions = np.ascontiguousarray(model.start(around).T)
        nearby = misses[:, near[step, :NEAREST]].sum(axis=2).ravel()
        scales = model.scales.T[:, model.classes(nearby)]
        decoded = np.empty((features, tiles * count), np.int64)
        missed = np.zeros(tiles * count, np.int64)
        for feature in range(features):
            expected = rounded(predictions[feature], bits)
            code = np.zeros(tiles * count, np.int64)
            for unit in digit_steps(bits):
                rows = expectation(expected, scales[feature], code, unit, bits)
                parts = [coder.decode(_FAMILY, rows[i * count : (i + 1) * count]) for i, coder in enumerate(coders)]
                code += unit * np.concatenate(parts)
            decoded[feature] = code
            missed += np.abs(CODE * code - expected)
            value = VALUE * code - model.means[feature]
            predictions[feature + 1 :] += model.own[feature, feature + 1 :, None] * value
        if decoded.max() >= 2**bits:
            raise BrokenError("a tile holds codes out of range")
        by_tile = decoded.T.reshape(tiles, count, features)
        codes[:, step] = by_tile
        values[:, step] = model.values(by_tile)
        misses[:, step] = missed.reshape(tiles, count)
    if not all(coder.is_empty() for coder in coders):
        raise BrokenError("a tile is longer than its codes")
    return codes
