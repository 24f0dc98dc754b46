"""How a GPU kernel finds a tile's latents: every grid in one vector, and tables of where a level's tiles read them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS
from core.codec.parameters import Latents
from core.codec.tiles import Level


class LatentStore:
    """All latents of a trainer in one vector, with the moments of Adam; the trainer's grids become views of it.

    ``gradient`` holds the fixed-point sums of a step, ``owners`` which corner of which tile updates a latent.
    """

    def __init__(self, grids: Sequence[Sequence[Latents]], device: torch.device) -> None:
        self.grids = [grid for own in grids for grid in own]
        self.starts: dict[tuple[int, int], tuple[int, int]] = {}
        """First value and first latent of a group's grid."""
        values = latents = 0
        for group, own in enumerate(grids):
            for which, grid in enumerate(own):
                self.starts[group, which] = values, latents
                values += grid.values.numel()
                latents += len(grid.values)
        self.values = torch.zeros(values, device=device)
        self.second = torch.zeros_like(self.values)
        self.visits = torch.zeros(latents, 1, device=device)
        self.gradient = torch.zeros(values, dtype=torch.int64, device=device)
        self.owners = torch.full((latents,), -1, dtype=torch.int32, device=device)
        self._views: list[Tensor] = []
        for grid, (at, latent) in zip(self.grids, self.starts.values(), strict=True):
            count, shape = grid.values.numel(), grid.values.shape
            self._views.append(self.values[at : at + count].view(shape))
            second, visits = self.second[at : at + count].view(shape), self.visits[latent : latent + shape[0]]
            grid.second, grid.visits = second.copy_(grid.second), visits.copy_(grid.visits)
        self.adopt()

    def adopt(self) -> None:
        """Take over the values of grids that were given new ones."""
        for grid, view in zip(self.grids, self._views, strict=True):
            if grid.values is not view:
                grid.values = view.copy_(grid.values)


class LevelReads:
    """How the tiles of one level read the latents of its group, for tiles that all interpolate alike.

    A tile's *corners* are the latents it reads of every grid, then one for each positional input, then a constant one;
    ``padded`` is the size of all that follows, a power of two. Per corner, int32 ``tables`` [7, padded] holds the first
    of the inputs that it fills, how many those are (none behind the latents), the place of its grid's first value less
    that first input, its grid's first latent, the number of its read, and the noise of a tile and where its own begins.
    ``rows`` [down, padded] and ``columns`` [across, padded] add up to the cell that a tile's corner reads; ``scales``
    [2, padded] are the quantisation step and the rate's share; ``mixers`` [texels, padded] is ``Level.mixers``, and
    ``constants`` [padded, power of two] are the first layer's inputs that don't depend on the tile; the last input is
    the one that its bias belongs to.
    """

    def __init__(
        self, level: Level, store: LatentStore, rates: Sequence[float], dtype: torch.dtype, padded: int
    ) -> None:
        device = level.targets.device
        self.level = level
        self.corners = corners(level)
        self.padded = padded
        self.tables = torch.zeros(7, self.padded, dtype=torch.int32, device=device)
        self.rows = torch.zeros(level.down, self.padded, dtype=torch.int32, device=device)
        self.columns = torch.zeros(level.across, self.padded, dtype=torch.int32, device=device)
        self.scales = torch.ones(2, self.padded, device=device)
        corner = feature = 0
        for which, reader in enumerate(level.readers):
            value, latent = store.starts[level.group, which]
            grid = store.grids[list(store.starts).index((level.group, which))]
            here = slice(corner, corner + reader.reach)
            noise = torch.arange(reader.reach, dtype=torch.int32, device=device) * reader.features - feature
            numbers = (feature, reader.features, value - feature, latent, which, reader.reach * reader.features)
            self.tables[:6, here] = torch.tensor(numbers, dtype=torch.int32, device=device)[:, None]
            self.tables[6, here] = noise
            self.rows[:, here] = reader.rows.repeat_interleave(reader.columns.shape[1], dim=1).int()
            self.columns[:, here] = reader.columns.repeat(1, reader.rows.shape[1]).int()
            self.scales[0, here] = grid.step_size
            self.scales[1, here] = rates[which]
            corner += reader.reach
            feature += reader.features
        mixer = level.mixers(torch.zeros(1, dtype=torch.int64, device=device), dtype)[0]
        self.mixers = torch.nn.functional.pad(mixer, (0, self.padded - self.corners)).contiguous()
        inputs = feature + PHASE_INPUTS + LOD_INPUTS + 1
        self.constants = torch.zeros(self.padded, power_of_two(inputs), device=device)
        self.constants[corner : corner + PHASE_INPUTS, feature:][:, :PHASE_INPUTS].fill_diagonal_(1.0)
        self.constants[self.corners - 1, inputs - 1] = 1.0
        if level.lod:
            self.constants[self.corners - 1, feature + PHASE_INPUTS + min(level.lod, LOD_INPUTS) - 1] = 1.0


def corners(level: Level) -> int:
    """Latents that a tile reads, positional inputs and a one: the columns of ``Level.mixers``."""
    return sum(reader.reach for reader in level.readers) + PHASE_INPUTS + 1


def power_of_two(size: int) -> int:
    """The smallest one that is at least ``size``, and at least the 16 that a matrix product wants."""
    return max(16, 1 << (size - 1).bit_length())
