"""Shader text of a neural texture, compiled and run on the software rasteriser against the decoder in numpy."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from typing import Any

import moderngl
import numpy as np
import pytest

from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import NeuralTexture, StoredMap
from core.exporters.decoder_shader import (
    Language,
    Weights,
    codes_per_word,
    decoder_shader,
    packed_latents,
    packed_weights,
    weight_count,
)
from core.textures.material import NormalConvention
from core.textures.roles import Role
from renderers.offscreen import offscreen_context
from renderers.shader_source import set_uniforms
from tests.core.codec.materials import random_texture

VERTEX = """#version 330
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }"""
TWO = (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4))


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


def run(
    ctx: moderngl.Context,
    source: NeuralTexture,
    mips: Sequence[int],
    call: str = "texloom_decode",
    weights: Weights = Weights.CONSTANTS,
) -> list[dict[Role, np.ndarray]]:
    """What the shader gives at all texel centres of some levels, [H, W, C]."""
    # All maps in one draw: the rasteriser compiles a variant for every value of a uniform.
    outputs = "".join(f"layout(location = {i}) out vec4 color{i};\n" for i in range(len(source.maps)))
    names = "".join(
        f"    color{i} = vec4(texel.{m.role.value}{', 0.0' * (4 - len(m.constants))});\n"
        for i, m in enumerate(source.maps)
    )
    fragment = f"""#version 330
{decoder_shader(source, weights=weights)}
uniform int mip;
uniform vec2 size;
{outputs}
void main() {{
    TexloomTexel texel = {call}(gl_FragCoord.xy / size, mip);
{names}}}"""
    with ctx:
        program = ctx.program(vertex_shader=VERTEX, fragment_shader=fragment)
        for i in range(len(source.layout.grids)):
            set_uniforms(program, **{f"texloom_latents_{i}": i})
        block = ctx.buffer(packed_weights(source)) if weights is Weights.BUFFER else None
        if block is not None:
            block.bind_to_uniform_block(0)
        results = []
        for mip in mips:
            width, height = source.layout.mip_size(mip)
            set_uniforms(program, mip=mip, size=(float(width), float(height)))
            planes = draw(ctx, program, source, mip)
            results.append(
                {m.role: plane[..., : len(m.constants)] for m, plane in zip(source.maps, planes, strict=True)}
            )
        if block is not None:
            block.release()
        program.release()
    return results


def draw(ctx: moderngl.Context, program: moderngl.Program, source: NeuralTexture, mip: int) -> list[np.ndarray]:
    """What the program puts out at the texel centres of one level, [H, W, 4] per map; latents on the first units."""
    size = source.layout.mip_size(mip)
    used: list[Any] = []
    for i, words in enumerate(packed_latents(source)):
        layers, rows, columns, _ = words.shape
        used.append(ctx.texture_array((columns, rows, layers), 4, words.tobytes(), dtype="u4"))
        used[-1].filter = (moderngl.NEAREST, moderngl.NEAREST)
        used[-1].use(i)
    colors = [ctx.texture(size, 4, dtype="f4") for _ in source.maps]
    target, triangle = ctx.framebuffer(colors), ctx.vertex_array(program, [])
    ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
    target.use()
    triangle.render(vertices=3)
    planes = [np.frombuffer(color.read(), np.float32).reshape(size[1], size[0], 4) for color in colors]
    for resource in (triangle, target, *colors, *used):
        resource.release()
    return planes


@pytest.mark.parametrize(
    ("width", "height", "grids"),
    [
        (64, 64, TWO),
        (64, 32, (LatentGrid(2, 9, 2), LatentGrid(8, 33, 2))),
        (60, 44, (LatentGrid(4, 6, 3), LatentGrid(16, 3, 8))),
        (32, 32, (LatentGrid(4, 5, 16), LatentGrid(8, 3, 5), LatentGrid(16, 2, 1))),
        (32, 32, (LatentGrid(8, 40, 4),)),
    ],
)
def test_the_shader_is_the_decoder(
    ctx: moderngl.Context, width: int, height: int, grids: tuple[LatentGrid, ...]
) -> None:
    source = random_texture(width, height, grids)
    tolerance = {Role.DISPLACEMENT: 1e-3 * 8.5, Role.EMISSIVE: 5e-3 * 40}
    mips = sorted({0, 1, 3, source.mip_levels - 1})
    for mip, found in zip(mips, run(ctx, source, mips), strict=True):
        for role, wanted in source.decode(mip).items():
            assert np.abs(found[role] - wanted).max() < tolerance.get(role, 1e-3), (mip, role)


def test_weights_from_a_buffer_are_the_same_decoder(ctx: moderngl.Context) -> None:
    source = random_texture(60, 44, TWO)
    assert packed_weights(source).shape == (weight_count(source.layout), 4)
    (found,) = run(ctx, source, [1], weights=Weights.BUFFER)
    wanted = source.decode(1)
    for role in (Role.ALBEDO, Role.NORMAL, Role.OPACITY):
        assert np.abs(found[role] - wanted[role]).max() < 1e-3
    # Another training step changes the numbers and not the text.
    layers = tuple(dataclasses.replace(layer, codes=layer.codes[::-1].copy()) for layer in source.layers)
    later = dataclasses.replace(source, layers=layers, offset=source.offset + 0.1)
    for language in Language:
        if language is not Language.UNREAL:
            assert decoder_shader(source, language, Weights.BUFFER) == decoder_shader(later, language, Weights.BUFFER)
        assert decoder_shader(source, language) != decoder_shader(later, language)


def test_a_texel_is_the_same_wherever_it_is_read(ctx: moderngl.Context) -> None:
    source = random_texture(32, 32, TWO)
    (found,) = run(ctx, source, [2], "texloom_texel")
    assert np.abs(found[Role.ALBEDO] - source.decode(2)[Role.ALBEDO]).max() < 1e-3
    # From sixteen places within each texel of level 2, and from another repeat of the texture.
    anywhere = "texloom_texel(gl_FragCoord.xy / size + 3.0, 2); TexloomTexel other = texloom_decode"
    (coarse,) = run(ctx, source, [0], anywhere)
    texels = np.repeat(np.repeat(source.decode(2)[Role.ALBEDO], 4, axis=0), 4, axis=1)
    assert np.abs(coarse[Role.ALBEDO] - texels).max() < 1e-3


def test_codes_come_back_out_of_the_words() -> None:
    grids = (LatentGrid(4, 7, 4), LatentGrid(16, 9, 16))
    source = random_texture(64, 64, grids)
    for which, (grid, words) in enumerate(zip(grids, packed_latents(source), strict=True)):
        per = codes_per_word(grid.bits)
        rows = sum(group.grids[which].height for group in source.layout.groups)
        assert words.shape[1:] == (rows, source.latents[0][which].shape[1], 4)
        shifts = (np.arange(per) * grid.bits).astype(np.uint32)
        codes = (words[..., None] >> shifts) & np.uint32(2**grid.bits - 1)
        codes = codes.transpose(1, 2, 0, 3, 4).reshape(*words.shape[1:3], -1)[..., : grid.features]
        first = source.latents[0][which]
        np.testing.assert_array_equal(codes[: first.shape[0]], first)


@pytest.mark.parametrize("language", list(Language))
def test_every_language_says_only_its_own_words(language: Language) -> None:
    text = decoder_shader(random_texture(64, 64, TWO), language)
    assert ("vec4" in text) == (language is Language.GLSL)
    assert ("float4" in text) == (language is not Language.GLSL)
    assert text.count("{") == text.count("}") and text.count("(") == text.count(")")
    assert not re.search(r"\bnan\b|\binf\b", text)
    foreign = {Language.GLSL: r"\b(lerp|frac|float[234])\b", Language.METAL: r"\b(lerp|frac|out|uniform)\b"}
    assert not re.search(foreign.get(language, r"\b(mix|fract|texelFetch)\b"), text)


def test_a_texture_of_constants_needs_no_latents(ctx: moderngl.Context) -> None:
    maps = (StoredMap(Role.ALBEDO, "a.png", 8, (0.25, 0.5, 1.0)),)
    layout = LatentLayout(8, 8, 0, (), ())
    source = NeuralTexture("c", 8, 8, maps, (), NormalConvention.OPENGL, layout, (), (), np.zeros(0, np.float32))
    (found,) = run(ctx, source, [0])
    np.testing.assert_allclose(found[Role.ALBEDO][0, 0], (0.25, 0.5, 1.0))
