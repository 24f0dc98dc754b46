"""A material's maps at every mip level, as a target wants them, and what they are made from in a few bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.exporters.conventions import turned
from core.textures.depth import peak
from core.textures.material import TextureMap, TextureSet
from core.textures.mips import halved
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source

Range = tuple[float, float]
"""The values that stand for 0 and 1 in a texture."""


class Levels:
    """The maps of a neural texture as it decodes them, level by level, or those of a texture set and their means
    (:mod:`core.textures.mips`). The normal map is in the convention ``normals``, see :mod:`core.exporters.conventions`.

    Values are what the source's files could hold: rounded to their depth at level 0, and of a neural texture on every
    level.
    """

    def __init__(self, source: Source, normals: str, reader: str = "") -> None:
        self._source = source
        self._wanted = normals, reader
        self.name = source.name
        self.width, self.height = source.width, source.height
        self.count = source.mip_levels
        self.roles: tuple[Role, ...] = tuple(m.role for m in source.maps)
        self._depths = {m.role: m.bit_depth for m in source.maps}

    @cached_property
    def first(self) -> TextureSet:
        """Level 0; of a neural texture it is decoded when it is first asked for."""
        source = self._source
        return self._turned(source if isinstance(source, TextureSet) else source.decoded_set())

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What to tell about the normal map."""
        source = self._source
        if Role.NORMAL not in self.roles:
            return ()
        # One texel says as much as all of them.
        texel = TextureMap(Role.NORMAL, np.zeros((1, 1, 3), np.float32), "")
        return turned(TextureSet(self.name, 1, 1, (texel,), (), source.normal_convention), *self._wanted)[1]

    def sets(self) -> Iterator[TextureSet]:
        """Every level, down to 1 × 1."""
        source = self._source
        yield self.first
        current = self.first
        for level in range(1, self.count):
            if isinstance(source, TextureSet):
                maps = tuple(replace(m, pixels=halved(m.pixels)) for m in current.maps)
                width, height = max(1, self.width >> level), max(1, self.height >> level)
                current = replace(current, width=width, height=height, maps=maps)
            else:
                current = self._turned(source.decoded_set(level))
            yield current

    def range_of(self, role: Role) -> Range:
        """0 and 1, but of a float map that goes beyond its extremes at level 0."""
        if self._depths[role] != 32 or role is Role.NORMAL:
            return 0.0, 1.0
        pixels = self.first.by_role[role].pixels
        return (0.0, 1.0) if peak(pixels) == 1.0 else (float(pixels.min()), float(pixels.max()))

    def fingerprint(self, roles: Sequence[Role]) -> str:
        """SHA-256 of what the maps of these roles follow from: pixels, or latents and decoder."""
        source = self._source
        turning = (self._wanted, source.normal_convention) if Role.NORMAL in roles else ()
        digest = hashlib.sha256(repr((turning, self.width, self.height)).encode())
        if isinstance(source, TextureSet):
            for m in source.maps:
                if m.role in roles:
                    digest.update(repr((m.role, m.pixels.shape, m.bit_depth)).encode())
                    digest.update(np.ascontiguousarray(m.pixels).data)
        else:
            digest.update(repr((source.maps, source.layout)).encode())
            for grids in source.latents:
                for codes in grids:
                    digest.update(np.ascontiguousarray(codes).data)
            for layer in source.layers:
                for values in (layer.codes, layer.scales, layer.biases):
                    digest.update(np.ascontiguousarray(values).data)
            digest.update(np.ascontiguousarray(source.offset).data)
        return digest.hexdigest()

    def _turned(self, material: TextureSet) -> TextureSet:
        return turned(material, *self._wanted)[0]
