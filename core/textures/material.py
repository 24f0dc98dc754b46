"""A texture set as data: maps with pixels, and the source files they came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.textures.roles import NormalConvention, Role

Pixels = NDArray[np.float32]


@dataclass(frozen=True)
class ChannelRef:
    """Where one channel of a source file gets its values from: channel ``index`` of the map ``role``, or the
    constant ``value`` where ``role`` is None (an unused channel of a packed file, an opaque alpha).

    ``inverted``: the file holds 1 − value (glossiness instead of roughness).
    """

    role: Role | None
    index: int = 0
    value: float = 1.0
    inverted: bool = False


@dataclass(frozen=True)
class SourceFile:
    """One file of the set as decoding has to write it again.

    ``name`` is the file name with extension and without folder; ``bit_depth`` 8, 16 or 32 (float);
    ``layout`` has one entry per channel of the file.
    """

    name: str
    bit_depth: int
    layout: tuple[ChannelRef, ...]


@dataclass(frozen=True)
class TextureMap:
    """One map. ``pixels`` is float32 H × W × C in file encoding scaled to [0, 1], row 0 at the top, read-only.

    ``file`` is the name of the :class:`SourceFile` it came from.
    """

    role: Role
    pixels: Pixels
    file: str
    bit_depth: int = 8

    @property
    def channels(self) -> int:
        return self.pixels.shape[2]


@dataclass(frozen=True)
class TextureSet:
    """All maps of one material at one size, W × H texels."""

    name: str
    width: int
    height: int
    maps: tuple[TextureMap, ...]
    files: tuple[SourceFile, ...]
    normal_convention: NormalConvention = NormalConvention.UNKNOWN
    folder: Path | None = None
    notices: tuple[str, ...] = ()
    by_role: dict[Role, TextureMap] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_role", {m.role: m for m in self.maps})

    @property
    def channels(self) -> int:
        return sum(m.channels for m in self.maps)

    @property
    def mip_levels(self) -> int:
        """Length of the full chain down to 1 × 1: floor(log2(longer side)) + 1."""
        return max(self.width, self.height).bit_length()

    def stacked(self) -> Pixels:
        """All maps side by side: float32 H × W × channels, in the order of ``maps``."""
        return np.concatenate([m.pixels for m in self.maps], axis=2)
