"""Reading a mesh to show a material on: Wavefront OBJ and glTF 2.0 (.gltf, .glb).

A file's materials become the parts of the mesh, by which a scene chooses what takes the one material that is looked at.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from core.errors import DamagedFileError, InputError
from renderers.camera import OrbitCamera
from renderers.shapes import Mesh, Part, repeat_size

MESH_SUFFIXES = frozenset({".obj", ".gltf", ".glb"})

Floats = NDArray[np.float64]
Triangles = NDArray[np.int64]


class _Piece(NamedTuple):
    """A file's triangles of one material. ``uv``: v down; ``other_name`` of the object, for files with one material."""

    name: str
    other_name: str
    position: Floats
    normal: Floats | None
    uv: Floats | None
    triangle: Triangles


def read_mesh(path: Path) -> Mesh:
    """A mesh centred at the origin and scaled to radius 1, with a part for every material of the file, or for every
    object if there is one material. Raises InputError, also if nothing in it has texture coordinates."""
    try:
        match path.suffix.lower():
            case ".obj":
                pieces = _read_obj(path)
            case ".gltf" | ".glb":
                pieces = _read_gltf(path)
            case _:
                raise InputError(f"“{path.name}” is no mesh: give an .obj, .gltf or .glb file.", path)
    except OSError as error:
        raise InputError(f"“{path.name}” can't be read: {error.strerror or error}.", path) from error
    except (ValueError, KeyError, IndexError, TypeError, struct.error, binascii.Error) as error:
        raise DamagedFileError(f"“{path.name}” is damaged or not of its format ({error}).", path) from error
    return _joined(pieces, path)


def _joined(pieces: list[_Piece], path: Path) -> Mesh:
    pieces = [piece for piece in pieces if len(piece.triangle)]
    if not any(piece.uv is not None for piece in pieces):
        raise InputError(
            f"“{path.name}” has no texture coordinates: unwrap it in your 3D program and export it with UVs.", path
        )
    if len({piece.name for piece in pieces}) == 1:
        pieces = [piece._replace(name=piece.other_name or piece.name) for piece in pieces]
    # A part's triangles lie together; what has no texture coordinates is one of its own.
    order = {key: i for i, key in enumerate(dict.fromkeys((piece.name, piece.uv is None) for piece in pieces))}
    pieces.sort(key=lambda piece: order[piece.name, piece.uv is None])
    parts: list[Part] = []
    positions, normals, uvs, triangles = [], [], [], []
    first = first_triangle = 0
    for piece in pieces:
        position, triangle = piece.position, piece.triangle
        if triangle.min() < 0 or triangle.max() >= len(position):
            raise DamagedFileError(f"“{path.name}” is damaged: a triangle names a vertex that isn't there.", path)
        positions.append(position)
        normals.append(piece.normal if piece.normal is not None else np.full_like(position, np.nan))
        uvs.append(piece.uv if piece.uv is not None else np.zeros((len(position), 2)))
        triangles.append(triangle + first)
        has_uv = piece.uv is not None
        if parts and (parts[-1].name, parts[-1].has_uv) == (piece.name, has_uv):
            parts[-1] = replace(parts[-1], count=parts[-1].count + len(triangle))
        else:
            parts.append(Part(piece.name, first_triangle, len(triangle), has_uv))
        first += len(position)
        first_triangle += len(triangle)
    position, normal, uv = (np.concatenate(x) for x in (positions, normals, uvs))
    triangle = np.concatenate(triangles)
    without = np.concatenate([np.full(len(piece.position), piece.normal is None) for piece in pieces])
    if without.any():
        # Over all pieces: where two materials meet, the surface goes on.
        normal[without] = _smooth_normals(position, triangle)[without]
    if not (np.isfinite(position).all() and np.isfinite(normal).all() and np.isfinite(uv).all()):
        raise DamagedFileError(f"“{path.name}” is damaged: it contains numbers that are not finite.", path)
    low, high = position[triangle].min(axis=(0, 1)), position[triangle].max(axis=(0, 1))
    position = position - (low + high) / 2.0
    radius = float(np.linalg.norm(position[triangle], axis=2).max())
    if radius <= 0.0:
        raise InputError(f"“{path.name}” has no extent: all its vertices lie in one place.", path)
    position = position / radius
    normal = normal / np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12)
    position, normal, uv, tangent, triangle = _with_tangents(position, normal, uv, triangle)
    columns = [position, normal, tangent, uv, np.zeros((len(position), 1))]
    unwrapped = np.concatenate([np.arange(p.first, p.first + p.count) for p in parts if p.has_uv])
    return Mesh(
        np.concatenate(columns, axis=1).astype(np.float32),
        triangle.astype(np.uint32),
        uv_repeat=(1.0, 1.0),
        height_scale=repeat_size(position, uv, triangle[unwrapped]),
        radius=1.0,
        camera=OrbitCamera(yaw=25.0, pitch=12.0, margin=1.0),
        square_texels=False,
        closed=False,
        # A mesh of unknown density would tear at every edge of its unwrapping.
        displaceable=False,
        parts=tuple(parts),
    )


