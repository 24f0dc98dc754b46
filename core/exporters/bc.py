"""Block-compressed textures for desktop and consoles: DDS files with DX10 header and all mip levels.

Albedo (opacity in alpha) in BC7 sRGB, normals in BC5, occlusion, roughness and metallic together in BC7 or alone in
BC4, everything else in BC4; emissive in BC7 sRGB, or BC6H where it goes beyond 1.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from core.blocks.formats import BC4, BC5, BC6H, BC7, BlockFormat
from core.exporters import Remarks
from core.exporters.dds import dds
from core.exporters.levels import Levels
from core.exporters.textures import BlockFile, Texture, deliver_blocks, range_notes, texture_name, textures_of
from core.jobs import Control, Event, Started
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import BcSettings


def export(
    source: Source, delivery: Delivery, settings: BcSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """One file per texture. Raises InputError for names that can't be, OutputError."""
    yield Started(f"Writing {source.name} as DDS")
    levels = Levels(source, settings.normals)
    textures = textures_of(
        levels,
        pack_masks=settings.masks == "packed",
        opacity_in_alpha=settings.opacity == "alpha",
        normal_channels=2,
        hdr=True,
    )
    files = [_file(levels, texture, settings.names) for texture in textures]
    yield from deliver_blocks(levels, files, delivery, control)
    notes = [*levels.notes, *range_notes(textures)]
    if Role.NORMAL in levels.roles:
        notes.append("BC5 holds X and Y of the normal map; the shader rebuilds Z as √(1 − X² − Y²), as engines do.")
    if levels.width % 4 or levels.height % 4:
        notes.append(
            f"{levels.width} × {levels.height} is no multiple of 4, which Direct3D wants of block-compressed textures."
        )
    return Remarks(tuple(notes))


def _file(levels: Levels, texture: Texture, names: str) -> BlockFile:
    format = _format(texture)
    name = texture_name(names, levels.name, texture.label, ".dds")
    assemble = partial(
        dds, format=format, width=levels.width, height=levels.height, srgb=texture.srgb, has_alpha=texture.has_alpha
    )
    return BlockFile(name, texture, format, assemble, "dds")


def _format(texture: Texture) -> BlockFormat:
    if texture.hdr:
        return BC6H
    return {1: BC4, 2: BC5}.get(len(texture.channels), BC7)
