"""A neural texture decoded in the shader looks as it does decoded beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import moderngl
import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture
from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.camera import OrbitCamera
from renderers.choices import CompareMode, Filter, Relief
from renderers.comparison import Comparison
from renderers.material_renderer import MaterialRenderer, Quality, SampleBuffer, Scene
from renderers.material_textures import MaterialTextures
from renderers.neural_material import NeuralMaterial
from renderers.offscreen import render_picture
from renderers.shapes import Shape, default_camera
from tests.core.codec.materials import random_texture

GRIDS = (LatentGrid(4, 5, 4), LatentGrid(16, 4, 4))
SIZE = (128, 128)


@pytest.fixture(scope="module")
def texture() -> NeuralTexture:
    return random_texture(32, 32, GRIDS)


def draw(
    ctx: moderngl.Context, material: MaterialTextures, channel: Role | None, samples: int, **changes: Any
) -> np.ndarray:
    """The picture of a plane, so near that a texel covers several pixels, in [0, 255]."""
    scene = Scene(shape=Shape.PLANE, camera=default_camera(Shape.PLANE), channel=channel, displacement=0.0)
    scene = replace(scene, **changes)
    renderer, buffer = MaterialRenderer(ctx), SampleBuffer(ctx, SIZE)
    target = ctx.simple_framebuffer(SIZE, components=4)
    try:
        for _ in range(samples):
            renderer.add_sample(buffer, material, NormalConvention.OPENGL, scene, quality=Quality(64, 1.0))
        renderer.resolve(target, (0, 0, *SIZE), scene, Comparison(CompareMode.A), buffer, None)
        pixels = np.frombuffer(target.read(components=3, alignment=1), np.uint8)
        return pixels.reshape(SIZE[1], SIZE[0], 3).astype(np.float64)
    finally:
        for resource in (renderer, buffer, target):
            resource.release()


@pytest.mark.parametrize("channel", [Role.ALBEDO, Role.NORMAL, Role.OPACITY, Role.METALLIC, Role.OCCLUSION])
def test_four_decoded_texels_are_blended_as_a_texture_unit_does(
    ctx: moderngl.Context, texture: NeuralTexture, channel: Role
) -> None:
    decoded, neural = MaterialTextures(ctx, texture.decode()), NeuralMaterial(ctx, texture, Filter.BILINEAR)
    try:
        wanted, found = draw(ctx, decoded, channel, 1), draw(ctx, neural, channel, 1)
    finally:
        decoded.release()
        neural.release()
    error = np.abs(wanted - found)
    assert error.mean() < 0.6 and np.quantile(error, 0.999) <= 3, "eight bits on one side, and its own blending"


def test_chance_averages_to_the_blend(ctx: moderngl.Context, texture: NeuralTexture) -> None:
    decoded, neural = MaterialTextures(ctx, texture.decode()), NeuralMaterial(ctx, texture)
    try:
        wanted = draw(ctx, decoded, Role.ALBEDO, 32)
        errors = [np.abs(wanted - draw(ctx, neural, Role.ALBEDO, count)).mean() for count in (1, 32)]
    finally:
        decoded.release()
        neural.release()
    assert errors[1] < 2.5 and errors[1] < errors[0] / 2.5


def test_the_nearest_texel_is_not_blended(ctx: moderngl.Context, texture: NeuralTexture) -> None:
    same = {}
    for filtering in (Filter.NEAREST, Filter.BILINEAR):
        neural = NeuralMaterial(ctx, texture, filtering)
        try:
            part = draw(ctx, neural, Role.ALBEDO, 1)[48:80, 48:80]
        finally:
            neural.release()
        same[filtering] = float((np.abs(np.diff(part, axis=1)).max(axis=2) <= 1).mean())
    assert same[Filter.NEAREST] > 0.5 and same[Filter.BILINEAR] < 0.2, "neighbouring pixels lie on the same texel"


def test_a_lit_picture_is_about_the_same(ctx: moderngl.Context) -> None:
    # So few texels that no lower level is read: those of random latents have nothing in common with the first.
    texture = random_texture(8, 8, GRIDS)
    options: dict[str, Any] = {"normal_convention": NormalConvention.DIRECTX, "shape": "cube", "size": (96, 96)}

    def picture(maps: Any) -> np.ndarray:
        return render_picture(maps, context=ctx, displacement=0.0, samples=24, **options).astype(np.float64)

    beforehand, in_shader = picture(texture.decode()), picture(texture)
    # Not quite: chance blends what was lit, a texture unit what will be, and these normals point anywhere.
    assert np.abs(beforehand - in_shader).mean() < 6
    assert np.abs(beforehand.mean(axis=(0, 1)) - in_shader.mean(axis=(0, 1))).max() < 5


def test_a_released_material_makes_room_for_the_next(ctx: moderngl.Context, texture: NeuralTexture) -> None:
    pictures = []
    for _ in range(6):
        neural = NeuralMaterial(ctx, texture, Filter.BILINEAR)
        pictures.append(draw(ctx, neural, Role.NORMAL, 1))
        neural.release()
    assert all(np.array_equal(pictures[0], other) for other in pictures)


def test_parallax_reads_the_decoded_height(ctx: moderngl.Context, texture: NeuralTexture) -> None:
    decoded, neural = MaterialTextures(ctx, texture.decode()), NeuralMaterial(ctx, texture, Filter.BILINEAR)
    camera = OrbitCamera(pitch=45.0, zoom=4.0)
    try:
        flat, wanted, found = (
            draw(ctx, material, Role.NORMAL, 4, relief=Relief.PARALLAX, displacement=height, camera=camera)
            for material, height in ((decoded, 0.0), (decoded, 0.1), (neural, 0.1))
        )
    finally:
        decoded.release()
        neural.release()
    assert np.abs(wanted - found).mean() < 0.1 * np.abs(flat - found).mean()
