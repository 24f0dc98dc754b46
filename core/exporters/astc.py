"""ASTC textures for iOS, Android and other mobile GPUs: KTX 2.0 files with all mip levels.

Albedo (opacity in alpha) and emissive in sRGB; normals as XYZ, or X in red and Y in alpha; occlusion, roughness and
metallic together, or one texture each.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING

from core.blocks.formats import FORMATS
from core.exporters import Remarks
from core.exporters.ktx2 import ktx2
from core.exporters.levels import Levels
from core.exporters.textures import BlockFile, Texture, deliver_blocks, range_notes, texture_name, textures_of
from core.jobs import Control, Event, Started
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import AstcSettings

ZSTD_LEVEL = 18
SWIZZLE_XY = "ra01"
"""Two channels lie in luminance and alpha, which ASTC keeps apart best."""


def export(
    source: Source, delivery: Delivery, settings: AstcSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """One file per texture. Raises InputError for names that can't be, OutputError."""
    yield Started(f"Writing {source.name} as KTX2")
    levels = Levels(source, settings.normals)
    textures = textures_of(
        levels,
        pack_masks=settings.masks == "packed",
        opacity_in_alpha=settings.opacity == "alpha",
        normal_channels=2 if settings.normal_channels == "xy" else 3,
        hdr=False,
    )
    files = [_file(levels, texture, settings) for texture in textures]
    yield from deliver_blocks(levels, files, delivery, control)
    notes = [*levels.notes, *range_notes(textures)]
    if Role.NORMAL in levels.roles and settings.normal_channels == "xy":
        notes.append("The normal map holds X in red and Y in alpha; the shader rebuilds Z as √(1 − X² − Y²).")
    return Remarks(tuple(notes))


def _file(levels: Levels, texture: Texture, settings: AstcSettings) -> BlockFile:
    side = settings.normal_block if texture.label == Role.NORMAL else settings.block
    format = FORMATS[f"astc-{side}"]
    swizzle = SWIZZLE_XY if len(texture.channels) == 2 else ""
    level = ZSTD_LEVEL if settings.zstd else 0
    assemble = partial(
        ktx2,
        format=format,
        width=levels.width,
        height=levels.height,
        srgb=texture.srgb,
        swizzle=swizzle,
        zstd_level=level,
    )
    name = texture_name(settings.names, levels.name, texture.label, ".ktx2")
    return BlockFile(name, texture, format, assemble, f"ktx2 {level}")
