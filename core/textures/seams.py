"""How well a map tiles."""

from __future__ import annotations

import numpy as np

from core.textures.bands import bands
from core.textures.material import Pixels


def seam_ratio(pixels: Pixels) -> float:
    """Mean step across the wrap edge over mean step inside, both axes together; 1.0 = seamless.

    ``pixels`` H × W × C. A constant map gives 1.0.
    """
    across = inside = 0.0
    across_count = inside_count = 0
    for axis in (0, 1):
        if pixels.shape[axis] < 2:
            continue
        first, last = pixels.take(0, axis), pixels.take(-1, axis)
        across += float(np.abs(first - last).sum(dtype=np.float64))
        across_count += first.size
        inside += sum(_steps(pixels[rows.start : rows.stop + 1 - axis], axis) for rows in bands(pixels.shape))
        inside_count += pixels.size - first.size
    if inside == 0:
        return 1.0
    return (across / across_count) / (inside / inside_count)


def _steps(pixels: Pixels, axis: int) -> float:
    """Sum of the absolute differences of neighbours along an axis."""
    return float(np.abs(np.diff(pixels, axis=axis)).sum(dtype=np.float64))
