import numpy as np
import pytest

from renderers.camera import OrbitCamera


def project(camera: OrbitCamera, point: np.ndarray, aspect: float) -> np.ndarray:
    clip = camera.view_projection(aspect) @ np.append(point, 1.0)
    return clip[:3] / clip[3]


@pytest.mark.parametrize("aspect", [0.4, 1.0, 2.3])
def test_the_sphere_fits_whatever_the_aspect(aspect: float) -> None:
    camera = OrbitCamera(yaw=30.0, pitch=20.0, margin=1.0)
    rng = np.random.default_rng(0)
    points = rng.normal(size=(4000, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    seen = np.array([project(camera, p, aspect) for p in points])
    assert np.abs(seen).max() <= 1.0 + 1e-9
    # It fills the shorter side.
    assert np.abs(seen[:, 0 if aspect < 1.0 else 1]).max() > 0.97


def test_up_is_up_and_right_is_right() -> None:
    camera = OrbitCamera()
    assert project(camera, np.array([0.0, 0.5, 0.0]), 1.0)[1] > 0.1
    assert project(camera, np.array([0.5, 0.0, 0.0]), 1.0)[0] > 0.1


def test_panning_by_the_picture_s_height_moves_the_target_by_it() -> None:
    camera = OrbitCamera(yaw=50.0, pitch=-30.0)
    moved = camera.panned(0.25, 0.0)
    seen = project(moved, np.array(camera.target), 1.0)
    assert seen[0] == pytest.approx(0.5, abs=1e-6)
    assert seen[1] == pytest.approx(0.0, abs=1e-6)


def test_orbit_stops_before_the_pole() -> None:
    assert OrbitCamera().orbit(0.0, 500.0).pitch == 89.0