def _smooth_normals(position: Floats, triangle: Triangles) -> Floats:
    """Mean of the faces around each place, weighted by their area."""
    _, place = np.unique(position, axis=0, return_inverse=True)
    place = place.reshape(-1)
    corners = position[triangle]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros((place.max() + 1, 3))
    for corner in range(3):
        np.add.at(total, place[triangle[:, corner]], face)
    return total[place]


def _with_tangents(
    position: Floats, normal: Floats, uv: Floats, triangle: Triangles
) -> tuple[Floats, Floats, Floats, Floats, Triangles]:
    """Tangents as MikkTSpace makes them (Mikkelsen, 2008): per face, projected onto the vertex's normal, weighted by
    the corner's angle, joined over vertices of equal place, normal and uv, apart for mirrored faces."""
    corners, duv = position[triangle], uv[triangle]
    e1, e2 = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    d1, d2 = duv[:, 1] - duv[:, 0], duv[:, 2] - duv[:, 0]
    det = d1[:, 0] * d2[:, 1] - d1[:, 1] * d2[:, 0]
    along_u = (e1 * d2[:, 1:] - e2 * d1[:, 1:]) * np.where(det < 0.0, -1.0, 1.0)[:, None]
    # v runs down: where u and v turn as in the picture the bitangent (towards smaller v) is normal × tangent.
    sign = np.where(det > 0.0, -1.0, 1.0)
    sign = np.where(np.abs(det) < 1e-20, 1.0, sign)

    # A vertex that mirrored and unmirrored faces share is split.
    key = np.concatenate([position, normal, uv], axis=1).round(9)
    _, same = np.unique(key, axis=0, return_inverse=True)
    group = same.reshape(-1)[triangle] * 2 + (sign > 0.0)[:, None]
    unique, first, new = np.unique(group.reshape(-1), return_index=True, return_inverse=True)
    new = new.reshape(triangle.shape)
    source = triangle.reshape(-1)[first]
    n = normal[source]

    total = np.zeros((len(unique), 3))
    for corner in range(3):
        here = corners[:, corner]
        to_next, to_last = corners[:, (corner + 1) % 3] - here, corners[:, (corner + 2) % 3] - here
        length = np.linalg.norm(to_next, axis=1) * np.linalg.norm(to_last, axis=1)
        angle = np.arccos(np.clip((to_next * to_last).sum(1) / np.maximum(length, 1e-20), -1.0, 1.0))
        own = n[new[:, corner]]
        flat = along_u - own * (along_u * own).sum(1, keepdims=True)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-20)
        np.add.at(total, new[:, corner], flat * angle[:, None])
    length = np.linalg.norm(total, axis=1, keepdims=True)
    # Where uv say nothing, any direction along the surface will do.
    helper = np.where(np.abs(n[:, :1]) < 0.9, [[1.0, 0.0, 0.0]], [[0.0, 1.0, 0.0]])
    spare = np.cross(helper, n)
    spare /= np.maximum(np.linalg.norm(spare, axis=1, keepdims=True), 1e-20)
    tangent = np.where(length > 1e-12, total / np.maximum(length, 1e-12), spare)
    side = np.where(unique % 2 == 1, 1.0, -1.0)[:, None]
    return position[source], n, uv[source], np.concatenate([tangent, side], axis=1), new


