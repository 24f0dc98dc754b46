"""MaterialX documents and USD stages, read and checked by the packages that define the formats."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.codec.layout import LatentGrid
from core.codec.neural_texture import NeuralTexture
from core.exporters import export
from core.exporters.mtlx import _INPUTS as MTLX_INPUTS
from core.exporters.settings import MtlxSettings, UsdSettings
from core.exporters.usd import _INPUTS as USD_INPUTS
from core.jobs import Finished
from core.textures import images
from core.textures.material import NormalConvention, TextureMap, TextureSet
from core.textures.normals import flip_green
from core.textures.roles import ROLE_INFO, Role
from tests.core.codec.materials import random_texture

# Made of compiled modules that a type checker can't look into.
MaterialX: Any = importlib.import_module("MaterialX")
Sdf, Usd, UsdGeom, UsdShade, UsdValidation = (
    importlib.import_module(f"pxr.{name}") for name in ("Sdf", "Usd", "UsdGeom", "UsdShade", "UsdValidation")
)
NEURAL = random_texture(20, 12, (LatentGrid(4, 7, 4), LatentGrid(16, 5, 4)))


def everything(convention: NormalConvention = NormalConvention.DIRECTX) -> TextureSet:
    """A map of every role, one with a name that XML has to escape."""
    rng = np.random.default_rng(3)
    maps = tuple(
        TextureMap(
            role,
            (rng.integers(0, 256, (6, 10, info.channels)) / 255).astype(np.float32),
            f"{role}.png",
            16 if role is Role.DISPLACEMENT else 8,
        )
        for role, info in ROLE_INFO.items()
    )
    return TextureSet('Stein & "石" ä', 10, 6, maps, (), convention)


def run(target: str, source: TextureSet | NeuralTexture, folder: Path, settings: Any = None) -> Any:
    *_, last = export(target, source, folder, settings)
    assert isinstance(last, Finished)
    return last.result


def main(result: Any) -> Path:
    (path,) = (path for path in result.files if path.suffix in (".mtlx", ".usda"))
    return path


def check_pictures(material: TextureSet, files: dict[Role, Path]) -> None:
    assert set(files) <= set(material.by_role)
    for role, path in files.items():
        pixels, depth = images.read_image(path)
        own = material.by_role[role]
        wanted = own.pixels
        if role is Role.NORMAL and material.normal_convention is NormalConvention.DIRECTX:
            wanted = flip_green(wanted)
        np.testing.assert_allclose(pixels, wanted, atol=1e-3 if depth == 32 else 1e-6)
        assert depth == own.bit_depth or own.bit_depth == 32


def read_mtlx(path: Path) -> tuple[Any, dict[Role, Path]]:
    document, library = MaterialX.createDocument(), MaterialX.createDocument()
    MaterialX.loadLibraries(MaterialX.getDefaultDataLibraryFolders(), MaterialX.getDefaultDataSearchPath(), library)
    MaterialX.readFromXmlFile(document, str(path))
    document.setDataLibrary(library)
    valid, message = document.validate()
    assert valid, message
    files = {}
    for node in document.getDescendants() if hasattr(document, "getDescendants") else document.traverseTree():
        if node.isA(MaterialX.Node) and node.getCategory() == "tiledimage":
            assert node.getNodeDef() is not None, node.getName()
            files[Role(node.getName())] = path.parent / node.getInputValue("file")
    return document, files


@pytest.mark.parametrize("source", [everything(), NEURAL], ids=["maps", "neural"])
def test_materialx(source: TextureSet | NeuralTexture, tmp_path: Path) -> None:
    result = run("mtlx", source, tmp_path, MtlxSettings(displacement=0.25))
    document, files = read_mtlx(main(result))
    material = source if isinstance(source, TextureSet) else source.decoded_set()
    if isinstance(source, TextureSet):
        check_pictures(material, files)
        assert "turned over" in result.notes[0]
    assert set(files) == set(material.by_role) and all(path.is_file() for path in files.values())
    (node,) = document.getMaterialNodes()
    (shader,) = MaterialX.getShaderNodes(node, "surfaceshader")
    assert shader.getCategory() == "standard_surface" and shader.getNodeDef() is not None
    for role, (name, kind) in MTLX_INPUTS.items():
        if role not in files:
            continue
        output = shader.getInput(name).getConnectedOutput()
        assert output.getType() == kind == shader.getNodeDef().getActiveInput(name).getType()
        chain = [output.getConnectedNode()]
        while chain[-1].getCategory() != "tiledimage":
            assert chain[-1].getNodeDef() is not None
            chain.append(next(i.getConnectedNode() for i in chain[-1].getInputs() if i.getConnectedNode()))
        assert chain[-1].getName() == role
        assert (len(chain) == 2) == (role in (Role.NORMAL, Role.OPACITY, Role.SPECULAR))
        space = chain[-1].getInput("file").getColorSpace()
        if ROLE_INFO[role].srgb:
            assert space == ("srgb_texture" if material.by_role[role].bit_depth < 32 else "lin_rec709")
    (moved,) = MaterialX.getShaderNodes(node, "displacementshader")
    assert moved.getInputValue("scale") == 0.25 and moved.getNodeDef() is not None


def test_materialx_becomes_a_shader(tmp_path: Path) -> None:
    """The format's own code generator finds every node."""
    PyMaterialXGenGlsl, PyMaterialXGenShader = (
        importlib.import_module(f"MaterialX.PyMaterialXGen{name}") for name in ("Glsl", "Shader")
    )

    document, _ = read_mtlx(main(run("mtlx", everything(), tmp_path)))
    generator = PyMaterialXGenGlsl.GlslShaderGenerator.create()
    context = PyMaterialXGenShader.GenContext(generator)
    context.registerSourceCodeSearchPath(MaterialX.getDefaultDataSearchPath())
    manager = PyMaterialXGenShader.DefaultColorManagementSystem.create(generator.getTarget())
    manager.loadLibrary(document.getDataLibrary())
    generator.setColorManagementSystem(manager)
    (node,) = document.getMaterialNodes()
    shader = generator.generate("material", node, context)
    text = shader.getSourceCode("pixel")
    assert "NG_srgb_texture_to_lin_rec709" in text and "standard_surface" in text


