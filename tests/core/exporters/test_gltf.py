"""GLB files, read by pygltflib and, where it is there, judged by the Khronos validator."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pygltflib
import pytest
from numpy.typing import NDArray

from core.exporters import ExportResult, export
from core.exporters.settings import GltfSettings
from core.jobs import Finished
from core.textures.material import NormalConvention, TextureMap, TextureSet
from core.textures.normals import flip_green
from core.textures.roles import Role
from tests.core.exporters.node import run_node

VALIDATE = """
import { readFileSync } from 'node:fs';
import validator from 'gltf-validator';
const report = await validator.validateBytes(new Uint8Array(readFileSync(process.argv[2])));
console.log(JSON.stringify(report.issues));
"""


def finished(source: Any, folder: Path, **settings: str) -> ExportResult:
    *_, last = export("gltf", source, folder, GltfSettings(**settings))
    assert isinstance(last, Finished)
    return last.result


def with_map(material: TextureSet, role: Role, pixels: NDArray[Any], bit_depth: int = 8) -> TextureSet:
    texture = TextureMap(role, pixels.astype(np.float32), f"{role}.exr", bit_depth)
    return dataclasses.replace(material, maps=(*material.maps, texture))


def loaded(result: ExportResult) -> Any:
    document = pygltflib.GLTF2().load_binary(str(result.files[0]))
    assert document is not None
    return document


def picture(document: Any, texture: Any) -> NDArray[np.float64]:
    """The pixels of a texture, decoded by a reader that isn't ours."""
    image = document.images[document.textures[texture.index].source]
    view = document.bufferViews[image.bufferView]
    blob = document.binary_blob()
    assert blob is not None and image.mimeType == "image/png"
    return np.asarray(PIL.Image.open(io.BytesIO(blob[view.byteOffset : view.byteOffset + view.byteLength]))) / 255.0


def attribute(document: Any, index: int, columns: int) -> NDArray[Any]:
    accessor = document.accessors[index]
    view = document.bufferViews[accessor.bufferView]
    kind = np.uint32 if accessor.componentType == 5125 else np.float32
    blob = document.binary_blob()
    assert blob is not None
    return np.frombuffer(blob, kind, accessor.count * columns, view.byteOffset).reshape(-1, columns)


def test_maps_lie_where_gltf_wants_them(material: TextureSet, tmp_path: Path) -> None:
    result = finished(material, tmp_path)
    assert [path.name for path in result.files] == ["Wall.glb"]
    document = loaded(result)
    (made,) = document.materials
    maps, pbr = material.by_role, made.pbrMetallicRoughness
    np.testing.assert_allclose(picture(document, pbr.baseColorTexture), maps[Role.ALBEDO].pixels, atol=1e-6)
    np.testing.assert_allclose(picture(document, made.normalTexture), maps[Role.NORMAL].pixels, atol=1e-6)
    packed = picture(document, pbr.metallicRoughnessTexture)
    np.testing.assert_allclose(packed[..., :1], maps[Role.OCCLUSION].pixels, atol=1e-6)
    np.testing.assert_allclose(packed[..., 1:2], maps[Role.ROUGHNESS].pixels, atol=1e-6)
    assert not packed[..., 2].any() and (pbr.metallicFactor, pbr.roughnessFactor) == (1.0, 1.0)
    assert made.occlusionTexture.index == pbr.metallicRoughnessTexture.index
    assert made.alphaMode == "OPAQUE" and document.extensionsUsed == []


def test_normals_are_always_opengl(material: TextureSet, tmp_path: Path) -> None:
    result = finished(dataclasses.replace(material, normal_convention=NormalConvention.DIRECTX), tmp_path)
    document = loaded(result)
    flipped = flip_green(material.by_role[Role.NORMAL].pixels)
    np.testing.assert_allclose(picture(document, document.materials[0].normalTexture), flipped, atol=1e-6)
    assert "turned over" in result.notes[0] and "glTF" in result.notes[0]


@pytest.mark.parametrize(("soft", "mode"), [(False, "MASK"), (True, "BLEND"), (None, "OPAQUE")])
def test_opacity(material: TextureSet, tmp_path: Path, soft: bool | None, mode: str) -> None:
    veil = material.by_role[Role.ROUGHNESS].pixels
    opacity = np.ones_like(veil) if soft is None else veil if soft else np.round(veil)
    document = loaded(finished(with_map(material, Role.OPACITY, opacity), tmp_path))
    (made,) = document.materials
    assert made.alphaMode == mode
    colour = picture(document, made.pbrMetallicRoughness.baseColorTexture)
    assert colour.shape[2] == (3 if soft is None else 4)
    if soft is not None:
        np.testing.assert_allclose(colour[..., 3:], opacity, atol=1e-6)
        np.testing.assert_allclose(colour[..., :3], material.by_role[Role.ALBEDO].pixels, atol=1e-6)


