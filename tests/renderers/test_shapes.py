import numpy as np
import pytest

from core.errors import InputError
from renderers.shapes import Shape, build_shape, shape_named


@pytest.mark.parametrize("shape", list(Shape))
def test_frames_and_winding(shape: Shape) -> None:
    mesh = build_shape(shape, 32)
    position, normal = mesh.vertices[:, 0:3], mesh.vertices[:, 3:6]
    tangent, sign, uv = mesh.vertices[:, 6:9], mesh.vertices[:, 9:10], mesh.vertices[:, 10:12] * mesh.uv_repeat
    assert np.allclose(np.linalg.norm(normal, axis=1), 1.0, atol=1e-5)
    assert np.allclose(np.linalg.norm(tangent, axis=1), 1.0, atol=1e-5)
    assert np.abs((normal * tangent).sum(1)).max() < 1e-5
    assert np.linalg.norm(position, axis=1).max() <= mesh.radius * np.sqrt(2.0) + 1e-5

    corners = position[mesh.indices]
    face = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = np.linalg.norm(face, axis=1)
    solid = area > 1e-6
    agree = (face[solid] * normal[mesh.indices[solid]].mean(1)).sum(1)
    assert (agree > 0.0).all(), "triangles run counter-clockwise from outside"

    # Tangent and bitangent are the directions in which u grows and v falls.
    edges = corners[:, 1:] - corners[:, :1]
    duv = uv[mesh.indices][:, 1:] - uv[mesh.indices][:, :1]
    det = duv[:, 0, 0] * duv[:, 1, 1] - duv[:, 0, 1] * duv[:, 1, 0]
    solid &= np.abs(det) > 1e-9
    along_u = (edges[:, 0] * duv[:, 1, 1:2] - edges[:, 1] * duv[:, 0, 1:2])[solid] / det[solid, None]
    along_v = (edges[:, 1] * duv[:, 0, 0:1] - edges[:, 0] * duv[:, 1, 0:1])[solid] / det[solid, None]
    t = tangent[mesh.indices[solid]].mean(1)
    b = (np.cross(normal, tangent) * sign)[mesh.indices[solid]].mean(1)
    assert np.median((along_u * t).sum(1) / np.linalg.norm(along_u, axis=1)) > 0.95
    assert np.median((along_v * b).sum(1) / np.linalg.norm(along_v, axis=1)) < -0.95
    assert ((along_u * t).sum(1) > 0.0).mean() > 0.99
    assert ((along_v * b).sum(1) < 0.0).mean() > 0.99


@pytest.mark.parametrize("shape", list(Shape))
def test_texels_are_square(shape: Shape) -> None:
    mesh = build_shape(shape, 64)
    position, uv = mesh.vertices[:, 0:3], mesh.vertices[:, 10:12] * mesh.uv_repeat
    corners, duv = position[mesh.indices], uv[mesh.indices]
    world = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    e = duv[:, 1:] - duv[:, :1]
    texture = np.abs(e[:, 0, 0] * e[:, 1, 1] - e[:, 0, 1] * e[:, 1, 0])
    size = np.sqrt(world[texture > 1e-9] / texture[texture > 1e-9])
    if shape is Shape.SPHERE:  # true at the equator only
        size = np.sort(size)[-len(size) // 20 :]
    assert np.median(size) == pytest.approx(mesh.height_scale, rel=0.02)


def test_an_unknown_shape_names_the_choices() -> None:
    with pytest.raises(InputError, match="sphere, plane, cube, cylinder, drape"):
        shape_named("teapot")


def test_a_cloth_is_hardly_stretched() -> None:
    """Texel density over the drape, where a sphere's poles would have none: within a third everywhere that matters."""
    mesh = build_shape(Shape.DRAPE, 128)
    corners, duv = mesh.vertices[mesh.indices, :3], mesh.vertices[mesh.indices, 10:12]
    world = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    a, b = duv[:, 1] - duv[:, 0], duv[:, 2] - duv[:, 0]
    flat = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    density = np.sqrt(world / np.maximum(flat, 1e-12)) / mesh.height_scale
    by_area = np.argsort(density)
    share = np.cumsum(world[by_area]) / world.sum()
    low, high = density[by_area][np.searchsorted(share, [0.05, 0.95])]
    assert low > 0.75 and high < 1.25


def test_two_meshes_can_be_compared() -> None:
    """A scene is compared with the last one to see whether anything changed."""
    first, second = build_shape(Shape.PLANE, 8), build_shape(Shape.PLANE, 8)
    assert first == first and first != second
