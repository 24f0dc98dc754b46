"""Gradients against autograd, learning, precision, and going on from a network."""

from __future__ import annotations

import dataclasses
import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from torch.nn import functional

from core.codec.metrics import psnr
from core.coordinate import tiny_cuda
from core.coordinate.compiled import CompiledPart
from core.coordinate.encodings import HashGrid, encoded
from core.coordinate.network import Architecture, CoordinateNetwork, architecture_of
from core.coordinate.network_file import settings_of
from core.coordinate.settings import ACTIVATIONS, ENCODINGS, LOSSES, LabSettings
from core.coordinate.trainer import CoordinateTrainer
from tests.core.coordinate.networks import GRID, random_network, smooth_picture

SMALL = LabSettings(hidden_layers=2, width=20, batch_side=16)


@contextmanager
def training(
    settings: LabSettings, start: CoordinateNetwork | None = None, *, use_compiled: bool = True
) -> Iterator[CoordinateTrainer]:
    shape = architecture_of(settings, 3) if start is None else start.architecture
    picture = smooth_picture(channels=shape.channels)
    trainer = CoordinateTrainer(shape, settings, picture.width, picture.height, "cpu", start, use_compiled=use_compiled)
    trainer.set_target(picture.pixels)
    try:
        yield trainer
    finally:
        trainer.close()


def autograd_loss(
    network: CoordinateNetwork, texels: torch.Tensor, targets: torch.Tensor, loss: str
) -> tuple[torch.Tensor, list[torch.Tensor]]:
    """The mean loss over texels and channels in double precision, from the network's definition."""
    shape = network.architecture
    u, v = (texels % network.width + 0.5) / network.width, (texels // network.width + 0.5) / network.height
    parameters = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in (*network.weights, *network.biases)]
    if shape.grid is None:
        values = torch.cat(
            [torch.tensor(encoded(shape.encoding, shape.values, x.numpy().astype(np.float32))) for x in (u, v)], dim=1
        ).double()
    else:
        table = torch.tensor(network.table, dtype=torch.float64, requires_grad=True)
        parameters.append(table)
        parts = []
        for i, level in enumerate(shape.grid.grids):
            x, y = u.float() * level.scale + 0.5, v.float() * level.scale + 0.5
            total = torch.zeros(len(u), shape.grid.features, dtype=torch.float64)
            for dy in (0, 1):
                for dx in (0, 1):
                    share = (1 - dx - (1 - 2 * dx) * (x - x.floor())) * (1 - dy - (1 - 2 * dy) * (y - y.floor()))
                    rows = shape.grid.index(i, x.floor().long().numpy() + dx, y.floor().long().numpy() + dy)
                    total = total + share[:, None].double() * table[torch.from_numpy(rows)]
            parts.append(total)
        values = torch.cat(parts, dim=1)
    hidden = {
        "leaky-relu": lambda t: functional.leaky_relu(t, 0.01),
        "relu": functional.relu,
        "tanh": torch.tanh,
        "swish": functional.silu,
    }[shape.activation]
    count = len(network.weights)
    for i in range(count):
        values = values @ parameters[i] + parameters[count + i]
        values = hidden(values) if i < count - 1 else torch.sigmoid(values)
    error = values - targets
    if loss == "l1":
        losses = error.abs()
    elif loss == "relative-l2":
        losses = error**2 / ((targets**2).sum(dim=1, keepdim=True) + 0.01)
    elif loss == "smape":
        losses = error.abs() / ((targets.abs() + values.abs()) / 2 + 0.01)
    else:
        losses = error**2
    return losses.mean(), parameters


def relative_distance(found: torch.Tensor, wanted: torch.Tensor) -> float:
    """Of all together: at a kink of an activation, single and double precision may stand on different sides."""
    return float((found.double() - wanted).norm() / wanted.norm())


CASES = [("frequency", activation, "l2") for activation in ACTIVATIONS] + [
    *(("frequency", "leaky-relu", loss) for loss in LOSSES[1:]),
    *((encoding, "leaky-relu", "l2") for encoding in ENCODINGS[1:]),
]