def _read_obj(path: Path) -> list[_Piece]:
    positions: list[list[float]] = []
    normals: list[list[float]] = []
    uvs: list[list[float]] = []
    corners: list[tuple[int, int, int]] = []
    faces: dict[tuple[str, str, bool], list[tuple[int, int, int]]] = {}
    material = thing = ""

    def index(text: str, count: int) -> int:
        number = int(text)
        found = number - 1 if number > 0 else count + number
        if not 0 <= found < count:
            raise ValueError(f"index {number} of {count}")
        return found

    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        match words[0] if words else "":
            case "v":
                positions.append([float(x) for x in words[1:4]])
            case "vn":
                normals.append([float(x) for x in words[1:4]])
            case "vt":
                uvs.append([float(words[1]), 1.0 - float(words[2])])
            case "usemtl":
                material = " ".join(words[1:])
            case "o" | "g":
                thing = " ".join(words[1:])
            case "f":
                face = []
                for word in words[1:]:
                    v, t, n = (*word.split("/"), "", "")[:3]
                    face.append(len(corners))
                    corners.append(
                        (
                            index(v, len(positions)),
                            index(t, len(uvs)) if t else -1,
                            index(n, len(normals)) if n else -1,
                        )
                    )
                has_uv = all(corners[i][1] >= 0 for i in face)
                triangles = faces.setdefault((material, thing, has_uv), [])
                triangles.extend((face[0], face[i], face[i + 1]) for i in range(1, len(face) - 1))
    corner = np.array(corners, np.int64).reshape(-1, 3)
    position, normal = np.array(positions, np.float64).reshape(-1, 3), np.array(normals, np.float64)
    pieces = []
    for (name, other_name, has_uv), triangles in faces.items():
        # Equal corners become one vertex.
        used, triangle = np.unique(corner[np.array(triangles)].reshape(-1, 3), axis=0, return_inverse=True)
        uv = np.array(uvs, np.float64)[used[:, 1]] if has_uv else None
        own_normal = normal[used[:, 2]] if used[:, 2].min() >= 0 else None
        pieces.append(_Piece(name, other_name, position[used[:, 0]], own_normal, uv, triangle.reshape(-1, 3)))
    return pieces


