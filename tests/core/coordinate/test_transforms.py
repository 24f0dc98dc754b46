"""What each transform shows, on pictures whose texels are known."""

from __future__ import annotations

import numpy as np
import pytest

from core.coordinate.dial import Dial, Transform
from core.coordinate.transforms import ANGLE_DEG, place, transformed
from tests.core.coordinate.networks import smooth_picture

SQUARE = smooth_picture(32, 32).pixels
WIDE = smooth_picture(48, 32).pixels


def test_identity_mirror_and_flip_move_texels_without_blending() -> None:
    assert transformed(WIDE, Transform.IDENTITY) is WIDE
    np.testing.assert_array_equal(transformed(WIDE, Transform.MIRROR), WIDE[:, ::-1])
    np.testing.assert_array_equal(transformed(SQUARE, Transform.FLIP), SQUARE.transpose(1, 0, 2))


def test_flip_of_a_picture_that_is_not_square_keeps_to_the_picture() -> None:
    """u and v are exchanged as parts of the sides, so that no side is read beyond its end or only in part."""
    u, v = np.array([0.25]), np.array([0.75])
    assert place(Transform.FLIP, u, v) == (v, u)
    # Left and right halves become upper and lower ones.
    halves = np.zeros((8, 12, 1), np.float32)
    halves[:, 6:] = 1.0
    flipped = transformed(halves, Transform.FLIP)
    assert flipped.shape == halves.shape
    assert np.all(flipped[1:3] == 0.0) and np.all(flipped[5:7] == 1.0)


def test_zoom_shows_the_middle() -> None:
    zoomed = transformed(SQUARE, Transform.ZOOM)
    middle = SQUARE[8:24, 8:24]
    assert np.abs(zoomed[::2, ::2] - middle).max() < 0.06 and np.abs(zoomed[1::2, 1::2] - middle).max() < 0.06


def test_tiles_are_the_picture_at_half_its_size_four_times() -> None:
    tiled = transformed(SQUARE, Transform.TILE)
    half = SQUARE.reshape(16, 2, 16, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(tiled, np.tile(half, (2, 2, 1)), atol=1e-6)


def test_turning_keeps_distances_also_where_sides_differ() -> None:
    u, v = np.array([0.9, 0.5]), np.array([0.5, 0.1])
    from_u, from_v = place(Transform.ROTATE, u, v, aspect=1.5)
    wanted = np.hypot((u - 0.5) * 1.5, v - 0.5)
    np.testing.assert_allclose(np.hypot((from_u - 0.5) * 1.5, from_v - 0.5), wanted)
    angle = np.degrees(np.arctan2(from_v[0] - 0.5, (from_u[0] - 0.5) * 1.5))
    assert angle == pytest.approx(ANGLE_DEG)


@pytest.mark.parametrize("transform", list(Transform))
def test_values_stay_in_range_and_shape(transform: Transform) -> None:
    made = transformed(WIDE, transform)
    assert made.shape == WIDE.shape and made.dtype == np.float32
    assert made.min() >= WIDE.min() - 1e-6 and made.max() <= WIDE.max() + 1e-6
    assert transform is Transform.IDENTITY or not np.array_equal(made, WIDE)


def test_a_dial_tells_what_was_set_last() -> None:
    dial = Dial()
    assert dial.get() is Transform.IDENTITY
    dial.set(Transform.WARP)
    assert dial.get() is Transform.WARP
