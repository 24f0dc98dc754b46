"""The decoder's HLSL and Metal text, compiled and run against the decoder in numpy.

HLSL becomes SPIR-V, and that GLSL, which the software rasteriser runs; so does what Slang makes of HLSL and Slang.
Nobody but Apple compiles Metal: its text is built as the C++14 that it is, with stand-ins for Metal's library.
"""

from __future__ import annotations

import dataclasses
import shutil
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture
from core.exporters.decoder_shader import Language, Weights, decoder_shader, packed_latents, packed_weights
from core.textures.roles import Role
from renderers.offscreen import offscreen_context
from tests.core.codec.materials import random_texture
from tests.core.exporters.slang import as_glsl
from tests.core.exporters.test_decoder_shader import VERTEX, draw

STAND_INS = Path(__file__).parent / "metal"
SOURCES = (
    random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4))),
    random_texture(32, 32, (LatentGrid(4, 5, 16), LatentGrid(8, 19, 3), LatentGrid(16, 2, 1))),
)
TOLERANCE = {Role.DISPLACEMENT: 1e-3 * 8.5, Role.EMISSIVE: 5e-3 * 40}
MIPS = (0, 1, 4)

cases = pytest.mark.parametrize(
    ("source", "weights"),
    [(SOURCES[0], Weights.CONSTANTS), (SOURCES[1], Weights.CONSTANTS), (SOURCES[0], Weights.BUFFER)],
    ids=["two-grids", "three-grids", "buffer"],
)


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


def command(name: str, package: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed (Debian package {package}), so this text can't be compiled here")
    return found


def built(*words: object) -> None:
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def check(source: NeuralTexture, mip: int, found: np.ndarray) -> None:
    """``found``: all maps' channels, one after the other, [H, W, channels]."""
    at = 0
    for role, wanted in source.decode(mip).items():
        own = found[..., at : at + wanted.shape[2]]
        assert np.abs(own - wanted).max() < TOLERANCE.get(role, 1e-3), (mip, role)
        at += wanted.shape[2]
    assert at == found.shape[2]


def as_opengl(source: Path, *, by_slang: bool = False) -> str:
    """The fragment shader of an .hlsl or .slang file as GLSL 3.30, by glslang's front end or by Slang's."""
    glslang, cross = command("glslangValidator", "glslang-tools"), command("spirv-cross", "spirv-cross")
    binary, text = source.with_suffix(".spv"), source.with_suffix(".glsl")
    if by_slang:
        between = source.with_suffix(".frag")
        between.write_bytes(as_glsl(source))
        built(glslang, "-V", "-S", "frag", between, "-o", binary)
    else:
        built(glslang, "-D", "-V", "-S", "frag", "-e", "main", source, "-o", binary)
    built(cross, binary, "--version", "330", "--no-es", "--no-420pack-extension", "--output", text)
    return text.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("language", "by_slang"),
    [(Language.HLSL, False), (Language.HLSL, True), (Language.SLANG, True)],
    ids=["hlsl-glslang", "hlsl-slang", "slang"],
)
@cases
def test_hlsl(
    ctx: moderngl.Context, source: NeuralTexture, weights: Weights, language: Language, by_slang: bool, tmp_path: Path
) -> None:
    outputs = "".join(f"    float4 color{i} : SV_Target{i};\n" for i in range(len(source.maps)))
    asked = "".join(
        f"    result.color{i} = float4(texel.{m.role.value}{', 0.0' * (4 - len(m.constants))});\n"
        for i, m in enumerate(source.maps)
    )
    code = tmp_path / f"decoder.{language}"
    code.write_text(
        f"""{decoder_shader(source, language, weights)}
cbuffer Asked {{ float2 size; int mip; }};
struct Result {{
{outputs}}};
Result main(float4 place : SV_Position) {{
    TexloomTexel texel = texloom_decode(place.xy / size, mip);
    Result result;
{asked}    return result;
}}""",
        encoding="utf-8",
    )
    fragment = as_opengl(code, by_slang=by_slang)
    with ctx:
        program = ctx.program(vertex_shader=VERTEX, fragment_shader=fragment)
        blocks = {"Asked": ctx.buffer(reserve=16)}
        if weights is Weights.BUFFER:
            blocks["TexloomWeights"] = ctx.buffer(packed_weights(source))
        for unit, (name, block) in enumerate(blocks.items()):
            (name,) = (own for own in program if name in own and isinstance(program[own], moderngl.UniformBlock))
            program[name].binding = unit  # pyright: ignore[reportAttributeAccessIssue]
            block.bind_to_uniform_block(unit)
        for i in range(len(source.layout.grids)):
            (name,) = (name for name in program if f"texloom_latents_{i}" in name)
            program[name].value = i  # pyright: ignore[reportAttributeAccessIssue]
        # The rasteriser compiles a variant for each level, and one with a buffer takes seconds.
        for mip in MIPS if weights is Weights.CONSTANTS else MIPS[1:2]:
            blocks["Asked"].write(struct.pack("ffi", *source.layout.mip_size(mip), mip))
            planes = draw(ctx, program, source, mip)
            parts = [plane[..., : len(m.constants)] for m, plane in zip(source.maps, planes, strict=True)]
            check(source, mip, np.concatenate(parts, axis=2))
        for resource in (program, *blocks.values()):
            resource.release()


