from __future__ import annotations

import numpy as np
import pytest

from core.textures.samples.canvas import Canvas
from core.textures.seams import seam_ratios, worse_seams


def test_a_constant_map_is_seamless() -> None:
    assert seam_ratios(np.full((16, 16, 3), 0.5, dtype=np.float32)).whole == 1.0
    assert seam_ratios(np.full((1, 1, 1), 0.5, dtype=np.float32)).whole == 1.0


def test_periodic_noise_is_seamless() -> None:
    field = Canvas(256, 256, "seams", 0).noise("field", 2, 60, 0.5)
    assert seam_ratios(field[:, :, None]).whole == pytest.approx(1.0, abs=0.1)


def test_a_ramp_steps_at_the_edge() -> None:
    """Inside both axes together: 11 · 12 steps of 1/11 along u, as many of 0 along v; across: 12 of 1, 12 of 0."""
    ramp = np.tile(np.linspace(0, 1, 12, dtype=np.float32)[None, :, None], (12, 1, 1))
    assert seam_ratios(ramp).whole == pytest.approx(11.0, rel=1e-5)


def test_half_a_tile_shows_its_seam() -> None:
    field = Canvas(256, 256, "seams", 0).noise("field", 1, 12, 1.5)
    assert seam_ratios(field[:, :100, None]).whole > 2


def test_edges_are_told_apart() -> None:
    """A ramp along u steps where right meets left only."""
    ramp = np.tile(np.linspace(0, 1, 12, dtype=np.float32)[None, :, None], (12, 1, 1))
    assert seam_ratios(ramp).left_right == pytest.approx(11.0, rel=1e-5)
    assert seam_ratios(ramp).top_bottom == 1.0
    assert seam_ratios(ramp.transpose(1, 0, 2)).top_bottom == pytest.approx(11.0, rel=1e-5)


def test_a_seam_is_marked_where_the_result_s_is_worse() -> None:
    source = Canvas(64, 64, "seams", 0).noise("field", 2, 20, 0.5)[:, :, None]
    result = source.copy()
    result[20:40, 0] += 0.2
    left_right, top_bottom = worse_seams(source, result)
    assert left_right.shape == top_bottom.shape == (64,)
    assert left_right[24:36].min() > 0.5
    assert left_right[:12].max() == left_right[48:].max() == top_bottom[8:56].max() == 0.0
    assert worse_seams(source, source)[0].max() == 0.0


def test_a_source_with_a_seam_of_its_own_marks_nothing() -> None:
    ramp = np.tile(np.linspace(0, 1, 32, dtype=np.float32)[None, :, None], (32, 1, 1))
    assert worse_seams(ramp, ramp + np.float32(0.01))[0].max() == 0.0
