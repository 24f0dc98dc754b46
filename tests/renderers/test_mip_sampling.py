"""The mips that a neural texture decodes, read the way an engine reads them: trilinearly and anisotropically."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import moderngl
import numpy as np
import pytest

from core.codec.compress import CompressResult, compress
from core.codec.settings import CompressSettings
from core.jobs import Control, Finished
from core.textures import samples
from core.textures.material import TextureSet
from core.textures.mips import pyramid
from core.textures.roles import Role

SIZE = 256
VIEW = (256, 192)

VERTEX = """#version 330
out vec2 place;
void main() {
    place = vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0;
    gl_Position = vec4(place, 0.0, 1.0);
}"""
# A floor that reaches from right below the eye to the horizon: every mip level is in the picture, stretched up to 30:1.
FLOOR = """#version 330
uniform sampler2D map;
in vec2 place;
out vec4 color;
void main() {
    float depth = 1.0 / (1.03 - (place.y * 0.5 + 0.5));
    color = texture(map, vec2(place.x * depth * 0.35, depth * 0.9));
}"""
LEVEL = """#version 330
uniform sampler2D map;
uniform float lod;
in vec2 place;
out vec4 color;
void main() { color = textureLod(map, place * 0.5 + 0.5, lod); }"""


@pytest.fixture(scope="module")
def chains() -> Iterator[tuple[list[np.ndarray], list[np.ndarray]]]:
    """Albedo of a sample and of its neural texture, all levels."""
    material: TextureSet = samples.generate("worn_painted_metal", SIZE)
    with tempfile.TemporaryDirectory() as folder:
        *_, last = compress(material, CompressSettings(bpp=5.0, preset="draft"), Path(folder), Control())
    assert isinstance(last, Finished) and isinstance(last.result, CompressResult)
    texture = last.result.texture
    source = pyramid(material.by_role[Role.ALBEDO].pixels)
    yield source, [texture.decode(level)[Role.ALBEDO] for level in range(texture.mip_levels)]


def uploaded(ctx: moderngl.Context, chain: Sequence[np.ndarray]) -> moderngl.Texture:
    texture = ctx.texture((SIZE, SIZE), 3, chain[0].astype("f4").tobytes(), dtype="f4")
    texture.build_mipmaps(max_level=len(chain) - 1)
    for level, pixels in enumerate(chain):
        texture.write(np.ascontiguousarray(pixels, np.float32), level=level, alignment=1)
    texture.filter = (moderngl.LINEAR_MIPMAP_LINEAR, moderngl.LINEAR)
    return texture


def drawn(ctx: moderngl.Context, chain: Sequence[np.ndarray], fragment: str, anisotropy: float, **uniforms: float):
    texture = uploaded(ctx, chain)
    texture.anisotropy = anisotropy
    program = ctx.program(vertex_shader=VERTEX, fragment_shader=fragment)
    color = ctx.texture(VIEW, 4, dtype="f4")
    target = ctx.framebuffer([color])
    triangle = ctx.vertex_array(program, [])
    try:
        target.use()
        ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        texture.use(0)
        for name, value in uniforms.items():
            program[name] = value
        triangle.render(vertices=3)
        return np.frombuffer(target.read(components=4, dtype="f4"), np.float32).reshape(VIEW[1], VIEW[0], 4)[..., :3]
    finally:
        for resource in (triangle, target, color, program, texture):
            resource.release()


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return -10 * math.log10(max(float(((a - b) ** 2).mean()), 1e-12))


@pytest.mark.parametrize("anisotropy", [1.0, 8.0])
def test_a_floor_is_as_good_at_every_distance_as_the_levels_are(
    ctx: moderngl.Context, chains: tuple[list[np.ndarray], list[np.ndarray]], anisotropy: float
) -> None:
    source, decoded = chains
    weakest = min(psnr(a, b) for a, b in zip(source, decoded, strict=True))
    wanted = drawn(ctx, source, FLOOR, anisotropy)
    found = drawn(ctx, decoded, FLOOR, anisotropy)
    assert psnr(wanted, found) > weakest
    bands = np.array_split(np.arange(VIEW[1]), 8)
    for rows in bands:
        assert psnr(wanted[rows], found[rows]) > weakest - 0.5, f"rows {rows[0]} to {rows[-1]}"


def test_between_two_levels_nothing_pops(
    ctx: moderngl.Context, chains: tuple[list[np.ndarray], list[np.ndarray]]
) -> None:
    source, decoded = chains
    lods = [i / 4 for i in range(29)]
    quality = [psnr(drawn(ctx, source, LEVEL, 1.0, lod=lod), drawn(ctx, decoded, LEVEL, 1.0, lod=lod)) for lod in lods]
    for i, lod in enumerate(lods):
        ends = quality[int(lod) * 4], quality[min(int(lod) * 4 + 4, len(lods) - 1)]
        assert quality[i] > min(ends) - 0.1, f"level {lod}"
    # Light and colour stay where they are from level to level.
    means = [np.abs(a.mean(axis=(0, 1)) - b.mean(axis=(0, 1))).max() for a, b in zip(source, decoded, strict=True)]
    assert max(means) < 0.05
