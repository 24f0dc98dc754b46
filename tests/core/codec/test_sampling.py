import numpy as np
import pytest
import torch

from core.codec.sampling import phases, taps, triangle, upsample


@pytest.mark.parametrize(("texels", "latents"), [(64, 16), (64, 32), (63, 16), (5, 4), (1, 1), (4, 8)])
def test_reads_like_a_gpu_sampler_with_repeat_addressing(texels: int, latents: int) -> None:
    grid = np.random.default_rng(0).random((latents, latents, 3), np.float32)
    # grid_sample has no repeat mode: pad by one latent on each side and sample the inner part.
    padded = torch.from_numpy(np.pad(grid, ((1, 1), (1, 1), (0, 0)), mode="wrap")).permute(2, 0, 1)[None]
    u = (torch.arange(texels, dtype=torch.float64) + 0.5) / texels
    inner = ((u * latents + 1) / (latents + 2) * 2 - 1).float()
    places = torch.stack(torch.meshgrid(inner, inner, indexing="xy"), dim=-1)[None]
    expected = torch.nn.functional.grid_sample(padded, places, mode="bilinear", align_corners=False)[0].permute(1, 2, 0)
    assert np.abs(upsample(grid, texels, texels) - expected.numpy()).max() < 1e-5


def test_rows_of_a_level_are_the_same_as_the_whole() -> None:
    grid = np.random.default_rng(1).random((8, 12, 2), np.float32)
    whole = upsample(grid, 40, 33)
    assert np.array_equal(upsample(grid, 40, 33, 7, 5), whole[7:12])


def test_weights_lie_between_zero_and_one() -> None:
    first, weight = taps(37, 10)
    assert first.min() == -1
    assert first.max() <= 9
    assert weight.min() >= 0
    assert weight.max() < 1


def test_triangle_wave() -> None:
    assert triangle(np.array([0.0, 0.25, 0.5, 0.75, 1.0, -0.5])) == pytest.approx([1, 0, -1, 0, 1, -1])


def test_phases_wrap() -> None:
    """The step from the last texel to the first is no larger than those inside."""
    table = phases(60, 15, 8)
    inside = np.abs(np.diff(table, axis=0)).max(axis=0)
    across = np.abs(table[0] - table[-1])
    assert (across <= inside + 1e-5).all()
