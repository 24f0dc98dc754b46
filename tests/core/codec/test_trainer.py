"""The hand-written passes against autograd, and what training must bring."""

import dataclasses

import numpy as np
import pytest
import torch

from core.codec.layout import LOD_INPUTS, PHASE_INPUTS, LatentGrid, LatentLayout, two_grids
from core.codec.scripted import ScriptedBatch
from core.codec.trainer import Trainer, TrainerOptions, _lower_odds
from core.textures.mips import pyramid
from tests.core.codec.materials import waves

EXACT = TrainerOptions(texels=512, bf16=False, parts=1, lower_every=1)
SCRIPTED = dataclasses.replace(EXACT, compiled=False)


def make(width: int, height: int, options: TrainerOptions = EXACT, stride: int = 4) -> Trainer:
    layout = LatentLayout(width, height, 5, two_grids(stride, 6, 4, 4), (24, 16))
    return Trainer(layout, pyramid(waves(width, height, 5)), seed=3, options=options)


THREE_GRIDS = (LatentGrid(2, 3, 2), LatentGrid(4, 5, 4), LatentGrid(16, 2, 8))


@pytest.mark.parametrize(
    ("width", "height", "grids", "aux"),
    [
        (64, 64, two_grids(4, 6, 4, 4), 0),
        (64, 64, two_grids(4, 6, 4, 4), 1),
        (64, 64, two_grids(4, 6, 4, 4), 5),
        (64, 32, two_grids(2, 6, 4, 4), 2),
        (60, 44, two_grids(4, 6, 4, 4), 1),
        (37, 51, two_grids(4, 6, 4, 4), 2),
        (64, 64, THREE_GRIDS, 1),
        (60, 44, THREE_GRIDS, 0),
    ],
)
@pytest.mark.parametrize("rounding", [False, True])
def test_gradients_agree_with_autograd(
    width: int, height: int, grids: tuple[LatentGrid, ...], aux: int, rounding: bool
) -> None:
    layout = LatentLayout(width, height, 5, grids, (24, 16))
    trainer = Trainer(layout, pyramid(waves(width, height, 5)), seed=3, options=SCRIPTED)
    # A known amount of noise, so that the same batch can be written down again for autograd.
    trainer.noise.fill_(0.3)
    part = trainer.parts[0]
    trainer._load_compute_weights()
    latents = {
        (g, w): grid.values.clone().requires_grad_()
        for g, own in enumerate(trainer.grids)
        for w, grid in enumerate(own)
    }
    part.step(aux, train_latents=True, rounding=rounding, measure=False)
    batch = part.batches[aux]
    assert isinstance(batch, ScriptedBatch)

    flat = trainer.decoder.flat.clone().requires_grad_()
    weights, biases = trainer.decoder.views(flat)
    reads = {key: list(values) for key, values in part.reads.items()}
    rows = []
    for segment in batch.segments:
        mixers = segment.mixers
        inputs, at = [], 0
        for which, reader in enumerate(segment.level.readers):
            key = (segment.level.group, which)
            index, _ = reads[key].pop(0)
            read, grid = latents[key][index], trainer.grids[key[0]][which]
            known = grid.rounded()[index] if rounding else grid.values[index] + 0.3 * grid.step_size
            read = (read + (known - read).detach()).view(segment.count, reader.reach, -1)
            inputs.append(torch.bmm(mixers[:, :, at : at + reader.reach], read))
            at += reader.reach
        inputs.append(mixers[:, :, at : at + PHASE_INPUTS])
        lods = torch.zeros(segment.count, segment.texels, LOD_INPUTS)
        if segment.level.lod:
            lods[..., min(segment.level.lod, LOD_INPUTS) - 1] = 1.0
        rows.append(torch.cat([*inputs, lods], dim=2).flatten(0, 1))
    values = torch.cat(rows)
    for i, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        values = values @ weight + bias
        if i < len(weights) - 1:
            values = torch.nn.functional.leaky_relu(values, 0.01)
    assert torch.allclose(values, batch.activations[-1], atol=1e-5)
    loss = 0.5 * (values - batch.targets.float()).square().sum()
    loss.backward()

    assert flat.grad is not None
    assert torch.allclose(part.gradient, flat.grad, rtol=1e-3, atol=1e-3)
    for key, values in part.reads.items():
        total = torch.zeros_like(latents[key])
        for index, gradient in values:
            total.index_add_(0, index, gradient)
        expected = latents[key].grad
        assert expected is not None
        assert total.abs().max() > 0
        assert torch.allclose(total, expected, rtol=1e-3, atol=1e-4)
    trainer.close()


