"""A small material whose channels are correlated, sharp and smooth, like real ones; no size is a power of two."""

from __future__ import annotations

import numpy as np
import pytest

from core.textures.material import ChannelRef, NormalConvention, SourceFile, TextureMap, TextureSet
from core.textures.roles import ROLE_INFO, Role

WIDTH, HEIGHT = 150, 90


@pytest.fixture
def material() -> TextureSet:
    rng = np.random.default_rng(7)
    v, u = np.meshgrid((np.arange(HEIGHT) + 0.5) / HEIGHT, (np.arange(WIDTH) + 0.5) / WIDTH, indexing="ij")
    height = 0.5 + 0.25 * np.sin(2 * np.pi * (3 * u + v)) + 0.15 * np.cos(2 * np.pi * (2 * v - u))
    bricks = ((u * 6 + 0.5 * np.floor(v * 4)) % 1 > 0.12) & ((v * 4) % 1 > 0.15)
    noise = rng.normal(0, 0.02, (HEIGHT, WIDTH))
    albedo = np.stack([0.25 + 0.5 * bricks * height, 0.2 + 0.3 * bricks * height, 0.18 + 0.2 * height], axis=2)
    slope_u, slope_v = np.gradient(height, axis=1) * 8, np.gradient(height, axis=0) * 8
    normal = np.stack([-slope_u, slope_v, np.ones_like(height)], axis=2)
    normal = normal / np.linalg.norm(normal, axis=2, keepdims=True) * 0.5 + 0.5
    planes = {
        Role.ALBEDO: albedo + noise[:, :, None],
        Role.NORMAL: normal,
        Role.ROUGHNESS: (0.9 - 0.5 * bricks * height)[:, :, None],
        Role.OCCLUSION: (0.4 + 0.6 * bricks)[:, :, None],
    }
    maps, files = [], []
    for role, pixels in planes.items():
        rounded = (np.round(np.clip(pixels, 0, 1) * 255) / 255).astype(np.float32)
        name = f"Wall_{role}.png"
        maps.append(TextureMap(role, rounded, name))
        files.append(SourceFile(name, 8, tuple(ChannelRef(role, i) for i in range(ROLE_INFO[role].channels))))
    return TextureSet("Wall", WIDTH, HEIGHT, tuple(maps), tuple(files), NormalConvention.OPENGL)
