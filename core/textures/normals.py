"""Tangent-space normals: which way is green, how far apart are two of them.

Rows of a picture run downwards. With a height map h and OpenGL's convention (green towards the top) the normal is
(−∂h/∂u, +∂h/∂v, 1) normalised, v down; DirectX has the opposite sign in green. So the sign of the correlation of
green with ∂h/∂v tells the convention, and red against −∂h/∂u tells how far the two maps can be trusted to match.
"""

from __future__ import annotations

import numpy as np

from core.textures.bands import bands
from core.textures.material import NormalConvention, Pixels

_ENOUGH = 0.05
_SIGNIFICANT = 4.0
"""A correlation counts from this size on, and if it is so many standard errors away from none: measured in
blocks of the picture, because neighbouring texels know of each other and prove nothing by their number."""
_BLOCKS = 8


def measure_convention(normal: Pixels, height: Pixels) -> tuple[NormalConvention, float]:
    """Convention of a normal map by its height map, with a confidence in [0, 1].

    ``normal`` H × W × 2 or more, ``height`` H × W × 1 (or H × W), same size, file encoding; any crop will do.
    """
    if height.ndim == 3:
        height = height[:, :, 0]
    if min(height.shape) < 4 * _BLOCKS or height.shape != normal.shape[:2]:
        return NormalConvention.UNKNOWN, 0.0
    # The finest texels are the least reliable: 8-bit heights are stairs there, and JPEG adds its own.
    green, red, certainty = 0.0, 0.0, 0.0
    for radius in (1, 2, 4):
        smooth, smooth_green, smooth_red = (_blur(x, radius) for x in (height, normal[:, :, 1], normal[:, :, 0]))
        down = smooth[2:, 1:-1] - smooth[:-2, 1:-1]
        right = smooth[1:-1, 2:] - smooth[1:-1, :-2]
        by_green, green_errors = _correlation(smooth_green[1:-1, 1:-1], down)
        by_red, red_errors = _correlation(smooth_red[1:-1, 1:-1], -right)
        if green_errors >= _SIGNIFICANT and abs(by_green) > max(abs(green), _ENOUGH):
            green, certainty = by_green, green_errors
            red = by_red if red_errors >= _SIGNIFICANT else 0.0
    if green == 0:
        return NormalConvention.UNKNOWN, 0.0
    sign = -green if red < -_ENOUGH else green  # red against the slope: the height is a depth, so all signs turn
    strength = min(1.0, abs(green) / 0.4) * min(1.0, certainty / 12)
    agreement = min(1.0, abs(red) / abs(green))
    confidence = round(min(0.99, 0.5 + 0.3 * strength + 0.2 * agreement), 2)
    return (NormalConvention.OPENGL if sign > 0 else NormalConvention.DIRECTX), confidence


def _correlation(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Correlation, and how many standard errors it is away from 0."""
    a = a - a.mean(dtype=np.float64)
    b = b - b.mean(dtype=np.float64)
    norm = float(np.sqrt((a * a).mean(dtype=np.float64) * (b * b).mean(dtype=np.float64)))
    if norm < 1e-12:
        return 0.0, 0.0
    rows, columns = (size // _BLOCKS * _BLOCKS for size in a.shape)
    product = (a * b)[:rows, :columns].reshape(_BLOCKS, rows // _BLOCKS, _BLOCKS, columns // _BLOCKS)
    blocks = product.mean(axis=(1, 3), dtype=np.float64) / norm
    error = float(blocks.std()) / _BLOCKS
    return float(blocks.mean()), abs(float(blocks.mean())) / max(error, 1e-9)


def _blur(values: np.ndarray, radius: int) -> np.ndarray:
    """Box mean over 2·radius + 1 texels both ways, of the part where the box fits."""
    size = 2 * radius + 1
    for axis in (0, 1):
        if values.shape[axis] <= size + 3:
            continue
        total = np.cumsum(values, axis=axis, dtype=np.float64)
        total = np.concatenate([np.zeros_like(total.take([0], axis)), total], axis=axis)
        upper = total.take(range(size, total.shape[axis]), axis)
        values = (upper - total.take(range(total.shape[axis] - size), axis)) / size
    return values


def flip_green(normal: Pixels) -> Pixels:
    """The same normals in the other convention (file encoding, any number of channels from two up)."""
    flipped = normal.copy()
    flipped[:, :, 1] = 1 - flipped[:, :, 1]
    return flipped


def rebuild_z(normal: Pixels) -> Pixels:
    """H × W × 3 from red and green alone: unit length, pointing outwards. File encoding."""
    xy = normal[:, :, :2] * 2 - 1
    z = np.sqrt(np.clip(1 - np.square(xy).sum(axis=2, keepdims=True), 0, 1))
    return np.concatenate([normal[:, :, :2], z * 0.5 + 0.5], axis=2).astype(np.float32)


def decode(normal: Pixels) -> Pixels:
    """Unit vectors, H × W × 3, from file encoding."""
    vectors = normal[:, :, :3] * 2 - 1
    length = np.sqrt(np.square(vectors).sum(axis=2, keepdims=True))
    return (vectors / np.maximum(length, 1e-6)).astype(np.float32)


def encode(vectors: Pixels) -> Pixels:
    """File encoding from unit vectors."""
    return (vectors * 0.5 + 0.5).astype(np.float32)


def mean_angle(a: Pixels, b: Pixels) -> float:
    """Mean angle in degrees between two normal maps in file encoding."""
    total = 0.0
    for rows in bands(a.shape):
        u, v = decode(a[rows]).astype(np.float64), decode(b[rows]).astype(np.float64)
        cross = np.linalg.norm(np.cross(u, v), axis=2)  # atan2 is exact for small angles, where arccos is not
        total += float(np.arctan2(cross, (u * v).sum(axis=2)).sum())
    return float(np.degrees(total / (a.shape[0] * a.shape[1])))
