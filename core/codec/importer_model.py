"""The model shape that the UE5 importer of NeuralTextureTraining reads, as data; decodable without torch.

The shape is fixed by that importer: two square grids of N and N/2 texels with four 8-bit features each, one 16 × 16
matrix whose constant-one inputs are the bias, and hard-swish on its eleven outputs. There is no hidden layer.
:mod:`core.codec.importer_fit` fits it; :mod:`core.exporters.ue5` writes its files.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.codec.metrics import mse, psnr_from_mse
from core.errors import InputError
from core.textures.depth import round_to_depth
from core.textures.material import NormalConvention, Pixels, TextureSet
from core.textures.roles import ROLE_INFO, Role

ORDER = (
    Role.ALBEDO,
    Role.NORMAL,
    Role.ROUGHNESS,
    Role.OCCLUSION,
    Role.METALLIC,
    Role.SPECULAR,
    Role.DISPLACEMENT,
)
"""The importer's fixed order of outputs: 3 + 3 + 1 + 1 + 1 + 1 + 1 channels."""

CHANNELS = sum(ROLE_INFO[role].channels for role in ORDER)
FEATURES = 4
"""Features per grid: one RGBA texel."""
WIDTH = 16
"""Inputs and outputs of the matrix, padded."""
BIAS = 2 * FEATURES + 1
"""The first of the inputs that are constantly one. Input 8 is the level of detail, zero at full resolution."""
GAMMA = 2.2
"""Every map but the normal is stored as value^2.2."""
STEP = 1.0 / 256.0
"""Distance of two stored feature values."""
OFFSET = 127.5 / 256.0
"""Feature = byte · STEP − OFFSET."""
SMALLEST_GRID = 16
LEAST_RATE = 2.5
"""bits per texel; below it, this shape is of no use at usual texture sizes."""


@dataclass(frozen=True)
class ImporterModel:
    """A fitted model, exactly as stored.

    ``grids``: uint8 N × N × 4 and N/2 × N/2 × 4, row 0 at the top.
    ``network``: float32 16 × 16, rows are outputs; inputs are 4 + 4 features, level of detail, seven ones.
    ``roles``: the maps present, in the layout's order; all other outputs are exactly zero.
    """

    name: str
    width: int
    height: int
    roles: tuple[Role, ...]
    normal_convention: NormalConvention
    grids: tuple[NDArray[np.uint8], NDArray[np.uint8]]
    network: NDArray[np.float32]

    def decode(self) -> dict[Role, Pixels]:
        """All maps present: float32 H × W × C in file encoding, in [0, 1], not yet rounded."""
        maps = {role: np.empty((self.height, self.width, ROLE_INFO[role].channels), np.float32) for role in self.roles}
        features = [grid.astype(np.float32) * np.float32(STEP) - np.float32(OFFSET) for grid in self.grids]
        axes = [(grid_axis(self.width, len(grid)), grid_axis(self.height, len(grid))) for grid in self.grids]
        weights = self.network[:CHANNELS, : 2 * FEATURES].T
        bias = self.network[:CHANNELS, BIAS:].sum(axis=1)
        # Row by row: the features of the whole image would take several times the memory of the result.
        for y in range(self.height):
            row = [
                _sample_row(grid, across, (int(down[0][y]), float(down[1][y])))
                for grid, (across, down) in zip(features, axes, strict=True)
            ]
            linear = np.clip(hard_swish(np.concatenate(row, axis=1) @ weights + bias), 0.0, 1.0)
            for role, pixels in maps.items():
                values = linear[:, channel_offset(role) : channel_offset(role) + pixels.shape[2]]
                pixels[y] = values if role is Role.NORMAL else values ** np.float32(1 / GAMMA)
        return maps

    def psnr(self, material: TextureSet) -> tuple[float, dict[str, float]]:
        """Against the material it was fitted to: PSNR in dB pooled over the channels of the maps present, and per
        role name; in file encoding, rounded to each map's bit depth."""
        per_map: dict[str, float] = {}
        errors = 0.0
        channels = 0
        for role, pixels in self.decode().items():
            source = material.by_role[role]
            error = mse(round_to_depth(pixels, source.bit_depth), source.pixels)
            per_map[str(role)] = psnr_from_mse(error)
            errors += error * source.channels
            channels += source.channels
        return psnr_from_mse(errors / channels), per_map


def hard_swish(z: NDArray[np.floating]) -> NDArray[np.floating]:
    """z · clip(z + 3, 0, 6) / 6, the importer's output curve."""
    return z * np.clip(z + 3.0, 0.0, 6.0) / 6.0


def channel_offset(role: Role) -> int:
    """The first of the role's outputs."""
    return sum(ROLE_INFO[other].channels for other in ORDER[: ORDER.index(role)])


def grid_side(width: int, height: int, bpp: float) -> int:
    """The fine grid's side N: the largest power of two, at least 16, whose rate 32 · 1.25 · N² / (W · H) bits per texel
    is not more than 5 % above ``bpp`` (or above 2.5, if that is more)."""
    limit = max(bpp, LEAST_RATE) * 1.05 * width * height
    side = SMALLEST_GRID
    while 40 * (2 * side) ** 2 <= limit:
        side *= 2
    return side


def grid_axis(texels: int, side: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Where texel centres (i + 0.5) / ``texels`` fall in a grid: the lower vertex and the weight of the upper one.

    The importer samples at u · (N − 1) + 0.5, so vertex i sits at u = (i − 0.5) / (N − 1).
    """
    position = (np.arange(texels) + 0.5) / texels * (side - 1) + 0.5
    lower = np.floor(position).astype(np.int64)
    return lower, position - lower


def roles_in_layout(material: TextureSet) -> tuple[Role, ...]:
    """The set's roles that have a place in the layout, in its order. Raises InputError if none has."""
    roles = tuple(role for role in ORDER if role in material.by_role)
    if not roles:
        raise InputError(
            f"{material.name} has none of the maps that the UE5 layout can hold: {', '.join(ORDER)}.", material.folder
        )
    return roles


def _sample_row(grid: Pixels, across: tuple[NDArray[np.int64], NDArray[np.float64]], down: tuple[int, float]) -> Pixels:
    """One row of bilinear samples, W × 4, with the importer's linear index: one step past the right edge lands in
    the first column of the *next* row, past the last row in the first."""
    side = len(grid)
    flat = grid.reshape(-1, FEATURES)
    lower, weight = across
    y, weight_down = down
    upper_part = weight.astype(np.float32)[:, None]

    def line(row: int) -> Pixels:
        index = lower + row * side
        left, right = flat[index % (side * side)], flat[(index + 1) % (side * side)]
        return (left + (right - left) * upper_part).astype(np.float32)

    top, bottom = line(y), line(y + 1)
    return (top + (bottom - top) * weight_down).astype(np.float32)
