"""Small networks and pictures that the tests share."""

from __future__ import annotations

import numpy as np

from core.coordinate.encodings import HashGrid
from core.coordinate.network import Architecture, CoordinateNetwork
from core.coordinate.pictures import Picture

GRID = HashGrid(levels=4, features=2, table_bits=8, coarsest=4, finest=32)
"""Two dense levels and two hashed ones."""


def random_network(
    encoding: str = "frequency", activation: str = "leaky-relu", channels: int = 3, values: int = 6, seed: int = 0
) -> CoordinateNetwork:
    """Untrained, but with every number as large as training makes them; its picture uses most of [0, 1]."""
    rng = np.random.default_rng(seed)
    grid = GRID if encoding == "hash" else None
    shape = Architecture(encoding, values, 2, 20, activation, channels, grid)
    weights = tuple(rng.normal(0, 1.6 / n_in**0.5, (n_in, n_out)).astype(np.float32) for n_in, n_out in shape.shapes)
    biases = tuple(rng.normal(0, 0.3, n_out).astype(np.float32) for _, n_out in shape.shapes)
    table = None
    if grid is not None:
        table = rng.uniform(-1, 1, (grid.entries, grid.features)).astype(np.float32)
    return CoordinateNetwork("some net", shape, weights, biases, table, 48, 32, 1234)


def smooth_picture(width: int = 48, height: int = 32, channels: int = 3) -> Picture:
    """What a network learns quickly."""
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    waves = [0.5 + 0.4 * np.sin(np.pi * (u * (i + 1) + v * (channels - i))) for i in range(channels)]
    pixels = np.round(np.stack(waves, axis=2) * 255).astype(np.float32) / np.float32(255)
    return Picture("waves", pixels)
