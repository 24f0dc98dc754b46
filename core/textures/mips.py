"""Mip chains and resampling, in file encoding and with wrap-around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.textures.bands import bands
from core.textures.material import Pixels, TextureSet


def pyramid(pixels: Pixels) -> list[Pixels]:
    """The full chain of H × W × C down to 1 × 1, ``pixels`` itself first.

    Every level has half the size of the one before, rounded down (at least 1), and is its mean over the area of
    each texel: of 2 × 2 texels where the size is even; of 3, the outer ones weighted by the part that
    lies inside, where it is odd.
    """
    levels = [pixels]
    while max(levels[-1].shape[:2]) > 1:
        levels.append(halved(levels[-1]))
    return levels


def at_level(material: TextureSet, level: int) -> TextureSet:
    """A set's maps at a mip level, 0 being themselves; beyond the last level, that one."""
    maps = tuple(replace(m, pixels=pyramid_level(m.pixels, level)) for m in material.maps)
    width, height = max(1, material.width >> level), max(1, material.height >> level)
    return replace(material, width=width, height=height, maps=maps)


def pyramid_level(pixels: Pixels, level: int) -> Pixels:
    """One level of :func:`pyramid`; beyond the last, that one."""
    for _ in range(level):
        if max(pixels.shape[:2]) == 1:
            break
        pixels = halved(pixels)
    return pixels


def halved(pixels: Pixels) -> Pixels:
    """The next level of :func:`pyramid`: half the size, rounded down (at least 1)."""
    height, width, channels = pixels.shape
    result = np.empty((max(1, height // 2), max(1, width // 2), channels), np.float32)
    for rows in bands(result.shape):
        half = _halve(pixels, 0, rows)
        result[rows] = _halve(half, 1, slice(0, result.shape[1]))
    return result


def _halve(pixels: Pixels, axis: int, part: slice) -> Pixels:
    """The texels ``part`` of the halved axis."""
    size = pixels.shape[axis]
    if size == 1:
        return pixels

    def every_second(start: int) -> Pixels:
        taken = slice(2 * part.start + start, 2 * part.stop + start - 1, 2)
        return pixels[taken] if axis == 0 else pixels[:, taken]

    if size % 2 == 0:
        total = every_second(0) + every_second(1)
        total *= np.float32(0.5)
        return total
    # Texel i of the new level covers [i, i + 1] · size/half of the old one: weights (half − i, half, i + 1)/size.
    half = size // 2
    index = np.arange(part.start, part.stop, dtype=np.float32).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
    total = every_second(0) * (half - index)
    total += every_second(1) * np.float32(half)
    total += every_second(2) * (index + 1)
    total /= np.float32(size)
    return total


def resize(pixels: Pixels, width: int, height: int) -> Pixels:
    """Resample H × W × C to another size; the picture wraps around.

    Area mean where it shrinks, cubic (Catmull and Rom, 1974) without overshoot where it grows.
    """
    result = _resize_axis(_resize_axis(pixels, height, 0), width, 1)
    return np.clip(result, pixels.min(axis=(0, 1)), pixels.max(axis=(0, 1)))


def _resize_axis(pixels: Pixels, size: int, axis: int) -> Pixels:
    old = pixels.shape[axis]
    if size == old:
        return pixels
    taps, weights = _area(old, size) if size < old else _cubic(old, size)
    shape = (-1, 1, 1) if axis == 0 else (1, -1, 1)
    result: Pixels | None = None
    for index, weight in zip(taps, weights, strict=True):
        part = np.take(pixels, index, axis) * weight.astype(np.float32).reshape(shape)
        result = part if result is None else result + part
    assert result is not None
    return result


def _cubic(old: int, new: int) -> tuple[np.ndarray, np.ndarray]:
    position = (np.arange(new) + 0.5) * old / new - 0.5
    base = np.floor(position).astype(int)
    t = position - base
    weights = np.stack(
        [
            -0.5 * t + t**2 - 0.5 * t**3,
            1 - 2.5 * t**2 + 1.5 * t**3,
            0.5 * t + 2 * t**2 - 1.5 * t**3,
            -0.5 * t**2 + 0.5 * t**3,
        ]
    )
    return np.stack([(base + k) % old for k in (-1, 0, 1, 2)]), weights


def _area(old: int, new: int) -> tuple[np.ndarray, np.ndarray]:
    edges = np.arange(new + 1) * old / new
    first = np.floor(edges[:-1] + 1e-9).astype(int)
    count = int(np.ceil(old / new)) + 1
    taps = first + np.arange(count)[:, None]
    inside = np.minimum(taps + 1, edges[1:]) - np.maximum(taps, edges[:-1])
    weights = np.clip(inside, 0, None)
    return np.minimum(taps, old - 1), weights / weights.sum(axis=0)
