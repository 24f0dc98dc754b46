import base64
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from core.errors import DamagedFileError, InputError
from renderers.meshes import read_mesh

MESHES = Path(__file__).parents[3] / "shared" / "data" / "meshes"

QUAD = """
v -1 -1 0
v 1 -1 0
v 1 1 0
v -1 1 0
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
f 1/1/1 2/2/1 3/3/1 4/4/1
"""


def written(folder: Path, text: str, name: str = "mesh.obj") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def gltf(uri: str | None, **changes: object) -> dict:
    document = {
        "asset": {"version": "2.0"},
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "scale": [2.0, 2.0, 2.0], "rotation": [0.0, 0.0, 0.7071068, 0.7071068]}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3"},
            {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
            {"bufferView": 2, "componentType": 5123, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36},
            {"buffer": 0, "byteOffset": 36, "byteLength": 24},
            {"buffer": 0, "byteOffset": 60, "byteLength": 6},
        ],
        "buffers": [{"byteLength": 66} | ({"uri": uri} if uri else {})],
    }
    return document | changes


BUFFER = struct.pack("<9f6f3H", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 2)


def test_an_obj_quad(tmp_path: Path) -> None:
    mesh = read_mesh(written(tmp_path, QUAD))
    assert mesh.indices.shape == (2, 3)
    assert np.linalg.norm(mesh.vertices[:, :3], axis=1) == pytest.approx(1.0)
    assert mesh.vertices[:, 6:10] == pytest.approx(np.tile([1.0, 0.0, 0.0, 1.0], (4, 1)), abs=1e-6)
    top = mesh.vertices[mesh.vertices[:, 1] > 0]
    assert top[:, 11] == pytest.approx(0.0), "v runs down"


def test_mirrored_coordinates_turn_the_bitangent_and_not_the_normal(tmp_path: Path) -> None:
    mirrored = QUAD.replace("vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1", "vt 1 0\nvt 0 0\nvt 0 1\nvt 1 1")
    mesh = read_mesh(written(tmp_path, mirrored))
    assert mesh.vertices[:, 6:10] == pytest.approx(np.tile([-1.0, 0.0, 0.0, -1.0], (4, 1)), abs=1e-6)
    bitangent = np.cross(mesh.vertices[:, 3:6], mesh.vertices[:, 6:9]) * mesh.vertices[:, 9:10]
    assert bitangent == pytest.approx(np.tile([0.0, 1.0, 0.0], (4, 1)), abs=1e-6)


TWO_MATERIALS = """
v -1 0 0
v 0 0 0
v 0 1 0
v 0 0 -1
v 0 1 -1
vt 0 0
vt 1 0
vt 1 1
usemtl front
f 1/1 2/2 3/3
usemtl side
f 2/1 4/2 5/3
usemtl front
f 2 4 5
"""


def test_materials_become_parts(tmp_path: Path) -> None:
    mesh = read_mesh(written(tmp_path, TWO_MATERIALS))
    parts = [(part.name, part.first, part.count, part.has_uv) for part in mesh.parts]
    assert parts == [("front", 0, 1, True), ("side", 1, 1, True), ("front", 2, 1, False)]
    assert np.isfinite(mesh.vertices).all()
    # The last one has no uv that could change what a repeat measures.
    longest = np.linalg.norm(mesh.vertices[:, :3], axis=1).max()
    assert longest == pytest.approx(1.0, abs=1e-6)
    assert mesh.height_scale == pytest.approx(1.0 / np.linalg.norm([0.5, 0.5, 0.5]), rel=1e-5)


def test_normals_that_are_made_go_on_across_materials(tmp_path: Path) -> None:
    mesh = read_mesh(written(tmp_path, TWO_MATERIALS.replace("f 2 4 5", "")))
    place = mesh.vertices[:, :3].round(6)
    corner = place[mesh.indices[0, 1]]
    there = mesh.vertices[(place == corner).all(1), 3:6]
    assert len(there) == 2 and np.abs(there[0] - there[1]).max() < 1e-6
    assert np.abs(there[0]).max() < 0.99, "between the two faces"


def test_objects_are_parts_where_there_is_one_material(tmp_path: Path) -> None:
    text = QUAD.replace("f 1/1/1 2/2/1 3/3/1 4/4/1", "o lid\nf 1/1/1 2/2/1 3/3/1\no body of it\nf 1/1/1 3/3/1 4/4/1")
    assert [part.name for part in read_mesh(written(tmp_path, text)).parts] == ["lid", "body of it"]


def test_missing_normals_are_made(tmp_path: Path) -> None:
    text = QUAD.replace("vn 0 0 1\n", "").replace("f 1/1/1 2/2/1 3/3/1 4/4/1", "f 1/1 2/2 3/3 4/4")
    mesh = read_mesh(written(tmp_path, text))
    assert mesh.vertices[:, 3:6] == pytest.approx(np.tile([0.0, 0.0, 1.0], (len(mesh.vertices), 1)), abs=1e-6)


@pytest.mark.parametrize("kind", ["beside", "embedded", "binary"])
def test_gltf(tmp_path: Path, kind: str) -> None:
    if kind == "binary":
        text = json.dumps(gltf(None)).encode()
        text += b" " * (-len(text) % 4)
        blob = BUFFER + bytes(-len(BUFFER) % 4)
        chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
        path = tmp_path / "mesh.glb"
        path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
    elif kind == "beside":
        (tmp_path / "dane siatki.bin").write_bytes(BUFFER)
        path = written(tmp_path, json.dumps(gltf("dane%20siatki.bin")), "mesh.gltf")
    else:
        uri = "data:application/octet-stream;base64," + base64.b64encode(BUFFER).decode()
        path = written(tmp_path, json.dumps(gltf(uri)), "mesh.gltf")
    mesh = read_mesh(path)
    assert mesh.indices.shape == (1, 3)
    # Turned a quarter about z: the edge along x, where u grows, now points along y.
    tangent = mesh.vertices[:, 6:9]
    assert tangent == pytest.approx(np.tile([0.0, 1.0, 0.0], (3, 1)), abs=1e-5)


