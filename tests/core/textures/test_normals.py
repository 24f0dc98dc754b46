from __future__ import annotations

import numpy as np
import pytest

from core.textures import normals
from core.textures.material import NormalConvention
from core.textures.samples.canvas import Canvas


@pytest.fixture(scope="module")
def hills() -> tuple[np.ndarray, np.ndarray]:
    """OpenGL normals and the height they belong to."""
    canvas = Canvas(128, 128, "hills", 0)
    height = 0.5 + 0.12 * canvas.noise("hills", 3, 30, 1.0)
    return canvas.normal(height, 0.1), height[:, :, None]


def test_the_direction_of_green_by_hand() -> None:
    """A slope that falls towards the bottom of the picture: its normal leans down, so OpenGL's green is small."""
    height = np.repeat(np.linspace(1, 0, 32, dtype=np.float32)[:, None, None], 32, axis=1)
    opengl = np.tile(np.array([0.5, 0.2, 0.9], np.float32), (32, 32, 1))
    canvas = Canvas(32, 32, "slope", 0)
    assert (canvas.normal(height[:, :, 0], 0.5)[2:-2, :, 1] < 0.5).all()
    ripple = np.sin(np.arange(32, dtype=np.float32) / 3)[:, None]
    height[:, :, 0] += ripple * 0.1
    opengl[:, :, 1] += np.gradient(ripple[:, 0])[:, None]
    assert normals.measure_convention(opengl, height)[0] is NormalConvention.OPENGL


def test_both_conventions_are_measured(hills: tuple[np.ndarray, np.ndarray]) -> None:
    normal, height = hills
    assert normals.measure_convention(normal, height)[0] is NormalConvention.OPENGL
    assert normals.measure_convention(normals.flip_green(normal), height)[0] is NormalConvention.DIRECTX
    assert normals.measure_convention(normal, height)[1] > 0.9


def test_a_depth_instead_of_a_height(hills: tuple[np.ndarray, np.ndarray]) -> None:
    normal, height = hills
    assert normals.measure_convention(normal, 1 - height)[0] is NormalConvention.OPENGL


def test_maps_that_do_not_match_are_unknown(hills: tuple[np.ndarray, np.ndarray]) -> None:
    normal, _ = hills
    other = Canvas(128, 128, "other", 1).noise("other", 3, 30, 1.0)
    for height in (other, np.zeros((128, 128), np.float32), np.zeros((5, 5), np.float32)):
        assert normals.measure_convention(normal, height) == (NormalConvention.UNKNOWN, 0.0)


def test_flipping_twice_changes_nothing(hills: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_allclose(normals.flip_green(normals.flip_green(hills[0])), hills[0], atol=1e-6)


def test_the_third_component_from_two(hills: tuple[np.ndarray, np.ndarray]) -> None:
    np.testing.assert_allclose(normals.rebuild_z(hills[0]), hills[0], atol=1e-3)


def test_the_angle_between_normals() -> None:
    up = normals.encode(np.tile(np.array([0, 0, 1], np.float32), (4, 4, 1)))
    for degrees in (0.01, 1.0, 30.0, 90.0):
        a = np.radians(degrees)
        tilted = normals.encode(np.tile(np.array([np.sin(a), 0, np.cos(a)], np.float32), (4, 4, 1)))
        assert normals.mean_angle(up, tilted) == pytest.approx(degrees, rel=0.02)
