"""How well a map tiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.textures.bands import bands
from core.textures.material import Pixels

_WINDOW = 8
"""Texels over which a seam's step is averaged: a seam is a line, not a texel."""
_VISIBLE = 1.5 / 255.0
"""A step that is larger by less than this is nobody's seam."""


@dataclass(frozen=True)
class SeamRatios:
    """Mean step across the wrap edge over mean step inside, 1.0 = seamless: ``whole`` over both edges together,
    ``left_right`` where the right side meets the left one, ``top_bottom`` where the bottom meets the top."""

    whole: float
    left_right: float
    top_bottom: float


def seam_ratios(pixels: Pixels) -> SeamRatios:
    """Of a map, H × W × C. Without any step inside a ratio is 1.0."""
    across, across_count, inside, inside_count = [0.0, 0.0], [0, 0], [0.0, 0.0], [0, 0]
    for axis in (0, 1):
        if pixels.shape[axis] < 2:
            continue
        first, last = pixels.take(0, axis), pixels.take(-1, axis)
        across[axis] = float(np.abs(first - last).sum(dtype=np.float64))
        across_count[axis] = first.size
        inside[axis] = sum(_steps(pixels[rows.start : rows.stop + 1 - axis], axis) for rows in bands(pixels.shape))
        inside_count[axis] = pixels.size - first.size

    def ratio(axes: slice) -> float:
        within = sum(inside[axes])
        if within == 0.0:
            return 1.0
        return (sum(across[axes]) / sum(across_count[axes])) / (within / sum(inside_count[axes]))

    return SeamRatios(ratio(slice(0, 2)), ratio(slice(1, 2)), ratio(slice(0, 1)))


def _steps(pixels: Pixels, axis: int) -> float:
    """Sum of the absolute differences of neighbours along an axis."""
    return float(np.abs(np.diff(pixels, axis=axis)).sum(dtype=np.float64))


def worse_seams(source: Pixels, result: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the result's step across the wrap edge is larger than the source's, both H × W × C: for the left-right edge
    per row [H], for the top-bottom edge per column [W]. 0 where it isn't, 1 where it is so by a tenth of the range.

    A step counts by its mean over the channels and a few texels along the edge.
    """
    found = []
    for axis in (1, 0):
        excess = _along(np.abs(result.take(0, axis) - result.take(-1, axis))) - _along(
            np.abs(source.take(0, axis) - source.take(-1, axis))
        )
        found.append(np.where(excess > _VISIBLE, np.clip(excess * 10.0, 0.0, 1.0), 0.0).astype(np.float32))
    return found[0], found[1]


def _along(steps: Pixels) -> NDArray[np.float32]:
    """Mean over the channels and a window along the edge, which wraps around: [N, C] to [N]."""
    mean = steps.mean(axis=1)
    window = min(_WINDOW, len(mean))
    wrapped = np.concatenate([mean[-(window // 2) :], mean, mean[: window - 1 - window // 2]]) if window > 1 else mean
    return np.convolve(wrapped, np.full(window, 1.0 / window, np.float32), mode="valid").astype(np.float32)
