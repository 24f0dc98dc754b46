"""The target shader: what lies in the files is enough to draw the texture."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.errors import InputError
from core.exporters import export, shader
from core.exporters.decoder_shader import Language, packed_weights
from core.exporters.settings import ShaderSettings
from core.jobs import Finished, describe
from core.textures.material import NormalConvention, TextureSet
from renderers.offscreen import offscreen_context
from tests.core.codec.materials import random_texture
from tests.core.exporters.test_decoder_shader import VERTEX

SOURCE = random_texture(60, 44, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4)))
MIP = 1


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


def test_drawn_from_the_files_alone(ctx: moderngl.Context, tmp_path: Path) -> None:
    *_, last = export("shader", SOURCE, tmp_path, ShaderSettings("glsl"))
    assert isinstance(last, Finished)
    facts = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    assert {path.name for path in last.result.files} == {
        facts["code"],
        *(entry["file"] for entry in facts["bindings"]),
        next(tmp_path.glob("*.json")).name,
    }
    size = max(1, facts["width"] >> MIP), max(1, facts["height"] >> MIP)
    outputs = "".join(f"layout(location = {i}) out vec4 color{i};\n" for i in range(len(facts["maps"])))
    stored = "".join(
        f"color{i} = vec4(texel.{m['member']}{', 0.0' * (4 - m['channels'])});\n" for i, m in enumerate(facts["maps"])
    )
    fragment = f"""#version 330
{(tmp_path / facts["code"]).read_text(encoding="utf-8")}
{outputs}
void main() {{
    TexloomTexel texel = texloom_decode(gl_FragCoord.xy / vec2({size[0]}, {size[1]}), {MIP});
    {stored}
}}"""
    with ctx:
        program = ctx.program(vertex_shader=VERTEX, fragment_shader=fragment)
        held: list = []
        for unit, entry in enumerate(facts["bindings"]):
            data = (tmp_path / entry["file"]).read_bytes()
            assert entry["format"] == "RGBA32_UINT"
            shape = entry["width"], entry["height"], entry["layers"]
            held.append(ctx.texture_array(shape, 4, data, dtype="u4"))
            held[-1].use(unit)
            program[entry["name"]].value = unit  # pyright: ignore[reportAttributeAccessIssue]
        planes = [ctx.texture(size, 4, dtype="f4") for _ in facts["maps"]]
        frame, triangle = ctx.framebuffer(planes), ctx.vertex_array(program, [])
        frame.use()
        triangle.render(moderngl.TRIANGLES, 3)
        for m, entry, plane in zip(SOURCE.maps, facts["maps"], planes, strict=True):
            found = np.frombuffer(plane.read(), np.float32).reshape(size[1], size[0], 4)[..., : entry["channels"]]
            wanted = SOURCE.decode(MIP, roles=(m.role,))[m.role]
            assert np.abs(found - wanted).max() < (m.transform.high - m.transform.low) / 255, m.role
        for resource in (triangle, frame, program, *planes, *held):
            resource.release()


def test_weights_in_a_file(tmp_path: Path) -> None:
    list(export("shader", SOURCE, tmp_path, ShaderSettings("hlsl", "buffer")))
    facts = json.loads(next(tmp_path.glob("*.json")).read_text(encoding="utf-8"))
    (entry,) = (entry for entry in facts["bindings"] if entry["kind"] == "constants")
    code = (tmp_path / facts["code"]).read_text(encoding="utf-8")
    assert f"cbuffer {entry['name']}" in code and f"float4 {entry['member']}[{entry['entries']}];" in code
    weights = np.frombuffer((tmp_path / entry["file"]).read_bytes(), "<f4").reshape(entry["entries"], 4)
    np.testing.assert_array_equal(weights, packed_weights(SOURCE))


@pytest.mark.parametrize("language", ["hlsl", "slang", "glsl", "metal"])
def test_every_language_has_its_file(language: str, tmp_path: Path) -> None:
    *_, last = export("shader", SOURCE, tmp_path, ShaderSettings(language))
    assert isinstance(last, Finished)
    assert last.result.files[0].suffix == f".{language}"
    assert "texloom_decode" in last.result.files[0].read_text(encoding="utf-8")


def test_choices_are_languages(material: TextureSet, tmp_path: Path) -> None:
    (choice,) = (field.choices for field in describe(ShaderSettings) if field.name == "language")
    assert set(choice) == {str(language) for language in Language} - {"unreal"}
    with pytest.raises(InputError, match="compressed first"):
        list(export("shader", material, tmp_path))


def test_which_way_the_normal_map_points_is_said_as_people_say_it() -> None:
    texture = random_texture(16, 16, (LatentGrid(4, 5, 4),))
    (note,) = shader.notes(dataclasses.replace(texture, normal_convention=NormalConvention.DIRECTX))
    assert "DirectX (+Y down)" in note
    (note,) = shader.notes(dataclasses.replace(texture, normal_convention=NormalConvention.UNKNOWN))
    assert note.endswith("is not known.")
