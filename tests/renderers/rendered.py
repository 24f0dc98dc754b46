"""Materials made by formula, and how to draw them: nothing here needs a file."""

from __future__ import annotations

from collections.abc import Mapping

import moderngl
import numpy as np

from core.textures.material import NormalConvention, Pixels
from core.textures.roles import Role
from renderers.material_renderer import FINE, MaterialRenderer, Quality, SampleBuffer, Scene
from renderers.material_textures import MaterialTextures


def constant(albedo: tuple[float, float, float], roughness: float, metallic: float) -> dict[Role, Pixels]:
    return {
        Role.ALBEDO: np.tile(np.array(albedo, np.float32), (4, 4, 1)),
        Role.ROUGHNESS: np.full((4, 4, 1), roughness, np.float32),
        Role.METALLIC: np.full((4, 4, 1), metallic, np.float32),
    }


def tiles(size: int = 128, count: int = 4) -> dict[Role, Pixels]:
    """Tileable rounded tiles in two colours with grooves: every role that matters for light."""
    x = (np.arange(size, dtype=np.float32) + 0.5) / size * count
    u, v = np.meshgrid(x, x)
    column, row = np.floor(u), np.floor(v)
    edge = np.minimum(0.5 - np.abs(u - column - 0.5), 0.5 - np.abs(v - row - 0.5))
    height = np.clip(edge / 0.16, 0.0, 1.0)
    height = height * height * (3.0 - 2.0 * height)
    dy, dx = (np.roll(height, -1, a) - np.roll(height, 1, a) for a in (0, 1))
    normal = np.stack([-dx * 2.0, dy * 2.0, np.ones_like(dx)], axis=2)
    normal /= np.linalg.norm(normal, axis=2, keepdims=True)
    odd = ((column + row) % 2)[..., None]
    face = odd * np.array([0.80, 0.32, 0.18], np.float32) + (1.0 - odd) * np.array([0.25, 0.42, 0.62], np.float32)
    groove = np.array([0.30, 0.29, 0.27], np.float32)
    h = height[..., None]
    maps = {
        Role.ALBEDO: groove + (face - groove) * h,
        Role.NORMAL: normal * 0.5 + 0.5,
        Role.ROUGHNESS: 0.85 - 0.6 * h * (0.4 + 0.6 * odd),
        Role.METALLIC: (1.0 - odd) * (h > 0.9),
        Role.OCCLUSION: 0.4 + 0.6 * h,
        Role.DISPLACEMENT: h,
    }
    return {role: pixels.astype(np.float32) for role, pixels in maps.items()}


def render_linear(
    ctx: moderngl.Context,
    maps: Mapping[Role, Pixels],
    scene: Scene,
    size: int = 96,
    convention: NormalConvention = NormalConvention.OPENGL,
    quality: Quality = FINE,
) -> np.ndarray:
    """Display-linear colour and coverage of one sample, H × W × 4, row 0 at the top."""
    renderer, material = MaterialRenderer(ctx), MaterialTextures(ctx, maps)
    buffer = SampleBuffer(ctx, (size, size))
    try:
        renderer.add_sample(buffer, material, convention, scene, quality=quality)
        return np.frombuffer(buffer.sum.read(), np.float32).reshape(size, size, 4)[::-1].copy()
    finally:
        for resource in (renderer, material, buffer):
            resource.release()
