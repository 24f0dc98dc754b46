"""How a texel reads its latents. The one definition that the trainer, the decoder and the shaders follow.

A texel at column x of a mip level that is W texels wide has u = (x + 0.5) / W. In a grid that is w latents
wide it lies at c = u·w − 0.5; the latents floor(c) and floor(c) + 1, both taken modulo w, are blended with
the fraction of c. That is what a GPU's bilinear sampler with repeat addressing does at u, so a texture wraps
by construction, whatever its size. Rows work alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Indices = NDArray[np.int64]


def taps(texels: int, latents: int) -> tuple[Indices, Floats]:
    """First latent (may be −1: wrap it) and the weight of the second one, for every texel of one axis."""
    position = (np.arange(texels, dtype=np.float64) + 0.5) * (latents / texels) - 0.5
    first = np.floor(position)
    return first.astype(np.int64), (position - first).astype(np.float32)


def triangle(t: NDArray[np.float64]) -> Floats:
    """Triangle wave of period 1 in [−1, 1]: 1 at whole numbers, −1 half-way."""
    return (np.abs(2.0 * (t - np.floor(t)) - 1.0) * 2.0 - 1.0).astype(np.float32)


def phases(texels: int, fine: int, coarse: int) -> Floats:
    """Positional inputs of one axis, [texels, 6]: two phases of one coarse cell, one fine cell, half a fine cell.

    All periods divide the axis, so these wrap too.
    """
    u = (np.arange(texels, dtype=np.float64) + 0.5) / texels
    columns = []
    for cells in (coarse, fine, 2 * fine):
        columns += [triangle(u * cells), triangle(u * cells + 0.25)]
    return np.stack(columns, axis=1)


def upsample(
    grid: Floats | NDArray[np.unsignedinteger[Any]], height: int, width: int, top: int = 0, count: int | None = None
) -> Floats:
    """Bilinear read of ``count`` rows from ``top`` of a level: grid [h, w, F] → float32 [count, width, F]."""
    rows, row_weight = taps(height, grid.shape[0])
    columns, column_weight = taps(width, grid.shape[1])
    part = slice(top, None if count is None else top + count)
    tall = _blend(grid, rows[part], row_weight[part, None, None], axis=0)
    return _blend(tall, columns, column_weight[None, :, None], axis=1)


def _blend(grid: Floats | NDArray[np.unsignedinteger[Any]], first: Indices, weight: Floats, axis: int) -> Floats:
    count = grid.shape[axis]
    a = np.take(grid, first % count, axis=axis).astype(np.float32, copy=False)
    b = np.take(grid, (first + 1) % count, axis=axis).astype(np.float32, copy=False)
    b -= a
    b *= weight
    b += a
    return b