@pytest.mark.parametrize(("encoding", "activation", "loss"), CASES)
def test_gradients_are_those_of_autograd(encoding: str, activation: str, loss: str) -> None:
    start = random_network(encoding, activation)
    settings = dataclasses.replace(settings_of(start, SMALL), loss=loss)
    with training(settings, start) as trainer:
        texels = trainer._next_texels()
        trainer._order = torch.cat([texels, trainer._order])
        told, _ = trainer.step(0.0)
        targets = torch.from_numpy(smooth_picture().pixels.reshape(-1, 3))[texels].double()
        wanted, parameters = autograd_loss(start, texels, targets, loss)
        wanted.backward()
        assert told == pytest.approx(wanted.item(), rel=1e-4)
        found = sum(part.gradient for part in trainer.parts)
        assert isinstance(found, torch.Tensor)
        weights, biases = trainer.layers.views(found)
        for own, parameter in zip([*weights, *biases], parameters, strict=False):
            assert parameter.grad is not None
            assert relative_distance(own, parameter.grad) < 2e-2
        if encoding == "hash":
            table = torch.zeros(GRID.entries, GRID.features)
            for part in trainer.parts:
                assert part.reads is not None
                table.index_add_(0, part.reads.rows, part.reads.gradients)
            assert parameters[-1].grad is not None
            assert relative_distance(table, parameters[-1].grad) < 2e-2


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(("encoding", "activation", "loss"), [*CASES, ("hash", "swish", "smape")])
def test_compiled_passes_are_the_tensor_operations(encoding: str, activation: str, loss: str, channels: int) -> None:
    """Value and gradient, of a batch that does not come out even."""
    start = random_network(encoding, activation, channels)
    settings = dataclasses.replace(settings_of(start, SMALL), loss=loss, batch_side=27)
    found: list[tuple[torch.Tensor, ...]] = []
    for way in (False, True):
        with training(settings, start, use_compiled=way) as trainer:
            assert trainer.compiled == way
            told = trainer.step(0.0)
            table = torch.zeros(GRID.entries, GRID.features)
            for part in trainer.parts:
                if part.reads is not None:
                    table.index_add_(0, part.reads.rows, part.reads.gradients)
            found.append((torch.tensor(told), trainer.gradients.sum(dim=0), table))
    for wanted, own in zip(*found, strict=True):
        assert relative_distance(own, wanted.double()) < 1e-3 or not wanted.any()
    assert found[0][2].any() == (encoding == "hash")


def test_compiled_steps_go_where_the_tensor_operations_go() -> None:
    start = random_network("hash")
    networks: list[CoordinateNetwork] = []
    for way in (False, True):
        with training(settings_of(start, SMALL), start, use_compiled=way) as trainer:
            for rate in (0.01, 0.002, 0.001):
                trainer.step(rate)
            networks.append(trainer.network("x"))
    wanted, own = networks
    assert wanted.table is not None and own.table is not None
    for a, b in zip((*wanted.weights, *wanted.biases), (*own.weights, *own.biases), strict=True):
        np.testing.assert_allclose(b, a, atol=1e-3)
    assert np.abs(own.table - wanted.table).mean() < 1e-4


def test_large_sums_saturate() -> None:
    """The compiled sigmoid is a formula of its own."""
    start = random_network(activation="tanh")
    start.biases[-1][:] = 200.0, -200.0, 0.0
    for way in (False, True):
        with training(settings_of(start, SMALL), start, use_compiled=way) as trainer:
            _, square = trainer.step(0.0)
            assert math.isfinite(square) and bool(torch.isfinite(trainer.gradients).all())
            assert float(trainer.layers.views(trainer.gradients[0])[0][-1][:, :2].abs().max()) < 1e-6


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_it_learns(encoding: str) -> None:
    picture = smooth_picture().pixels
    with training(dataclasses.replace(SMALL, encoding=encoding, hash_table=10, hash_finest=32)) as trainer:
        before = psnr(trainer.network("x").decode(), picture)
        for step in range(300):
            trainer.step(0.01 if step < 200 else 0.002)
        assert psnr(trainer.network("x").decode(), picture) > before + 8


