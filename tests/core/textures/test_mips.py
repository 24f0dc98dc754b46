from __future__ import annotations

import time

import numpy as np
import pytest

from core.textures import mips


@pytest.mark.parametrize("size", [(64, 64), (32, 8), (1, 16), (1, 1), (37, 51), (5, 64), (3, 2)])
def test_the_chain_has_every_level_down_to_one_texel(size: tuple[int, int]) -> None:
    height, width = size
    levels = mips.pyramid(np.random.default_rng(0).random((height, width, 2), dtype=np.float32))
    assert len(levels) == max(width, height).bit_length()
    for number, level in enumerate(levels):
        assert level.shape == (max(1, height >> number), max(1, width >> number), 2)
        assert level.dtype == np.float32


@pytest.mark.parametrize("size", [(64, 64), (37, 51), (7, 64), (33, 1)])
def test_the_mean_is_kept_at_every_level(size: tuple[int, int]) -> None:
    """Area weights make every level's mean the picture's: also where sizes are odd."""
    pixels = np.random.default_rng(1).random((*size, 3))
    for level in mips.pyramid(pixels.astype(np.float32)):
        np.testing.assert_allclose(level.mean(axis=(0, 1)), pixels.mean(axis=(0, 1)), atol=1e-5)


def test_five_texels_become_two_by_area() -> None:
    row = np.array([0, 1, 2, 3, 4], dtype=np.float32).reshape(1, 5, 1)
    # the first covers 0, 1 and half of 2; the second half of 2, 3 and 4
    np.testing.assert_allclose(mips.pyramid(row)[1].ravel(), [(0 + 1 + 1) / 2.5, (1 + 3 + 4) / 2.5])


def test_it_is_fast() -> None:
    pixels = np.zeros((1024, 1024, 9), dtype=np.float32)
    mips.pyramid(pixels)
    start = time.process_time()
    mips.pyramid(pixels)
    assert time.process_time() - start < 0.3


def test_shrinking_by_two_is_the_next_level() -> None:
    pixels = np.random.default_rng(0).random((32, 48, 3), dtype=np.float32)
    np.testing.assert_allclose(mips.resize(pixels, 24, 16), mips.pyramid(pixels)[1], atol=1e-6)


@pytest.mark.parametrize("size", [(32, 32), (64, 48), (100, 7), (8, 8), (31, 33)])
def test_resizing_keeps_constants_and_stays_in_range(size: tuple[int, int]) -> None:
    flat = np.full((16, 16, 2), 0.3, dtype=np.float32)
    np.testing.assert_allclose(mips.resize(flat, *size), 0.3, atol=1e-6)
    sharp = (np.random.default_rng(0).random((16, 16, 1)) > 0.5).astype(np.float32)
    resized = mips.resize(sharp, *size)
    assert resized.shape == (size[1], size[0], 1)
    assert resized.min() >= 0 and resized.max() <= 1


def test_growing_follows_a_smooth_wave_across_the_border() -> None:
    def wave(n: int) -> np.ndarray:
        x = (np.arange(n) + 0.5) / n
        return (0.5 + 0.4 * np.sin(2 * np.pi * (x[None, :] + x[:, None]))).astype(np.float32)[:, :, None]

    np.testing.assert_allclose(mips.resize(wave(32), 64, 64), wave(64), atol=0.01)
