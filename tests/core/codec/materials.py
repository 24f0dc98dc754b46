"""Small texture sets for the codec's tests: correlated, periodic and quick to learn."""

from __future__ import annotations

import numpy as np

from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import Layer, NeuralTexture, StoredMap
from core.codec.transform import Transform
from core.textures.material import ChannelRef, NormalConvention, SourceFile, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role


def waves(width: int, height: int, channels: int, seed: int = 0) -> np.ndarray:
    """A smooth periodic picture [H, W, C] in [0, 1] with some detail."""
    rng = np.random.default_rng(seed)
    v, u = np.meshgrid((np.arange(height) + 0.5) / height, (np.arange(width) + 0.5) / width, indexing="ij")
    planes = []
    for _ in range(channels):
        total = np.zeros((height, width))
        for _ in range(6):
            fx, fy = rng.integers(0, 9, 2)
            total += rng.uniform(0.2, 1.0) * np.sin(2 * np.pi * (fx * u + fy * v + rng.uniform()))
        planes.append(total)
    image = np.stack(planes, axis=2)
    return ((image - image.min()) / max(np.ptp(image), 1e-6)).astype(np.float32)


def small_set(width: int = 128, height: int = 128, metallic: float | None = 1.0, bit_depth: int = 8) -> TextureSet:
    """Albedo, normal, roughness and, if given, a constant metallic map."""
    top = 2**bit_depth - 1
    image = np.round(waves(width, height, 7) * top) / np.float32(top)
    parts = {Role.ALBEDO: image[..., :3], Role.NORMAL: image[..., 3:6], Role.ROUGHNESS: image[..., 6:7]}
    if metallic is not None:
        parts[Role.METALLIC] = np.full((height, width, 1), metallic, np.float32)
    maps, files = [], []
    for role, pixels in parts.items():
        name = f"Small_{ROLE_INFO[role].label}.png"
        maps.append(TextureMap(role, np.ascontiguousarray(pixels, np.float32), name, bit_depth))
        files.append(SourceFile(name, bit_depth, tuple(ChannelRef(role, i) for i in range(pixels.shape[2]))))
    return TextureSet("Small", width, height, tuple(maps), tuple(files), NormalConvention.OPENGL)


def random_texture(width: int, height: int, grids: tuple[LatentGrid, ...]) -> NeuralTexture:
    """Everything at random, with constants, margins, a range and a curve."""
    rng = np.random.default_rng(width + len(grids))
    maps = (
        StoredMap(Role.ALBEDO, "a.png", 8, (None, None, None)),
        StoredMap(Role.METALLIC, "m.png", 8, (0.25,)),
        StoredMap(Role.NORMAL, "n.png", 8, (None, None, 1.0)),
        StoredMap(Role.OPACITY, "o.png", 8, (None,), Transform(margins=(0.15, 0.1))),
        StoredMap(Role.DISPLACEMENT, "d.exr", 32, (None,), Transform(-3.0, 5.5)),
        StoredMap(Role.EMISSIVE, "e.exr", 32, (None, None, None), Transform(0.0, 40.0, 200.0)),
    )
    channels = sum(value is None for m in maps for value in m.constants)
    layout = LatentLayout(width, height, channels, grids, (12, 10))
    latents = tuple(
        tuple(rng.integers(0, 2**g.bits, (g.height, g.width, g.features)).astype(np.uint16) for g in group.grids)
        for group in layout.groups
    )
    layers = tuple(
        Layer(
            rng.integers(-127, 128, (n_in, n_out)).astype(np.int8),
            rng.uniform(0.5, 2.0, n_out).astype(np.float16) / np.float16(70 * n_in**0.5),
            rng.normal(0, 0.2, n_out).astype(np.float16),
        )
        for n_in, n_out in layout.layer_shapes
    )
    offset = np.full(channels, 0.4, np.float32)
    return NeuralTexture("Größe", width, height, maps, (), NormalConvention.OPENGL, layout, latents, layers, offset)
