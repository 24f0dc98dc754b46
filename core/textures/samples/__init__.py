"""The built-in sample materials: procedural, tileable, correlated channels, any resolution, seeded."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.textures import mips
from core.textures.material import ChannelRef, NormalConvention, SourceFile, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role
from core.textures.sample_names import SAMPLE_NAMES, sample_folder, sample_title
from core.textures.samples import bricks, cobbles, painted_metal, wood_planks, woven_fabric
from core.textures.samples.canvas import Canvas, Recipe, Surface

_PAINTERS: dict[str, Callable[[Canvas, Recipe], Surface]] = {
    "bricks": bricks.paint,
    "worn_painted_metal": painted_metal.paint,
    "wood_planks": wood_planks.paint,
    "cobbles": cobbles.paint,
    "woven_fabric": woven_fabric.paint,
}
_FILE_ROLES = {
    Role.ALBEDO: "Color",
    Role.NORMAL: "NormalGL",
    Role.ROUGHNESS: "Roughness",
    Role.OCCLUSION: "AmbientOcclusion",
    Role.METALLIC: "Metalness",
    Role.DISPLACEMENT: "Displacement",
}
_DEPTHS = {Role.NORMAL: 16, Role.DISPLACEMENT: 16}
SMALLEST, LARGEST = 16, 8192
_SMALL = 512


def generate(name: str, width: int = 1024, height: int | None = None, seed: int = 0) -> TextureSet:
    """One sample as a texture set. Raises InputError for an unknown name or a size outside 16…8192."""
    if name not in _PAINTERS:
        raise InputError(f"There is no sample called “{name}”; choose one of {', '.join(SAMPLE_NAMES)}.")
    height = width if height is None else height
    for side in (width, height):
        if not SMALLEST <= side <= LARGEST:
            raise InputError(f"A sample can't be {width} × {height}; choose sides of {SMALLEST} to {LARGEST} texels.")
    canvas = Canvas(width, height, name, seed)
    if max(width, height) <= _SMALL:
        surface = _halved(_PAINTERS[name](Canvas(2 * width, 2 * height, name, seed), _recipe(name)))
    else:
        surface = _PAINTERS[name](canvas, _recipe(name))
    relief_map = np.clip(surface.height, 0, 1)
    occlusion = canvas.occlusion(relief_map, surface.relief)
    if surface.shade is not None:
        occlusion = occlusion * surface.shade
    values = {
        Role.ALBEDO: surface.albedo,
        Role.NORMAL: canvas.normal(relief_map, surface.relief),
        Role.ROUGHNESS: surface.roughness,
        Role.OCCLUSION: occlusion,
        Role.METALLIC: surface.metallic,
        Role.DISPLACEMENT: relief_map,
    }
    maps: list[TextureMap] = []
    files: list[SourceFile] = []
    for role, field in values.items():
        if field is None:
            continue
        pixels = field if field.ndim == 3 else field[:, :, None]
        depth = _DEPTHS.get(role, 8)
        top = np.float32(2**depth - 1)
        # As if read from its file: what is compressed from memory and from disk must be the same.
        pixels = np.rint(np.clip(pixels, 0, 1) * top).astype(np.float32) / top
        pixels.setflags(write=False)
        file = f"{sample_folder(name, width, height)}_{_FILE_ROLES[role]}.png"
        maps.append(TextureMap(role, pixels, file, depth))
        layout = tuple(ChannelRef(role, index) for index in range(ROLE_INFO[role].channels))
        files.append(SourceFile(file, depth, layout))
    return TextureSet(
        name=sample_title(name),
        width=width,
        height=height,
        maps=tuple(maps),
        files=tuple(files),
        normal_convention=NormalConvention.OPENGL,
    )


def write_samples(folder: Path, size: int = 1024, seed: int = 0) -> list[Path]:
    """All samples as folders of image files, named as a texture library would; returns the folders.

    Raises OutputError.
    """
    from core.textures import images  # OpenImageIO is not needed to make samples, only to write them

    folders: list[Path] = []
    for name in SAMPLE_NAMES:
        material = generate(name, size, seed=seed)
        target = folder / sample_folder(name, size, size)
        images.write_set(material, target)
        folders.append(target)
    return folders


def _halved(surface: Surface) -> Surface:
    """Painted at twice the size and averaged: rings, yarns and gaps stay what they are in small pictures."""

    def half(field: np.ndarray | None) -> np.ndarray | None:
        if field is None:
            return None
        return mips.pyramid(np.asarray(field, dtype=np.float32).reshape(*field.shape[:2], -1))[1]

    albedo, height, roughness, metallic, shade = (
        half(f) for f in (surface.albedo, surface.height, surface.roughness, surface.metallic, surface.shade)
    )
    assert albedo is not None and height is not None and roughness is not None
    return Surface(
        albedo,
        height[:, :, 0],
        roughness[:, :, 0],
        surface.relief,
        None if metallic is None else metallic[:, :, 0],
        None if shade is None else shade[:, :, 0],
    )


def _recipe(name: str) -> Recipe:
    return tomllib.loads(resources.files("resources").joinpath("samples", f"{name}.toml").read_text(encoding="utf-8"))