@cases
def test_metal(source: NeuralTexture, weights: Weights, tmp_path: Path) -> None:
    compiler = next((found for name in ("c++", "g++", "clang++") if (found := shutil.which(name))), None)
    if compiler is None:
        pytest.skip("no C++ compiler is installed (Debian package g++), so the Metal text can't be built here")
    (tmp_path / "decoder.metal").write_text(decoder_shader(source, Language.METAL, weights), encoding="utf-8")
    arrays = packed_latents(source)
    for i, words in enumerate(arrays):
        words.tofile(tmp_path / f"latents{i}")
    packed_weights(source).tofile(tmp_path / "weights")
    textures = "".join(
        f'auto words{i} = all<metal::uint4>("latents{i}");\n    metal::texture2d_array<metal::uint> '
        f"latents{i}{{words{i}.data(), {words.shape[2]}, {words.shape[1]}}};\n    "
        for i, words in enumerate(arrays)
    )
    passed = "".join(f"latents{i}, " for i in range(len(arrays)))
    if weights is Weights.BUFFER:
        passed += "weights.data(), "
    members = "sizeof(TexloomTexel) / sizeof(float)"
    (tmp_path / "main.cpp").write_text(
        f"""#include <cstdlib>
#include <fstream>
#include <vector>
#include "decoder.metal"
template <class T> std::vector<T> all(const char* name) {{
    std::ifstream file(name, std::ios::binary | std::ios::ate);
    std::vector<T> values(file.tellg() / sizeof(T));
    file.seekg(0);
    file.read((char*)values.data(), values.size() * sizeof(T));
    return values;
}}
int main() {{
    {textures}auto weights = all<metal::float4>("weights");
    std::ofstream out("texels", std::ios::binary);
    for (int mip : {{{", ".join(map(str, MIPS))}}}) {{
        int width = {source.width} >> mip, height = {source.height} >> mip;
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {{
                metal::float2 uv((x + 0.5f) / width, (y + 0.5f) / height);
                TexloomTexel texel = texloom_decode({passed}uv, mip);
                static_assert({members} == {sum(len(m.constants) for m in source.maps)}, "floats only");
                out.write((char*)&texel, sizeof(texel));
            }}
    }}
}}""",
        encoding="utf-8",
    )
    built(compiler, "-std=c++14", "-O1", "-w", "-I", STAND_INS, tmp_path / "main.cpp", "-o", tmp_path / "main")
    done = subprocess.run([str(tmp_path / "main")], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    values = np.fromfile(tmp_path / "texels", np.float32).reshape(-1, sum(len(m.constants) for m in source.maps))
    for mip in MIPS:
        width, height = source.layout.mip_size(mip)
        check(source, mip, values[: width * height].reshape(height, width, -1))
        values = values[width * height :]
    assert not len(values)


def test_numbers_that_differ_would_be_noticed() -> None:
    source = SOURCES[0]
    decoded = np.concatenate(list(source.decode(1).values()), axis=2)
    check(source, 1, decoded)
    with pytest.raises(AssertionError):
        check(dataclasses.replace(source, offset=source.offset + 0.01), 1, decoded)