def test_the_same_seed_gives_the_same_numbers() -> None:
    made = []
    for seed in (3, 3, 4):
        with training(dataclasses.replace(SMALL, encoding="hash", hash_table=10, hash_finest=32, seed=seed)) as trainer:
            for _ in range(20):
                trainer.step(0.01)
            made.append(trainer.network("x"))
    assert all(np.array_equal(a, b) for a, b in zip(made[0].weights, made[1].weights, strict=True))
    assert np.array_equal(made[0].table, made[1].table)
    assert not np.array_equal(made[0].weights[0], made[2].weights[0])


@pytest.mark.parametrize("precision", ["float16", "bfloat16"])
def test_sixteen_bits_round_what_is_computed_with_and_not_what_learns(precision: str) -> None:
    with training(dataclasses.replace(SMALL, precision=precision)) as trainer:
        sixteen = getattr(torch, precision)
        for _ in range(50):
            trainer.step(0.005)
        master, compute = trainer.layers.flat, trainer.compute
        assert torch.equal(compute, master.to(sixteen).float()) and not torch.equal(compute, master)
        part = trainer.parts[0]
        assert not isinstance(part, CompiledPart)
        outputs = part.outputs[1]
        assert torch.equal(outputs, outputs.to(sixteen).float())
        assert trainer.skipped == 0


def test_the_loss_scale_keeps_small_gradients_alive() -> None:
    """Without one, what float16 can't hold is lost; the sample's 1024 keeps it."""
    gradients = {}
    for scale in (1.0, 1024.0):
        with training(dataclasses.replace(SMALL, precision="float16", batch_side=64, loss_scale=scale)) as trainer:
            trainer.step(0.0)
            total = sum(part.gradient for part in trainer.parts)
            assert isinstance(total, torch.Tensor)
            gradients[scale] = total / scale
    with training(dataclasses.replace(SMALL, batch_side=64)) as trainer:
        trainer.step(0.0)
        exact = sum(part.gradient for part in trainer.parts)
        assert isinstance(exact, torch.Tensor)
    off = {scale: float((gradient - exact).norm() / exact.norm()) for scale, gradient in gradients.items()}
    assert off[1024.0] < 0.02 and off[1.0] > 2 * off[1024.0]


def test_a_gradient_out_of_range_is_skipped_and_the_scale_halved() -> None:
    with training(dataclasses.replace(SMALL, precision="float16", loss_scale=65536.0)) as trainer:
        before = trainer.layers.flat.clone()
        trainer.loss_scale = 1e9
        trainer.step(0.01)
        assert trainer.skipped == 1 and trainer.loss_scale == 5e8
        assert torch.equal(before, trainer.layers.flat)


def test_going_on_begins_where_the_network_was() -> None:
    start = random_network("hash")
    with training(settings_of(start, SMALL), start) as trainer:
        same = trainer.network("x")
        assert np.array_equal(same.decode(), start.decode())
        trainer.step(0.001)
        assert trainer.network("x").steps == start.steps + 1


def test_decoding_in_numpy_is_what_the_trainer_computes() -> None:
    start = random_network()
    with training(settings_of(start, SMALL), start) as trainer:
        _, square = trainer.step(0.0)
        texels = torch.cat([trainer._order, torch.zeros(0, dtype=torch.int64)])
        assert len(texels) < 48 * 32
        error = (start.decode() - smooth_picture().pixels) ** 2
        seen = np.ones(48 * 32, bool)
        seen[texels.numpy()] = False
        assert square == pytest.approx(float(error.reshape(-1, 3)[seen].mean()), rel=1e-4)


