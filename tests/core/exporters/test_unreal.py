"""The bundle for a stock Unreal: its Custom node is compiled and run, its script run against a recording stand-in."""

from __future__ import annotations

import dataclasses
import json
import runpy
import struct
from collections.abc import Iterator
from pathlib import Path

import moderngl
import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture, StoredMap
from core.errors import InputError
from core.exporters import export
from core.exporters.decoder_shader import byte_latents, packed_latents
from core.exporters.unreal import SCRIPT, asset_name, bundle, notes
from core.jobs import Finished
from core.textures.material import NormalConvention, TextureSet
from core.textures.roles import Role
from renderers.offscreen import offscreen_context
from tests.core.codec.materials import random_texture
from tests.core.exporters.test_decoder_languages import as_opengl, built, command
from tests.core.exporters.test_decoder_shader import VERTEX
from tests.core.exporters.unreal_stand_in import StandIn

TWO = (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4))
THREE = (LatentGrid(4, 5, 16), LatentGrid(8, 19, 3), LatentGrid(16, 2, 1))
SOURCES = (random_texture(60, 44, TWO), random_texture(32, 32, THREE))


@pytest.fixture(scope="module")
def ctx() -> Iterator[moderngl.Context]:
    with offscreen_context() as context:
        yield context


def facts_of(files: dict[str, bytes]) -> dict:
    return json.loads(next(data for name, data in files.items() if name.endswith(".unreal.json")))


def shader_around(files: dict[str, bytes]) -> str:
    """The node's text within the function that the engine makes of it, and a pixel shader that calls that."""
    facts = facts_of(files)
    types = {entry["input"]: "Texture2D" for entry in facts["latents"]}
    types |= dict.fromkeys(("UV", "UVAcross", "UVDown"), "float2") | dict.fromkeys(("MipBias", "Dither"), "float")
    inputs, passed = [], []
    for name in facts["inputs"]:
        inputs.append(f"{types[name]} {name}")
        passed.append({"float2": name, "float": name}.get(types[name], f"Asked_{name}"))
        if types[name] == "Texture2D":
            inputs.append(f"SamplerState {name}Sampler")
            passed.append("Asked_Sampler")
    kinds = {"CMOT_FLOAT1": "float", "CMOT_FLOAT3": "float3"}
    first, *others = facts["outputs"]
    inputs += [f"inout {kinds[o['type']]} {o['name']}" for o in others]
    passed += [f"result_{o['name']}" for o in others]
    textures = "".join(f"Texture2D Asked_{entry['input']};\n" for entry in facts["latents"])
    targets = "".join(f"    float4 color{i} : SV_Target{i};\n" for i in range(len(facts["outputs"])))
    local = "".join(f"    {kinds[o['type']]} result_{o['name']} = 0.0;\n" for o in others)
    stored = "".join(
        f"    result.color{i} = float4(result_{o['name']}{', 0.0' * (3 if o['type'] == 'CMOT_FLOAT1' else 1)});\n"
        for i, o in enumerate(facts["outputs"])
    )
    return f"""{textures}SamplerState Asked_Sampler;
cbuffer Asked {{ float2 Asked_size; float MipBias; float Dither; }};
{kinds[first["type"]]} CustomExpression0({", ".join(inputs)})
{{
{files[facts["code"]].decode("ascii")}
}}
struct Result {{
{targets}}};
Result main(float4 place : SV_Position) {{
    float2 UV = place.xy / Asked_size + 5.0;
    float2 UVAcross = float2(1.0 / Asked_size.x, 0.0);
    float2 UVDown = float2(0.0, 1.0 / Asked_size.y);
{local}    {kinds[first["type"]]} result_{first["name"]} = CustomExpression0({", ".join(passed)});
    Result result;
{stored}    return result;
}}"""


def run(
    ctx: moderngl.Context, files: dict[str, bytes], size: tuple[int, int], mip_bias: float, folder: Path, by_slang: bool
) -> list:
    """What the node puts out at the texel centres of a level of that size."""
    (folder / "node.hlsl").write_text(shader_around(files), encoding="ascii")
    fragment = as_opengl(folder / "node.hlsl", by_slang=by_slang)
    facts = facts_of(files)
    with ctx:
        program = ctx.program(vertex_shader=VERTEX, fragment_shader=fragment)
        asked = ctx.buffer(struct.pack("4f", *size, mip_bias, 0.0))
        (block,) = (name for name in program if isinstance(program[name], moderngl.UniformBlock))
        program[block].binding = 0  # pyright: ignore[reportAttributeAccessIssue]
        asked.bind_to_uniform_block(0)
        held = []
        for unit, entry in enumerate(facts["latents"]):
            data = files[entry["file"]]
            height, width, _, _, levels = struct.unpack_from("<5I", data, 12)
            assert (width, height, levels) == (entry["width"], entry["height"], 1)
            texture = ctx.texture((width, height), 4, data[148:])
            texture.use(unit)
            (name,) = (name for name in program if entry["input"] in name)
            program[name].value = unit  # pyright: ignore[reportAttributeAccessIssue]
            held.append(texture)
        planes = [ctx.texture(size, 4, dtype="f4") for _ in facts["outputs"]]
        frame = ctx.framebuffer(planes)
        frame.use()
        array = ctx.vertex_array(program, [])
        array.render(moderngl.TRIANGLES, 3)
        found = [
            np.frombuffer(plane.read(), np.float32).reshape(size[1], size[0], 4)[..., : int(o["type"][-1])]
            for plane, o in zip(planes, facts["outputs"], strict=True)
        ]
        for resource in (array, frame, *planes, *held, asked, program):
            resource.release()
    return found


