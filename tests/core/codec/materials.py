"""Small texture sets for the codec's tests: correlated, periodic and quick to learn."""

from __future__ import annotations

import numpy as np

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