def test_training_learns_and_the_stored_texture_is_what_was_trained() -> None:
    from core.codec.neural_texture import NeuralTexture, StoredMap
    from core.textures.material import NormalConvention
    from core.textures.roles import Role

    image = waves(256, 256, 5)
    layout = LatentLayout(256, 256, 5, two_grids(4, 6, 4, 4), (24, 16))
    options = dataclasses.replace(EXACT, texels=8192, lower_every=4)
    trainer = Trainer(layout, pyramid(image), seed=0, options=options)
    for step in range(600):
        trainer.step(step / 600)
    trainer.take_errors()
    for _ in range(20):
        trainer.step(0.999)
    taken = trainer.take_errors()
    assert taken is not None and taken[1] == 5, "every fourth step measures"
    seen = float(taken[0].mean())
    map_ = StoredMap(Role.ALBEDO, "x.png", 8, (None,) * 5)
    texture = NeuralTexture(
        "x", 256, 256, (map_,), (), NormalConvention.UNKNOWN, layout, trainer.codes(), trainer.layers(), trainer.offset
    )
    trainer.close()
    error = float(((texture.decode_learned(0) - image) ** 2).mean())
    # Errors seen during training are those before clipping to [0, 1]; 20 steps cover each texel several times.
    assert error == pytest.approx(seen, rel=0.15)
    assert -10 * np.log10(error) > 33
    for level, target in enumerate(pyramid(image)[:3]):
        assert -10 * np.log10(((texture.decode_learned(level) - target) ** 2).mean()) > 25


def test_the_start_is_a_picture_and_nothing_is_measured_before_a_step() -> None:
    layout = LatentLayout(256, 256, 5, two_grids(4, 6, 4, 4), (64, 64))
    trainer = Trainer(layout, pyramid(waves(256, 256, 5)), seed=0, options=EXACT)
    assert trainer.take_errors() is None
    assert not trainer.measured
    trainer.step(0.0)
    taken = trainer.take_errors()
    assert trainer.measured and taken is not None
    assert taken[0].mean() < 0.3 * waves(256, 256, 5).var(axis=(0, 1)).mean()
    trainer.close()


def test_two_parts_see_every_tile_and_repeat_for_a_seed() -> None:
    options = TrainerOptions(texels=512, bf16=False, parts=2)
    results = []
    for _ in range(2):
        trainer = make(64, 64, options)
        for step in range(40):
            trainer.step(step / 40)
        results.append(trainer.state())
        trainer.close()
    for name, values in results[0].items():
        assert np.array_equal(values, results[1][name]), name


def test_state_goes_on_in_another_trainer() -> None:
    first, second = make(32, 32), make(32, 32)
    for step in range(10):
        first.step(step / 20)
    second.load_state(first.state())
    assert second.steps == first.steps
    assert all(np.array_equal(a, b) for a, b in zip(first.state().values(), second.state().values(), strict=True))
    other = make(64, 32)
    with pytest.raises(ValueError, match="layout"):
        other.load_state(first.state())
    for trainer in (first, second, other):
        trainer.close()


def test_frozen_latents_stay_on_their_codes() -> None:
    trainer = make(32, 32)
    trainer.step(0.0)
    trainer.freeze()
    before = trainer.codes()
    for _ in range(5):
        trainer.step(0.97)
    after = trainer.codes()
    assert all(np.array_equal(a, b) for x, y in zip(before, after, strict=True) for a, b in zip(x, y, strict=True))
    grid = trainer.grids[0][0]
    assert torch.equal(grid.values, grid.rounded())
    trainer.close()


def test_settling_the_decoder_costs_next_to_nothing_however_long_it_takes() -> None:
    # So smooth that the rounding of weights is what is left to see.
    v, u = np.mgrid[:64, :64] * (2.0 * np.pi / 64)
    waves = [0.5 + 0.4 * np.sin(u + c) * np.cos(v * (1 + c % 2) + 0.5 * c) for c in range(5)]
    image = np.stack(waves, axis=2).astype(np.float32)
    layout = LatentLayout(64, 64, 5, two_grids(4, 6, 4, 4), (32, 32))
    trainer = Trainer(layout, pyramid(image), seed=0, options=dataclasses.replace(EXACT, texels=2048))
    for i in range(1200):
        trainer.step(trainer.options.freeze_at * i / 1200)
    trainer.freeze()
    before = _error(trainer)
    for i in range(800):
        trainer.step(trainer.options.freeze_at + (1.0 - trainer.options.freeze_at) * i / 800)
    assert _error(trainer) < before
    stored, weights = trainer.decoder.stored(), trainer.decoder.weights
    for (codes, scales, _), weight in zip(stored, weights, strict=True):
        assert torch.equal(codes.float() * scales.float(), weight), "it learned with what the file holds"
    trainer.close()


