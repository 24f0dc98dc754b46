"""Between the values of a file and the decoder's output in [0, 1]: masks that stay exact, floats beyond [0, 1].

In this order, from the file to what is learned; docs/codec.md, "Hard inputs", says when and why:

1. *Range.* File values from ``low`` to ``high`` become w in [0, 1].
2. *Curve.* Radiance is learned on a scale that is linear in the dark and logarithmic in the bright:
   u = ln(1 + curve · w) / ln(1 + curve). Everything else has curve 0, a straight line: u = w.
3. *Margins.* u = 0 is learned as 0, u = 1 as 1 and everything between as margin₀ + u · (1 − margin₀ − margin₁): a
   decoder that is a little wrong at an end still gives exactly that end, because what lies in a margin is cut off.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from core.codec.sampling import Floats
from core.textures.depth import peak
from core.textures.material import Pixels
from core.textures.roles import Role

MARGIN = 0.15
"""With one at each end, the targets of 0 and 1 lie 0.21 of the range that is left beyond its ends."""
MASK_SHARE = 0.9
"""From this share of values exactly at an end of the range on a map counts as a mask."""
_END_SHARE = 0.001
"""An end that fewer values lie at gets no margin: it may be a single highlight."""
_SAMPLES = 1 << 20


@dataclass(frozen=True)
class Transform:
    """How the values of one map relate to the decoder's output, see the head of the module.

    ``low`` < ``high`` in file values; ``curve`` ≥ 0; ``margins`` at the low and the high end, each in [0, 0.4].
    """

    low: float = 0.0
    high: float = 1.0
    curve: float = 0.0
    margins: tuple[float, float] = (0.0, 0.0)

    def targets(self, values: Floats) -> Floats:
        """What the decoder has to put out for file values of any shape: float32 in [0, 1]."""
        if self == IDENTITY:
            return values
        unit = (values - np.float32(self.low)) * np.float32(1.0 / (self.high - self.low))
        if self.curve:
            unit = np.log1p(unit * np.float32(self.curve)) * np.float32(1.0 / math.log1p(self.curve))
        before, after = self.margins
        inner = np.clip(unit, 0.0, 1.0) * np.float32(1.0 - before - after) + np.float32(before)
        inner[values <= np.float32(self.low)] = 0.0
        inner[values >= np.float32(self.high)] = 1.0
        return inner

    def values(self, output: Floats) -> Floats:
        """File values, float32, for what the decoder put out, of any shape."""
        before, after = self.margins
        unit = np.clip((output - np.float32(before)) * np.float32(1.0 / (1.0 - before - after)), 0.0, 1.0)
        if self.curve:
            inner = np.expm1(unit * np.float32(math.log1p(self.curve))) * np.float32(1.0 / self.curve)
            unit = np.where(unit < 1.0, inner, unit)
        if (self.low, self.high) == (0.0, 1.0):
            return unit
        return (1.0 - unit) * np.float32(self.low) + unit * np.float32(self.high)


IDENTITY = Transform()


def choose(role: Role, pixels: Pixels) -> Transform:
    """The transform of a map, H × W × C in file values.

    Values within [0, 1] keep their scale; what goes beyond is mapped from its own range, radiance on a curve. The
    opacity, and every other map but colours and normals that lies at an end nearly everywhere, gets margins.
    """
    low, high, curve = 0.0, 1.0, 0.0
    if peak(pixels) != 1.0:
        low, high = float(pixels.min()), float(pixels.max())
        if role is Role.EMISSIVE:
            curve = _curve(pixels, low, high)
    if role in (Role.ALBEDO, Role.NORMAL):
        return Transform(low, high, curve)
    lowest, highest = (np.count_nonzero(pixels == np.float32(end)) / pixels.size for end in (low, high))
    if role is not Role.OPACITY and lowest + highest < MASK_SHARE:
        return Transform(low, high, curve)
    before, after = (MARGIN if share >= _END_SHARE else 0.0 for share in (lowest, highest))
    return Transform(low, high, curve, (before, after))


def _curve(pixels: Pixels, low: float, high: float) -> float:
    """The bend lies at the median of what is not black: half of the light is learned in steps of equal ratio."""
    values = pixels.reshape(-1)
    lit = values[:: max(1, values.size // _SAMPLES)] - low
    lit = lit[lit > 0]
    knee = float(np.median(lit)) if lit.size else high - low
    return (high - low) / max(knee, (high - low) / 65536)
