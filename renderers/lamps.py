"""Small bright lamps of an environment, taken out of it to be lights of their own.

A sun or a bulb of a few texels may hold most of an environment's light. Directions drawn from a rough lobe seldom meet
it; a light with a place and a size is evaluated instead. So light whose place is known is treated apart from what has
to be searched for, as in Debevec's "A Median Cut Algorithm for Light Probe Sampling" (2005), but only where it is
compact: what is spread out is sampled well as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renderers.studios import Radiance, directions

MOST_LAMPS = 16
"""MOST_LAMPS of lamps.glsl."""

_BRIGHT = 16.0
"""Times the mean luminance over all directions: what a lobe of 32 directions still samples without visible error."""
_CONTRAST = 2.0
"""A lamp's mean luminance above its rim, in that of the rim: the smooth top of something wide is not a lamp."""
_MOST_SPLIT = 8
"""Further discs look no different but cost as much as the first."""
_LEAST_SHARE = 0.002
"""Of the environment's light: what holds less isn't missed."""
_LARGEST = np.radians(5.0)
"""Radius; the directions drawn from a lobe do meet what is larger."""
_SMALLEST_SPLIT = np.radians(0.5)
_MISFIT = 0.1
"""A square has 0.05, a rectangle twice as long as wide 0.15."""

_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Lamps:
    """Round lights far away: ``direction`` n × 3, unit vectors towards them; ``power`` n × 3, radiance times solid
    angle (linear RGB); ``radius`` n, angular, in radians. n is at most :data:`MOST_LAMPS`, the brightest first."""

    direction: NDArray[np.float32]
    power: NDArray[np.float32]
    radius: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.radius)

    def scaled(self, factor: float) -> Lamps:
        """The same lamps with ``factor`` times the power."""
        return Lamps(self.direction, (self.power * factor).astype(np.float32), self.radius)


NO_LAMPS = Lamps(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros(0, np.float32))


def solid_angles(height: int) -> Floats:
    """Of one texel per row of a panorama ``height`` × 2 ``height``, in steradians."""
    return -np.diff(np.cos(np.linspace(0.0, np.pi, height + 1))) * np.pi / height


def _regions(mask: NDArray[np.bool_]) -> Iterator[Indices]:
    """Flat indices of every connected region (eight neighbours, around the seam and across the poles)."""
    count = int(mask.sum())
    place = np.full(mask.shape, -1, np.intp)
    place[mask] = np.arange(count)
    above = np.roll(place, mask.shape[1] // 2, axis=1)
    rows = np.concatenate([above[:1], place, above[-1:]])
    ahead = [(place, np.roll(place, -1, axis=1)), *((rows[:-1], np.roll(rows[1:], s, axis=1)) for s in (-1, 0, 1))]
    pairs = np.concatenate([np.stack([a, b]).reshape(2, -1) for a, b in ahead], axis=1)
    first, second = pairs[:, (pairs >= 0).all(axis=0)]
    label = np.arange(count)
    while True:
        # The lowest label spreads to neighbours, and along what labels already point to: few rounds whatever the shape.
        low = np.minimum(label[first], label[second])
        new = label.copy()
        np.minimum.at(new, label[first], low)
        np.minimum.at(new, label[second], low)
        while not np.array_equal(new, new[new]):
            new = new[new]
        if np.array_equal(new, label):
            break
        label = new
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order])) + 1
    flat = np.flatnonzero(mask)
    yield from (flat[part] for part in np.split(order, ends) if len(part))


