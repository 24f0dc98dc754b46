"""The metrics of the contract, in numpy. All compare values in file encoding."""

from __future__ import annotations

import numpy as np

from core.textures.material import Pixels


def round_to_depth(pixels: Pixels, bit_depth: int) -> Pixels:
    """Clip to [0, 1] and round to 8- or 16-bit levels; 32 bit (float) is returned as it is."""
    if bit_depth not in (8, 16):
        return pixels
    top = np.float32(2**bit_depth - 1)
    return np.round(np.clip(pixels, 0.0, 1.0) * top) / top


def mse(a: Pixels, b: Pixels) -> float:
    """Mean square error over all texels and channels, accumulated in double precision."""
    difference = (a - b).astype(np.float64)
    return float(np.mean(difference * difference))


def psnr_from_mse(error: float) -> float:
    """10·log10(1/MSE) in dB; infinity for a perfect match."""
    return float("inf") if error <= 0 else float(-10.0 * np.log10(error))


def psnr(a: Pixels, b: Pixels) -> float:
    """PSNR in dB over all texels and channels of two H × W × C arrays."""
    return psnr_from_mse(mse(a, b))
