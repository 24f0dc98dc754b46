"""What is looked at closely: how values are spread, and where a result is worst."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.textures.bands import bands
from core.textures.material import Pixels

_SPOTS_ACROSS = 64
"""Blocks along the longer side that are compared for the worst spots."""
_SMALLEST_BLOCK = 8


@dataclass(frozen=True)
class Spot:
    """A block of texels: column and row of its middle, its side, and its root mean square error over the channels."""

    x: int
    y: int
    size: int
    error: float


def histogram(pixels: Pixels, bins: int = 256, channel: int | None = None) -> NDArray[np.int64]:
    """How many values of H × W × C lie in each of ``bins`` equal parts of [0, 1]; all channels or one."""
    counts = np.zeros(bins, np.int64)
    for rows in bands(pixels.shape):
        values = pixels[rows] if channel is None else pixels[rows][..., min(channel, pixels.shape[2] - 1)]
        places = np.clip(np.nan_to_num(values) * np.float32(bins), 0, bins - 1).astype(np.int32)
        counts += np.bincount(places.ravel(), minlength=bins)
    return counts


def error_histogram(a: Pixels, b: Pixels, bins: int = 64, channel: int | None = None) -> NDArray[np.int64]:
    """How many absolute differences lie in each of ``bins`` steps of 1/255; the last takes all larger ones."""
    counts = np.zeros(bins, np.int64)
    for rows in bands(a.shape):
        difference = np.abs(a[rows] - b[rows])
        if channel is not None:
            difference = difference[..., min(channel, a.shape[2] - 1)]
        places = np.minimum(np.nan_to_num(difference) * np.float32(255.0) + np.float32(0.5), bins - 1).astype(np.int32)
        counts += np.bincount(places.ravel(), minlength=bins)
    return counts


def worst_spots(a: Pixels, b: Pixels, count: int = 24) -> list[Spot]:
    """The blocks with the largest mean square errors of two maps of one size, the worst first, no two touching.

    Blocks are a 64th of the longer side, but at least 8 texels; those that are exact are left out.
    """
    height, width = a.shape[:2]
    size = max(_SMALLEST_BLOCK, max(height, width) // _SPOTS_ACROSS)
    rows, columns = -(-height // size), -(-width // size)
    errors = np.zeros((rows, columns))
    for row in range(rows):
        part = slice(row * size, min((row + 1) * size, height))
        squares = np.square((a[part] - b[part]).astype(np.float64)).mean(axis=(0, 2))
        edges = np.arange(0, width, size)
        errors[row] = np.add.reduceat(squares, edges) / np.diff(np.append(edges, width))
    spots: list[Spot] = []
    free = np.ones_like(errors, bool)
    for place in np.argsort(errors, axis=None)[::-1]:
        row, column = divmod(int(place), columns)
        if len(spots) == count or errors[row, column] <= 0.0:
            break
        if not free[row, column]:
            continue
        free[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2] = False
        x, y = min(column * size + size // 2, width - 1), min(row * size + size // 2, height - 1)
        spots.append(Spot(x, y, size, float(np.sqrt(errors[row, column]))))
    return spots
