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
class CoordinateNetwork:
    """``weights`` [in, out] and ``biases`` [out] per layer, ``table`` [entries, features] with the hash encoding, all
    float32. ``width`` and ``height`` are those of the picture it learned, ``steps`` how long it did."""

    name: str
    architecture: Architecture
    weights: tuple[Floats, ...]
    biases: tuple[Floats, ...]
    table: Floats | None
    width: int
    height: int
    steps: int = 0

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
        if bits >= 16:
            half = lambda values: values.astype(np.float16).astype(np.float32)  # noqa: E731
            weights, table = tuple(map(half, self.weights)), None if self.table is None else half(self.table)
        else:
            weights = tuple(_stepped(values, bits) for values in self.weights)
            table = None if self.table is None else self.table.copy()
            if table is not None and self.architecture.grid is not None:
                for grid in self.architecture.grid.grids:
                    rows = slice(grid.first, grid.first + grid.entries)
                    table[rows] = _stepped(table[rows].reshape(-1, 1), bits).reshape(table[rows].shape)
        biases = tuple(values.astype(np.float16).astype(np.float32) for values in self.biases)
        return dataclasses.replace(self, weights=weights, biases=biases, table=table)


def _centres(count: int) -> Floats:
    return ((np.arange(count) + 0.5) / count).astype(np.float32)


def _stepped(values: Floats, bits: int) -> Floats:
    top = 2 ** (bits - 1) - 1
    step = np.maximum(np.abs(values).max(axis=0), 1e-12) / top
    return (np.round(values / step) * step).astype(np.float32)


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
