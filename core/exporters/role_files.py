"""A picture file for each map, as MaterialX and USD read them: what several targets have in common."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.exporters import as_texture_set
from core.exporters.conventions import turned
from core.exporters.delivery import file_name
from core.jobs import Control, Event, Progress
from core.textures import images
from core.textures.material import NormalConvention, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery


@dataclass(frozen=True)
class RoleFiles:
    """``files`` has the name of each map's file; ``notes`` say which way the normal map points."""

    material: TextureSet
    files: dict[Role, str]
    notes: tuple[str, ...]

    def srgb(self, role: Role) -> bool:
        """Whether the file holds display-encoded colour; float files are linear."""
        return ROLE_INFO[role].srgb and self.material.by_role[role].bit_depth < 32


def write_role_files(
    source: Source, delivery: Delivery, others: tuple[str, ...], reader: str, control: Control
) -> Generator[Event, None, RoleFiles]:
    """Put in a PNG for each map, an EXR for float ones; normals with +Y up, which ``reader`` expects.

    ``others`` are the names of what else will be put in, the main ones.
    """
    material, notes = turned(as_texture_set(source), NormalConvention.OPENGL, reader)
    # An asset path of USD ends at an @.
    stem = material.name.replace("@", "_")
    files = {m.role: file_name(stem, f"_{m.role}{_suffix(m)}") for m in material.maps}
    delivery.claim((*others, *files.values()))
    for number, m in enumerate(material.maps):
        if control.check():
            break
        with delivery.file(files[m.role]) as path:
            images.write_image(path, m.pixels, m.bit_depth)
        yield Progress((number + 1) / (len(files) + 1), str(m.role))
    return RoleFiles(material, files, notes)


def _suffix(m: TextureMap) -> str:
    return ".exr" if m.bit_depth == 32 else ".png"


def identifier(name: str) -> str:
    """A name that both formats take in all their versions: ASCII letters, digits and underscores."""
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return plain if plain[:1].isalpha() else f"Material_{plain}".rstrip("_")
