"""One binary glTF 2.0 file (GLB): the material on a preview shape, with its maps as PNG images.

Base colour with opacity in alpha, occlusion, roughness and metallic in one image, normals with +Y up, emissive.
"""

from __future__ import annotations

import hashlib
import json
import struct
import tempfile
from collections.abc import Generator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.exporters import Remarks
from core.exporters.delivery import file_name
from core.exporters.levels import Levels
from core.exporters.textures import PACKED
from core.jobs import Control, Event, Progress, Started
from core.textures import images
from core.textures.material import NormalConvention, Pixels, TextureSet
from core.textures.roles import ROLE_INFO, Role

if TYPE_CHECKING:
    from core.exporters import Source
    from core.exporters.delivery import Delivery
    from core.exporters.settings import GltfSettings

_REVISION = 1
USED = (Role.ALBEDO, Role.OPACITY, Role.NORMAL, *PACKED, Role.EMISSIVE)
SLICES, STACKS = 64, 32
SOFT = 0.05
"""Opacity with more than this share of values between 0 and 1 is blended; less are the edges of a cut-out."""
_ARRAY, _ELEMENTS = 34962, 34963
_FLOAT, _UINT32 = 5126, 5125
_LINEAR, _LINEAR_MIPMAP_LINEAR, _REPEAT = 9729, 9987, 10497


def export(
    source: Source, delivery: Delivery, settings: GltfSettings, control: Control
) -> Generator[Event, None, Remarks]:
    """``<name>.glb``. Raises OutputError."""
    yield Started(f"Writing {source.name} as glTF")
    levels = Levels(source, NormalConvention.OPENGL, "glTF")
    name = file_name(source.name, ".glb")
    delivery.claim([name])
    used = [role for role in USED if role in levels.roles]
    parts = (_REVISION, version("texloom"), source.name, settings, levels.fingerprint(used))
    key = hashlib.sha256(repr(parts).encode()).hexdigest()
    if not delivery.reuse(name, key):
        writer = _Writer()
        material = yield from _material(levels, writer, control)
        if material is None:
            return Remarks()
        delivery.write(name, _document(writer, source.name, material, settings.shape), key)
    left = [role for role in levels.roles if role not in USED]
    notes = list(levels.notes)
    if left:
        notes.append(f"glTF has no place for {' and '.join(left)}; left out.")
    return Remarks(tuple(notes))


@dataclass
class _Writer:
    """The binary part, and what refers to it."""

    data: bytearray = field(default_factory=bytearray)
    views: list[dict[str, Any]] = field(default_factory=list)
    accessors: list[dict[str, Any]] = field(default_factory=list)
    images: list[dict[str, Any]] = field(default_factory=list)

    def view(self, content: bytes, target: int | None = None) -> int:
        self.data += bytes(-len(self.data) % 4)
        view = {"buffer": 0, "byteOffset": len(self.data), "byteLength": len(content)}
        self.views.append(view | ({"target": target} if target else {}))
        self.data += content
        return len(self.views) - 1

    def accessor(self, values: NDArray[Any], kind: str, *, bounds: bool = False) -> int:
        is_index = values.dtype == np.uint32
        accessor: dict[str, Any] = {
            "bufferView": self.view(values.tobytes(), _ELEMENTS if is_index else _ARRAY),
            "componentType": _UINT32 if is_index else _FLOAT,
            "count": len(values),
            "type": kind,
        }
        if bounds:
            accessor |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        self.accessors.append(accessor)
        return len(self.accessors) - 1

    def texture(self, name: str, pixels: Pixels) -> dict[str, int]:
        """Texture n shows image n."""
        self.images.append({"name": name, "mimeType": "image/png", "bufferView": self.view(_png(pixels))})
        return {"index": len(self.images) - 1}


def _png(pixels: Pixels) -> bytes:
    with tempfile.TemporaryDirectory(prefix="texloom-") as folder:
        path = Path(folder) / "image.png"
        images.write_image(path, pixels, 8)
        return path.read_bytes()


def _material(levels: Levels, writer: _Writer, control: Control) -> Generator[Event, None, dict[str, Any] | None]:
    """The glTF material; None if the user stopped it."""
    source = levels.first
    maps = source.by_role
    pbr: dict[str, Any] = {"metallicFactor": 0.0, "roughnessFactor": ROLE_INFO[Role.ROUGHNESS].neutral[0]}
    material: dict[str, Any] = {"name": source.name, "pbrMetallicRoughness": pbr}
    if control.check():
        return None
    if Role.ALBEDO in maps or Role.OPACITY in maps:
        pixels, mode = _base_colour(source)
        pbr["baseColorTexture"] = writer.texture("base colour", pixels)
        if mode == "MASK":
            material["alphaCutoff"] = 0.5
        if mode != "OPAQUE":
            material |= {"alphaMode": mode, "doubleSided": True}
    yield Progress(0.4, "base colour")
    if control.check():
        return None
    if any(role in maps for role in PACKED):
        planes = [maps[role].pixels if role in maps else _filled(source, role) for role in PACKED]
        texture = writer.texture("occlusion, roughness, metallic", np.concatenate(planes, axis=2))
        if Role.OCCLUSION in maps:
            material["occlusionTexture"] = texture
        if Role.ROUGHNESS in maps or Role.METALLIC in maps:
            pbr |= {"metallicRoughnessTexture": texture, "metallicFactor": 1.0, "roughnessFactor": 1.0}
    yield Progress(0.6, "occlusion, roughness, metallic")
    if control.check():
        return None
    if Role.NORMAL in maps:
        material["normalTexture"] = writer.texture("normal", maps[Role.NORMAL].pixels)
    yield Progress(0.8, "normal")
    if Role.EMISSIVE in maps:
        pixels, strength = _emission(levels)
        material |= {"emissiveTexture": writer.texture("emissive", pixels), "emissiveFactor": [1.0, 1.0, 1.0]}
        if strength > 1:
            material["extensions"] = {"KHR_materials_emissive_strength": {"emissiveStrength": strength}}
    return material


