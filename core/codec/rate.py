"""Rate control: the layout that fits a number of bytes."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import numpy as np

from core.codec.entropy_model import TILE
from core.codec.layout import LatentGrid, LatentLayout, two_grids
from core.codec.targets import Image
from core.errors import InputError
from core.textures.bands import bands

CONTAINER_BYTES = 900
"""Room for the container's header; what a header really takes is less and is known only with the file names."""
ROUGH_DB = 30.5
"""PSNR of the linear code below which a set counts as rough."""
_MOST_FEATURES = 64
_CODED = {
    (4, 2, True): 0.96,
    (2, 2, True): 0.92,
    (2, 4, True): 0.92,
    (4, 4, True): 0.95,
    (4, 2, False): 0.96,
    (4, 4, False): 0.93,
    (2, 4, False): 0.88,
}
"""By stride, bits and roughness: the part of their packed size that trained latents take at most on disk. Where they
would take less, memory matters more: no layout is larger by more than a quarter than what was asked for."""
_CODING_FROM, _CODING_FULLY = 16_384, 131_072
_LEAST_TILES = 16


@dataclass(frozen=True)
class Prediction:
    """``file_bytes`` on disk, ``vram_bytes`` for what a runtime keeps in memory."""

    file_bytes: int
    vram_bytes: int


