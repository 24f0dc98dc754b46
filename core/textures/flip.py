"""FLIP, the error that an eye sees when two pictures are flipped on a display (Andersson et al. 2020)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.textures.material import Pixels

_REACH = 16
"""Texels that the filters reach at 67 pixels per degree."""


def flip_tiles(reference: Pixels, test: Pixels, tile: int = 128) -> Iterator[tuple[slice, slice, NDArray[np.float32]]]:
    """Rows, columns and FLIP errors in [0, 1] of one part after another of two display-encoded pictures, H × W × C in
    [0, 1], at 67 pixels per degree. One channel counts as grey.

    In tiles with the filters' reach around them, which changes nothing but lets other threads breathe: the library
    holds the interpreter lock for as long as it works.
    """
    import flip_evaluator

    height, width = reference.shape[:2]
    for top in range(0, height, tile):
        for left in range(0, width, tile):
            y, x = max(0, top - _REACH), max(0, left - _REACH)
            part = np.s_[y : top + tile + _REACH, x : left + tile + _REACH]
            a, b = (_as_color(pixels[part]) for pixels in (reference, test))
            errors, _, _ = flip_evaluator.evaluate(a, b, "LDR", applyMagma=False, computeMeanError=False)
            inner = errors[top - y : top - y + tile, left - x : left - x + tile]
            rows, columns = slice(top, top + inner.shape[0]), slice(left, left + inner.shape[1])
            yield rows, columns, inner.reshape(inner.shape[:2])


def _as_color(pixels: Pixels) -> Pixels:
    """A copy with three channels in [0, 1]: the library refuses read-only arrays."""
    channels = pixels.shape[2]
    chosen = pixels[..., :3] if channels >= 3 else np.repeat(pixels[..., :1], 3, axis=2)
    return np.clip(chosen, 0.0, 1.0, dtype=np.float32).copy(order="C")
