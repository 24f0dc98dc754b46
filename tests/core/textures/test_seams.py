from __future__ import annotations

import numpy as np
import pytest

from core.textures.samples.canvas import Canvas
from core.textures.seams import seam_ratio


def test_a_constant_map_is_seamless() -> None:
    assert seam_ratio(np.full((16, 16, 3), 0.5, dtype=np.float32)) == 1.0
    assert seam_ratio(np.full((1, 1, 1), 0.5, dtype=np.float32)) == 1.0


def test_periodic_noise_is_seamless() -> None:
    field = Canvas(256, 256, "seams", 0).noise("field", 2, 60, 0.5)
    assert seam_ratio(field[:, :, None]) == pytest.approx(1.0, abs=0.1)


def test_a_ramp_steps_at_the_edge() -> None:
    """Inside both axes together: 11 · 12 steps of 1/11 along u, as many of 0 along v; across: 12 of 1, 12 of 0."""
    ramp = np.tile(np.linspace(0, 1, 12, dtype=np.float32)[None, :, None], (12, 1, 1))
    assert seam_ratio(ramp) == pytest.approx(11.0, rel=1e-5)


def test_half_a_tile_shows_its_seam() -> None:
    field = Canvas(256, 256, "seams", 0).noise("field", 1, 12, 1.5)
    assert seam_ratio(field[:, :100, None]) > 2
