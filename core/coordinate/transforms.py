"""Pictures moved as a :class:`Transform` says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.coordinate.dial import Transform
from core.textures.material import Pixels

Places = NDArray[np.float64]

ANGLE_DEG = 30.0
WARP = 0.06
"""How far the wavy transform moves a place, in parts of the picture."""


def place(transform: Transform, u: Places, v: Places, aspect: float = 1.0) -> tuple[Places, Places]:
    """Where in the picture the network's value at (u, v) comes from; may lie outside of [0, 1], where the picture
    repeats. ``aspect`` is its width over its height: a turned picture keeps its shape."""
    if transform is Transform.FLIP:
        return v, u
    if transform is Transform.ZOOM:
        return u * 0.5 + 0.25, v * 0.5 + 0.25
    if transform is Transform.ROTATE:
        sine, cosine = np.sin(np.radians(ANGLE_DEG)), np.cos(np.radians(ANGLE_DEG))
        x, y = (u - 0.5) * aspect, v - 0.5
        return (x * cosine - y * sine) / aspect + 0.5, x * sine + y * cosine + 0.5
    if transform is Transform.MIRROR:
        return 1.0 - u, v
    if transform is Transform.TILE:
        return 2.0 * u, 2.0 * v
    if transform is Transform.WARP:
        return u + WARP * np.sin(2 * np.pi * v), v + WARP * np.sin(2 * np.pi * u)
    return u, v


def transformed(picture: Pixels, transform: Transform) -> Pixels:
    """The picture that the network is to show, float32 of the same size as ``picture`` H × W × C.

    Read bilinearly with repeat, which for two repeats is the mean of the four texels that fall together.
    """
    if transform is Transform.IDENTITY:
        return picture
    height, width = picture.shape[:2]
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    from_u, from_v = place(transform, u, v, width / height)
    # Rounding of coordinates must not blend where texel falls on texel.
    x, y = np.round(from_u * width - 0.5, 6), np.round(from_v * height - 0.5, 6)
    left, top = np.floor(x), np.floor(y)
    right_share, lower_share = (x - left).astype(np.float32)[..., None], (y - top).astype(np.float32)[..., None]
    columns = left.astype(np.int64) % width, (left.astype(np.int64) + 1) % width
    rows = top.astype(np.int64) % height, (top.astype(np.int64) + 1) % height
    upper, lower = (
        picture[row, columns[0]] * (1 - right_share) + picture[row, columns[1]] * right_share for row in rows
    )
    return (upper * (1 - lower_share) + lower * lower_share).astype(np.float32)
