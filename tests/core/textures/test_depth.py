"""What values a file can hold."""

import numpy as np
import pytest

from core.textures.depth import peak, round_to_depth


def test_rounding_keeps_the_depth() -> None:
    values = np.array([[[-0.2, 0.5, 1.7]]], np.float32)
    assert round_to_depth(values, 8) * 255 == pytest.approx(np.array([[[0, 128, 255]]]), abs=1e-4)
    assert round_to_depth(values, 16)[0, 0, 1] == pytest.approx(32768 / 65535, abs=1e-7)
    assert round_to_depth(values, 32) is values


def test_the_peak_is_one_for_every_map_within_it() -> None:
    assert peak(np.array([[[0.25], [0.5]]], np.float32)) == 1.0
    assert peak(np.array([[[-1.0], [3.0]]], np.float32)) == 4.0
    assert peak(np.full((2, 2, 1), -7.0, np.float32)) == 7.0