def test_every_texel_comes_once_before_any_comes_again() -> None:
    with training(SMALL) as trainer:
        taken = torch.cat([trainer._next_texels() for _ in range(48 * 32 // 256)])
        assert torch.equal(taken.sort().values, torch.arange(48 * 32))


class FakeEncoding(torch.nn.Module):
    """tiny-cuda-nn's interface over our own formulas, so that what stands between is run without a GPU."""

    def __init__(self, inputs: int, shape: dict, dtype: torch.dtype) -> None:
        super().__init__()
        assert inputs == 2 and shape["otype"] == "HashGrid" and dtype == torch.float32
        bits, coarsest = shape["log2_hashmap_size"], shape["base_resolution"]
        finest = round(coarsest * shape["per_level_scale"] ** (shape["n_levels"] - 1))
        self.grid = HashGrid(shape["n_levels"], shape["n_features_per_level"], bits, coarsest, finest)
        self.params = torch.nn.Parameter(torch.zeros(self.grid.entries * self.grid.features))

    def forward(self, places: torch.Tensor) -> torch.Tensor:
        table = self.params.view(self.grid.entries, -1)
        (left, across), (top, down) = (self.grid.corners(places[:, i].numpy()) for i in (0, 1))
        parts = []
        for level in range(self.grid.levels):
            total = torch.zeros(len(places), self.grid.features)
            for dy in (0, 1):
                for dx in (0, 1):
                    share = (across if dx else 1 - across)[:, level] * (down if dy else 1 - down)[:, level]
                    rows = self.grid.index(level, left[:, level] + dx, top[:, level] + dy)
                    total = total + torch.from_numpy(share)[:, None] * table[torch.from_numpy(rows)]
            parts.append(total)
        return torch.cat(parts, dim=1)


def test_tiny_cuda_nn_takes_the_place_of_the_own_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it computes is its own matter and needs a GPU; that its table is read, learned and kept is seen here."""
    library = ModuleType("tinycudann")
    library.__spec__ = ModuleSpec("tinycudann", None)
    monkeypatch.setattr(library, "Encoding", FakeEncoding, raising=False)
    monkeypatch.setitem(sys.modules, "tinycudann", library)
    assert tiny_cuda.can_hold(GRID) and not tiny_cuda.can_hold(dataclasses.replace(GRID, features=3))
    start = random_network("hash")
    with training(settings_of(start, SMALL), start, use_compiled=False) as trainer:
        assert start.table is not None
        trainer.table = tiny_cuda.table(GRID, torch.from_numpy(start.table), torch.device("cpu"))  # type: ignore
        trainer.parts = trainer.parts[:1]
        assert np.array_equal(trainer.network("x").decode(), start.decode())
        before, _ = trainer.step(0.0)
        for _ in range(60):
            after, _ = trainer.step(0.005)
        assert after < 0.7 * before
        learned = trainer.network("x").table
        assert learned is not None and not np.array_equal(learned, start.table)


def test_the_sample_batch_is_a_thousand_texels() -> None:
    settings = LabSettings(hidden_layers=1, width=16)
    with training(settings) as trainer:
        trainer.step(0.001)
        assert trainer.samples == 1024 == settings.batch_side**2
        assert math.isfinite(float(trainer.layers.flat.sum()))


def test_parameters_are_counted() -> None:
    for network in (random_network(), random_network("hash", channels=4)):
        numbers = sum(a.size for a in (*network.weights, *network.biases))
        numbers += 0 if network.table is None else network.table.size
        assert network.architecture.parameters == numbers
    assert Architecture("none").inputs == 2


@pytest.mark.parametrize("text", ["raise OSError('no compatible build')", "import nowhere_to_be_found", "Encoding = 1"])
def test_a_broken_tiny_cuda_is_left_alone_with_its_reason(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "tinycudann.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tinycudann", raising=False)
    assert not tiny_cuda.can_hold(GRID)
    assert "tiny-cuda-nn" in caplog.text
    monkeypatch.delitem(sys.modules, "tinycudann", raising=False)
