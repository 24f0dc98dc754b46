"""The metrics of the contract. All compare values in file encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.textures.bands import bands
from core.textures.flip import flip_tiles
from core.textures.material import Pixels

if TYPE_CHECKING:
    import torch


_SSIM_RADIUS = 5
_BAND = 128


def mse(a: Pixels, b: Pixels) -> float:
    """Mean square error over all texels and channels, accumulated in double precision."""
    total = 0.0
    for rows in bands(a.shape):
        difference = (a[rows] - b[rows]).astype(np.float64)
        total += float(np.vdot(difference, difference))
    return total / a.size


def psnr_from_mse(error: float) -> float:
    """10·log10(1/MSE) in dB; infinity for a perfect match."""
    return float("inf") if error <= 0 else float(-10.0 * np.log10(error))


def psnr(a: Pixels, b: Pixels, *, extent: float = 1.0) -> float:
    """PSNR in dB over all texels and channels of two H × W × C arrays; ``extent`` is the peak signal."""
    return psnr_from_mse(mse(a, b) / extent**2)


def ssim(a: Pixels, b: Pixels, *, extent: float = 1.0) -> float:
    """Structural similarity, mean over channels (Wang et al. 2004): 11 × 11 Gaussian of σ = 1.5, range ``extent``.

    Only windows that lie inside the picture count. A picture smaller than the window is compared as a whole.
    """
    height, width, channels = a.shape
    windows = max(1, height - 2 * _SSIM_RADIUS)
    total = 0.0
    # Some twenty pictures of a band's size are needed on the way: a quarter of the usual size will do.
    for rows in bands((windows, 4 * width, 1)):
        part = slice(rows.start, rows.stop + 2 * _SSIM_RADIUS)
        for channel in range(channels):
            means = _ssim_mean(a[part, :, channel : channel + 1], b[part, :, channel : channel + 1], extent)
            total += means * (rows.stop - rows.start)
    return total / (windows * channels)


def _ssim_mean(a: Pixels, b: Pixels, extent: float) -> float:
    import torch

    x, y = (torch.from_numpy(np.array(p.transpose(2, 0, 1), order="C")) for p in (a, b))
    taps = torch.exp(-(torch.arange(-_SSIM_RADIUS, _SSIM_RADIUS + 1, dtype=torch.float32) ** 2) / (2 * 1.5**2))

    def smooth(values: torch.Tensor) -> torch.Tensor:
        return _filtered(_filtered(values, taps).transpose(1, 2), taps).transpose(1, 2)

    mean_x, mean_y = smooth(x), smooth(y)
    var_x = smooth(x * x) - mean_x**2
    var_y = smooth(y * y) - mean_y**2
    covariance = smooth(x * y) - mean_x * mean_y
    c1, c2 = (0.01 * extent) ** 2, (0.03 * extent) ** 2
    numerator = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    denominator = (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    return float((numerator / denominator).mean(dtype=torch.float64))


def _filtered(values: torch.Tensor, taps: torch.Tensor) -> torch.Tensor:
    """Rows of [C, H, W] filtered by ``taps`` where these fit, the middle part of them if H is smaller.

    As products with banded matrices of a few hundred rows: several times faster than a convolution on a CPU.
    """
    import torch

    height = values.shape[1]
    if height < len(taps):
        start = (len(taps) - height) // 2
        taps = taps[start : start + height]
    taps = taps / taps.sum()
    count = height - len(taps) + 1
    parts = []
    for top in range(0, count, _BAND):
        rows = min(_BAND, count - top)
        band = torch.zeros(rows, rows + len(taps) - 1)
        for offset, tap in enumerate(taps):
            band.diagonal(offset).fill_(float(tap))
        parts.append(band @ values[:, top : top + rows + len(taps) - 1])
    return torch.cat(parts, dim=1)


def flip(reference: Pixels, test: Pixels) -> float:
    """Mean FLIP error of two sRGB colour maps, in [0, 1]; see :func:`core.textures.flip.flip_tiles`."""
    total = sum(float(errors.sum(dtype=np.float64)) for _, _, errors in flip_tiles(reference, test))
    return total / (reference.shape[0] * reference.shape[1])