def is_rough(image: Image) -> bool:
    """Whether the maps [H, W, C] are dominated by detail that does not repeat from place to place.

    The measure is what a linear code can do: the PSNR left after 16 principal components of 4 × 4 texel
    patches. Rough material gains from many coarse latents, other material from fewer precise ones; the border
    lies where both did equally well (docs/codec.md).
    """
    height, width = (size - size % 4 for size in image.shape[:2])
    if min(height, width) < 64 or not image.shape[2]:
        return False
    total = (height // 4) * (width // 4)
    picks = np.sort(np.random.default_rng(0).choice(total, min(total, 16384), replace=False))
    parts = []
    for rows in bands(image.shape, 4):
        first, last = rows.start // 4 * (width // 4), min(rows.stop, height) // 4 * (width // 4)
        texels = image[rows][: height - rows.start, :width]
        patches = texels.reshape(-1, 4, width // 4, 4, image.shape[2]).transpose(0, 2, 1, 3, 4)
        own = picks[(picks >= first) & (picks < last)] - first
        parts.append(patches.reshape(last - first, -1)[own])
    chosen = np.concatenate(parts)
    values = np.linalg.eigvalsh(np.cov(chosen.T.astype(np.float64)))
    residual = float(np.maximum(values[:-16], 0).sum()) / chosen.shape[1]
    return residual > 10 ** (-ROUGH_DB / 10)


def predict(width: int, height: int, channels: int, bpp: float) -> Prediction:
    """What a container for ``bpp`` bits per texel will take. ``channels`` as the decoder puts them out."""
    try:
        layout = choose(width, height, channels, byte_budget(width, height, bpp))
    except InputError:
        smallest = byte_budget(width, height, bpp)
        return Prediction(smallest, smallest)
    vram = layout.latent_bytes + layout.decoder_bytes + 4 * channels
    return Prediction(int(expected_bytes(layout, rough=False)) + 4 * channels + CONTAINER_BYTES, vram)


def byte_budget(width: int, height: int, bpp: float) -> int:
    """The whole bytes in ``bpp`` bits per texel of mip 0."""
    return int(bpp * width * height / 8)


def choose(
    width: int,
    height: int,
    channels: int,
    budget: int,
    *,
    rough: bool = False,
    header: int = CONTAINER_BYTES,
    hidden: tuple[int, ...] = (),
) -> LatentLayout:
    """The layout for a file of at most ``budget`` bytes that fills it best, entropy coding counted in.

    ``rough``: see :func:`is_rough`; ``hidden`` layers instead of those that suit the size. Raises InputError if not
    even the smallest layout fits.
    """
    room = budget - header - 4 * channels
    best: LatentLayout | None = None
    most = 0.0
    for stride, bits in _grids(8 * budget / (width * height), rough):
        for widths in (hidden,) if hidden else _decoders(budget):
            found = _fill(LatentLayout(width, height, channels, (), widths), stride, bits, rough, room)
            if found is not None and (size := expected_bytes(found, rough=rough)) > most:
                best, most = found, size
        if best is not None and most >= 0.96 * room:
            break
    if best is None:
        smallest = least_bytes(width, height, channels, header)
        bpp = 8 * smallest / (width * height)
        raise InputError(
            f"{budget} bytes are too few for {channels} channels of {width} × {height} texels: "
            f"ask for at least {smallest} bytes ({bpp:.2f} bits per texel)."
        )
    return best


def scaled(layout: LatentLayout, factor: float, *, rough: bool = False) -> LatentLayout:
    """``layout`` with other numbers of features, so that a file takes about ``factor`` times as much.

    Never another grid: what was learned stays of use. A layout that :func:`choose` would not make stays as it is.
    """
    fine, *others = layout.grids
    usual = [LatentGrid(_coarse_stride(fine.stride), grid.features, fine.bits) for grid in others]
    if factor == 1.0 or len(others) > 1 or others != usual:
        return layout
    room = expected_bytes(layout, rough=rough) * factor
    least, most = (1, _MOST_FEATURES) if others else (0, 0)
    found = _fill(layout, fine.stride, fine.bits, rough, room, least, most)
    if found is None:
        ones = tuple(dataclasses.replace(grid, features=1) for grid in layout.grids)
        found = dataclasses.replace(layout, grids=ones)
    return found


def least_bytes(width: int, height: int, channels: int, header: int = CONTAINER_BYTES) -> int:
    """What the smallest file for such a material takes."""
    least = LatentLayout(width, height, channels, two_grids(16, 1, 0, 1), (4,))
    return least.latent_bytes + least.decoder_bytes + header + 4 * channels


def usual_decoder(budget: int) -> tuple[int, ...]:
    """Widths of the hidden layers for a file of this size."""
    return _decoders(budget)[0]


def expected_bytes(layout: LatentLayout, *, rough: bool) -> float:
    """What latents, entropy-coded, and decoder will take in a file, as far as that is known before training."""
    packed = layout.latent_bytes
    usual = min((_CODED.get((grid.stride, grid.bits, rough), 1.0) for grid in layout.grids[:1]), default=1.0)
    finest = layout.groups[0].grids[0] if layout.grids else None
    if finest is None or math.ceil(finest.height / TILE) * math.ceil(finest.width / TILE) < _LEAST_TILES:
        # Tiles that need not be coded fill a file up: with few of them, only what fits packed is sure to fit.
        usual = 1.0
    # What is learned about the codes in order to code them has to be stored as well, and small files can't pay for it.
    pays = min(1.0, max(0.0, (packed - _CODING_FROM) / (_CODING_FULLY - _CODING_FROM)))
    return packed * (1.0 - (1.0 - usual) * pays) + layout.decoder_bytes


def _grids(bpp: float, rough: bool) -> tuple[tuple[int, int], ...]:
    """(texels per fine latent, bits per latent), the ones that did best at this rate first."""
    if bpp < 1.2:
        preferred = ((4, 2), (8, 2))
    elif rough:
        preferred = ((4, 2),) if bpp < 3.8 else ((2, 2),) if bpp < 7.5 else ((2, 4),)
    else:
        preferred = ((4, 4),) if bpp < 4.4 else ((2, 4),)
    # Small textures and odd budgets may leave too much of it unused: then whatever fits.
    return *preferred, (4, 4), (4, 2), (8, 4), (8, 2), (8, 1), (16, 2), (16, 1)


def _decoders(budget: int) -> tuple[tuple[int, ...], ...]:
    """Hidden layers: a decoder may take about a tenth of the file."""
    if budget >= 56_000:
        return ((64, 64),)
    if budget >= 24_000:
        return ((48, 48), (32, 32))
    if budget >= 8_000:
        return ((32, 32), (16, 16))
    return ((16, 16), (8, 8), (8,), (4,))


def _coarse_stride(stride: int) -> int:
    """A quarter of the latents per side."""
    return min(4 * stride, 32)


def _fill(
    base: LatentLayout,
    stride: int,
    bits: int,
    rough: bool,
    room: float,
    least: int = 0,
    most: int = _MOST_FEATURES,
) -> LatentLayout | None:
    """The features of a fine grid and, from ``least`` to ``most``, of a coarse one that leave the least room."""

    def shaped(fine: int, coarse: int) -> LatentLayout:
        grids = LatentGrid(stride, fine, bits), LatentGrid(_coarse_stride(stride), coarse, bits)
        return dataclasses.replace(base, grids=tuple(grid for grid in grids if grid.features))

    def size(fine: int, coarse: int) -> float:
        return expected_bytes(shaped(fine, coarse), rough=rough)

    best: LatentLayout | None = None
    best_score = 0.0
    for fine in range(1, _MOST_FEATURES + 1):
        if size(fine, least) > room:
            break
        low, high = least, min(most, 2 * fine + 16)
        while low < high:
            middle = (low + high + 1) // 2
            if size(fine, middle) <= room:
                low = middle
            else:
                high = middle - 1
        layout = shaped(fine, low)
        # About as many coarse features as fine ones carry what is smooth; none at all cost as much as 2 % of the rate.
        score = size(fine, low) / room - 0.02 * max(0, fine - low) / fine
        if score > best_score:
            best, best_score = layout, score
    return best
