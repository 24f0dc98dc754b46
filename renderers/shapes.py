"""The shapes a material is shown on, as triangle meshes with normals, tangents and texture coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import InputError
from renderers.camera import OrbitCamera


class Shape(StrEnum):
    SPHERE = "sphere"
    PLANE = "plane"
    CUBE = "cube"
    CYLINDER = "cylinder"


@dataclass(frozen=True)
class Mesh:
    """``vertices`` float32 V × 13: position 3, normal 3, tangent 4 (w: sign of the bitangent), uv 2, and how far the
    relief reaches there (0 at hard edges, where displaced surfaces would come apart, else 1).
    ``indices`` uint32 T × 3, counter-clockwise from outside.

    v runs down in the picture, so the bitangent ``w · normal × tangent`` points towards smaller v (OpenGL's +Y).
    ``uv_repeat`` is how often the picture repeats along u and v for a square picture; ``height_scale`` is the
    world size of one repeat, which a relative displacement is measured by. ``closed_u``: u wraps around, so
    repeats along it have to be whole numbers.
    """

    vertices: NDArray[np.float32]
    indices: NDArray[np.uint32]
    uv_repeat: tuple[float, float]
    height_scale: float
    radius: float
    camera: OrbitCamera
    closed_u: bool = False
    square_texels: bool = True
    """Whether repeats follow the picture's aspect; an unwrapped mesh takes its picture as it is."""
    tilt: float = 0.0
    """Degrees by which the shape leans back, to hide a pole from its default camera."""


def build_shape(shape: Shape, detail: int = 256) -> Mesh:
    """``detail``: quads along the longer side of each surface."""
    match shape:
        case Shape.SPHERE:
            return _sphere(detail)
        case Shape.PLANE:
            return _plane(detail)
        case Shape.CUBE:
            return _cube(max(detail // 2, 8))
        case Shape.CYLINDER:
            return _cylinder(detail)


def shape_named(name: str) -> Shape | Mesh:
    """A built-in shape by its name, or a mesh file by its path. Raises InputError."""
    if name in tuple(Shape):
        return Shape(name)
    path = Path(name)
    from renderers.meshes import MESH_SUFFIXES, read_mesh

    if path.suffix.lower() in MESH_SUFFIXES:
        return read_mesh(path)
    names = ", ".join(Shape)
    raise InputError(f"There is no shape “{name}”: choose one of {names}, or an .obj, .gltf or .glb file.")


def default_camera(shape: Shape | Mesh) -> OrbitCamera:
    """The camera that shows a shape at its best."""
    return (build_shape(shape, 8) if isinstance(shape, Shape) else shape).camera


def _grid(columns: int, rows: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.uint32]]:
    """u and v in [0, 1] of (rows + 1) × (columns + 1) vertices, flattened, and the triangles of the quads."""
    v, u = np.meshgrid(np.linspace(0.0, 1.0, rows + 1), np.linspace(0.0, 1.0, columns + 1), indexing="ij")
    first = (np.arange(rows)[:, None] * (columns + 1) + np.arange(columns)[None, :]).reshape(-1)
    below = first + columns + 1
    quads = np.stack([first, below, below + 1, first, below + 1, first + 1], axis=1)
    return u.reshape(-1), v.reshape(-1), quads.reshape(-1, 3).astype(np.uint32)


def _vertices(
    position: NDArray[np.float64],
    normal: NDArray[np.float64],
    tangent: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    relief: NDArray[np.float64] | float = 1.0,
) -> NDArray[np.float32]:
    weight = np.broadcast_to(relief, u.shape)
    columns = [position, normal, tangent, np.ones((len(u), 1)), u[:, None], v[:, None], weight[:, None]]
    return np.concatenate(columns, axis=1).astype(np.float32)


def _near_edge(distance: NDArray[np.float64], width: float = 0.03) -> NDArray[np.float64]:
    """Relief that fades out smoothly towards a hard edge this far away."""
    share = np.clip(distance / width, 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _sphere(detail: int) -> Mesh:
    u, v, indices = _grid(detail, detail // 2)
    phi = (u - 0.5) * 2.0 * np.pi
    theta = v * np.pi
    normal = np.stack([np.sin(theta) * np.sin(phi), np.cos(theta), np.sin(theta) * np.cos(phi)], axis=1)
    tangent = np.stack([np.cos(phi), np.zeros_like(phi), -np.sin(phi)], axis=1)
    pitch = 12.0
    return Mesh(
        _vertices(normal, normal, tangent, u, v),
        indices,
        uv_repeat=(2.0, 1.0),
        height_scale=np.pi,
        radius=1.0,
        camera=OrbitCamera(pitch=pitch),
        closed_u=True,
        tilt=pitch,
    )


def _plane(detail: int) -> Mesh:
    u, v, indices = _grid(detail, detail)
    zero = np.zeros_like(u)
    position = np.stack([2.0 * u - 1.0, zero, 2.0 * v - 1.0], axis=1)
    normal = np.stack([zero, zero + 1.0, zero], axis=1)
    tangent = np.stack([zero + 1.0, zero, zero], axis=1)
    return Mesh(
        _vertices(position, normal, tangent, u, v),
        indices,
        uv_repeat=(1.0, 1.0),
        height_scale=2.0,
        radius=1.3,
        camera=OrbitCamera(yaw=-18.0, pitch=55.0, fit_radius=1.2),
    )


def _cube(detail: int) -> Mesh:
    """Each face shows the picture once."""
    size = 0.72
    vertices, indices = [], []
    faces = [  # outward normal, direction of u
        ((0, 0, 1), (1, 0, 0)),
        ((1, 0, 0), (0, 0, -1)),
        ((0, 0, -1), (-1, 0, 0)),
        ((-1, 0, 0), (0, 0, 1)),
        ((0, 1, 0), (1, 0, 0)),
        ((0, -1, 0), (1, 0, 0)),
    ]
    for offset, (outward, along) in enumerate(faces):
        u, v, triangles = _grid(detail, detail)
        n, t = np.asarray(outward, dtype=np.float64), np.asarray(along, dtype=np.float64)
        down = -np.cross(n, t)
        position = size * (n + (2.0 * u - 1.0)[:, None] * t + (2.0 * v - 1.0)[:, None] * down)
        relief = _near_edge(np.minimum(np.minimum(u, 1.0 - u), np.minimum(v, 1.0 - v)))
        vertices.append(_vertices(position, np.tile(n, (len(u), 1)), np.tile(t, (len(u), 1)), u, v, relief))
        indices.append(triangles + np.uint32(offset * len(u)))
    return Mesh(
        np.concatenate(vertices),
        np.concatenate(indices),
        uv_repeat=(1.0, 1.0),
        height_scale=2.0 * size,
        radius=float(size * np.sqrt(3.0)),
        camera=OrbitCamera(yaw=32.0, pitch=24.0, fit_radius=1.16),
    )


def _cylinder(detail: int) -> Mesh:
    """The side shows the picture twice around; the caps continue it at the same size."""
    radius, half = 0.72, 0.9
    repeat = 2.0
    texel = 2.0 * np.pi * radius / repeat  # world size of one repeat
    u, v, side = _grid(detail, max(detail // 4, 8))
    phi = (u - 0.5) * 2.0 * np.pi
    normal = np.stack([np.sin(phi), np.zeros_like(phi), np.cos(phi)], axis=1)
    position = radius * normal + np.stack([np.zeros_like(v), half * (1.0 - 2.0 * v), np.zeros_like(v)], axis=1)
    tangent = np.stack([np.cos(phi), np.zeros_like(phi), -np.sin(phi)], axis=1)
    relief = _near_edge(2.0 * half * np.minimum(v, 1.0 - v))
    parts = [_vertices(position, normal, tangent, u, (v - 0.5) * 2.0 * half / texel, relief)]
    triangles = [side]
    count = len(u)
    for up in (1.0, -1.0):
        a, r, disc = _grid(detail, max(detail // 8, 4))
        angle = (a - 0.5) * 2.0 * np.pi
        x, z = radius * r * np.sin(angle), radius * r * np.cos(angle)
        n = np.tile([0.0, up, 0.0], (len(a), 1))
        t = np.tile([1.0, 0.0, 0.0], (len(a), 1))
        p = np.stack([x, np.full_like(x, up * half), z], axis=1)
        parts.append(_vertices(p, n, t, x / texel / repeat, up * z / texel, _near_edge(radius * (1.0 - r))))
        # Rows run outwards: counter-clockwise seen from above, so the lower cap is turned round.
        triangles.append((disc if up > 0 else disc[:, ::-1]) + np.uint32(count))
        count += len(a)
    return Mesh(
        np.concatenate(parts),
        np.concatenate(triangles).astype(np.uint32),
        uv_repeat=(repeat, 1.0),
        height_scale=texel,
        radius=float(np.hypot(radius, half)),
        camera=OrbitCamera(pitch=18.0, fit_radius=1.12),
        closed_u=True,
    )