def _filled(source: TextureSet, role: Role) -> Pixels:
    return np.full((source.height, source.width, 1), ROLE_INFO[role].neutral[0], np.float32)


def _base_colour(source: TextureSet) -> tuple[Pixels, str]:
    """The image, and how its alpha is meant."""
    maps = source.by_role
    white = np.ones((source.height, source.width, 3), np.float32)
    colour = maps[Role.ALBEDO].pixels if Role.ALBEDO in maps else white
    if Role.OPACITY not in maps or maps[Role.OPACITY].pixels.min() >= 1:
        return colour, "OPAQUE"
    opacity = maps[Role.OPACITY].pixels
    between = float(((opacity > SOFT) & (opacity < 1 - SOFT)).mean())
    return np.concatenate([colour, opacity], axis=2), "BLEND" if between > SOFT else "MASK"


def _emission(levels: Levels) -> tuple[Pixels, float]:
    """The image in sRGB and what its light is multiplied by. Values beyond 1 are taken for linear light."""
    pixels = levels.first.by_role[Role.EMISSIVE].pixels
    _, strength = levels.range_of(Role.EMISSIVE)
    if levels.range_of(Role.EMISSIVE) == (0.0, 1.0):
        return pixels, 1.0
    linear = np.clip(pixels / np.float32(max(strength, 1e-6)), 0.0, 1.0)
    # IEC 61966-2-1.
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return encoded.astype(np.float32), float(strength)


def _document(writer: _Writer, name: str, material: dict[str, Any], shape: str) -> bytes:
    """The whole file."""
    vertices, triangles = _sphere() if shape == "sphere" else _plane()
    attributes = {
        "POSITION": writer.accessor(vertices["position"], "VEC3", bounds=True),
        "NORMAL": writer.accessor(vertices["normal"], "VEC3"),
        "TANGENT": writer.accessor(vertices["tangent"], "VEC4"),
        "TEXCOORD_0": writer.accessor(vertices["uv"], "VEC2"),
    }
    primitive = {"attributes": attributes, "indices": writer.accessor(triangles, "SCALAR"), "material": 0}
    sampler = {"magFilter": _LINEAR, "minFilter": _LINEAR_MIPMAP_LINEAR, "wrapS": _REPEAT, "wrapT": _REPEAT}
    writer.data += bytes(-len(writer.data) % 4)
    document: dict[str, Any] = {
        "asset": {"version": "2.0", "generator": f"Texloom {version('texloom')}"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": name}],
        "meshes": [{"name": shape, "primitives": [primitive]}],
        "materials": [material],
        "accessors": writer.accessors,
        "bufferViews": writer.views,
        "buffers": [{"byteLength": len(writer.data)}],
    }
    if writer.images:
        document |= {
            "textures": [{"sampler": 0, "source": number} for number in range(len(writer.images))],
            "images": writer.images,
            "samplers": [sampler],
        }
    if "extensions" in material:
        document["extensionsUsed"] = sorted(material["extensions"])
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    chunks += struct.pack("<I4s", len(writer.data), b"BIN\0") + bytes(writer.data)
    return struct.pack("<4s2I", b"glTF", 2, 12 + len(chunks)) + chunks


Vertices = dict[str, NDArray[np.float32]]


def _plane() -> tuple[Vertices, NDArray[np.uint32]]:
    """2 × 2 and upright, facing +Z; the picture's top is up."""
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    corners = np.column_stack([2 * uv[:, 0] - 1, 1 - 2 * uv[:, 1], np.zeros(4)])
    normal, tangent = np.tile([0.0, 0.0, 1.0], (4, 1)), np.tile([1.0, 0.0, 0.0, 1.0], (4, 1))
    return _vertices(corners, normal, tangent, uv), np.array([0, 2, 1, 0, 3, 2], np.uint32)


def _sphere() -> tuple[Vertices, NDArray[np.uint32]]:
    """Radius 1; the picture lies twice around it, so that its texels are about square at the equator."""
    v, u = np.meshgrid(np.linspace(0, 1, STACKS + 1), np.linspace(0, 1, SLICES + 1), indexing="ij")
    around, down = 2 * np.pi * u.ravel(), np.pi * v.ravel()
    ring = np.sin(down)
    position = np.column_stack([ring * np.sin(around), np.cos(down), ring * np.cos(around)])
    east = np.column_stack([np.cos(around), np.zeros_like(around), -np.sin(around), np.ones_like(around)])
    uv = np.column_stack([2 * u.ravel(), v.ravel()])
    triangles = []
    for stack in range(STACKS):
        for piece in range(SLICES):
            a = stack * (SLICES + 1) + piece
            b = a + SLICES + 1
            # At the poles one of the two triangles has no area.
            triangles += [a, b, a + 1] if stack > 0 else []
            triangles += [a + 1, b, b + 1] if stack < STACKS - 1 else []
    return _vertices(position, position, east, uv), np.array(triangles, np.uint32)


def _vertices(position: Any, normal: Any, tangent: Any, uv: Any) -> Vertices:
    arrays = {"position": position, "normal": normal, "tangent": tangent, "uv": uv}
    return {name: np.ascontiguousarray(values, dtype=np.float32) for name, values in arrays.items()}
