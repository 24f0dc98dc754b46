"""A trained coordinate network as plain arrays, and what it shows. No torch: looking at one loads nothing heavy."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from core.coordinate.encodings import Floats, HashGrid, encoded, values_per_coordinate
from core.coordinate.settings import LabSettings
from core.one_core import one_core
from core.textures.material import Pixels

LEAK = 0.01
_ROWS = 8192
"""Places at once: their activations stay in the caches."""


@dataclass(frozen=True)
class Architecture:
    """The shape of a network. ``grid`` only with the hash encoding; ``channels`` 3 or 4."""

    encoding: str = "frequency"
    values: int = 6
    hidden_layers: int = 4
    width: int = 64
    activation: str = "leaky-relu"
    channels: int = 3
    grid: HashGrid | None = None

    @property
    def inputs(self) -> int:
        if self.grid is not None:
            return self.grid.levels * self.grid.features
        return 2 * values_per_coordinate(self.encoding, self.values)

    @property
    def shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) of every layer."""
        sizes = (self.inputs, *([self.width] * self.hidden_layers), self.channels)
        return tuple(itertools.pairwise(sizes))

    @property
    def parameters(self) -> int:
        """Learned numbers: weights, biases and the hash table."""
        table = self.grid.entries * self.grid.features if self.grid is not None else 0
        return table + sum(n_in * n_out + n_out for n_in, n_out in self.shapes)

    @property
    def multiply_adds(self) -> int:
        """For one pixel: the layers, and the blending of four grid points a level."""
        blending = 4 * self.inputs if self.grid is not None else 0
        return blending + sum(n_in * n_out for n_in, n_out in self.shapes)


def architecture_of(settings: LabSettings, channels: int) -> Architecture:
    grid = None
    if settings.encoding == "hash":
        grid = HashGrid(
            settings.hash_levels,
            settings.hash_features,
            settings.hash_table,
            settings.hash_coarsest,
            settings.hash_finest,
        )
    return Architecture(
        settings.encoding,
        settings.values,
        settings.hidden_layers,
        settings.width,
        settings.activation,
        channels,
        grid,
    )


@dataclass(frozen=True)
class Rounding:
    """What the numbers of a rounded network are multiples of: below 16 bits ``steps`` float32 [out] per layer, and
    ``table_steps`` float32 [levels] with the hash encoding; 16 are half floats, which need none."""

    bits: int
    steps: tuple[Floats, ...] = ()
    table_steps: Floats | None = None


