"""The shapes a material is shown on, as triangle meshes with normals, tangents and texture coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
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
    DRAPE = "drape"


@dataclass(frozen=True)
class Part:
    """Triangles ``first`` to ``first + count`` of a mesh, by the name of the file's material or object."""

    name: str
    first: int
    count: int
    has_uv: bool = True


@dataclass(frozen=True, eq=False)
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
    closed: bool = True
    """Whether its back is never seen."""
    displaceable: bool = True
    parts: tuple[Part, ...] = ()
    """What a file tells apart, in the order of the triangles; empty: the mesh is one."""


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
        case Shape.DRAPE:
            return _drape(detail)


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


def repeat_size(position: NDArray[np.float64], uv: NDArray[np.float64], triangle: NDArray[np.integer]) -> float:
    """World size of one repeat of the picture: square root of area in the world over area in uv; 1 without any."""
    corners, duv = position[triangle], uv[triangle]
    world = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1).sum()
    a, b = duv[:, 1] - duv[:, 0], duv[:, 2] - duv[:, 0]
    flat = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()
    return float(np.sqrt(world / flat)) if flat > 1e-12 else 1.0


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
        closed=False,
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


_DRAPE_SIZE = 1.9
_DRAPE_REPEAT = 1.5


@cache
def _drape_profile() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Distance from the middle of the cloth; radius, height and depth of the folds there. The cloth isn't stretched:
    each ring folds as deep as its length needs, and falls as steeply as the folds leave it length to."""
    distance = np.linspace(0.0, _DRAPE_SIZE, 200)
    step = distance[1]
    # A dome that gets steeper until it hangs, a little flared.
    slope = np.radians(79.0) * np.sin(np.minimum(distance / 1.5, 1.0) * np.pi / 2.0)
    starts = np.clip((distance - 0.45) / 0.9, 0.0, 1.0)
    starts = starts * starts * (3.0 - 2.0 * starts)
    angle = np.arange(360) / 180.0 * np.pi
    wave = _drape_wave(angle)
    bent = (np.roll(wave, -1) - np.roll(wave, 1)) / (angle[2] - angle[0])
    radius, height, depth = np.zeros_like(distance), np.zeros_like(distance), np.zeros_like(distance)
    for i in range(1, len(distance)):
        # What the folds take of the fall is known from the ring before.
        grown = (depth[i - 1] - depth[max(i - 2, 0)]) / step
        left = np.sqrt(max(1.0 - grown**2 * float((wave**2).mean()), 0.2))
        middle = 0.5 * (slope[i] + slope[i - 1])
        radius[i] = radius[i - 1] + step * left * np.cos(middle)
        height[i] = height[i - 1] - step * left * np.sin(middle)
        low, high = 0.0, 0.95 * radius[i]
        for _ in range(20):
            tried = 0.5 * (low + high)
            ring = np.hypot(radius[i] + tried * wave, tried * bent).mean()
            low, high = (low, tried) if ring > distance[i] else (tried, high)
        depth[i] = low * starts[i]
    return distance, radius, height, depth


def _drape_wave(angle: NDArray[np.float64]) -> NDArray[np.float64]:
    """Folds around the cloth, in [-1, 1]; no two are alike, as in a cloth that fell."""
    turned = 9.0 * angle + 0.55 * np.sin(angle + 0.9) + 0.4 * np.sin(2.0 * angle - 0.6)
    return np.cos(turned) * (0.86 + 0.14 * np.sin(3.0 * angle + 1.7))


def _drape(detail: int) -> Mesh:
    """A round cloth over a rounded form: flat on the dome, in folds where it hangs. Its texture coordinates are the
    cloth's own, so that a weave runs through it without a seam."""

    def place(x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        away, angle = np.hypot(x, z), np.arctan2(x, z)
        distance, radius, height, depth = _drape_profile()
        # Cubic, so that normals have no rings.
        at = np.clip(away / distance[1], 0.0, len(distance) - 1.001)
        low, share = at.astype(int), at % 1.0

        def between(values: NDArray[np.float64]) -> NDArray[np.float64]:
            a, b, c, d = (values[np.clip(low + i, 0, len(values) - 1)] for i in (-1, 0, 1, 2))
            cubic = a - 3.0 * b + 3.0 * c - d
            return b + 0.5 * share * (c - a + share * (2.0 * a - 5.0 * b + 4.0 * c - d - share * cubic))

        r = between(radius) + between(depth) * _drape_wave(angle)
        return np.stack([r * np.sin(angle), between(height), r * np.cos(angle)], axis=1)

    u, v, indices = _grid(2 * detail, detail // 2)
    away, angle = v * (_DRAPE_SIZE - 0.02), (u - 0.5) * 2.0 * np.pi
    x, z = away * np.sin(angle), away * np.cos(angle)
    h = 2e-3
    along_x, along_z = (place(x + dx, z + dz) - place(x - dx, z - dz) for dx, dz in ((h, 0.0), (0.0, h)))
    normal = np.cross(along_z, along_x)
    normal /= np.linalg.norm(normal, axis=1, keepdims=True)
    tangent = along_x - normal * (along_x * normal).sum(1, keepdims=True)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    position = place(x, z)
    middle = 0.5 * position[:, 1].min()
    position[:, 1] -= middle
    position /= np.linalg.norm(position, axis=1).max()
    vertices = _vertices(position, normal, tangent, x / _DRAPE_REPEAT + 0.5, z / _DRAPE_REPEAT + 0.5)
    return Mesh(
        vertices,
        indices,
        uv_repeat=(1.0, 1.0),
        height_scale=repeat_size(position, vertices[:, 10:12].astype(np.float64), indices),
        radius=1.0,
        camera=OrbitCamera(yaw=14.0, pitch=26.0, target=(0.0, -0.05, 0.0), fit_radius=0.82),
        closed=False,
    )