def test_weights_that_are_settled_stay_and_the_others_learn() -> None:
    trainer = make(32, 32)
    trainer.step(0.0)
    trainer.freeze()
    decoder = trainer.decoder
    counts = []
    for share in (0.3, 0.6, 1.0):
        decoder.settle(share)
        settled, before = decoder.settled.clone(), decoder.flat.clone()
        counts.append(int(settled.sum()))
        trainer._run_parts(False)
        decoder.update(torch.ones_like(decoder.flat), 0.01, (0.9, 0.99))
        assert torch.equal(decoder.flat[settled], before[settled])
        assert not torch.eq(decoder.flat[~settled], before[~settled]).any()
    biases = sum(len(bias) for bias in decoder.biases)
    assert counts == sorted(set(counts)) and counts[-1] == len(decoder.flat) - biases
    trainer.close()


def test_a_run_goes_on_with_the_weights_that_were_settled() -> None:
    trainer, again = make(32, 32), make(32, 32)
    trainer.step(0.0)
    trainer.step(0.98)
    again.load_state(trainer.state())
    assert trainer.decoder.settled.any() and torch.equal(again.decoder.settled, trainer.decoder.settled)
    for own in (trainer, again):
        own.step(0.999)
    settled = trainer.decoder.settled
    first, second = (own.decoder.stored() for own in (trainer, again))
    assert all(torch.equal(a[1], b[1]) for a, b in zip(first, second, strict=True))
    assert torch.equal(trainer.decoder.flat[settled], again.decoder.flat[settled])
    for own in (trainer, again):
        own.close()


def _error(trainer: Trainer) -> float:
    """Mean square error of level 0 over a few steps that learn nothing."""
    part = trainer.parts[0]
    part.errors.zero_()
    trainer._load_compute_weights()
    for _ in range(8):
        part.step(0, train_latents=False, rounding=True, measure=True)
    return float(part.errors.mean() / 8)


@pytest.mark.parametrize("features", [(5, 4), (6, 2), (9, 7), (4, 6)])
def test_a_run_goes_on_with_other_numbers_of_features(features: tuple[int, int]) -> None:
    trainer = make(64, 64)
    for i in range(400):
        trainer.step(0.5 * i / 400)
    before = _error(trainer)
    grids = tuple(dataclasses.replace(g, features=n) for g, n in zip(trainer.layout.grids, features, strict=True))
    trainer.resize(dataclasses.replace(trainer.layout, grids=grids))
    at_once = _error(trainer)
    if min(features) >= 6:
        assert at_once < 1.5 * before, "a new feature begins with next to nothing"
    for i in range(400):
        trainer.step(0.5 + 0.5 * i / 400)
    assert _error(trainer) < min(at_once, 1.4 * before), "fewer of them hold less"
    assert [[codes.shape[2] for codes in own] for own in trainer.codes()] == [list(features)] * len(trainer.grids)
    state = trainer.state()
    again = Trainer(trainer.layout, pyramid(waves(64, 64, 5)), seed=3, options=EXACT)
    again.load_state(state)
    assert again.frozen and np.array_equal(again.codes()[0][0], trainer.codes()[0][0])


def test_what_was_frozen_learns_again() -> None:
    trainer = make(64, 64)
    for i in range(300):
        trainer.step(i / 300)
    assert trainer.frozen
    end = _error(trainer)
    codes, flat = trainer.codes()[0][0].copy(), trainer.decoder.flat.clone()
    trainer.thaw()
    grids = tuple(dataclasses.replace(grid, features=grid.features + 2) for grid in trainer.layout.grids)
    trainer.resize(dataclasses.replace(trainer.layout, grids=grids))
    assert _error(trainer) < 1.5 * end, "it goes on from there"
    for i in range(300):
        trainer.step(0.4 + 0.6 * i / 300)
    assert trainer.frozen and _error(trainer) < 0.9 * end
    assert not np.array_equal(trainer.codes()[0][0][..., : codes.shape[2]], codes)
    assert trainer.decoder.flat.shape != flat.shape and bool(trainer.decoder.settled[: flat.numel() // 4].any())


def test_a_training_that_is_frozen_keeps_its_layout() -> None:
    trainer = make(64, 64)
    trainer.step(0.98)
    layout = trainer.layout
    trainer.resize(dataclasses.replace(layout, grids=two_grids(4, 3, 4, 4)))
    assert trainer.layout is layout


def test_lower_levels_with_latents_of_their_own_come_most_often() -> None:
    layout = LatentLayout(1024, 1024, 6, (LatentGrid(2, 8, 2), LatentGrid(8, 8, 2)), (16,))
    odds = _lower_odds(layout)
    assert len(odds) == layout.mip_levels - 1
    first_own = layout.groups[1].first
    assert odds.index(max(odds)) + 1 == first_own
    shares = np.array(odds) / sum(odds)
    assert shares[first_own - 1] > 0.15
    assert shares[6:].sum() < 0.2, "16 × 16 texels and less are learned in no time"
    assert _lower_odds(LatentLayout(1, 1, 1, (LatentGrid(4, 1, 2),), (4,))) == [1.0]