def test_light_beyond_1(material: TextureSet, tmp_path: Path) -> None:
    light = np.linspace(0, 12.0, material.width * material.height * 3).reshape(material.height, material.width, 3)
    document = loaded(finished(with_map(material, Role.EMISSIVE, light, 32), tmp_path))
    (made,) = document.materials
    assert document.extensionsUsed == ["KHR_materials_emissive_strength"]
    strength = made.extensions["KHR_materials_emissive_strength"]["emissiveStrength"]
    encoded = picture(document, made.emissiveTexture)
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    np.testing.assert_allclose(linear * strength, light, atol=0.06)


@pytest.mark.parametrize("shape", ["sphere", "plane"])
def test_the_preview_shape(material: TextureSet, tmp_path: Path, shape: str) -> None:
    document = loaded(finished(material, tmp_path, shape=shape))
    primitive = document.meshes[0].primitives[0]
    position = attribute(document, primitive.attributes.POSITION, 3)
    normal = attribute(document, primitive.attributes.NORMAL, 3)
    tangent = attribute(document, primitive.attributes.TANGENT, 4)
    uv = attribute(document, primitive.attributes.TEXCOORD_0, 2)
    a, b, c = attribute(document, primitive.indices, 1).reshape(-1, 3).T
    face = np.cross(position[b] - position[a], position[c] - position[a])
    assert ((face * (normal[a] + normal[b] + normal[c])).sum(axis=1) > 0).all()
    # +X of the map runs along u and +Y against v: what the tangents say must be how the picture lies on the shape.
    e1, e2, d1, d2 = position[b] - position[a], position[c] - position[a], uv[b] - uv[a], uv[c] - uv[a]
    area = (d1[:, 0] * d2[:, 1] - d2[:, 0] * d1[:, 1])[:, None]
    along_u = (e1 * d2[:, 1:] - e2 * d1[:, 1:]) / area
    along_v = (e2 * d1[:, :1] - e1 * d2[:, :1]) / area
    bitangent = np.cross(normal, tangent[:, :3]) * tangent[:, 3:]
    assert ((tangent[a, :3] * along_u).sum(axis=1) > 0).all() and ((bitangent[b] * -along_v).sum(axis=1) > 0).all()
    np.testing.assert_allclose(np.abs((normal * tangent[:, :3]).sum(axis=1)), 0, atol=1e-6)


def test_what_is_not_changed_is_left_alone(material: TextureSet, tmp_path: Path) -> None:
    first = finished(material, tmp_path)
    assert finished(material, tmp_path).unchanged == first.files
    assert finished(material, tmp_path, shape="plane").written == first.files
    assert [p.read_bytes() for p in finished(material, tmp_path / "again", shape="plane").files] == [
        p.read_bytes() for p in first.files
    ]


def test_what_has_no_place_is_named(material: TextureSet, tmp_path: Path) -> None:
    alone = dataclasses.replace(material, maps=(material.by_role[Role.ROUGHNESS],))
    result = finished(with_map(alone, Role.DISPLACEMENT, material.by_role[Role.OCCLUSION].pixels), tmp_path)
    assert any("displacement" in note for note in result.notes)
    assert loaded(result).materials[0].occlusionTexture is None


@pytest.mark.parametrize("shape", ["sphere", "plane"])
def test_the_khronos_validator_finds_nothing(material: TextureSet, tmp_path: Path, shape: str) -> None:
    light = np.full((material.height, material.width, 3), 4.0)
    full = with_map(material, Role.EMISSIVE, light, 32)
    full = with_map(full, Role.OPACITY, np.round(material.by_role[Role.ROUGHNESS].pixels))
    named = dataclasses.replace(full, name="Ziegel 砖 🧱")
    issues = run_node("gltf-validator", VALIDATE, finished(named, tmp_path, shape=shape).files[0])
    # A remark, no fault: the material's size is no power of two.
    assert {message["code"] for message in issues["messages"]} <= {"IMAGE_NPOT_DIMENSIONS"}
    assert issues["numErrors"] == issues["numWarnings"] == 0
