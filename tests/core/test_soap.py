"""Adam in eigenbases: what it is without them, what it brings with them, and that a run can go on."""

import numpy as np
import pytest
import torch

from core.codec import compiled
from core.soap import Soap

SHAPES = [(5, 4), (3, 6)]
SIZE = 5 * 4 + 3 * 6
HOST = torch.device("cpu")
BETAS = (0.9, 0.95)


def gradients(count: int, seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    mixing = torch.randn(SIZE, SIZE, generator=generator)
    return [mixing @ torch.randn(SIZE, generator=generator) * 0.01 for _ in range(count)]


def test_fixed_it_is_adam() -> None:
    flat, expected = torch.ones(SIZE), torch.ones(SIZE, requires_grad=True)
    soap, adam = Soap(SHAPES, HOST), torch.optim.Adam([expected], lr=0.01, betas=BETAS, eps=1e-12)
    soap.forget(fixed=True)
    for gradient in gradients(60):
        soap.step(flat, gradient, 0.01, BETAS)
        expected.grad = gradient
        adam.step()
    assert torch.allclose(flat, expected, atol=1e-6)


def test_nothing_moves_before_there_are_bases() -> None:
    flat, soap = torch.ones(SIZE), Soap(SHAPES, HOST)
    moved = []
    for gradient in gradients(25):
        before = flat.clone()
        soap.step(flat, gradient, 0.01, BETAS)
        moved.append(not torch.equal(before, flat))
    assert moved == [False] * 20 + [True] * 5


def test_bases_are_those_in_which_gradients_are_uncorrelated() -> None:
    soap, flat = Soap([(5, 4)], HOST), torch.zeros(20)
    generator = torch.Generator().manual_seed(1)
    left, right = (torch.linalg.qr(torch.randn(n, n, generator=generator)).Q for n in (5, 4))
    spread = torch.outer(2.0 ** -torch.arange(5.0), 3.0 ** -torch.arange(4.0))
    for _ in range(400):
        gradient = left @ (spread * torch.randn(5, 4, generator=generator)) @ right.t()
        soap.step(flat, gradient.flatten(), 0.001, BETAS)
    found_left, found_right = soap.bases[:25].view(5, 5), soap.bases[25:].view(4, 4)
    for found, size in ((found_left, 5), (found_right, 4)):
        assert torch.allclose(found.t() @ found, torch.eye(size), atol=1e-5)
    assert (found_left.t() @ left).diagonal().abs().min() > 0.9
    assert (found_right.t() @ right).diagonal().abs().min() > 0.9


def test_tangled_weights_are_learned_sooner_than_with_adam() -> None:
    """Least squares with inputs that go together: 300 steps from nothing."""
    generator = torch.Generator().manual_seed(2)
    inputs = torch.randn(4096, 12, generator=generator) @ torch.randn(12, 12, generator=generator)
    wanted = torch.randn(12, 8, generator=generator)
    errors = []
    for fixed in (False, True):
        soap, flat = Soap([(12, 8)], HOST), torch.zeros(96)
        soap.forget(fixed)
        for step in range(300):
            wrong = inputs @ (flat.view(12, 8) - wanted)
            soap.step(flat, (inputs.t() @ wrong / len(inputs)).flatten(), 0.05 * (1.0 - step / 300), BETAS)
        errors.append(float((inputs @ (flat.view(12, 8) - wanted)).square().mean()))
    assert errors[0] < errors[1] / 4


def test_a_run_goes_on_as_if_nothing_had_happened() -> None:
    first, second = Soap(SHAPES, HOST), Soap(SHAPES, HOST)
    flat = torch.ones(SIZE)
    for gradient in gradients(37):
        first.step(flat, gradient, 0.01, BETAS)
    second.load_state({name: values.numpy().copy() for name, values in first.state().items()})
    other = flat.clone()
    for gradient in gradients(20, seed=5):
        first.step(flat, gradient, 0.01, BETAS)
        second.step(other, gradient, 0.01, BETAS)
    assert torch.equal(flat, other)


def test_a_state_of_other_matrices_is_refused() -> None:
    state = {name: values.numpy() for name, values in Soap(SHAPES, HOST).state().items()}
    with pytest.raises(ValueError, match="other matrices"):
        Soap([(5, 4)], HOST).load_state(state)
    del state["bases"]
    with pytest.raises(KeyError):
        Soap(SHAPES, HOST).load_state(state)


def test_without_a_gradient_nothing_moves_and_nothing_breaks() -> None:
    soap, flat = Soap(SHAPES, HOST), torch.ones(SIZE)
    for _ in range(45):
        soap.step(flat, torch.zeros(SIZE), 0.01, BETAS)
    soap.step(flat, torch.full((SIZE,), 1e-20), 0.01, BETAS)
    assert np.isfinite(flat.numpy()).all()
    assert (flat - 1.0).abs().max() < 0.2


@pytest.mark.parametrize("fixed", [False, True])
@pytest.mark.parametrize("shapes", [SHAPES, [(34, 64), (65, 64), (65, 9)], [(1, 1), (17, 3)]])
def test_compiled_steps_are_the_same(shapes: list[tuple[int, int]], fixed: bool) -> None:
    generator = torch.Generator().manual_seed(4)
    size = sum(rows * columns for rows, columns in shapes)
    plain, fast = Soap(shapes, HOST), Soap(shapes, HOST)
    fast.kernels = compiled.soap_kernels()
    flats = torch.zeros(2, size)
    for soap in (plain, fast):
        soap.forget(fixed)
    for step in range(30):
        gradient = torch.randn(size, generator=generator) * 0.1
        for soap, flat in zip((plain, fast), flats, strict=True):
            soap.step(flat, gradient, 0.01, BETAS)
        if step == 19:
            # Bases of directions that say nothing would differ by rounding alone.
            fast.bases.copy_(plain.bases)
    assert flats[0].abs().min() > 0.0
    assert torch.allclose(flats[0], flats[1], atol=2e-4)
    for name, values in plain.state().items():
        if name != "bases":
            assert torch.allclose(values.float(), fast.state()[name].float(), atol=2e-4), name
