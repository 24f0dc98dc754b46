"""A material as block-compressed textures: data that can be decoded, stored and read again."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.blocks.decoding import decode
from core.blocks.formats import FORMATS, BlockFormat
from core.codec.neural_texture import StoredMap
from core.errors import DamagedFileError, InputError
from core.files import replacing
from core.textures.depth import peak, round_to_depth
from core.textures.images import MAX_SIDE
from core.textures.material import ChannelRef, NormalConvention, Pixels, TextureMap, TextureSet
from core.textures.normals import rebuild_z
from core.textures.roles import ROLE_INFO, Role

SUFFIX = ".texloom-blocks"
_SCHEMA = 1


Range = tuple[float, float]
"""The values that stand for 0 and 1 in a texture."""


def value_range(texture_map: TextureMap) -> Range:
    """0 and 1, but for a float map that goes beyond its extremes: textures hold 0 to 1, and a material scales them."""
    if texture_map.role is Role.NORMAL or peak(texture_map.pixels) == 1.0:
        return 0.0, 1.0
    return float(texture_map.pixels.min()), float(texture_map.pixels.max())


def in_unit_range(texture_map: TextureMap) -> Pixels:
    """The map's values with :func:`value_range` as 0 to 1."""
    low, high = value_range(texture_map)
    return texture_map.pixels if (low, high) == (0.0, 1.0) else (texture_map.pixels - low) / (high - low)


def from_unit_range(pixels: Pixels, values: Range) -> Pixels:
    """The reverse of :func:`in_unit_range`."""
    low, high = values
    return pixels if values == (0.0, 1.0) else (pixels * (high - low) + low).astype(np.float32)


@dataclass(frozen=True)
class BlockTexture:
    """One texture: what its channels hold, in order. Of a normal map there may be X and Y only."""

    format: BlockFormat
    channels: tuple[ChannelRef, ...]

    def values(self, material: TextureSet) -> Pixels:
        """What it is to hold of a material: H × W × channels, in [0, 1]."""
        maps = {ref.role: in_unit_range(material.by_role[ref.role]) for ref in self.channels if ref.role is not None}
        return np.stack([maps[ref.role][..., ref.index] for ref in self.channels if ref.role is not None], axis=2)

    def maps(self, data: bytes, width: int, height: int) -> dict[Role, Pixels]:
        """The maps in its blocks, in [0, 1], Z rebuilt where it isn't stored. Raises ValueError for data of another
        size."""
        values = decode(data, self.format, width, height, len(self.channels))
        planes: dict[Role, list[Pixels]] = {}
        for channel, ref in enumerate(self.channels):
            if ref.role is not None:
                planes.setdefault(ref.role, []).append(values[..., channel])
        maps = {role: np.stack(parts, axis=2) for role, parts in planes.items()}
        if Role.NORMAL in maps and maps[Role.NORMAL].shape[2] == 2:
            maps[Role.NORMAL] = rebuild_z(maps[Role.NORMAL])
        return maps


@dataclass(frozen=True)
class BlockSet:
    """All textures of a material at mip 0, each with its blocks. ``maps`` tells the files they stand for; one whose
    ``constants`` are values is the same everywhere and in no texture. ``ranges``: see :func:`value_range`."""

    name: str
    width: int
    height: int
    maps: tuple[StoredMap, ...]
    ranges: tuple[Range, ...]
    normal_convention: NormalConvention
    textures: tuple[tuple[BlockTexture, bytes], ...]

    @property
    def size_bytes(self) -> int:
        return sum(len(data) for _, data in self.textures)

    @property
    def chain_bytes(self) -> int:
        """With all mip levels, which are not stored here."""
        return sum(texture.format.chain_bytes(self.width, self.height) for texture, _ in self.textures)

    def decoded_set(self) -> TextureSet:
        """The maps with values rounded to each map's bit depth. Raises ValueError if a map is in no texture."""
        found: dict[Role, Pixels] = {}
        for texture, data in self.textures:
            found |= texture.maps(data, self.width, self.height)
        decoded = []
        for stored, values in zip(self.maps, self.ranges, strict=True):
            if all(value is not None for value in stored.constants):
                constants = np.array(stored.constants, np.float32)
                pixels = np.broadcast_to(constants, (self.height, self.width, len(constants)))
            elif stored.role in found and found[stored.role].shape[2] == ROLE_INFO[stored.role].channels:
                pixels = from_unit_range(found[stored.role], values)
            else:
                raise ValueError(f"no texture holds the {stored.role} map")
            decoded.append(
                TextureMap(stored.role, round_to_depth(pixels, stored.bit_depth), stored.file, stored.bit_depth)
            )
        return TextureSet(self.name, self.width, self.height, tuple(decoded), (), self.normal_convention)


def write(blocks: BlockSet, path: Path) -> None:
    """Into one file that :func:`read` reads. Raises OutputError."""
    about = {
        "schema": _SCHEMA,
        "name": blocks.name,
        "width": blocks.width,
        "height": blocks.height,
        "normal_convention": blocks.normal_convention.value,
        "maps": [[m.role.value, m.file, m.bit_depth, list(m.constants)] for m in blocks.maps],
        "ranges": blocks.ranges,
        "textures": [[t.format.name, [[ref.role, ref.index] for ref in t.channels]] for t, _ in blocks.textures],
    }
    arrays: dict[str, Any] = {
        f"texture{number}": np.frombuffer(data, np.uint8) for number, (_, data) in enumerate(blocks.textures)
    }
    with replacing(path) as part, part.open("wb") as file:
        np.savez(file, about=np.array(json.dumps(about)), **arrays)


def read(path: Path) -> BlockSet:
    """Raises InputError for a file that isn't there, DamagedFileError for one that isn't what it should be.

    The archive's checksums are looked at, so that damaged blocks never reach the decoder. A file made to do harm is not
    guarded against: such files lie in Texloom's own folder of runs and are not passed on.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist.", path)
    try:
        with np.load(path, allow_pickle=False) as file:
            about = json.loads(str(file["about"]))
            width, height = int(about["width"]), int(about["height"])
            if about["schema"] != _SCHEMA or not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE):
                raise ValueError("schema or size")
            textures = [
                (
                    BlockTexture(FORMATS[format], tuple(ChannelRef(Role(role), index) for role, index in channels)),
                    file[f"texture{number}"].tobytes(),
                )
                for number, (format, channels) in enumerate(about["textures"])
            ]
        for texture, data in textures:
            if len(data) != texture.format.size_bytes(width, height):
                raise ValueError("length of a texture")
        return BlockSet(
            str(about["name"]),
            width,
            height,
            tuple(StoredMap(Role(role), str(f), int(depth), tuple(c)) for role, f, depth, c in about["maps"]),
            tuple((float(low), float(high)) for low, high in about["ranges"]),
            NormalConvention(about["normal_convention"]),
            tuple(textures),
        )
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise DamagedFileError(f"{path} is damaged; delete it and add the baseline again.", path) from error
