"""Encodings against their formulas, written out here once more."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.coordinate.encodings import HashGrid, encoded, values_per_coordinate
from core.coordinate.network import Architecture
from core.coordinate.settings import ENCODINGS

PLACES = np.array([0.0, 0.1, 0.25, 0.5, 0.731, 1.0], np.float32)


def expected(encoding: str, x: float, k: int, count: int) -> float:
    if encoding == "frequency":
        wave = math.cos if k % 2 else math.sin
        return wave(2 ** (k // 2) * math.pi * x)
    if encoding == "triangle":
        position = x * 2.0 ** (k - 1) + k / 4
        return 4 * abs(position - math.floor(position) - 0.5) - 1
    if encoding == "one-blob":
        return math.exp(-((x - (k + 0.5) / count) ** 2) / (2 * (1 / count) ** 2))
    return x


@pytest.mark.parametrize("encoding", [name for name in ENCODINGS if name != "hash"])
@pytest.mark.parametrize("count", [1, 5, 6])
def test_values_are_those_of_the_formula(encoding: str, count: int) -> None:
    made = encoded(encoding, count, PLACES)
    assert made.shape == (len(PLACES), values_per_coordinate(encoding, count)) and made.dtype == np.float32
    for row, x in zip(made, PLACES.tolist(), strict=True):
        wanted = [expected(encoding, x, k, count) for k in range(made.shape[1])]
        np.testing.assert_allclose(row, wanted, atol=2e-6)


def test_six_frequencies_a_coordinate_are_twelve_inputs() -> None:
    shape = Architecture()
    assert shape.inputs == 12
    assert shape.shapes == ((12, 64), (64, 64), (64, 64), (64, 64), (64, 3))
    assert shape.multiply_adds == 12 * 64 + 3 * 64 * 64 + 64 * 3
    assert shape.parameters == shape.multiply_adds + 4 * 64 + 3


def test_grids_grow_by_a_constant_factor_and_share_entries_where_there_are_too_few() -> None:
    grid = HashGrid(levels=4, features=2, table_bits=9, coarsest=8, finest=64)
    assert [level.side for level in grid.grids] == [8, 16, 32, 64]
    assert [level.hashed for level in grid.grids] == [False, False, True, True]
    assert [level.entries for level in grid.grids] == [64, 256, 512, 512]
    assert [level.first for level in grid.grids] == [0, 64, 320, 832]
    assert grid.entries == 1344


def test_a_grid_point_has_one_row_and_neighbours_have_others() -> None:
    grid = HashGrid(levels=2, features=1, table_bits=8, coarsest=8, finest=64)
    y, x = np.mgrid[0:8, 0:8]
    assert len(np.unique(grid.index(0, x, y))) == 64
    rows = grid.index(1, *np.mgrid[0:64, 0:64][::-1])
    assert rows.min() >= grid.grids[1].first and rows.max() < grid.entries
    # Every entry is used, and by about as many points as any other.
    assert np.bincount(rows.ravel() - grid.grids[1].first, minlength=256).min() > 0


def test_corners_lie_around_their_place() -> None:
    grid = HashGrid(levels=3, coarsest=4, finest=16)
    low, beyond = grid.corners(PLACES)
    for i, level in enumerate(grid.grids):
        np.testing.assert_allclose(low[:, i] + beyond[:, i], PLACES * level.scale + 0.5, atol=1e-5)
    assert (beyond >= 0).all() and (beyond < 1).all()
