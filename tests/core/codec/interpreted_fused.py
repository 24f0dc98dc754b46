"""The fused path in Triton's interpreter, against the plain one; ``test_fused.py`` runs these in their own process."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from core.codec.fused import FusedPath
from core.codec.layout import LatentGrid, LatentLayout, two_grids
from core.codec.trainer import Trainer, TrainerOptions
from core.textures.mips import pyramid
from tests.core.codec.materials import waves

OPTIONS = TrainerOptions(texels=512, bf16=False, parts=1, lower_every=2, round_at=0.4, freeze_at=0.8)
GRIDS = {
    "two": two_grids(4, 6, 4, 4),
    "fine": two_grids(2, 3, 5, 2),
    "wide": two_grids(8, 20, 40, 4),
    "three": (LatentGrid(2, 3, 2), LatentGrid(4, 5, 4), LatentGrid(8, 2, 8)),
}


WEIGHTS = (1.0, 2.0, 0.0, 0.5, 1.5)


def make(
    grids: str,
    size: tuple[int, int] = (64, 64),
    options: TrainerOptions = OPTIONS,
    weights: tuple[float, ...] | None = None,
    shares: tuple[int, ...] | None = None,
) -> Trainer:
    width, height = size
    layout = LatentLayout(width, height, 5, GRIDS[grids], (24, 16))
    chain = pyramid(waves(width, height, 5))
    return Trainer(layout, chain, seed=3, options=options, loss_weights=weights, shares=shares)


@pytest.mark.parametrize("rounding", [False, True])
@pytest.mark.parametrize(
    ("grids", "size", "aux"),
    [
        ("two", (64, 64), 0),
        ("two", (64, 64), 1),
        ("two", (64, 32), 5),
        ("fine", (64, 64), 2),
        ("wide", (64, 64), 0),
        ("three", (64, 64), 1),
    ],
)
def test_gradients(grids: str, size: tuple[int, int], aux: int, rounding: bool) -> None:
    trainer = make(grids, size)
    decoder, latents = FusedPath(trainer).differences(aux, rounding)
    assert decoder < 1e-5
    assert latents < 1e-5
    trainer.close()


def test_channels_weights() -> None:
    trainer = make("two", weights=WEIGHTS)
    assert max(FusedPath(trainer).differences(1, rounding=False)) < 1e-5
    trainer.close()


def warm_up(trainer: Trainer) -> None:
    """Give the decoder's steps what they have after some gradients; found bases would differ by rounding alone."""
    soap = trainer.decoder.soap
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        gradient = torch.randn(soap.first.shape, generator=generator)
        soap.step(trainer.decoder.flat, gradient, 0.0, trainer.options.decoder_betas)
    assert soap.bases.any()


@pytest.mark.parametrize("special", [False, True])
def test_a_run_is_the_plain_one(special: bool) -> None:
    """Both train on the same tiles with the same noise, through all phases of a run."""
    options, weights, shares = OPTIONS, None, None
    if special:
        options = dataclasses.replace(OPTIONS, grid_rates=(None, 0.02), noise=0.7, noise_anneal=True)
        weights, shares = WEIGHTS, (0, 0, 1, 1, 2)
    plain, fused = (make("two", options=options, weights=weights, shares=shares) for _ in range(2))
    for trainer in (plain, fused):
        warm_up(trainer)
    fused.fused = FusedPath(fused)
    for step in range(10):
        plain.step(step / 10)
        fused.step(step / 10)
    assert fused.fused is not None
    assert fused.samples == plain.samples
    seen, taken = plain.take_errors(), fused.take_errors()
    assert seen is not None
    assert taken is not None
    assert np.allclose(taken[0], seen[0], rtol=1e-3) and taken[1] == seen[1]
    expected, found = plain.state(), fused.state()
    for name, values in expected.items():
        assert np.allclose(found[name], values, atol=2e-3), name
    plain.close()
    fused.close()
