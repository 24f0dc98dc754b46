"""A coordinate network's text in every language, compiled and run against its decoder in numpy."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest

from core.coordinate.network import CoordinateNetwork
from core.coordinate.settings import ACTIVATIONS, ENCODINGS
from core.exporters.network_shader import (
    TABLE_WIDTH,
    network_shader,
    packed_network,
    packed_table,
    write_shader,
)
from core.exporters.shader_text import Language, Weights
from renderers.network_picture import shader_picture
from renderers.offscreen import offscreen_context
from renderers.shader_source import set_uniforms
from tests.core.coordinate.networks import random_network
from tests.core.exporters.test_decoder_languages import STAND_INS, built, command
from tests.core.exporters.test_decoder_shader import VERTEX

CLOSE = 1 / 255
MANY = dataclasses.replace(random_network(values=32), width=64)
"""Of a size that a compiler may divide by as it likes: its highest waves tell roundings of a place apart."""
HASHED, WAVES = random_network("hash"), random_network("frequency", "swish", channels=4)


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


@pytest.mark.parametrize(
    "network",
    [random_network(encoding) for encoding in ENCODINGS]
    + [random_network("one-blob", activation, channels=4, values=5) for activation in ACTIVATIONS[1:]],
    ids=lambda network: f"{network.architecture.encoding}-{network.architecture.activation}",
)
def test_the_shader_shows_the_same_picture(ctx: moderngl.Context, network: CoordinateNetwork) -> None:
    shown, wanted = shader_picture(network, ctx), network.decode()
    assert shown.shape == wanted.shape and wanted.std() > 0.05
    # Far below what eight bits tell apart: the same computation, only summed in another order.
    assert np.abs(shown - wanted).max() < CLOSE / 10


@pytest.mark.parametrize("values", [16, 24, 32])
def test_the_highest_waves_keep_their_place(ctx: moderngl.Context, values: int) -> None:
    network = random_network(values=values)
    assert np.abs(shader_picture(network, ctx) - network.decode()).max() < CLOSE / 10


def test_a_context_of_its_own_is_made_where_none_is_given() -> None:
    assert np.abs(shader_picture(HASHED) - HASHED.decode()).max() < CLOSE


@pytest.mark.parametrize("network", [HASHED, WAVES, MANY], ids=["hash", "frequency", "32 values"])
def test_hlsl(ctx: moderngl.Context, network: CoordinateNetwork, tmp_path: Path) -> None:
    glslang, cross = command("glslangValidator", "glslang-tools"), command("spirv-cross", "spirv-cross")
    (tmp_path / "network.hlsl").write_text(entry(network, Language.HLSL), encoding="utf-8")
    binary = tmp_path / "network.spv"
    built(glslang, "-D", "-V", "-S", "frag", "-e", "main", tmp_path / "network.hlsl", "-o", binary)
    check_module(ctx, network, cross, binary, tmp_path)


@pytest.mark.parametrize("network", [HASHED, WAVES, MANY], ids=["hash", "frequency", "32 values"])
def test_slang(ctx: moderngl.Context, network: CoordinateNetwork, tmp_path: Path) -> None:
    slang, cross = command("slangc", "none; part of the Slang distribution"), command("spirv-cross", "spirv-cross")
    (tmp_path / "network.slang").write_text(entry(network, Language.SLANG), encoding="utf-8")
    binary = tmp_path / "network.spv"
    words = ("-target", "spirv", "-profile", "sm_6_0", "-stage", "fragment", "-entry", "main", "-O0")
    built(slang, tmp_path / "network.slang", *words, "-o", binary)
    check_module(ctx, network, cross, binary, tmp_path)


def entry(network: CoordinateNetwork, language: Language) -> str:
    color = "texloom_color(uv)" if network.architecture.channels == 4 else "float4(texloom_color(uv), 1.0)"
    return f"""{network_shader(network, language)}