_COMPONENTS: dict[int, Any] = {
    5120: np.int8,
    5121: np.uint8,
    5122: np.int16,
    5123: np.uint16,
    5125: np.uint32,
    5126: np.float32,
}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def _read_gltf(path: Path) -> list[_Piece]:
    document, blob = _gltf_document(path)
    required = document.get("extensionsRequired", [])
    if required:
        raise InputError(
            f"“{path.name}” needs {', '.join(required)}: export it as plain glTF, without compression.", path
        )
    buffers = [_gltf_buffer(entry, blob, path) for entry in document.get("buffers", [])]

    def accessor(number: int) -> NDArray[Any]:
        entry = document["accessors"][number]
        view = document["bufferViews"][entry["bufferView"]]
        dtype, width = np.dtype(_COMPONENTS[entry["componentType"]]), _WIDTHS[entry["type"]]
        stride = view.get("byteStride", dtype.itemsize * width)
        start = view.get("byteOffset", 0) + entry.get("byteOffset", 0)
        count = entry["count"]
        data = buffers[view["buffer"]]
        if count < 0 or start < 0 or stride < dtype.itemsize * width:
            raise ValueError("impossible accessor")
        if count and start + stride * (count - 1) + dtype.itemsize * width > len(data):
            raise ValueError("a buffer is too short")
        values = np.ndarray((count, width), dtype, data, start, (stride, dtype.itemsize))
        if entry.get("normalized") and dtype.kind in "iu":
            return np.maximum(values.astype(np.float64) / np.iinfo(dtype).max, -1.0)
        return values

    pieces: list[_Piece] = []
    materials = document.get("materials", [])
    for matrix, mesh, node_name in _gltf_instances(document):
        for primitive in document["meshes"][mesh]["primitives"]:
            if primitive.get("mode", 4) != 4:
                continue
            attributes = primitive["attributes"]
            position = accessor(attributes["POSITION"]).astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
            indices = (
                accessor(primitive["indices"]).reshape(-1)
                if "indices" in primitive
                else np.arange(len(position), dtype=np.uint32)
            )
            triangle = indices[: len(indices) // 3 * 3].astype(np.int64).reshape(-1, 3)
            if np.linalg.det(matrix[:3, :3]) < 0.0:
                triangle = triangle[:, ::-1]
            normal = uv = None
            if "NORMAL" in attributes:
                normal = accessor(attributes["NORMAL"]).astype(np.float64) @ np.linalg.inv(matrix[:3, :3])
            if "TEXCOORD_0" in attributes:
                uv = accessor(attributes["TEXCOORD_0"]).astype(np.float64)[:, :2]
            number = primitive.get("material")
            name = "" if number is None else str(materials[number].get("name") or f"Material {number + 1}")
            pieces.append(_Piece(name, node_name, position, normal, uv, triangle))
    return pieces


def _gltf_document(path: Path) -> tuple[dict[str, Any], bytes]:
    data = path.read_bytes()
    if path.suffix.lower() == ".gltf":
        return json.loads(data), b""
    magic, version, _ = struct.unpack_from("<4sII", data)
    if magic != b"glTF" or version != 2:
        raise ValueError("no glTF 2.0 file")
    document: dict[str, Any] = {}
    blob = b""
    place = 12
    while place + 8 <= len(data):
        size, kind = struct.unpack_from("<I4s", data, place)
        chunk = data[place + 8 : place + 8 + size]
        if kind == b"JSON":
            document = json.loads(chunk)
        elif kind == b"BIN\0" and not blob:
            blob = chunk
        place += 8 + size
    return document, blob


def _gltf_buffer(entry: dict[str, Any], blob: bytes, path: Path) -> bytes:
    uri = entry.get("uri")
    if uri is None:
        return blob
    if uri.startswith("data:"):
        return base64.b64decode(uri.partition(",")[2])
    file = path.parent / unquote(uri)
    if not file.resolve().is_relative_to(path.parent.resolve()):
        raise InputError(f"“{path.name}” points to a file outside its own folder: {uri}.", path)
    if not file.is_file():
        raise InputError(f"“{path.name}” needs “{uri}”, which isn't beside it.", path)
    return file.read_bytes()


def _gltf_instances(document: dict[str, Any]) -> list[tuple[Floats, int, str]]:
    """World matrix, mesh and name of every node of the scene."""
    nodes = document.get("nodes", [])
    scenes = document.get("scenes", [])
    roots = scenes[document.get("scene", 0)].get("nodes", []) if scenes else range(len(nodes))
    found: list[tuple[Floats, int, str]] = []
    seen: set[int] = set()
    waiting: list[tuple[int, Floats]] = [(root, np.eye(4)) for root in roots]
    while waiting:
        number, parent = waiting.pop(0)
        if number in seen:
            raise ValueError("a node is its own ancestor")
        seen.add(number)
        node = nodes[number]
        matrix = parent @ _node_matrix(node)
        if "mesh" in node:
            found.append((matrix, node["mesh"], str(node.get("name", ""))))
        waiting.extend((child, matrix) for child in node.get("children", []))
    return found


def _node_matrix(node: dict[str, Any]) -> Floats:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    rotation = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    made = np.eye(4)
    made[:3, :3] = rotation * np.array(node.get("scale", (1.0, 1.0, 1.0)), np.float64)
    made[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return made
