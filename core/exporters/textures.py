"""The textures that an engine gets of a material: which maps lie in which channels, and their blocks.

Colour with opacity in alpha, normals, and occlusion, roughness and metallic packed into one; everything else alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from core.blocks.encoding import encode_stripes
from core.blocks.formats import BlockFormat
from core.errors import InputError
from core.exporters.delivery import Delivery, file_name
from core.exporters.levels import Levels, Range
from core.jobs import Control, Event, Progress
from core.textures.material import ChannelRef, Pixels, TextureSet
from core.textures.roles import ROLE_INFO, Role

PACKED = (Role.OCCLUSION, Role.ROUGHNESS, Role.METALLIC)
PACKED_LABEL = "orm"
_REVISION = 1
"""Of what lies in the files; another one has them made again."""


@dataclass(frozen=True)
class Texture:
    """``label`` tells the file's name; ``ranges`` has for each channel the values that stand for 0 and 1.

    An ``hdr`` texture holds values as they are, in linear light.
    """

    label: str
    channels: tuple[ChannelRef, ...]
    srgb: bool = False
    hdr: bool = False
    ranges: tuple[Range, ...] = ()

    @property
    def roles(self) -> tuple[Role, ...]:
        return tuple(dict.fromkeys(ref.role for ref in self.channels if ref.role is not None))

    @property
    def has_alpha(self) -> bool:
        """Whether the fourth channel is opacity."""
        return len(self.channels) == 4 and self.channels[3].role is Role.OPACITY

    def values(self, material: TextureSet) -> Pixels:
        """H × W × channels, in [0, 1] unless ``hdr``."""
        pixels = np.empty((material.height, material.width, len(self.channels)), np.float32)
        for target, (ref, (low, high)) in enumerate(zip(self.channels, self.ranges, strict=True)):
            if ref.role is None:
                pixels[..., target] = ref.value
                continue
            values = material.by_role[ref.role].pixels[..., ref.index]
            pixels[..., target] = values if (low, high) == (0.0, 1.0) else (values - low) / (high - low)
        return pixels

    def about(self) -> str:
        """What lies in its channels, for example ``R occlusion, G roughness, B metallic``."""
        return ", ".join(
            f"{letter} {'–' if ref.role is None else _channel_name(ref)}"
            for letter, ref in zip("RGBA", self.channels, strict=False)
        )


def _channel_name(ref: ChannelRef) -> str:
    names = "XYZ" if ref.role is Role.NORMAL else "RGB"
    return str(ref.role) + (f" {names[ref.index]}" if ref.role and ROLE_INFO[ref.role].channels > 1 else "")


def textures_of(
    levels: Levels, *, pack_masks: bool, opacity_in_alpha: bool, normal_channels: int, hdr: bool
) -> list[Texture]:
    """The textures of a material, the main ones first. ``normal_channels`` 2 leaves Z out; ``hdr`` tells whether the
    target has a format for values beyond 1, which an emissive map may have."""
    found = set(levels.roles)
    left = [role for role in Role if role in found]
    made: list[Texture] = []

    def take(label: str, *roles: Role, **more: bool) -> None:
        refs = []
        for role in roles:
            count = normal_channels if role is Role.NORMAL else ROLE_INFO[role].channels
            if role in found:
                refs += [ChannelRef(role, index) for index in range(count)]
            else:
                refs += [ChannelRef(None, value=ROLE_INFO[role].neutral[index]) for index in range(count)]
        ranges = tuple(
            levels.range_of(ref.role) if ref.role is not None and not more.get("hdr") else (0.0, 1.0) for ref in refs
        )
        made.append(Texture(label, tuple(refs), ranges=ranges, **more))
        for role in roles:
            if role in left:
                left.remove(role)

    if Role.ALBEDO in found:
        with_alpha = opacity_in_alpha and Role.OPACITY in found
        take("albedo", Role.ALBEDO, *([Role.OPACITY] if with_alpha else []), srgb=True)
    if Role.NORMAL in found:
        take("normal", Role.NORMAL)
    if pack_masks and len(found & set(PACKED)) > 1:
        take(PACKED_LABEL, *PACKED)
    for role in tuple(left):
        beyond = hdr and role is Role.EMISSIVE and levels.range_of(role) != (0.0, 1.0)
        take(str(role), role, srgb=ROLE_INFO[role].srgb and not beyond, hdr=beyond)
    return made


def range_notes(textures: Sequence[Texture]) -> list[str]:
    """What to tell about values beyond [0, 1]."""
    notes = []
    for texture in textures:
        if texture.hdr:
            notes.append(f"The {texture.label} texture holds values beyond 1 as they are, in linear light.")
        scaled = {ref.role: r for ref, r in zip(texture.channels, texture.ranges, strict=True) if r != (0.0, 1.0)}
        notes += [f"0 to 1 of the {role} values stand for {low:g} to {high:g}." for role, (low, high) in scaled.items()]
    return notes


def texture_name(template: str, material: str, label: str, suffix: str) -> str:
    """The file name by a template such as ``{material}_{role}``. Raises InputError for one that can't be."""
    if "{role}" not in template:
        raise InputError(f"The names {template!r} must contain {{role}}; else all files would be called the same.")
    name = template.replace("{material}", material).replace("{role}", label)
    if "/" in template or "\\" in template:
        raise InputError(f"The names {template!r} can't contain folders.")
    return file_name(name, suffix)


@dataclass(frozen=True)
class BlockFile:
    """A texture, the blocks it is to be stored in, and how its file is made of the levels' blocks.

    ``recipe`` says in words what else the bytes follow from.
    """

    name: str
    texture: Texture
    format: BlockFormat
    assemble: Callable[[list[bytes]], bytes]
    recipe: str = ""

    def key(self, levels: Levels) -> str:
        parts = (
            *(_REVISION, version("texloom"), version("ispc-texcomp"), version("astc-encoder-py")),
            *(self.texture, self.format, self.recipe, levels.fingerprint(self.texture.roles)),
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def deliver_blocks(
    levels: Levels, files: Sequence[BlockFile], delivery: Delivery, control: Control
) -> Generator[Event, None, None]:
    """Encode all mip levels of the files and put these into the delivery; those that are there already and came from
    the same are left alone. A run that is asked to stop ends without the files that are not complete."""
    delivery.claim([file.name for file in files])
    keys = {file.name: file.key(levels) for file in files}
    waiting = [file for file in files if not delivery.reuse(file.name, keys[file.name])]
    blocks: dict[str, list[bytes]] = {file.name: [] for file in waiting}
    total = sum(file.format.chain_bytes(levels.width, levels.height) for file in waiting)
    done = 0
    for material in levels.sets() if waiting else ():
        for file in waiting:
            stripes = []
            for stripe in encode_stripes(file.texture.values(material), file.format):
                stripes.append(stripe)
                if control.check():
                    return
                done += len(stripe)
                yield Progress(done / total, f"Encoding {file.name}")
            blocks[file.name].append(b"".join(stripes))
    for file in waiting:
        delivery.write(file.name, file.assemble(blocks[file.name]), keys[file.name])