@dataclass(frozen=True, eq=False)
class _Disc:
    """A disc for some texels: ``texels`` (flat indices), ``light`` luminance times solid angle of each, ``offsets``
    of each from the middle, n × 3; ``radius`` that of the uniform disc with the same variance; ``misfit`` how much of
    the light lies elsewhere than in that disc; ``texel`` the panorama's in radians."""

    texels: Indices
    light: Floats
    offsets: Floats
    direction: Floats
    radius: float
    misfit: float
    texel: float

    @classmethod
    def around(cls, texels: Indices, light: Floats, toward: Floats, texel: float) -> _Disc:
        """``toward``: unit vectors of the texels; ``texel``: their size in radians."""
        share = light / light.sum()
        direction = share @ toward
        direction /= np.linalg.norm(direction)
        offsets = toward - direction
        squares = (offsets**2).sum(axis=1)
        radius = float(np.sqrt(2.0 * (share @ squares + texel * texel / 6.0)))
        inner, outer = (float(share[squares <= part * radius * radius].sum()) for part in (0.5, 1.0))
        return cls(texels, light, offsets, direction, radius, abs(inner - 0.5) + 1.0 - outer, texel)

    @property
    def priority(self) -> float:
        # What few texels say of a shape is how they happen to lie.
        worth = self.misfit > _MISFIT and self.radius > max(_SMALLEST_SPLIT, 3.0 * self.texel)
        return float(self.light.sum()) * self.radius**2 * self.misfit if worth else 0.0

    def halves(self, luminance: Floats, toward: Floats) -> list[_Disc]:
        """Two discs that fit better: the sides along its length, or a core and what is around it. Both arguments are
        for all texels of the panorama."""
        axis = np.linalg.eigh((self.offsets * self.light[:, None]).T @ self.offsets)[1][:, -1]
        own = luminance[self.texels]
        ways = []
        for part in (self.offsets @ axis > 0.0, own > self.light @ own / self.light.sum() / 2.0):
            chosen = [(self.texels[half], self.light[half]) for half in (part, ~part) if half.any()]
            ways.append([_Disc.around(texels, light, toward[texels], self.texel) for texels, light in chosen])
        return min(ways, key=lambda discs: sum(disc.priority for disc in discs) if len(discs) > 1 else np.inf)


def find_lamps(radiance: Radiance) -> tuple[Lamps, Radiance]:
    """The lamps of a panorama (linear, H × 2H × 3), and what is left when they are taken out.

    A lamp is a connected region above a threshold that is at least 16 times the mean luminance: small (at most five
    degrees in radius), far brighter than its rim, and of some share in the light. Where a region is too large for
    that, a doubled threshold looks for lamps in it. Their texels keep the threshold's luminance, which they share with
    their surroundings. Regions that aren't evenly lit discs become several lamps. Without lamps the panorama comes back
    as it is.
    """
    height, width = radiance.shape[:2]
    colour = radiance.reshape(-1, 3).astype(np.float64)
    luminance = colour @ _LUMINANCE
    solid = np.repeat(solid_angles(height), width)
    total = float(luminance @ solid)
    toward = directions(width, height).reshape(-1, 3)
    texel = np.pi / height
    threshold = _BRIGHT * total / (4.0 * np.pi)
    open_ = luminance > threshold
    found: list[tuple[_Disc, float]] = []
    while threshold > 0.0 and open_.any():
        for texels in _regions(open_.reshape(height, width)):
            light = (luminance[texels] - threshold) * solid[texels]
            if light.sum() < _LEAST_SHARE * total:
                open_[texels] = False
                continue
            disc = _Disc.around(texels, light, toward[texels], texel)
            contrast = light.sum() / (solid[texels].sum() * threshold)
            if disc.radius <= _LARGEST and contrast >= _CONTRAST:
                found.append((disc, threshold))
                open_[texels] = False
        threshold *= 2.0
        open_ &= luminance > threshold
    found = sorted(found, key=lambda lamp: -lamp[0].light.sum())[:MOST_LAMPS]
    if not found:
        return NO_LAMPS, radiance

    taken = np.zeros_like(colour)
    for disc, level in found:
        taken[disc.texels] = colour[disc.texels] * (1.0 - level / luminance[disc.texels])[:, None]
    discs = [disc for disc, _ in found]
    while len(discs) < _MOST_SPLIT and (worst := max(discs, key=lambda disc: disc.priority)).priority > 0.0:
        discs.remove(worst)
        discs += worst.halves(luminance, toward)
    discs.sort(key=lambda disc: -disc.light.sum())
    lamps = Lamps(
        np.array([disc.direction for disc in discs], np.float32),
        np.array([solid[disc.texels] @ taken[disc.texels] for disc in discs], np.float32),
        np.array([disc.radius for disc in discs], np.float32),
    )
    return lamps, (colour - taken).reshape(radiance.shape).astype(np.float32)
