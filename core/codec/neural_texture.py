"""A trained neural texture as data: numpy arrays only, decodable without torch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS, LatentLayout
from core.codec.sampling import Floats, phases, upsample
from core.codec.transform import IDENTITY, Transform
from core.textures.depth import round_to_depth
from core.textures.material import NormalConvention, Pixels, SourceFile, TextureMap, TextureSet
from core.textures.roles import Role

LEAK = np.float32(0.01)
"""Slope of the decoder's LeakyReLU below zero."""

Codes = NDArray[np.unsignedinteger[Any]]

_CHUNK_TEXELS = 16384


@dataclass(frozen=True)
class StoredMap:
    """A map of the set. ``constants`` has one entry per channel: its exact value if it is the same in all
    texels (such channels cost nothing), None if the decoder puts it out; ``transform`` turns that into file values."""

    role: Role
    file: str
    bit_depth: int
    constants: tuple[float | None, ...]
    transform: Transform = IDENTITY


@dataclass(frozen=True)
class Layer:
    """One layer of the decoder: ``codes`` int8 [in, out], ``scales`` float16 [out], ``biases`` float16 [out]."""

    codes: NDArray[np.int8]
    scales: NDArray[np.float16]
    biases: NDArray[np.float16]

    def weights(self) -> Floats:
        """float32 [in, out]."""
        return self.codes.astype(np.float32) * self.scales.astype(np.float32)


@dataclass(frozen=True)
class NeuralTexture:
    """Latents, decoder and what is needed to write the source's files again.

    ``latents``: per mip group and grid the codes, [h, w, F] in 0 … 2^bits − 1, uint8 or above 8 bits uint16; a code
    stands for 2·code/(2^bits − 1) − 1. ``offset`` float32 [channels] is added to the decoder's output. ``size_bytes``
    is that of the container, 0 if there is none yet.
    """

    name: str
    width: int
    height: int
    maps: tuple[StoredMap, ...]
    files: tuple[SourceFile, ...]
    normal_convention: NormalConvention
    layout: LatentLayout
    latents: tuple[tuple[Codes, ...], ...]
    layers: tuple[Layer, ...]
    offset: Floats
    size_bytes: int = 0

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(m.role for m in self.maps)

    @property
    def mip_levels(self) -> int:
        return self.layout.mip_levels

    @property
    def bits_per_texel(self) -> float:
        return 8 * self.size_bytes / (self.width * self.height)

    @property
    def vram_bytes(self) -> int:
        """What a runtime keeps: latents as they are, and the decoder."""
        return self.layout.latent_bytes + self.layout.decoder_bytes + 4 * self.layout.channels

    def decode(self, mip: int = 0, roles: Collection[Role] | None = None) -> dict[Role, Pixels]:
        """All maps at one mip level, or those in ``roles``: float32 H × W × C in file encoding, not yet rounded."""
        return self._maps(mip, rounded=False, roles=roles)

    def decoded_set(self, mip: int = 0) -> TextureSet:
        """The same as a texture set, with values rounded to each map's bit depth, as written by ``decode``."""
        decoded = self._maps(mip, rounded=True)
        width, height = self.layout.mip_size(mip)
        maps = tuple(TextureMap(m.role, decoded[m.role], m.file, m.bit_depth) for m in self.maps)
        return TextureSet(self.name, width, height, maps, self.files, self.normal_convention)

    def _maps(self, mip: int, *, rounded: bool, roles: Collection[Role] | None = None) -> dict[Role, Pixels]:
        width, height = self.layout.mip_size(mip)
        wanted = [m for m in self.maps if roles is None or m.role in roles]
        maps = {m.role: np.empty((height, width, len(m.constants)), np.float32) for m in wanted}
        for m in wanted:
            for channel, value in enumerate(m.constants):
                if value is not None:
                    exact = np.array([value], np.float32)
                    maps[m.role][..., channel] = round_to_depth(exact, m.bit_depth) if rounded else exact
        learned = [(m, channel) for m in self.maps for channel, value in enumerate(m.constants) if value is None]
        chosen = [at for at, (m, _) in enumerate(learned) if m in wanted]
        if not chosen:
            return maps
        for rows, output in self._bands(mip, None if roles is None else chosen):
            for at, (m, channel) in enumerate(learned[i] for i in chosen):
                values = m.transform.values(output[..., at])
                maps[m.role][rows, :, channel] = round_to_depth(values, m.bit_depth) if rounded else values
        return maps

    def decode_learned(self, mip: int = 0) -> Floats:
        """The decoder's channels of one mip level, float32 [H, W, channels], clipped to [0, 1]."""
        width, height = self.layout.mip_size(mip)
        output = np.empty((height, width, self.layout.channels), np.float32)
        for rows, learned in self._bands(mip):
            np.clip(learned, 0.0, 1.0, out=output[rows])
        return output

    def _bands(self, mip: int, channels: Sequence[int] | None = None) -> Iterator[tuple[slice, Floats]]:
        """Some rows of the decoder's output after the other, [rows, W, channels]; only those channels, if given."""
        if not 0 <= mip < self.mip_levels:
            raise ValueError(f"mip {mip} of {self.mip_levels}")
        layout = self.layout
        if not layout.channels:
            return
        width, height = layout.mip_size(mip)
        number = layout.group_of(mip)
        group = layout.groups[number]
        (fine_x, fine_y), (coarse_x, coarse_y) = group.cells
        across, down = phases(width, fine_x, coarse_x), phases(height, fine_y, coarse_y)
        weights = [layer.weights() for layer in self.layers]
        biases = [layer.biases.astype(np.float32) for layer in self.layers]
        biases[-1] = biases[-1] + self.offset
        if channels is not None:
            weights[-1], biases[-1] = weights[-1][:, channels], biases[-1][channels]
        rows_at_once = max(1, _CHUNK_TEXELS // width)
        inputs = np.zeros((rows_at_once, width, layout.inputs), np.float32)
        half = PHASE_INPUTS // 2
        features = layout.features
        inputs[..., features : features + half] = across
        lod = mip - group.first
        if lod:
            inputs[..., features + PHASE_INPUTS + min(lod, LOD_INPUTS) - 1] = 1.0
        for top in range(0, height, rows_at_once):
            count = min(rows_at_once, height - top)
            at = 0
            for codes, shape in zip(self.latents[number], group.grids, strict=True):
                # Interpolation doesn't mind whether codes or what they stand for are blended.
                values = upsample(codes, height, width, top, count)
                values *= np.float32(2.0 / (2**shape.bits - 1))
                values -= 1.0
                inputs[:count, :, at : at + shape.features] = values
                at += shape.features
            inputs[:count, :, features + half : features + PHASE_INPUTS] = down[top : top + count, None]
            values = inputs[:count].reshape(count * width, -1)
            for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
                values = values @ weight
                values += bias
                if i < len(weights) - 1:
                    np.maximum(values, values * LEAK, out=values)
            yield slice(top, top + count), values.reshape(count, width, -1)
