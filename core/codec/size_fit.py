"""Rounds latents so that what they take on disk, entropy-coded, stays within a number of bytes.

How well latents can be coded is known only once they are trained, so a layout is chosen for what is usual. If more
comes out, latents that lie far from a whole code take the one on the side of their neighbours, which is cheaper to code
(a dead zone, as in video coders: Sullivan 1996). Only if that is not enough, features give way, the weakest first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.codec import entropy
from core.codec.layout import LatentLayout, code_type
from core.codec.neural_texture import Codes
from core.codec.sampling import Floats
from core.textures.bands import bands

_WIDEST = 0.5
_TRIALS = 5
_ESTIMATE_MARGIN = 0.99
"""The estimate may be this much too low."""
_SURELY = 0.95
"""What is estimated at less than this part of the limit is not measured."""
_CORRECTIONS = 4


class SizeFit:
    """Call with latents in units of codes, per mip group and grid [h, w, F]; gives codes of at most ``limit`` bytes."""

    def __init__(self, layout: LatentLayout, limit: int) -> None:
        self.layout, self.limit = layout, limit

    def __call__(self, latents: Sequence[Sequence[Floats]]) -> list[list[Codes]]:
        limit = self.limit * _ESTIMATE_MARGIN
        codes: list[list[Codes]] = []
        for _ in range(_CORRECTIONS):
            codes = self._fitted(latents, limit)
            if self._bytes(codes, entropy.estimate) < _SURELY * self.limit:
                break
            size = self._bytes(codes, entropy.size)
            if size <= self.limit:
                break
            # The estimate was too low for these latents, and will be again by as much.
            limit *= self.limit / size * _ESTIMATE_MARGIN
        return codes

    def _fitted(self, latents: Sequence[Sequence[Floats]], limit: float) -> list[list[Codes]]:
        """Codes that are estimated to take at most ``limit`` bytes."""
        codes = self._rounded(latents, 0.0)
        if self._bytes(codes, entropy.estimate) <= limit:
            return codes
        low, high = 0.0, _WIDEST
        codes = self._rounded(latents, high)
        if self._bytes(codes, entropy.estimate) > limit:
            return self._without_weakest(codes, limit)
        for _ in range(_TRIALS):
            middle = (low + high) / 2
            tried = self._rounded(latents, middle)
            if self._bytes(tried, entropy.estimate) <= limit:
                high, codes = middle, tried
            else:
                low = middle
        return codes

    def _rounded(self, latents: Sequence[Sequence[Floats]], dead_zone: float) -> list[list[Codes]]:
        shapes = [group.grids for group in self.layout.groups]
        return [
            [_towards_neighbours(values, shape.bits, dead_zone) for values, shape in zip(own, grids, strict=True)]
            for own, grids in zip(latents, shapes, strict=True)
        ]

    def _bytes(self, codes: Sequence[Sequence[Codes]], of_grid: Callable[[Codes, int], float]) -> float:
        return sum(
            of_grid(own, grid.bits)
            for group, grids in zip(codes, self.layout.groups, strict=True)
            for own, grid in zip(group, grids.grids, strict=True)
        )

    def _without_weakest(self, codes: list[list[Codes]], limit: float) -> list[list[Codes]]:
        """Features of the first group become the same everywhere, which costs nothing, until the rest fits."""
        first = codes[0]
        order = sorted(
            (
                (float(own[..., f].var()) / 4**grid.bits, which, f)
                for which, (own, grid) in enumerate(zip(first, self.layout.groups[0].grids, strict=True))
                for f in range(own.shape[2])
            )
        )
        for _, which, feature in order:
            if self._bytes(codes, entropy.estimate) <= limit:
                break
            own = first[which] = first[which].copy()
            own[..., feature] = round(float(own[..., feature].mean()))
        return codes


def _towards_neighbours(values: Floats, bits: int, dead_zone: float) -> Codes:
    """The nearest codes, or the second nearest if it lies closer to the mean of the four neighbours and the value is
    within ``dead_zone`` of the border between both."""
    top = 2**bits - 1
    codes = np.empty(values.shape, code_type(bits))
    for rows in bands(values.shape):
        codes[rows] = np.clip(np.round(values[rows]), 0, top)
    if dead_zone <= 0:
        return codes
    chosen = np.empty_like(codes)
    for rows in bands(values.shape):
        block = codes[np.arange(rows.start - 1, rows.stop + 1) % len(codes)].astype(np.float32)
        nearest = block[1:-1]
        around = (block[:-2] + block[2:] + np.roll(nearest, 1, axis=1) + np.roll(nearest, -1, axis=1)) / 4
        away = values[rows] - nearest
        other = np.clip(nearest + np.sign(away), 0, top)
        closer = np.abs(other - around) < np.abs(nearest - around)
        chosen[rows] = np.where(closer & (np.abs(away) > 0.5 - dead_zone), other, nearest)
    return chosen
