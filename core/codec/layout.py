"""The shape of a neural texture: latent grids, bits, decoder - and what that costs in bytes.

A mip chain is cut into *groups*: a few consecutive mip levels share one set of latent grids, usually a fine one with
a latent every ``stride`` texels of the group's first level and a coarse one with half as many per side. The next group
starts ``log2(stride) + 2`` levels further up, so the whole chain costs little more than its first group (Vaidyanathan
et al. 2023 share latents among mip levels in the same way).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

LOD_INPUTS = 3
"""One-hot inputs for the second, third and every later mip level of a group; the first one has none set."""
PHASE_INPUTS = 12
"""Triangle waves of the position within a latent cell: three octaves, two phases, two axes."""


def code_type(bits: int) -> type[np.uint8 | np.uint16]:
    """The array type of codes with so many bits."""
    return np.uint8 if bits <= 8 else np.uint16


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
    """Mip levels ``first`` … ``last`` (inclusive) and the grids they share.

    ``cells`` are two lattices that the positional inputs follow, (width, height) each: a cell every ``stride`` and
    every 2 · ``stride`` texels.
    """

    first: int
    last: int
    grids: tuple[GridShape, ...]
    cells: tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class LatentGrid:
    """A grid as every mip group has it: a latent of ``features`` codes every ``stride`` texels of the first level.

    ``stride`` is a power of two up to 32, ``bits`` 1 to 16.
    """

    stride: int
    features: int
    bits: int


def two_grids(stride: int, fine: int, coarse: int, bits: int) -> tuple[LatentGrid, ...]:
    """A grid at ``stride`` and one with half as many latents per side; one without features is left out."""
    grids = LatentGrid(stride, fine, bits), LatentGrid(2 * stride, coarse, bits)
    return tuple(grid for grid in grids if grid.features)


@dataclass(frozen=True)
class LatentLayout:
    """Everything that fixes the shape of a neural texture.

    ``channels`` counts the channels the decoder puts out; ``grids`` are in the decoder's order; ``hidden`` the widths
    of the decoder's hidden layers.
    """

    width: int
    height: int
    channels: int
    grids: tuple[LatentGrid, ...]
    hidden: tuple[int, ...]

    @property
    def mip_levels(self) -> int:
        return max(self.width, self.height).bit_length()

    def mip_size(self, level: int) -> tuple[int, int]:
        """(width, height) of a mip level."""
        return max(1, self.width >> level), max(1, self.height >> level)

    @property
    def stride(self) -> int:
        """Texels per latent of the densest grid; 8 without any grid."""
        return min((grid.stride for grid in self.grids), default=8)

    @property
    def features(self) -> int:
        """Latent values that a texel reads."""
        return sum(grid.features for grid in self.grids)

    @property
    def groups(self) -> tuple[MipGroup, ...]:
        """The groups of the chain. Once a level fits into a few cells, the last group takes all that is left."""
        length = int(math.log2(self.stride)) + 2
        groups: list[MipGroup] = []
        first = 0
        while first < self.mip_levels:
            w, h = self.mip_size(first)
            last = min(first + length, self.mip_levels) - 1
            if max(w, h) <= 4 * self.stride:
                last = self.mip_levels - 1
            shapes = tuple(
                GridShape(math.ceil(h / g.stride), math.ceil(w / g.stride), g.features, g.bits) for g in self.grids
            )
            once, twice = ((math.ceil(w / s), math.ceil(h / s)) for s in (self.stride, 2 * self.stride))
            groups.append(MipGroup(first, last, shapes, (once, twice)))
            first = last + 1
        return tuple(groups)

    def group_of(self, level: int) -> int:
        """Index of the group that holds a mip level."""
        return next(i for i, group in enumerate(self.groups) if group.first <= level <= group.last)

    @property
    def inputs(self) -> int:
        """Inputs of the decoder: latents grid by grid, phases, level within the group."""
        return self.features + PHASE_INPUTS + LOD_INPUTS

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
        return sum(grid.bytes for group in self.groups for grid in group.grids)

    @property
    def multiply_adds(self) -> int:
        """Multiply-adds of one decoder evaluation."""
        return sum(n_in * n_out for n_in, n_out in self.layer_shapes)
