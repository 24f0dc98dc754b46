"""Tools to draw a tileable material with: periodic noise, cells, strokes, and the maps that follow from a height.

Lengths are in tiles (the texture is 1 × 1), so a material looks the same at every resolution; detail finer than
two texels is left out rather than aliased. Noise is made from a random spectrum (Fourier synthesis): it is periodic
by construction, has no direction or grid of its own, and its coarse part does not depend on the resolution.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.textures.material import Pixels

Field = NDArray[Any]
"""One number per texel, H × W (or something that broadcasts to it); float32 unless it counts something."""

Colour = NDArray[Any]
"""sRGB in [0, 1], … × 3."""

Recipe = Mapping[str, Any]
"""Colours (sRGB, 0–255) and measures of a material, from resources/samples."""


@dataclass(frozen=True)
class Surface:
    """What a material's module returns. ``albedo`` H × W × 3 (sRGB), the others H × W, all in [0, 1].

    ``relief`` is what the whole range of ``height`` amounts to in tiles.
    """

    albedo: Colour
    height: Field
    roughness: Field
    relief: float
    metallic: Field | None = None
    shade: Field | None = None
    """Further occlusion that the height does not show (threads below threads)."""


class Canvas:
    """A W × H grid of texels with its own random numbers for everything that has a label."""

    def __init__(self, width: int, height: int, name: str, seed: int) -> None:
        self.width, self.height = width, height
        self._name, self._seed = name, seed
        self.u = ((np.arange(width, dtype=np.float32) + np.float32(0.5)) / np.float32(width))[None, :]
        self.v = ((np.arange(height, dtype=np.float32) + np.float32(0.5)) / np.float32(height))[:, None]
        self.texel = 1.0 / min(width, height)

    def rng(self, label: str) -> np.random.Generator:
        """Random numbers that depend on material, seed and label only: a change elsewhere leaves them alone."""
        return np.random.default_rng([self._seed, zlib.crc32(f"{self._name}/{label}".encode())])

    def noise(
        self, label: str, low: float, high: float, slope: float = 1.0, along: tuple[float, float] = (1.0, 1.0)
    ) -> Field:
        """Periodic noise with mean 0 and variance 1, of ``low`` … ``high`` features per tile.

        Amplitude falls with frequency^-slope in each octave (0 white within the band, 1 like clouds).
        ``along`` stretches features in u and v: (8, 1) makes streaks along u.
        """
        spectrum = np.zeros((self.height, self.width // 2 + 1), dtype=np.complex64)
        energy = 0.0
        edges = [low]
        while edges[-1] < high:
            edges.append(min(edges[-1] * 2, high))
        for octave, (start, stop) in enumerate(itertools.pairwise(edges)):
            top_u, top_v = int(np.ceil(stop / along[0])), int(np.ceil(stop / along[1]))
            ku = np.arange(top_u + 1)
            kv = np.arange(-top_v, top_v + 1)
            radius = np.hypot(ku[None, :] * along[0], kv[:, None] * along[1]).astype(np.float32)
            inside = (radius >= start) & (radius < stop)
            if not inside.any():
                continue
            amplitude = np.zeros_like(radius)
            amplitude[inside] = (radius[inside] / low) ** -(slope + 0.5)
            twice = np.where(ku == 0, 1.0, 2.0)[None, :]  # the half of the spectrum that is not stored
            energy += float((np.square(amplitude) * twice).sum())
            kept_u, kept_v = ku < (self.width + 1) // 2, np.abs(kv) < (self.height + 1) // 2
            if start / max(along) >= max(self.width, self.height):
                continue
            rng = self.rng(f"{label}/{octave}")
            values = rng.standard_normal((*radius.shape, 2), dtype=np.float32)
            coefficients = amplitude * (values[..., 0] + 1j * values[..., 1]).astype(np.complex64) * np.sqrt(0.5)
            spectrum[kv[kept_v] % self.height, : int(kept_u.sum())] += coefficients[kept_v][:, kept_u]
        field = np.fft.irfft2(spectrum, s=(self.height, self.width)).astype(np.float32)
        return field * np.float32(self.height * self.width / np.sqrt(max(energy, 1e-12)))

    def at(self, field: Field, u: Field, v: Field) -> Field:
        """The field at other places (in tiles, wrapped), bilinear."""
        x = u * self.width - 0.5
        y = v * self.height - 0.5
        x0, y0 = np.floor(x), np.floor(y)
        fx, fy = (x - x0).astype(np.float32), (y - y0).astype(np.float32)
        left, top = x0.astype(np.int32) % self.width, y0.astype(np.int32) % self.height
        right, bottom = (left + 1) % self.width, (top + 1) % self.height
        upper = field[top, left] * (1 - fx) + field[top, right] * fx
        lower = field[bottom, left] * (1 - fx) + field[bottom, right] * fx
        return upper * (1 - fy) + lower * fy

    def warped(self, field: Field, du: Field, dv: Field) -> Field:
        return self.at(field, self.u + du, self.v + dv)

    def blur(self, field: Field, *radii: float) -> list[Field]:
        """Gaussian means with the given standard deviations in tiles."""
        spectrum = np.fft.rfft2(field)
        ku = np.fft.rfftfreq(self.width, 1 / self.width).astype(np.float32)[None, :]
        kv = np.fft.fftfreq(self.height, 1 / self.height).astype(np.float32)[:, None]
        square = np.square(ku) + np.square(kv)
        return [
            np.fft.irfft2(spectrum * np.exp(-2 * np.pi**2 * r * r * square), s=field.shape).astype(np.float32)
            for r in radii
        ]

    def cells(self, label: str, columns: int, rows: int, jitter: float) -> Cells:
        """Voronoi cells around the jittered points of a wrapped brick-like grid, ``rows`` even."""
        rng = self.rng(label)
        points = (rng.random((rows, columns, 2), dtype=np.float32) - np.float32(0.5)) * np.float32(jitter)
        points[:, :, 0] += np.arange(columns, dtype=np.float32)[None, :] + 0.5
        points[1::2, :, 0] += 0.5
        points[:, :, 1] += np.arange(rows, dtype=np.float32)[:, None] + 0.5
        return Cells(columns, rows, points)

    def normal(self, height: Field, relief: float) -> Pixels:
        """OpenGL normals of a height field in [0, 1] whose whole range is ``relief`` tiles. File encoding."""
        right = np.roll(height, -1, 1) - np.roll(height, 1, 1)
        down = np.roll(height, -1, 0) - np.roll(height, 1, 0)
        x = right * np.float32(-0.5 * self.width * relief)
        y = down * np.float32(0.5 * self.height * relief)
        scale = 1 / np.sqrt(x * x + y * y + 1)
        return (np.stack([x * scale, y * scale, scale], axis=2) * 0.5 + 0.5).astype(np.float32)

    def occlusion(self, height: Field, relief: float, reach: float = 0.03) -> Field:
        """How open the sky is over each texel: what stands higher around it, at four distances up to ``reach``."""
        radii = [reach / 2**k for k in range(4)]
        open_sky = np.ones_like(height)
        for radius, mean in zip(radii, self.blur(height, *radii), strict=True):
            slope = np.clip(mean - height, 0, None) * np.float32(relief / radius)
            open_sky *= 1 / (1 + np.float32(0.75) * slope)
        return open_sky


@dataclass(frozen=True)
class Cells:
    """Points of a wrapped grid, ``points`` rows × columns × 2 in units of grid cells."""

    columns: int
    rows: int
    points: Field

    def measure(self, u: Field, v: Field) -> tuple[Field, Field, Field, Field]:
        """For places in tiles: the cell's number, the offset from its point in tiles (u, v), and the distance to
        the nearest border in tiles. Corners of the border are rounded off."""
        u, v = np.broadcast_arrays(u, v)
        parts = [self._measure(u[r : r + 16], v[r : r + 16]) for r in range(0, u.shape[0], 16)]  # stays in the cache
        number, off_u, off_v, border = (np.concatenate(fields) for fields in zip(*parts, strict=True))
        return number, off_u, off_v, border

    def _measure(self, u: Field, v: Field) -> tuple[Field, Field, Field, Field]:
        x, y = (u * self.columns).astype(np.float32), (v * self.rows).astype(np.float32)
        column, row = np.floor(x).astype(np.int32), np.floor(y).astype(np.int32)
        size_u, size_v = np.float32(1 / self.columns), np.float32(1 / self.rows)
        best = np.full(x.shape, np.inf, dtype=np.float32)
        number = np.zeros(x.shape, dtype=np.int32)
        off_u, off_v = np.zeros_like(best), np.zeros_like(best)
        offsets: list[tuple[Field, Field]] = []
        for j in (-2, -1, 0, 1, 2):
            r = (row + j) % self.rows
            for i in (-2, -1, 0, 1, 2):
                if abs(i) + abs(j) == 4:
                    continue
                c = (column + i) % self.columns
                cell = r * self.columns + c
                du = (self.points[..., 0].ravel()[cell] + (column + i - c).astype(np.float32) - x) * size_u
                dv = (self.points[..., 1].ravel()[cell] + (row + j - r).astype(np.float32) - y) * size_v
                offsets.append((du, dv))
                distance = du * du + dv * dv
                closer = distance < best
                best = np.where(closer, distance, best)
                number = np.where(closer, cell, number)
                off_u, off_v = np.where(closer, du, off_u), np.where(closer, dv, off_v)
        # Distance to each bisector; the soft minimum rounds the corners where two borders meet.
        sharpness = np.float32(16.0 / min(size_u, size_v))
        total = np.zeros_like(best)
        for du, dv in offsets:
            across_u, across_v = du - off_u, dv - off_v
            length = np.sqrt(across_u * across_u + across_v * across_v)
            middle = ((du + off_u) * across_u + (dv + off_v) * across_v) * 0.5 / np.maximum(length, 1e-6)
            total += np.where(length > 1e-6, np.exp(-sharpness * middle), 0)
        border = -np.log(np.maximum(total, 1e-30)) / sharpness
        return number, -off_u, -off_v, border.astype(np.float32)


def smoothstep(low: Any, high: Any, x: Field) -> Field:
    t = np.clip((x - low) / (high - low), 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


def colour(values: Sequence[float]) -> Colour:
    """An sRGB triple 0–255 as 1 × 1 × 3 in [0, 1]."""
    return (np.asarray(values, dtype=np.float32) / 255)[None, None, :]


def palette(values: Sequence[Sequence[float]]) -> Colour:
    """Several sRGB triples as n × 3 in [0, 1]."""
    return np.asarray(values, dtype=np.float32) / 255


def blend(under: Colour, over: Colour, amount: Field) -> Colour:
    """Colour mixed with colour by a field."""
    return under + (over - under) * np.clip(amount, 0, 1)[:, :, None]
