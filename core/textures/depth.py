"""What values a file can hold: rounding to its depth, and the extent that errors are measured against."""

from __future__ import annotations

import numpy as np

from core.textures.material import Pixels


def round_to_depth(pixels: Pixels, bit_depth: int) -> Pixels:
    """Clip to [0, 1] and round to 8- or 16-bit levels; 32 bit (float) is returned as it is."""
    if bit_depth not in (8, 16):
        return pixels
    top = np.float32(2**bit_depth - 1)
    rounded = np.clip(pixels, 0.0, 1.0)
    rounded *= top
    np.round(rounded, out=rounded)
    rounded /= top
    return rounded


def peak(pixels: Pixels) -> float:
    """What an error in a source's values is measured against: 1 for values within [0, 1], which is every map of 8 or
    16 bits; the extent of its values for a float map that goes beyond."""
    low, high = float(pixels.min()), float(pixels.max())
    if low >= 0.0 and high <= 1.0:
        return 1.0
    return high - low if high > low else max(1.0, abs(high))
