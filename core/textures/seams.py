"""How well a map tiles."""

from __future__ import annotations

import numpy as np

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
        steps = np.abs(np.diff(pixels, axis=axis))
        inside += float(steps.sum(dtype=np.float64))
        inside_count += steps.size
    if inside == 0:
        return 1.0
    return (across / across_count) / (inside / inside_count)
