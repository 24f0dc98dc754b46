"""What a network is given instead of bare coordinates, as formulas in numpy; trainer, shaders and docs follow them.

Coordinates run over [0, 1]; u to the right, v down. All but the hash grid treat each coordinate by itself and put the
numbers of u before those of v.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PRIME = 2654435761
"""Multiplies the row in the spatial hash (Teschner et al. 2003); the column is taken as it is."""


def values_per_coordinate(encoding: str, values: int) -> int:
    """How many numbers :func:`encoded` makes of a coordinate."""
    return 1 if encoding == "none" else values


def encoded(encoding: str, values: int, coordinate: Floats) -> Floats:
    """float32 [n, values] of coordinates [n]; ``none`` gives [n, 1].

    frequency (Mildenhall et al. 2020)
        sin(2^j π x), cos(2^j π x) for j = 0, 1, … in turn.
    triangle
        4 |fract(2^(k − 1) x + k / 4) − ½| − 1 for k = 0, 1, …: waves that cost no sine, shifted against each other.
    one-blob (Müller et al. 2019)
        exp(−½ (n x − k − ½)²) for k = 0 … n − 1: a bump as wide as one of n bins, seen from the middle of each.
    """
    x = np.asarray(coordinate, np.float64)[:, None]
    k = np.arange(values_per_coordinate(encoding, values))
    if encoding == "frequency":
        angle = x * (np.pi * 2.0 ** (k // 2))
        made = np.where(k % 2 == 0, np.sin(angle), np.cos(angle))
    elif encoding == "triangle":
        position = x * 2.0 ** (k - 1) + 0.25 * k
        made = 4.0 * np.abs(position - np.floor(position) - 0.5) - 1.0
    elif encoding == "one-blob":
        made = np.exp(-0.5 * (values * x - k - 0.5) ** 2)
    elif encoding == "none":
        made = x
    else:
        raise ValueError(f"{encoding} has no formula per coordinate")
    return made.astype(np.float32)


@dataclass(frozen=True)
class HashLevel:
    """One grid: ``side`` × ``side`` points, ``entries`` rows of the table from ``first`` on. A place x lies at
    x · ``scale`` + ½ among the points. Where ``hashed``, several points share an entry."""

    scale: float
    side: int
    entries: int
    first: int

    @property
    def hashed(self) -> bool:
        return self.entries < self.side**2


@dataclass(frozen=True)
class HashGrid:
    """Multiresolution hash encoding (Müller et al. 2022): ``levels`` grids whose sides grow by a constant factor, each
    with ``features`` numbers at its points, in a table of at most 2^``table_bits`` entries.

    The layout of levels, points and entries is that of tiny-cuda-nn, so that its tables can be taken over.
    """

    levels: int = 8
    features: int = 2
    table_bits: int = 16
    coarsest: int = 16
    finest: int = 512

    @cached_property
    def grids(self) -> tuple[HashLevel, ...]:
        growth = math.log2(max(self.finest, self.coarsest) / self.coarsest) / max(self.levels - 1, 1)
        made, first = [], 0
        for level in range(self.levels):
            scale = float(np.float32(self.coarsest * 2.0 ** (level * growth) - 1.0))
            side = math.ceil(scale) + 1
            # As there, dense tables end at a multiple of eight.
            entries = min(-(-(side**2) // 8) * 8, 2**self.table_bits)
            made.append(HashLevel(scale, side, entries, first))
            first += entries
        return tuple(made)

    @property
    def entries(self) -> int:
        """Rows of the whole table."""
        return self.grids[-1].first + self.grids[-1].entries

    def per_entry(self, values: Floats) -> Floats:
        """One number a level [levels] as one a row of the table [entries, 1]."""
        return np.repeat(values, [grid.entries for grid in self.grids])[:, None]

    def corners(self, coordinate: Floats) -> tuple[NDArray[np.int64], Floats]:
        """For coordinates [n]: the lower grid point per level, int64 [n, levels], and how far beyond it they lie,
        float32 [n, levels] in [0, 1)."""
        scales = np.array([grid.scale for grid in self.grids], np.float32)
        position = np.asarray(coordinate, np.float32)[:, None] * scales + np.float32(0.5)
        low = np.floor(position)
        return low.astype(np.int64), (position - low).astype(np.float32)

    def index(self, level: int, x: NDArray[np.int64], y: NDArray[np.int64]) -> NDArray[np.int64]:
        """Rows of the table for points of a level."""
        grid = self.grids[level]
        own = (x ^ ((y * PRIME) & 0xFFFFFFFF)) if grid.hashed else x + y * grid.side
        return grid.first + own % grid.entries
