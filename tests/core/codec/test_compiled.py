"""The compiled passes against the tensor operations, which are held against autograd."""

import dataclasses

import numpy as np
import pytest
import torch

from core.codec import compiled, kernels
from core.codec.compiled import CompiledBatch
from core.codec.layout import LatentGrid, LatentLayout, two_grids
from core.codec.parts import Part
from core.codec.trainer import Trainer, TrainerOptions
from core.textures.mips import pyramid
from tests.core.codec.materials import waves

OPTIONS = TrainerOptions(texels=512, bf16=False, parts=1, lower_every=1)
THREE_GRIDS = (LatentGrid(2, 3, 2), LatentGrid(4, 5, 4), LatentGrid(16, 2, 8))
WIDE = (LatentGrid(4, 19, 2), LatentGrid(16, 33, 2))


def part_of(layout: LatentLayout, compiled: bool, loss_weights: list[float] | None = None) -> tuple[Trainer, Part]:
    """A trainer of one part with a random decoder; a few steps of its data were already used up by the start."""
    image = waves(layout.width, layout.height, layout.channels)
    options = dataclasses.replace(OPTIONS, compiled=compiled)
    trainer = Trainer(layout, pyramid(image), seed=3, options=options, loss_weights=loss_weights)
    flat = trainer.decoder.flat
    flat.copy_(torch.randn(flat.shape, generator=torch.Generator().manual_seed(1)) * 0.2)
    trainer._load_compute_weights()
    return trainer, trainer.parts[0]


@pytest.mark.parametrize(
    ("width", "height", "grids", "hidden", "aux"),
    [
        (64, 64, two_grids(4, 6, 4, 4), (24, 16), 0),
        (64, 64, two_grids(4, 6, 4, 4), (64, 48, 32), 1),
        (64, 64, two_grids(4, 6, 4, 4), (4,), 5),
        (64, 32, two_grids(2, 6, 4, 4), (20, 20), 2),
        (37, 51, two_grids(4, 6, 4, 4), (24, 16), 2),
        (64, 64, THREE_GRIDS, (24, 16), 1),
        (60, 44, THREE_GRIDS, (24, 16), 0),
        (64, 64, WIDE, (64, 64), 3),
    ],
)
@pytest.mark.parametrize("rounding", [False, True])
def test_gradients_are_those_of_the_tensor_operations(
    width: int, height: int, grids: tuple[LatentGrid, ...], hidden: tuple[int, ...], aux: int, rounding: bool
) -> None:
    layout = LatentLayout(width, height, 5, grids, hidden)
    found: list[tuple[torch.Tensor, torch.Tensor, list[tuple[torch.Tensor, torch.Tensor]]]] = []
    for way in (False, True):
        trainer, part = part_of(layout, way, loss_weights=[1.0, 2.0, 0.5, 1.0, 3.0])
        part.step(aux, train_latents=True, rounding=rounding, measure=True)
        assert isinstance(part.batches[aux], CompiledBatch) == way
        found.append((part.gradient, part.measured, [read for key in part.reads for read in part.reads[key]]))
        trainer.close()
    (gradient, squares, reads), (own_gradient, own_squares, own_reads) = found
    assert torch.allclose(own_gradient, gradient, rtol=1e-3, atol=1e-5 * float(gradient.abs().max()))
    assert torch.allclose(own_squares, squares, rtol=1e-4)
    for (index, slope), (own_index, own_slope) in zip(reads, own_reads, strict=True):
        assert torch.equal(index, own_index)
        assert slope.abs().max() > 0
        assert torch.allclose(own_slope, slope, rtol=1e-3, atol=1e-5 * float(slope.abs().max()))


def test_the_last_layer_is_given_the_same() -> None:
    layout = LatentLayout(64, 64, 5, two_grids(4, 6, 4, 4), (24, 16))
    (first, part), (second, own) = part_of(layout, False), part_of(layout, True)
    (hidden, targets), (own_hidden, own_targets) = part.last_hidden(1), own.last_hidden(1)
    assert torch.equal(targets, own_targets) and len(hidden) == len(targets)
    assert torch.allclose(own_hidden, hidden, atol=1e-5)
    first.close()
    second.close()


def test_rows_are_updated_alike() -> None:
    generator = torch.Generator().manual_seed(0)
    indices = [torch.randint(0, 40, (n,), generator=generator) for n in (30, 70)]
    gradients = [torch.randn(len(index), 5, generator=generator) for index in indices]
    grids: list[list[torch.Tensor]] = []
    for update in (kernels.update_rows, compiled.update_rows):
        values, second = torch.linspace(-1, 1, 200).view(40, 5).clone(), torch.rand(40, 5, generator=generator) * 0
        visits, slots = torch.zeros(40, 1), torch.zeros(40, dtype=torch.int64)
        for rate in (0.1, 0.02):
            update(values, second, visits, slots, indices, [own.clone() for own in gradients], rate, 0.8)
        grids.append([values, second, visits])
    for expected, own in zip(*grids, strict=True):
        assert torch.allclose(own, expected, rtol=1e-4, atol=1e-6)


def test_half_floats_are_read_exactly() -> None:
    """Targets are half floats, which the compiled passes widen by hand, down to the smallest."""
    layout = LatentLayout(32, 32, 1, two_grids(4, 1, 1, 4), (4, 4))
    values = np.array([0.0, -0.0, 6e-8, -3e-5, 1e-4, 0.3333, -0.75, 1.0, 1000.0, 65504.0], np.float16)
    trainer, part = part_of(layout, True)
    trainer.decoder.flat.zero_()
    trainer._load_compute_weights()
    for value in values:
        for level in trainer.levels:
            level.targets.fill_(float(value))
        part.step(0, train_latents=False, rounding=True, measure=True)
        assert float(part.measured[0]) == pytest.approx(float(value) ** 2, rel=1e-5)
    trainer.close()
