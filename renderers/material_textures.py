"""A material's maps as textures: packed so that three reads give everything the light needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import moderngl
import numpy as np
from numpy.typing import NDArray

from core.textures.bands import bands
from core.textures.material import Pixels
from core.textures.roles import ROLE_INFO, Role
from renderers.calls import calls_of
from renderers.marks import SeamErrors, SeamMarks
from renderers.shader_source import set_uniforms

SOLO_ROLES = (
    Role.ALBEDO,
    Role.NORMAL,
    Role.ROUGHNESS,
    Role.OCCLUSION,
    Role.METALLIC,
    Role.SPECULAR,
    Role.DISPLACEMENT,
    Role.OPACITY,
    Role.EMISSIVE,
)
"""The numbers that ``material.frag.glsl`` knows the maps by."""

_SRGB8_ALPHA8 = 0x8C43
_UNITS = {"map_base": 0, "map_surface": 1, "map_response": 2, "map_emissive": 3}
_HEIGHT_UNIT = len(_UNITS)
FIRST_FREE_UNIT = _HEIGHT_UNIT + 1


def _channel(
    maps: Mapping[Role, Pixels], role: Role, index: int, size: tuple[int, int]
) -> NDArray[np.float32] | np.float32:
    """One channel at ``size`` (width, height); the role's neutral value where the map is missing."""
    pixels = maps.get(role)
    if pixels is None:
        return np.float32(ROLE_INFO[role].neutral[index])
    plane = pixels[..., min(index, pixels.shape[2] - 1)]
    width, height = size
    if plane.shape != (height, width):
        rows = np.arange(height) * plane.shape[0] // height
        columns = np.arange(width) * plane.shape[1] // width
        plane = plane[rows][:, columns]
    return plane


def _common_size(maps: Mapping[Role, Pixels], roles: tuple[Role, ...]) -> tuple[int, int]:
    sizes = [maps[role].shape[:2] for role in roles if role in maps]
    if not sizes:
        return (1, 1)
    return max(width for _, width in sizes), max(height for height, _ in sizes)


def _quantised(values: NDArray[np.floating] | np.floating, dtype: type[np.uint8] | type[np.uint16]) -> NDArray:
    highest = np.iinfo(dtype).max
    return (np.clip(values, 0.0, 1.0) * highest + 0.5).astype(dtype)


def _rows_of(plane: NDArray[np.float32] | np.float32, rows: slice) -> NDArray[np.float32] | np.float32:
    return plane[rows] if isinstance(plane, np.ndarray) else plane


def is_mask(opacity: Pixels | None) -> bool:
    """Whether opacity (H × W × 1, in [0, 1]) cuts out: fewer than one texel of 20, as edges have them, is neither
    clearly open nor clearly closed."""
    return opacity is None or bool(((opacity > 0.1) & (opacity < 0.9)).mean() < 0.05)