def test_without_texture_coordinates_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no texture coordinates: unwrap it"):
        read_mesh(written(tmp_path, "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"))


@pytest.mark.parametrize(
    "text",
    [QUAD.replace("f 1/1/1", "f 9/1/1"), QUAD.replace("v 1 1 0", "v 1 x 0"), QUAD.replace("v 1 1 0", "v 1 nan 0")],
)
def test_a_damaged_obj_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(DamagedFileError, match=r"mesh\.obj"):
        read_mesh(written(tmp_path, text))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"buffers": [{"uri": "missing.bin", "byteLength": 66}]}, "isn't beside it"),
        ({"buffers": [{"uri": "../secret.bin", "byteLength": 66}]}, "outside its own folder"),
        ({"extensionsRequired": ["KHR_draco_mesh_compression"]}, "KHR_draco_mesh_compression"),
        ({"nodes": [{"mesh": 0, "children": [0]}]}, "damaged"),
        ({"accessors": [{"bufferView": 0, "componentType": 5126, "count": 2**40, "type": "VEC3"}] * 3}, "damaged"),
        ({"meshes": []}, "damaged"),
    ],
)
def test_a_damaged_or_unusual_gltf_is_named(tmp_path: Path, changes: dict, message: str) -> None:
    uri = "data:;base64," + base64.b64encode(BUFFER).decode()
    with pytest.raises(InputError, match=message):
        read_mesh(written(tmp_path, json.dumps(gltf(uri, **changes)), "mesh.gltf"))


def test_cut_off_files_are_named(tmp_path: Path) -> None:
    path = tmp_path / "mesh.glb"
    path.write_bytes(b"glTF\x02\x00\x00\x00")
    with pytest.raises(DamagedFileError):
        read_mesh(path)
    with pytest.raises(InputError, match="can't be read"):
        read_mesh(tmp_path / "nowhere.obj")


needs_meshes = pytest.mark.skipif(not MESHES.is_dir(), reason="shared meshes are not here")


@needs_meshes
def test_the_parts_of_a_real_helmet() -> None:
    mesh = read_mesh(MESHES / "FlightHelmet" / "FlightHelmet.gltf")
    names = ["HoseMat", "RubberWoodMat", "GlassPlasticMat", "MetalPartsMat", "LeatherPartsMat", "LensesMat"]
    assert [part.name for part in mesh.parts] == names
    ends = np.cumsum([part.count for part in mesh.parts])
    assert [part.first for part in mesh.parts] == [0, *ends[:-1]] and ends[-1] == len(mesh.indices)


@needs_meshes
def test_tangents_are_those_that_a_file_stores() -> None:
    """The bottle's were made by another program's MikkTSpace. Where the unwrapping has no area they say nothing."""
    folder = MESHES / "WaterBottle"
    document = json.loads((folder / "WaterBottle.gltf").read_text())
    buffer = (folder / "WaterBottle.bin").read_bytes()
    primitive = document["meshes"][0]["primitives"][0]

    def stored(number: int, kind: str, width: int) -> np.ndarray:
        accessor = document["accessors"][number]
        view = document["bufferViews"][accessor["bufferView"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        return np.frombuffer(buffer, kind, accessor["count"] * width, start).reshape(-1, width).astype(np.float64)

    attributes = primitive["attributes"]
    kind = {5123: "<u2", 5125: "<u4"}[document["accessors"][primitive["indices"]]["componentType"]]
    triangle = stored(primitive["indices"], kind, 1).astype(int).reshape(-1, 3)
    uv, wanted = stored(attributes["TEXCOORD_0"], "<f4", 2)[triangle], stored(attributes["TANGENT"], "<f4", 4)[triangle]
    mesh = read_mesh(folder / "WaterBottle.gltf")
    found = mesh.vertices[mesh.indices, 6:10]
    a, b = uv[:, 1] - uv[:, 0], uv[:, 2] - uv[:, 0]
    solid = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) > 1e-7
    assert solid.mean() > 0.97
    # The file's node is turned half around the y axis.
    turned = wanted[..., :3] * (-1.0, 1.0, -1.0)
    angle = np.degrees(np.arccos(np.clip((turned * found[..., :3]).sum(2), -1.0, 1.0)))[solid]
    assert np.percentile(angle, 95) < 0.3 and angle.max() < 4.0
    assert (wanted[..., 3] == found[..., 3])[solid].all()


@needs_meshes
@pytest.mark.parametrize(
    "name",
    [
        "spot/spot.obj",
        "bob/bob_tri.obj",
        "WaterBottle/WaterBottle.gltf",
        "FlightHelmet/FlightHelmet.gltf",
        "lubricant_spray/lubricant_spray_1k.gltf",
        "shaderball/shaderball.glb",
    ],
)
def test_real_meshes(name: str) -> None:
    mesh = read_mesh(MESHES / name)
    normal, tangent = mesh.vertices[:, 3:6], mesh.vertices[:, 6:9]
    assert np.isfinite(mesh.vertices).all()
    assert np.linalg.norm(tangent, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert np.abs((normal * tangent).sum(1)).max() < 1e-3
    assert set(np.unique(mesh.vertices[:, 9])) <= {-1.0, 1.0}