def encoded(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("source", SOURCES, ids=["two-grids", "three-grids"])
@pytest.mark.parametrize("convention", [NormalConvention.OPENGL, NormalConvention.DIRECTX])
def test_the_node_gives_what_the_decoder_gives(
    ctx: moderngl.Context, source: NeuralTexture, convention: NormalConvention, tmp_path: Path
) -> None:
    source = dataclasses.replace(source, normal_convention=convention)
    files = bundle(source)
    for mip in (0, 2) if convention is NormalConvention.OPENGL else (1,):
        # The derivatives ask for level 0 of a picture of that size, so the level stands in the bias.
        size = source.layout.mip_size(mip)
        nominal = np.log2(max(source.width / size[0], source.height / size[1]))
        found = run(ctx, files, size, mip - nominal, tmp_path, convention is NormalConvention.DIRECTX)
        for m, own in zip(source.maps, found, strict=True):
            wanted = source.decode(mip, roles=(m.role,))[m.role]
            scale = 1.0
            if m.role is Role.NORMAL:
                wanted = wanted * 2 - 1
                wanted = wanted / np.maximum(np.linalg.norm(wanted, axis=2, keepdims=True), 1e-3)
                wanted = wanted * (1, -1 if convention is NormalConvention.OPENGL else 1, 1)
                scale = 2.0
            elif m.role is Role.ALBEDO:
                own = encoded(own)
            elif m.transform.high > 1:
                scale = m.transform.high - m.transform.low
            assert np.abs(own - wanted).max() < scale / 255, (mip, m.role)


def test_the_include_is_the_same_decoder(tmp_path: Path) -> None:
    glslang = command("glslangValidator", "glslang-tools")
    files = bundle(SOURCES[0])
    (tmp_path / "decoder.ush").write_bytes(files[f"{asset_name(SOURCES[0].name)}.ush"])
    (tmp_path / "own.hlsl").write_text(
        '#include "decoder.ush"\nTexture2D A;\nTexture2D B;\nfloat4 main(float4 place : SV_Position) : SV_Target0 {\n'
        "    return float4(texloom_texel(A, B, place.xy * 0.01, 1).albedo, 1.0);\n}\n",
        encoding="ascii",
    )
    built(
        glslang,
        "-D",
        "-V",
        "-S",
        "frag",
        "-e",
        "main",
        f"-I{tmp_path}",
        tmp_path / "own.hlsl",
        "-o",
        tmp_path / "o.spv",
    )


def test_bytes_hold_the_words() -> None:
    for source in SOURCES:
        for words, own in zip(packed_latents(source), byte_latents(source), strict=True):
            layers, height, width, _ = words.shape
            side_by_side = words.transpose(1, 2, 0, 3).reshape(height, width, layers * 4)
            count = own.shape[1] // width
            got = np.ascontiguousarray(own).view("<u4").reshape(height, width, count)
            np.testing.assert_array_equal(got, side_by_side[..., :count])
            assert not side_by_side[..., count:].any()


@pytest.mark.parametrize(
    ("name", "asset"), [("Größe", "Größe"), ("石 / wall-2", "石___wall_2"), ("...", "Material"), ("a" * 300, "a" * 80)]
)
def test_names_that_assets_may_have(name: str, asset: str) -> None:
    assert asset_name(name) == asset
    files = bundle(dataclasses.replace(SOURCES[1], name=name + "\n#error \\"))
    node = next(data for key, data in files.items() if key.endswith(".custom.hlsl"))
    assert "#" not in node.decode("ascii")


def test_latents_that_no_texture_holds() -> None:
    source = SOURCES[0]
    wide = dataclasses.replace(
        source, latents=tuple(tuple(np.tile(g, (1, 9000, 1)) for g in own) for own in source.latents)
    )
    with pytest.raises(InputError, match="16384"):
        bundle(wide)


def written(source: NeuralTexture, folder: Path) -> dict:
    files = bundle(source)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return facts_of(files)


@pytest.mark.parametrize("source", SOURCES, ids=["two-grids", "three-grids"])
def test_the_script_builds_the_material(source: NeuralTexture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    facts = written(source, tmp_path)
    unreal = StandIn()
    monkeypatch.setitem(__import__("sys").modules, "unreal", unreal)
    monkeypatch.setattr("sys.argv", [SCRIPT, "/Game/Stones/"])
    runpy.run_path(str(tmp_path / SCRIPT), run_name="__main__")
    home = f"/Game/Stones/{facts['asset']}"
    names = {f"{home}/{Path(entry['file']).stem}" for entry in facts["latents"]}
    material, instance = f"{home}/M_{facts['asset']}", f"{home}/MI_{facts['asset']}"
    assert set(unreal.assets) == names | {material, instance} == unreal.saved
    for name in names:
        own = unreal.assets[name].properties
        assert own["srgb"] is False and own["never_stream"] is True and own["virtual_texture_streaming"] is False
        assert own["compression_settings"] == "TextureCompressionSettings.TC_VECTOR_DISPLACEMENTMAP"
        assert own["mip_gen_settings"] == "TextureMipGenSettings.TMGS_NO_MIPMAPS"
        assert own["filter"] == "TextureFilter.TF_NEAREST"
        assert own["power_of_two_mode"] == "TexturePowerOfTwoSetting.NONE" and own["max_texture_size"] == 0
    made = unreal.assets[material]
    (node,) = (e for e in made.expressions if type(e).__name__ == "MaterialExpressionCustom")
    assert set(node.connected) == set(facts["inputs"])
    for entry in facts["latents"]:
        source_node = node.connected[entry["input"]]
        stem = Path(entry["file"]).stem
        assert source_node.properties["texture"] is unreal.assets[f"{home}/{stem}"]
    wanted = {o["property"]: o["name"] if n else "" for n, o in enumerate(facts["outputs"]) if o["property"]}
    assert {key: output for key, (_, output) in made.inputs.items()} == wanted
    assert all(expression is node for expression, _ in made.inputs.values())
    assert "MP_NORMAL" in wanted and "MP_BASE_COLOR" in wanted
    assert made.compiled and made.properties["blend_mode"] == "BlendMode.BLEND_MASKED"
    assert unreal.assets[instance].parent is made
    # Once more: the same assets, nothing twice.
    before = {name: id(asset) for name, asset in unreal.assets.items()}
    count = len(made.expressions)
    runpy.run_path(str(tmp_path / SCRIPT), run_name="__main__")
    assert {name: id(asset) for name, asset in unreal.assets.items()} == before
    assert len(made.expressions) == count


def test_the_script_says_when_a_texture_came_in_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(SOURCES[0], tmp_path)
    unreal = StandIn(shrink=True)
    monkeypatch.setitem(__import__("sys").modules, "unreal", unreal)
    monkeypatch.setattr("sys.argv", [SCRIPT])
    with pytest.raises(RuntimeError, match="instead of"):
        runpy.run_path(str(tmp_path / SCRIPT), run_name="__main__")
    monkeypatch.setattr("sys.argv", [SCRIPT])
    for path in tmp_path.glob("*.unreal.json"):
        path.unlink()
    with pytest.raises(RuntimeError, match="no"):
        runpy.run_path(str(tmp_path / SCRIPT), run_name="__main__")


def test_the_stand_in_is_strict() -> None:
    unreal = StandIn()
    with pytest.raises(AttributeError):
        _ = unreal.MaterialEditingLibrary.connect_everything  # pyright: ignore[reportAttributeAccessIssue]
    with pytest.raises(AttributeError):
        unreal.AssetImportTask().set_editor_property("file_name", "x")
    with pytest.raises(AttributeError):
        _ = unreal.TextureFilter.TF_SHARP


def test_notes_say_which_way_the_normal_points() -> None:
    assert "OpenGL to DirectX" in notes(SOURCES[0])[0]
    unknown = dataclasses.replace(SOURCES[0], normal_convention=NormalConvention.UNKNOWN)
    assert "not known" in notes(unknown)[0]
    plain = dataclasses.replace(SOURCES[0], maps=(StoredMap(Role.ROUGHNESS, "r.png", 8, (0.5,)),))
    assert len(notes(plain)) == 1


def test_exported_as_one(material: TextureSet, tmp_path: Path) -> None:
    *_, last = export("unreal", SOURCES[0], tmp_path)
    assert isinstance(last, Finished)
    assert {path.name for path in last.result.files} == set(bundle(SOURCES[0])) and last.result.notes
    *_, again = export("unreal", SOURCES[0], tmp_path)
    assert isinstance(again, Finished) and again.result.written == ()
    with pytest.raises(InputError, match="compressed first"):
        list(export("unreal", material, tmp_path / "maps"))