@pytest.mark.parametrize("source", [everything(), NEURAL], ids=["maps", "neural"])
def test_usd(source: TextureSet | NeuralTexture, tmp_path: Path) -> None:
    result = run("usd", source, tmp_path, UsdSettings(displacement=0.25))
    stage = Usd.Stage.Open(str(main(result)))
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert len(validators) > 20
    problems = UsdValidation.ValidationContext(validators).Validate(stage)
    assert not problems, [problem.GetMessage() for problem in problems]
    mesh = UsdGeom.Mesh(next(prim for prim in stage.Traverse() if prim.IsA(UsdGeom.Mesh)))
    assert UsdGeom.Mesh.ValidateTopology(
        mesh.GetFaceVertexIndicesAttr().Get(), mesh.GetFaceVertexCountsAttr().Get(), len(mesh.GetPointsAttr().Get())
    )[0]
    points, faces = np.array(mesh.GetPointsAttr().Get()), np.array(mesh.GetFaceVertexIndicesAttr().Get()).reshape(-1, 4)
    corners = points[faces[len(faces) // 2]]
    assert np.dot(np.cross(corners[1] - corners[0], corners[2] - corners[0]), corners[0]) > 0, "seen from outside"
    material, _ = UsdShade.MaterialBindingAPI(mesh).ComputeBoundMaterial()
    surface, _, _ = material.ComputeSurfaceSource()
    assert surface.GetShaderId() == "UsdPreviewSurface"
    decoded = source if isinstance(source, TextureSet) else source.decoded_set()
    files = {}
    for role in decoded.by_role:
        if role not in USD_INPUTS:
            continue
        (connected,), _ = surface.GetInput(USD_INPUTS[role][0]).GetConnectedSources()
        shader = UsdShade.Shader(connected.source.GetPrim())
        assert shader.GetShaderId() == "UsdUVTexture"
        path = shader.GetInput("file").Get()
        assert isinstance(path, Sdf.AssetPath) and path.resolvedPath
        files[role] = Path(path.resolvedPath)
        srgb = ROLE_INFO[role].srgb and decoded.by_role[role].bit_depth < 32
        assert shader.GetInput("sourceColorSpace").Get() == ("sRGB" if srgb else "raw")
        if role is Role.NORMAL:
            assert tuple(shader.GetInput("bias").Get()) == (-1, -1, -1, 0)
        if role is Role.DISPLACEMENT:
            assert shader.GetInput("scale").Get()[0] == 0.25 and shader.GetInput("bias").Get()[0] == -0.125
    if isinstance(source, TextureSet):
        check_pictures(source, files)
        assert set(files) == set(source.by_role) - {Role.SPECULAR}
        assert any("specular" in note for note in result.notes)


@pytest.mark.parametrize("target", ["mtlx", "usd"])
def test_names_and_writing_again(target: str, tmp_path: Path) -> None:
    material = dataclasses.replace(everything(NormalConvention.OPENGL), name="7 a@b/c")
    first = run(target, material, tmp_path)
    if target == "usd":
        assert Usd.Stage.Open(str(main(first))).GetDefaultPrim().GetName() == "Material_7_a_b_c"
    else:
        read_mtlx(main(first))
    assert run(target, material, tmp_path).written == ()
    smooth = tuple(m for m in material.maps if m.role is not Role.ROUGHNESS)
    less = run(target, dataclasses.replace(material, maps=smooth), tmp_path)
    assert [path.suffix for path in less.written] == [f".{'usda' if target == 'usd' else 'mtlx'}"]
    assert [path.name for path in less.removed] == ["7 a_b_c_roughness.png"]


@pytest.mark.parametrize(
    ("old", "new"),
    [("_normal.png@", "_gone.png@"), ("(-1, -1, -1, 0)", "(0, 0, 0, 0)"), ("    metersPerUnit = 1\n", "")],
    ids=["no file", "no bias", "no unit"],
)
def test_a_broken_stage_would_be_noticed(old: str, new: str, tmp_path: Path) -> None:
    path = main(run("usd", everything(), tmp_path))
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    validators = UsdValidation.ValidationRegistry().GetOrLoadAllValidators()
    assert UsdValidation.ValidationContext(validators).Validate(Usd.Stage.Open(str(path)))