@dataclass(frozen=True)
class CoordinateNetwork:
    """``weights`` [in, out] and ``biases`` [out] per layer, ``table`` [entries, features] with the hash encoding, all
    float32. ``width`` and ``height`` are those of the picture it learned, ``steps`` how long it did; ``rounding`` is
    None for numbers as they were learned."""

    name: str
    architecture: Architecture
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    table: Floats | None
    width: int
    height: int
    steps: int = 0
    rounding: Rounding | None = None

    def decode(
        self, width: int | None = None, height: int | None = None, check: Callable[[], object] = lambda: None
    ) -> Pixels:
        """The picture, float32 H × W × C in [0, 1], at the texel centres of ``width`` × ``height`` (as learned)."""
        return self.at(self.columns(width), self.rows(height), check)

    def columns(self, width: int | None = None) -> Floats:
        """The u of the texel centres."""
        return _centres(width or self.width)

    def rows(self, height: int | None = None) -> Floats:
        """The v of the texel centres."""
        return _centres(height or self.height)

    def at(self, u: Floats, v: Floats, check: Callable[[], object] = lambda: None) -> Pixels:
        """The values at all pairs of columns ``u`` [W] and rows ``v`` [H], float32 H × W × C.

        ``check`` is called every few milliseconds and may raise to give up; it may not wait.
        """
        inputs = self._inputs(u, v)
        picture = np.empty((len(v) * len(u), self.architecture.channels), np.float32)
        # Products as narrow as these are quickest on one core; several would wait for each other, and for a training.
        with one_core():
            for first in range(0, len(picture), _ROWS):
                check()
                places = np.arange(first, min(first + _ROWS, len(picture)))
                picture[places] = self._evaluated(inputs(places % len(u), places // len(u)))
        return picture.reshape(len(v), len(u), -1)

    def _inputs(self, u: Floats, v: Floats) -> Callable[[np.ndarray, np.ndarray], Floats]:
        """A function from numbers of columns and rows to the network's inputs there."""
        shape = self.architecture
        if shape.grid is None:
            columns, rows = (encoded(shape.encoding, shape.values, x) for x in (u, v))
            return lambda x, y: np.concatenate([columns[x], rows[y]], axis=1)
        grid, table = shape.grid, self.table
        assert table is not None
        (left, across), (top, down) = grid.corners(u), grid.corners(v)

        def blended(x: np.ndarray, y: np.ndarray) -> Floats:
            features = np.zeros((len(x), grid.levels, grid.features), np.float32)
            for level in range(grid.levels):
                right, lower = across[x, level], down[y, level]
                for dy in (0, 1):
                    for dx in (0, 1):
                        share = (right if dx else 1 - right) * (lower if dy else 1 - lower)
                        rows = table[grid.index(level, left[x, level] + dx, top[y, level] + dy)]
                        features[:, level] += share[:, None] * rows
            return features.reshape(len(x), -1)

        return blended

    def _evaluated(self, values: Floats) -> Floats:
        last = len(self.weights) - 1
        for i, (weights, biases) in enumerate(zip(self.weights, self.biases, strict=True)):
            values = values @ weights
            values += biases
            values = _activated(values, self.architecture.activation) if i < last else _sigmoid(values)
        return values

    def quantised(self, bits: int) -> CoordinateNetwork:
        """Every weight rounded to one of 2^``bits`` − 1 even steps between ± the largest of its neuron, the table's to
        those of its level; 16 are half floats and 32 leave all as it is. Biases keep 16 bits."""
        if bits >= 32:
            return self
        biases = tuple(_half(values) for values in self.biases)
        if bits >= 16:
            table = None if self.table is None else _half(self.table)
            weights = tuple(_half(values) for values in self.weights)
            return dataclasses.replace(self, weights=weights, biases=biases, table=table, rounding=Rounding(16))
        steps = tuple(_step(values, bits) for values in self.weights)
        weights = tuple(np.round(values / step) * step for values, step in zip(self.weights, steps, strict=True))
        table = table_steps = None
        grid = self.architecture.grid
        if self.table is not None and grid is not None:
            levels = np.array([level.first for level in grid.grids])
            table_steps = _step(np.maximum.reduceat(np.abs(self.table).max(axis=1), levels)[None], bits)
            per_entry = grid.per_entry(table_steps)
            table = np.round(self.table / per_entry) * per_entry
        rounding = Rounding(bits, steps, table_steps)
        return dataclasses.replace(self, weights=weights, biases=biases, table=table, rounding=rounding)


def _centres(count: int) -> Floats:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def _half(values: Floats) -> Floats:
    return values.astype(np.float16).astype(np.float32)


def _step(values: Floats, bits: int) -> Floats:
    """Per column, so that its largest number is one of 2^``bits`` − 1 even steps."""
    top = 2 ** (bits - 1) - 1
    return (np.maximum(np.abs(values).max(axis=0), 1e-12) / top).astype(np.float32)


def _activated(values: Floats, activation: str) -> Floats:
    if activation == "leaky-relu":
        return np.maximum(values, values * np.float32(LEAK), out=values)
    if activation == "relu":
        return np.maximum(values, 0, out=values)
    if activation == "tanh":
        return np.tanh(values, out=values)
    return values * _sigmoid(values.copy())


def _sigmoid(values: Floats) -> Floats:
    np.clip(values, -60.0, 60.0, out=values)
    np.negative(values, out=values)
    np.exp(values, out=values)
    values += 1
    return np.reciprocal(values, out=values)


def bits_of(settings: LabSettings) -> int:
    return int(settings.weight_bits)
