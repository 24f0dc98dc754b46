"""The shape of a neural texture: latent grids, bits, decoder - and what that costs in bytes.

A mip chain is cut into *groups*: a few consecutive mip levels share one pair of latent grids, a fine one with
a latent every ``stride`` texels of the group's first level and a coarse one with half as many per side. The
next group starts ``log2(stride) + 2`` levels further up, so the whole chain costs little more than its first
group (Vaidyanathan et al. 2023 share latents among mip levels in the same way).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

LOD_INPUTS = 3
"""One-hot inputs for the second, third and every later mip level of a group; the first one has none set."""
PHASE_INPUTS = 12
"""Triangle waves of the position within a latent cell: three octaves, two phases, two axes."""


@dataclass(frozen=True)
class GridShape:
    """One latent grid: ``height`` × ``width`` × ``features`` codes of ``bits`` bits."""

    height: int
    width: int
    features: int
    bits: int

    @property
    def bytes(self) -> int:
        """Packed size; each grid starts on a byte."""
        return (self.height * self.width * self.features * self.bits + 7) // 8


@dataclass(frozen=True)
class MipGroup:
    """Mip levels ``first`` … ``last`` (inclusive) and the grids they share."""

    first: int
    last: int
    fine: GridShape
    coarse: GridShape


@dataclass(frozen=True)
class LatentLayout:
    """Everything that fixes the shape of a neural texture.

    ``channels`` counts the channels the decoder puts out; ``stride`` is a power of two; ``hidden`` the widths
    of the decoder's hidden layers.
    """

    width: int
    height: int
    channels: int
    stride: int
    fine_features: int
    coarse_features: int
    bits: int
    hidden: tuple[int, ...]

    @property
    def mip_levels(self) -> int:
        return max(self.width, self.height).bit_length()

    def mip_size(self, level: int) -> tuple[int, int]:
        """(width, height) of a mip level."""
        return max(1, self.width >> level), max(1, self.height >> level)

    @property
    def groups(self) -> tuple[MipGroup, ...]:
        """The groups of the chain. Once a level fits into one fine cell, the last group takes all that is left."""
        length = int(math.log2(self.stride)) + 2
        groups: list[MipGroup] = []
        first = 0
        while first < self.mip_levels:
            w, h = self.mip_size(first)
            last = min(first + length, self.mip_levels) - 1
            if max(w, h) <= 4 * self.stride:
                last = self.mip_levels - 1
            fine = self._grid(w, h, self.stride, self.fine_features)
            coarse = self._grid(w, h, 2 * self.stride, self.coarse_features)
            groups.append(MipGroup(first, last, fine, coarse))
            first = last + 1
        return tuple(groups)

    def _grid(self, w: int, h: int, stride: int, features: int) -> GridShape:
        return GridShape(math.ceil(h / stride), math.ceil(w / stride), features, self.bits)

    def group_of(self, level: int) -> int:
        """Index of the group that holds a mip level."""
        return next(i for i, group in enumerate(self.groups) if group.first <= level <= group.last)

    @property
    def inputs(self) -> int:
        """Inputs of the decoder: fine and coarse features, phases, level within the group."""
        return self.fine_features + self.coarse_features + PHASE_INPUTS + LOD_INPUTS

    @property
    def layer_shapes(self) -> tuple[tuple[int, int], ...]:
        """(inputs, outputs) per layer of the decoder."""
        widths = (self.inputs, *self.hidden, self.channels)
        return tuple(itertools.pairwise(widths))

    @property
    def decoder_bytes(self) -> int:
        """8-bit weights with a 16-bit scale per output, and 16-bit biases."""
        return sum(n_in * n_out + 4 * n_out for n_in, n_out in self.layer_shapes)

    @property
    def latent_bytes(self) -> int:
        return sum(group.fine.bytes + group.coarse.bytes for group in self.groups)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one decoder evaluation."""
        return sum(n_in * n_out for n_in, n_out in self.layer_shapes)