class MaterialTextures:
    """The textures of one material in one context. ``maps``: float32 H × W × C in file encoding, any subset of the
    roles; a missing one is neutral. ``size`` is width × height of the largest map; ``opacity_is_mask`` see
    :func:`is_mask`; ``program`` what has to draw it, None for the usual one."""

    program: moderngl.Program | None = None
    seams: SeamMarks | None = None
    """Drawn over it; see :meth:`mark_seams`."""

    def __init__(self, ctx: moderngl.Context, maps: Mapping[Role, Pixels]) -> None:
        self._ctx = ctx
        self._textures: dict[str, moderngl.Texture] = {}
        # Anisotropy needs derivatives, which a vertex doesn't have: with it, llvmpipe reads other heights for the same
        # vertex in different triangles, and the surface gets holes.
        self._height = ctx.sampler(filter=(moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR))
        self.update(maps)

    def update(self, maps: Mapping[Role, Pixels]) -> None:
        """Replace all maps. Textures of unchanged size are written again, not created."""
        for _ in self.updating(maps):
            pass

    def updating(self, maps: Mapping[Role, Pixels]) -> Iterator[None]:
        """:meth:`update` in parts that take about as long as each other, for who has to answer in between. What is
        drawn before the end is a mixture."""
        self.size = _common_size(maps, tuple(maps))
        self.has_displacement = Role.DISPLACEMENT in maps
        self.has_opacity = Role.OPACITY in maps
        self.opacity_is_mask = is_mask(maps.get(Role.OPACITY))
        base = [(Role.ALBEDO, 0), (Role.ALBEDO, 1), (Role.ALBEDO, 2), (Role.OPACITY, 0)]
        yield from self._pack("map_base", maps, base)
        yield from self._pack_surface(maps)
        response = [(role, 0) for role in (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC, Role.SPECULAR)]
        yield from self._pack("map_response", maps, response)
        yield from self._pack("map_emissive", maps, [(Role.EMISSIVE, 0), (Role.EMISSIVE, 1), (Role.EMISSIVE, 2)])

    def _pack(self, name: str, maps: Mapping[Role, Pixels], channels: list[tuple[Role, int]]) -> Iterator[None]:
        size = _common_size(maps, tuple(role for role, _ in channels))
        packed = np.empty((size[1], size[0], 4), np.uint8)
        packed[..., len(channels) :] = 255
        planes = [_channel(maps, role, index, size) for role, index in channels]
        for rows in bands(packed.shape):
            for place, plane in enumerate(planes):
                packed[rows, :, place] = _quantised(_rows_of(plane, rows), np.uint8)
            yield
        yield from self._write(name, packed, srgb=name in ("map_base", "map_emissive"))

    def _pack_surface(self, maps: Mapping[Role, Pixels]) -> Iterator[None]:
        size = _common_size(maps, (Role.NORMAL, Role.DISPLACEMENT))
        packed = np.empty((size[1], size[0], 4), np.uint16)
        planes = [_channel(maps, Role.NORMAL, i, size) for i in range(3)]
        height = _channel(maps, Role.DISPLACEMENT, 0, size)
        for rows in bands(packed.shape):
            normal = [_rows_of(plane, rows) * np.float32(2.0) - np.float32(1.0) for plane in planes]
            # Unit length at full size: what averaging in the mip chain takes away then measures roughness.
            length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
            scale = np.float32(0.5) / np.maximum(length, np.float32(1e-3))
            for place, component in enumerate(normal):
                packed[rows, :, place] = _quantised(component * scale + np.float32(0.5), np.uint16)
            packed[rows, :, 3] = _quantised(_rows_of(height, rows), np.uint16)
            yield
        yield from self._write("map_surface", packed, srgb=False)

    def _write(self, name: str, packed: NDArray, *, srgb: bool) -> Iterator[None]:
        size = (packed.shape[1], packed.shape[0])
        texture = self._textures.get(name)
        if texture is None or texture.size != size:
            if texture is not None:
                texture.release()
            texture = self._ctx.texture(
                size,
                4,
                dtype="nu2" if packed.dtype == np.uint16 else "f1",
                internal_format=_SRGB8_ALPHA8 if srgb else None,
            )
            self._textures[name] = texture
        texture.write(packed)
        yield
        calls_of(self._ctx).build_mipmaps(texture)
        texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
        yield

    def use(self, program: moderngl.Program, anisotropy: float) -> None:
        """Bind to the first texture units and set the samplers of material_maps.glsl; :meth:`done` afterwards."""
        for name, unit in _UNITS.items():
            texture = self._textures[name]
            if texture.anisotropy != anisotropy:
                texture.anisotropy = anisotropy
            texture.use(unit)
        self._textures["map_surface"].use(_HEIGHT_UNIT)
        self._height.use(_HEIGHT_UNIT)
        set_uniforms(program, map_height=_HEIGHT_UNIT, **_UNITS)

    def mark_seams(self, errors: SeamErrors | None) -> None:
        """Draw the seams that are this bad over it, or none."""
        if self.seams is not None:
            self.seams.release()
        self.seams = None if errors is None else SeamMarks(self._ctx, errors)

    def done(self) -> None:
        """Take the sampler off its unit, so that it doesn't decide how somebody else's texture is read."""
        self._height.clear(_HEIGHT_UNIT)

    def release(self) -> None:
        self.mark_seams(None)
        self._height.release()
        for texture in self._textures.values():
            texture.release()
        self._textures.clear()
