"""SOAP: Adam in the eigenbases of Shampoo's factors, for the few small matrices of one MLP.

Adam gives every weight a rate of its own, but what the weights of a layer do is tangled: in the basis in which the
gradients of a layer are uncorrelated, rates of their own are worth far more. For networks as small as these the bases
cost next to nothing. Method: Vyas et al. 2024; the bases follow by one step of orthogonal iteration now and then. What
it brings is in docs/benchmarks/ablation.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch

_Tensors = tuple[torch.Tensor, ...]
_WARM_UP = 20
"""Gradients that are seen before anything moves: the first bases come from them."""
_EVERY = 10
"""Steps after which the bases are brought up to date."""
_FADING = 0.95
"""What is left of the factors after another gradient."""
_MOST = 1.0
"""The longest step in a direction, in rates: where the squares are known, Adam's steps are hardly ever longer."""


class Soap:
    """Moves a flat vector that holds matrices one after the other, by their gradients.

    ``shapes``: (rows, columns) of each. On a GPU :meth:`move` can be part of a CUDA graph; :meth:`next_numbers` comes
    before it and :meth:`follow` after it.
    """

    def __init__(self, shapes: Sequence[tuple[int, int]], device: torch.device) -> None:
        self.shapes = tuple(shapes)
        size = sum(rows * columns for rows, columns in self.shapes)
        squares = sum(rows * rows + columns * columns for rows, columns in self.shapes)
        self.first = torch.zeros(size, device=device)
        """Mean of the gradients, in the bases."""
        self.second = torch.zeros(size, device=device)
        """Mean of their squares, in the bases."""
        self.factors = torch.zeros(squares, device=device)
        """Mean of G Gᵀ and Gᵀ G of each matrix."""
        self.bases = torch.zeros(squares, device=device)
        """Their eigenvectors in columns, the most important first; nothing until there are any: then nothing moves."""
        self.seen = 0
        """Gradients so far."""
        self._bases, self._factors = self._squares(self.bases), self._squares(self.factors)
        # Room that every step uses: fresh memory would cost more than the arithmetic.
        self._turned, half = torch.zeros_like(self.first), torch.zeros_like(self.first)
        self._turneds, self._halves = self._matrices(self._turned), self._matrices(half)
        self.fixed = False
        self.kernels: Any = None
        """``soap_kernels``, to take steps with them; None for tensor operations."""
        self._sizes = np.array(self.shapes, np.int64)

    def forget(self, fixed: bool = False) -> None:
        """Begin anew, as for another objective; with ``fixed`` as plain Adam, each number for itself."""
        for values in (self.first, self.second, self.factors, self.bases):
            values.zero_()
        self.seen = 0
        self.fixed = fixed
        if fixed:
            for basis in self._bases:
                basis.fill_diagonal_(1.0)

    def step(self, flat: torch.Tensor, gradient: torch.Tensor, rate: float, betas: tuple[float, float]) -> None:
        """One step of ``flat`` down its ``gradient``, both as long as all matrices together."""
        self.move(flat, gradient, *self.next_numbers(rate, betas), betas)
        self.follow()

    def next_numbers(self, rate: float, betas: tuple[float, float]) -> tuple[float, float]:
        """What the next :meth:`move` takes: the rate and the factor of the squares, both corrected for the start."""
        self.seen += 1
        count = self.seen if self.fixed else max(self.seen - _WARM_UP, 1)
        return rate / (1.0 - betas[0] ** count), 1.0 / (1.0 - betas[1] ** count)

    def move(
        self,
        flat: torch.Tensor,
        gradient: torch.Tensor,
        rate: float | torch.Tensor,
        correction: float | torch.Tensor,
        betas: tuple[float, float],
    ) -> None:
        """Adam's step in the bases of the moment, with the numbers of :meth:`next_numbers`."""
        if self.kernels is not None:
            given = (flat, gradient, self.first, self.second, self.bases, self.factors)
            numbers = (rate, correction, *betas, _FADING, _MOST)
            self.kernels.move(
                self._sizes, *(tensor.numpy() for tensor in given), *map(np.float32, numbers), not self.fixed
            )
            return
        if self.fixed:
            self._turned.copy_(gradient)
        else:
            for left, right, g, half, turned in self._turning(gradient):
                torch.mm(left.t(), g, out=half)
                torch.mm(half, right, out=turned)
        self.first.lerp_(self._turned, 1.0 - betas[0])
        self.second.lerp_(self._turned.square_(), 1.0 - betas[1])
        torch.mul(self.second, correction, out=self._turned).sqrt_().add_(1e-12)
        direction = torch.div(self.first, self._turned, out=self._turned)
        # Where a basis has just turned, the squares may be those of another direction, far too small ones.
        direction.clamp_(-_MOST, _MOST).mul_(-rate)
        if self.fixed:
            flat += direction
            return
        for left, right, values, half, turned in self._turning(flat):
            torch.mm(left, turned, out=half)
            values.addmm_(half, right.t())
        for left, right, g, _, _ in self._turning(gradient, self._factors):
            left.addmm_(g, g.t(), beta=_FADING, alpha=1.0 - _FADING)
            right.addmm_(g.t(), g, beta=_FADING, alpha=1.0 - _FADING)

    def follow(self) -> None:
        """After a :meth:`move`: bring the bases up to date when it is time for it."""
        first = self.seen == _WARM_UP
        if self.fixed or (not first and (self.seen < _WARM_UP or self.seen % _EVERY)):
            return
        # So small matrices are factorised faster on the host than on a GPU.
        squares = self._squares(self.factors.cpu())
        if first:
            self._take_bases([torch.linalg.eigh(square.double()).eigenvectors.flip(1).float() for square in squares])
        else:
            old = self._squares(self.bases.cpu())
            self._take_bases([torch.linalg.qr(s @ b).Q for s, b in zip(squares, old, strict=True)])

    def _take_bases(self, found: Sequence[torch.Tensor]) -> None:
        """Use these bases from now on; the mean gradient is expressed in them."""
        before = self.bases.clone()
        for basis, new in zip(self._bases, found, strict=True):
            basis.copy_(new)
        olds, news = self._squares(before), self._bases
        for number, first in enumerate(self._matrices(self.first)):
            (left, right), (new_left, new_right) = (each[2 * number : 2 * number + 2] for each in (olds, news))
            first.copy_(new_left.t() @ left @ first @ right.t() @ new_right)

    def state(self) -> dict[str, torch.Tensor]:
        """What :meth:`load_state` needs."""
        return {
            "first": self.first,
            "second": self.second,
            "factors": self.factors,
            "bases": self.bases,
            "counts": torch.tensor([self.seen, int(self.fixed)]),
        }

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from :meth:`state`. Raises KeyError or ValueError if it is that of other matrices."""
        for name, target in self.state().items():
            if tuple(state[name].shape) != tuple(target.shape):
                raise ValueError("the state belongs to other matrices")
            target.copy_(torch.from_numpy(state[name]))
        self.seen, fixed = (int(count) for count in state["counts"])
        self.fixed = bool(fixed)

    def _turning(self, flat: torch.Tensor, squares: Sequence[torch.Tensor] | None = None) -> Iterator[_Tensors]:
        """(left basis, right basis, matrix in ``flat``, room, matrix in the basis) of each; or of other squares."""
        squares = squares or self._bases
        return zip(squares[::2], squares[1::2], self._matrices(flat), self._halves, self._turneds, strict=True)

    def _matrices(self, flat: torch.Tensor) -> list[torch.Tensor]:
        return _cut(flat, self.shapes)

    def _squares(self, flat: torch.Tensor) -> list[torch.Tensor]:
        """Left and right of each matrix in turn."""
        return _cut(flat, [(size, size) for shape in self.shapes for size in shape])


def _cut(flat: torch.Tensor, shapes: Sequence[tuple[int, int]]) -> list[torch.Tensor]:
    found, at = [], 0
    for rows, columns in shapes:
        found.append(flat[at : at + rows * columns].view(rows, columns))
        at += rows * columns
    return found
