"""Rounded latents keep within the bytes they are given, as the real coder counts them."""

import numpy as np
import pytest

from core.codec import entropy
from core.codec.layout import LatentGrid, LatentLayout
from core.codec.size_fit import SizeFit
from tests.core.codec.materials import waves

LAYOUT = LatentLayout(512, 512, 3, (LatentGrid(4, 8, 4), LatentGrid(16, 6, 4)), (16, 16))


@pytest.fixture(scope="module")
def latents() -> list[list[np.ndarray]]:
    """In units of codes: smooth, with as much noise as makes them cost something."""
    rng = np.random.default_rng(0)

    def noisy(smooth: np.ndarray) -> np.ndarray:
        return np.clip(15 * smooth + rng.normal(0, 0.7, smooth.shape), 0, 15)

    return [[noisy(waves(g.width, g.height, g.features)) for g in group.grids] for group in LAYOUT.groups]


def coded(codes: list[list[np.ndarray]]) -> int:
    sizes = [
        min(len(entropy.encode(own, grid.bits)), grid.bytes) if grid.bytes >= entropy.LEAST else grid.bytes
        for group, shapes in zip(codes, LAYOUT.groups, strict=True)
        for own, grid in zip(group, shapes.grids, strict=True)
    ]
    return sum(sizes)


def error(codes: list[list[np.ndarray]], latents: list[list[np.ndarray]]) -> float:
    return float(np.mean((codes[0][0] - latents[0][0]) ** 2))


def test_what_fits_is_only_rounded(latents: list[list[np.ndarray]]) -> None:
    codes = SizeFit(LAYOUT, LAYOUT.latent_bytes * 2)(latents)
    for group, own in zip(codes, latents, strict=True):
        for a, b in zip(group, own, strict=True):
            np.testing.assert_array_equal(a, np.round(b))


@pytest.mark.parametrize("share", [0.97, 0.93, 0.5])
def test_less_room_costs_as_little_as_possible(latents: list[list[np.ndarray]], share: float) -> None:
    plain = SizeFit(LAYOUT, LAYOUT.latent_bytes * 2)(latents)
    limit = int(share * coded(plain))
    codes = SizeFit(LAYOUT, limit)(latents)
    assert 0.85 * limit <= coded(codes) <= limit
    if share > 0.9:
        assert error(plain, latents) < error(codes, latents) < 4 * error(plain, latents)
        # A code is one of the two next to the value.
        assert np.abs(codes[0][0] - latents[0][0]).max() <= 1.0


def test_an_estimate_that_is_too_low_is_made_up_for(
    latents: list[list[np.ndarray]], monkeypatch: pytest.MonkeyPatch
) -> None:
    estimate = entropy.estimate
    monkeypatch.setattr(entropy, "estimate", lambda codes, bits: 0.96 * estimate(codes, bits))
    limit = int(0.95 * coded(SizeFit(LAYOUT, LAYOUT.latent_bytes * 2)(latents)))
    assert 0.85 * limit <= coded(SizeFit(LAYOUT, limit)(latents)) <= limit
