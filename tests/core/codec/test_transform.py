"""File values to targets and back."""

from __future__ import annotations

import numpy as np
import pytest

from core.codec.transform import IDENTITY, MARGIN, Transform, choose
from core.textures.roles import Role

BYTES = np.arange(256, dtype=np.float32)[:, None, None] / np.float32(255)


def test_ordinary_maps_are_learned_as_they_are() -> None:
    for role in (Role.ALBEDO, Role.NORMAL, Role.ROUGHNESS, Role.DISPLACEMENT, Role.EMISSIVE):
        assert choose(role, BYTES) == IDENTITY
    assert IDENTITY.targets(BYTES) is BYTES
    np.testing.assert_array_equal(IDENTITY.values(BYTES), BYTES)


@pytest.mark.parametrize(
    "transform",
    [
        Transform(margins=(MARGIN, MARGIN)),
        Transform(margins=(0.0, MARGIN)),
        Transform(-0.5, 0.25),
        Transform(0.0, 400.0, curve=1600.0),
        Transform(-2.0, 12.0, curve=3.0, margins=(MARGIN, 0.0)),
        Transform(1e-6, 3e-6),
        Transform(-1e30, 1e30),
    ],
)
def test_there_and_back(transform: Transform) -> None:
    values = np.linspace(transform.low, transform.high, 4097, dtype=np.float32)
    targets = transform.targets(values)
    assert targets.dtype == np.float32
    assert targets.min() == 0.0 and targets.max() == 1.0
    assert (np.diff(targets) > 0).all()
    back = transform.values(targets)
    assert back.dtype == np.float32
    extent = transform.high - transform.low
    # A curve gives the dark more room: the error there is smaller than the extent alone would allow.
    np.testing.assert_allclose(back, values, atol=3e-6 * extent)
    assert back[0] == values[0] and back[-1] == values[-1]


def test_a_curve_keeps_ratios() -> None:
    transform = Transform(0.0, 1000.0, curve=2000.0)
    values = np.geomspace(0.5, 1000, 50).astype(np.float32)
    wrong = transform.values(transform.targets(values) + np.float32(1e-3))
    assert (wrong / values)[:-1].max() < 1.02


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_what_misses_the_end_by_a_margin_is_still_exact(end: float) -> None:
    transform = Transform(margins=(MARGIN, MARGIN))
    target = transform.targets(np.array([end], np.float32))
    for miss in (-0.3, -0.9 * MARGIN, 0.0, 0.9 * MARGIN, 0.3):
        if miss * (0.5 - end) <= 0 or abs(miss) < MARGIN:
            assert transform.values(target + np.float32(miss))[0] == end


def test_masks_are_found_by_their_values() -> None:
    mask = np.zeros((32, 32, 1), np.float32)
    mask[8:20] = 1
    mask[20] = 0.5
    both = (MARGIN, MARGIN)
    for role in (Role.OPACITY, Role.METALLIC, Role.SPECULAR, Role.ROUGHNESS):
        assert choose(role, mask).margins == both
    for role in (Role.ALBEDO, Role.NORMAL):
        assert choose(role, np.repeat(mask, 3, axis=2)) == IDENTITY
    soft = np.clip(BYTES * 2 - 0.5, 0, 1)  # half of the values at an end
    assert choose(Role.METALLIC, soft) == IDENTITY
    assert choose(Role.OPACITY, soft).margins == both
    assert choose(Role.OPACITY, BYTES[1:]).margins == (0.0, MARGIN)
    assert choose(Role.OPACITY, BYTES[1:-1]) == IDENTITY


def test_floats_beyond_one_get_their_range() -> None:
    height = np.linspace(-0.2, 0.3, 64, dtype=np.float32).reshape(8, 8, 1)
    assert choose(Role.DISPLACEMENT, height) == Transform(float(height.min()), float(height.max()))
    assert choose(Role.DISPLACEMENT, height - height.min()) == IDENTITY
    light = np.zeros((64, 64, 3), np.float32)
    light[:, :30] = 2.0
    light[5, 5] = 100.0
    found = choose(Role.EMISSIVE, light)
    assert (found.low, found.high, found.curve, found.margins) == (0.0, 100.0, 50.0, (0.0, 0.0))
    light[:, 3:30] = 0  # a few lamps in the dark: the dark stays black
    light[5, 5] = 100.0
    assert choose(Role.EMISSIVE, light).margins == (MARGIN, 0.0)
