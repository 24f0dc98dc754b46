"""What the decoder has to put out at one mip level, put together a few rows at a time.

A set of maps is large; a second copy of it, channels side by side, would be as large again and is never needed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.codec.sampling import Floats, Indices
from core.codec.transform import Transform
from core.textures.bands import bands
from core.textures.material import Pixels


@dataclass(frozen=True)
class TargetMap:
    """The learned channels of one map at one level: ``pixels`` [H, W, C] in file values, ``channels`` of them."""

    pixels: Pixels
    channels: tuple[int, ...]
    transform: Transform


class Targets:
    """An image [H, W, channels] in the decoder's range that exists only where its rows are asked for."""

    def __init__(self, height: int, width: int, maps: Sequence[TargetMap]) -> None:
        self.maps = tuple(maps)
        self.shape = (height, width, sum(len(m.channels) for m in maps))

    def __getitem__(self, rows: slice | Indices) -> Floats:
        """float32 [rows, W, channels]."""
        parts = [m.transform.targets(m.pixels[rows][..., list(m.channels)]) for m in self.maps]
        return np.concatenate(parts, axis=2)


Image = Pixels | Targets
"""[H, W, C]: either gives rows by a slice or by indices, and has a shape."""


def mean(image: Image) -> Floats:
    """float32 [C], the mean over all texels."""
    total = sum(
        (image[rows].sum(axis=(0, 1), dtype=np.float64) for rows in bands(image.shape)), np.zeros(image.shape[2])
    )
    return (total / (image.shape[0] * image.shape[1])).astype(np.float32)