float4 main(float4 place : SV_Position) : SV_Target0 {{
    float2 uv = place.xy / float2({network.width}.0, {network.height}.0);
    return {color};
}}"""


def check_module(ctx: moderngl.Context, network: CoordinateNetwork, cross: str, binary: Path, folder: Path) -> None:
    """Turn SPIR-V into GLSL and run that."""
    text = folder / "network.glsl"
    built(cross, binary, "--version", "330", "--no-es", "--no-420pack-extension", "--output", text)
    with ctx:
        program = ctx.program(vertex_shader=VERTEX, fragment_shader=text.read_text(encoding="utf-8"))
        table = None
        if network.table is not None:
            packed = packed_table(network)
            table = ctx.texture((packed.shape[1], packed.shape[0]), 4, packed.tobytes(), dtype="f4")
            table.filter = (moderngl.NEAREST, moderngl.NEAREST)
            table.use(0)
            (name,) = (name for name in program if "texloom_table" in name)
            set_uniforms(program, **{name: 0})
        color = ctx.texture((network.width, network.height), 4, dtype="f4")
        target, triangle = ctx.framebuffer([color]), ctx.vertex_array(program, [])
        ctx.disable(moderngl.BLEND | moderngl.DEPTH_TEST | moderngl.CULL_FACE)
        target.use()
        triangle.render(vertices=3)
        found = np.frombuffer(color.read(), np.float32).reshape(network.height, network.width, 4)
        for resource in (triangle, target, color, program, *([table] if table is not None else [])):
            resource.release()
    wanted = network.decode()
    assert np.abs(found[..., : wanted.shape[2]] - wanted).max() < CLOSE / 10


@pytest.mark.parametrize(
    ("network", "weights"),
    [
        (HASHED, Weights.CONSTANTS),
        (WAVES, Weights.CONSTANTS),
        (WAVES, Weights.BUFFER),
        (random_network(), Weights.BUFFER),
        (MANY, Weights.CONSTANTS),
    ]
    + [(random_network("triangle", activation), Weights.CONSTANTS) for activation in ("relu", "tanh")],
)
def test_metal(network: CoordinateNetwork, weights: Weights, tmp_path: Path) -> None:
    compiler = next((found for name in ("c++", "g++", "clang++") if (found := shutil.which(name))), None)
    if compiler is None:
        pytest.skip("no C++ compiler is installed (Debian package g++), so the Metal text can't be built here")
    (tmp_path / "network.metal").write_text(network_shader(network, Language.METAL, weights), encoding="utf-8")
    packed_network(network).tofile(tmp_path / "weights")
    passed = ""
    if network.table is not None:
        packed_table(network).tofile(tmp_path / "table")
        passed += "table, "
    if weights is Weights.BUFFER:
        passed += "weights.data(), "
    channels = network.architecture.channels
    (tmp_path / "main.cpp").write_text(
        f"""#include <fstream>
#include <vector>
#include "network.metal"
std::vector<metal::float4> all(const char* name) {{
    std::ifstream file(name, std::ios::binary | std::ios::ate);
    if (!file) return {{}};
    std::vector<metal::float4> values(file.tellg() / 16);
    file.seekg(0);
    file.read((char*)values.data(), values.size() * 16);
    return values;
}}
int main() {{
    auto weights = all("weights"), texels = all("table");
    metal::texture2d<float> table{{texels.data(), {TABLE_WIDTH}}};
    std::ofstream out("colors", std::ios::binary);
    for (int y = 0; y < {network.height}; y++)
        for (int x = 0; x < {network.width}; x++) {{
            metal::float2 uv((x + 0.5f) / {network.width}, (y + 0.5f) / {network.height});
            auto color = texloom_color({passed}uv);
            static_assert(sizeof(color) == {channels} * sizeof(float), "floats only");
            out.write((char*)&color, sizeof(color));
        }}
}}""",
        encoding="utf-8",
    )
    built(compiler, "-std=c++14", "-O1", "-w", "-I", STAND_INS, tmp_path / "main.cpp", "-o", tmp_path / "main")
    done = subprocess.run([str(tmp_path / "main")], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = np.fromfile(tmp_path / "colors", np.float32).reshape(network.height, network.width, channels)
    assert np.abs(found - network.decode()).max() < CLOSE / 10


def test_a_buffer_holds_other_weights_for_the_same_text() -> None:
    other = random_network("frequency", "swish", channels=4, seed=1)
    for language in set(Language) - {Language.UNREAL}:
        assert network_shader(WAVES, language, Weights.BUFFER) == network_shader(other, language, Weights.BUFFER)
        assert network_shader(WAVES, language) != network_shader(other, language)


def test_languages_say_only_their_own_words_and_keep_names_harmless() -> None:
    for language in Language:
        text = network_shader(HASHED, language)
        assert ("vec4" in text) == (language is Language.GLSL)
        assert text.count("{") == text.count("}") and text.count("(") == text.count(")")
        assert not re.search(r"\bnan\b|\binf\b", text)


def test_files_of_a_language_come_with_the_table(tmp_path: Path) -> None:
    made = write_shader(HASHED, Language.SLANG, tmp_path / "some net.slang")
    assert [path.name for path in made] == ["some net.slang", "some net.table.bin"]
    assert made[0].read_text(encoding="utf-8") == network_shader(HASHED, Language.SLANG)
    table = np.fromfile(made[1], "<f4").reshape(-1, 4)
    assert HASHED.table is not None
    np.testing.assert_array_equal(table[: len(HASHED.table), :2], HASHED.table)
    assert write_shader(WAVES, Language.METAL, tmp_path / "a.metal") == [tmp_path / "a.metal"]
