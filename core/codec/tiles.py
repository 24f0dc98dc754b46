"""A mip level as training data: tiles of texels, and how each tile reads the latent grids of its group."""

from __future__ import annotations

import math

import numpy as np
import torch

from core.codec.kernels import cells
from core.codec.layout import GridShape, LatentLayout
from core.codec.sampling import Floats, phases
from core.codec.targets import Image

_BAND_TEXELS = 1 << 18


class Axis:
    """Tiles along one axis of a level: which latents each tile reads and with which weights."""

    def __init__(self, texels: int, tile: int, latents: int) -> None:
        self.tiles = math.ceil(texels / tile)
        x = tile_texels(texels, tile)
        position = (x + 0.5) * (latents / texels) - 0.5
        first = np.floor(position[:, 0]).astype(np.int64)
        self.reach = int(np.floor(position[:, -1] - first).max()) + 2
        offset = position - first[:, None]
        self.cells = cell = np.floor(offset).astype(np.int64)
        self.fractions = fraction = (offset - cell).astype(np.float32)
        weights = np.zeros((self.tiles, tile, self.reach), np.float32)
        np.put_along_axis(weights, cell[..., None], (1 - fraction)[..., None], axis=2)
        np.put_along_axis(weights, cell[..., None] + 1, fraction[..., None], axis=2)
        self.weights = weights
        self.indices = (first[:, None] + np.arange(self.reach)) % latents
        self.uniform = bool(np.allclose(weights, weights[:1], atol=1e-6))


def tile_texels(texels: int, tile: int) -> np.ndarray:
    """The texels of every tile along an axis, [tiles, tile]; from ``texels`` on, those at the beginning again.

    A tile spans four of the finest latents and begins between two of them, so that it reads five per axis; beginning
    where a latent's own texels do, it would read six.
    """
    return tile // 8 + np.arange(math.ceil(texels / tile) * tile).reshape(-1, tile)


class GridReader:
    """Reads blocks of one latent grid for tiles of one mip level, and their interpolation weights."""

    def __init__(self, shape: GridShape, size: tuple[int, int], tile: int, device: torch.device) -> None:
        width, height = size
        across, down = Axis(width, tile, shape.width), Axis(height, tile, shape.height)
        self.features = shape.features
        self.reach = across.reach * down.reach
        # Where a row and a column of tiles read, as shares of a latent's number: the numbers themselves, tile by tile,
        # would take as much memory as the latents.
        self.rows = torch.from_numpy(down.indices * shape.width).to(device)
        self.columns = torch.from_numpy(across.indices).to(device)
        self.across = across.tiles
        self.uniform = across.uniform and down.uniform
        self.column_weights = torch.from_numpy(across.weights).to(device)
        self.row_weights = torch.from_numpy(down.weights).to(device)
        # The same for one tap at a time: after which of a tile's latents a texel comes, and how far, [tiles, texels].
        self.row_cells, self.column_cells = torch.from_numpy(down.cells), torch.from_numpy(across.cells)
        self.row_fractions, self.column_fractions = torch.from_numpy(down.fractions), torch.from_numpy(across.fractions)

    def cells(self, flat: torch.Tensor) -> torch.Tensor:
        """Numbers of the latents that the tiles with these flat indices read, [tiles, reach]."""
        return cells(self.rows, self.columns, flat)

    def matrices(self, flat: torch.Tensor) -> torch.Tensor:
        """Interpolation matrices [tiles, texels, reach] of the tiles with these flat indices."""
        ty, tx = flat // self.across, flat % self.across
        return _outer(self.row_weights.index_select(0, ty), self.column_weights.index_select(0, tx))


def _outer(rows: torch.Tensor, columns: torch.Tensor) -> torch.Tensor:
    """[n, m, a] and [n, m, b] → [n, m·m, a·b]."""
    n, m, a = rows.shape
    b = columns.shape[2]
    return (rows[:, :, None, :, None] * columns[:, None, :, None, :]).reshape(n, m * m, a * b)


class Level:
    """One mip level as training data: tiles of targets and how they read their group's grids."""

    def __init__(self, layout: LatentLayout, level: int, image: Image, offset: Floats, device: torch.device) -> None:
        """``offset`` [C] is taken from the targets: half floats are finest around zero."""
        self.group = layout.group_of(level)
        group = layout.groups[self.group]
        self.lod = level - group.first
        self.tile = tile = max(1, (4 * layout.stride) >> self.lod)
        width, height = layout.mip_size(level)
        self.across, self.down = math.ceil(width / tile), math.ceil(height / tile)
        rows = tile_texels(height, tile).ravel() % height
        columns = tile_texels(width, tile).ravel() % width
        targets = np.empty((self.down, self.across, tile, tile, image.shape[2]), np.float16)
        at_once = max(1, _BAND_TEXELS // (width * tile))
        for top in range(0, self.down, at_once):
            part = targets[top : top + at_once]
            texels = image[rows[top * tile : (top + len(part)) * tile]][:, columns] - offset
            part[:] = texels.reshape(len(part), tile, self.across, tile, -1).transpose(0, 2, 1, 3, 4)
        self.targets = torch.from_numpy(targets.reshape(self.down * self.across, tile * tile, -1)).to(device)
        self.readers = [GridReader(shape, (width, height), tile, device) for shape in group.grids]
        (fine_x, fine_y), (coarse_x, coarse_y) = group.cells
        across = phases(width, fine_x, coarse_x)[columns].reshape(self.across, tile, -1)
        down = phases(height, fine_y, coarse_y)[rows].reshape(self.down, tile, -1)
        self.phases_x, self.phases_y = torch.from_numpy(across).to(device), torch.from_numpy(down).to(device)
        alike = np.allclose(across, across[:1], atol=1e-5) and np.allclose(down, down[:1], atol=1e-5)
        self.alike = bool(alike) and all(reader.uniform for reader in self.readers)
        """Whether every tile has the same :meth:`mixers`."""

    def mixers(self, flat: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """[n, texels, K] for the tiles with these flat indices: how each texel mixes what its tile reads.

        K counts the latents that a tile reads of every grid, then the positional inputs, then a one.
        """
        x = self.phases_x.index_select(0, flat % self.across)[:, None]
        y = self.phases_y.index_select(0, flat // self.across)[:, :, None]
        shape = (len(flat), self.tile, self.tile, -1)
        fixed = torch.cat([x.expand(shape), y.expand(shape), torch.ones_like(x[..., :1]).expand(shape)], dim=3)
        readings = [reader.matrices(flat) for reader in self.readers]
        return torch.cat([*readings, fixed.flatten(1, 2)], dim=2).to(dtype)

    @property
    def tiles(self) -> int:
        return self.across * self.down
