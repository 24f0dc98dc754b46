"""What is learned: latent grids, updated row by row, and the decoder, as they are trained and as they are stored."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch

from core.codec.layout import code_type

_NEW_FEATURE = 0.05
"""Size of the random values that a feature begins with which was added on the way."""
_OTHER_INPUTS = 0.3
"""Scale of the first layer's random weights for inputs that are not latents."""


class Latents:
    """One latent grid as [cells, features] with the moments of Adam, updated row by row. It takes over the array."""

    def __init__(self, values: np.ndarray, bits: int, device: torch.device) -> None:
        self.shape = values.shape
        self.values = torch.from_numpy(values.reshape(-1, values.shape[2])).to(device)
        self.second = torch.zeros_like(self.values)
        self.slots = torch.zeros(len(self.values), dtype=torch.int64, device=device)
        self.visits = torch.zeros(len(self.values), 1, device=device)
        self.step_size = 2.0 / (2**bits - 1)
        self.code_type = code_type(bits)

    def with_features(self, kept: torch.Tensor, count: int, generator: torch.Generator) -> Latents:
        """These latents with the features ``kept`` and new ones, next to zero, up to ``count``."""
        latents = copy.copy(self)
        fresh = torch.rand(len(self.values), count - len(kept), generator=generator).to(self.values.device)
        latents.values = torch.cat([self.values[:, kept], (2.0 * fresh - 1.0) * _NEW_FEATURE], dim=1)
        latents.second = torch.cat([self.second[:, kept], torch.zeros_like(fresh)], dim=1)
        latents.shape = (*self.shape[:2], count)
        return latents

    def update(
        self,
        reads: Sequence[tuple[torch.Tensor, torch.Tensor]],
        rate: float,
        beta: float,
        update_rows: Callable[..., None],
    ) -> None:
        """One step of Adam for the rows that were read; rows read by several tiles get the sum of the gradients.

        ``update_rows`` is the function of ``kernels`` or of ``compiled`` of this name.
        """
        indices, gradients = [index for index, _ in reads], [gradient for _, gradient in reads]
        update_rows(self.values, self.second, self.visits, self.slots, indices, gradients, rate, beta)

    def codes(self) -> np.ndarray:
        """The nearest codes, [h, w, F]: uint8, above 8 bits uint16."""
        codes = (self.values + 1.0).div_(self.step_size).round_()
        return codes.cpu().numpy().astype(self.code_type).reshape(self.shape)

    def in_codes(self) -> np.ndarray:
        """The latents in units of codes, float32 [h, w, F] in 0 … 2^bits − 1."""
        return (self.values + 1.0).div_(self.step_size).cpu().numpy().reshape(self.shape)

    def freeze(self) -> None:
        """Let go of what only :meth:`update` needs; the moments stay, for checkpoints."""
        self.slots = self.slots[:0].clone()

    def set_codes(self, codes: np.ndarray) -> None:
        """Take the values that these codes [h, w, F] stand for."""
        values = torch.from_numpy(codes.astype(np.float32).reshape(-1, self.shape[2])).to(self.values.device)
        self.values = values.mul_(self.step_size).sub_(1.0)

    def rounded(self) -> torch.Tensor:
        """The nearest values that can be stored."""
        return (self.values + 1.0).div_(self.step_size).round_().mul_(self.step_size).sub_(1.0)


class Decoder:
    """The MLP's parameters in one flat vector, so that Adam is a handful of operations."""

    def __init__(self, shapes: Sequence[tuple[int, int]], features: int, seed: int, device: torch.device) -> None:
        """``features``: how many of the inputs are latents; they come first and begin with more say than the rest."""
        self.shapes = tuple(shapes)
        sizes = [n_in * n_out + n_out for n_in, n_out in self.shapes]
        self.flat = torch.zeros(sum(sizes), device=device)
        self.weights, self.biases = self.views(self.flat)
        generator = torch.Generator().manual_seed(seed)
        for i, (weight, (n_in, _)) in enumerate(zip(self.weights, self.shapes, strict=True)):
            gain = 1.0 if i == len(self.shapes) - 1 else math.sqrt(2.0)
            weight.copy_(torch.randn(weight.shape, generator=generator) * (gain / math.sqrt(n_in)))
        self.weights[0][features:] *= _OTHER_INPUTS
        self.first = torch.zeros_like(self.flat)
        self.second = torch.zeros_like(self.flat)
        self.steps = 0

    def views(self, flat: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Weights [in, out] and biases [out] as views of a flat vector."""
        weights, biases, at = [], [], 0
        for n_in, n_out in self.shapes:
            weights.append(flat[at : at + n_in * n_out].view(n_in, n_out))
            at += n_in * n_out
            biases.append(flat[at : at + n_out])
            at += n_out
        return weights, biases

    def restart(self) -> None:
        """Forget the moments: the objective changed."""
        self.first.zero_()
        self.second.zero_()
        self.steps = 0

    def update(self, gradient: torch.Tensor, rate: float, betas: tuple[float, float]) -> None:
        self.steps += 1
        self.first.lerp_(gradient, 1.0 - betas[0])
        self.second.lerp_(gradient.square(), 1.0 - betas[1])
        root = (self.second / (1.0 - betas[1] ** self.steps)).sqrt_().add_(1e-12)
        self.flat.addcdiv_(self.first, root, value=-rate / (1.0 - betas[0] ** self.steps))

    def quantised(self) -> torch.Tensor:
        """The flat vector as the file will hold it: 8-bit weights with one scale per output, 16-bit biases."""
        flat = self.flat.clone()
        weights, biases = self.views(flat)
        for weight, bias in zip(weights, biases, strict=True):
            scale = weight_scales(weight)
            weight.copy_((weight / scale).round_().clamp_(-127, 127) * scale)
            bias.copy_(bias.half().float())
        return flat


def weight_scales(weight: torch.Tensor) -> torch.Tensor:
    """The 16-bit scale per output column of a weight matrix [in, out], as float32."""
    return (weight.abs().amax(dim=0) / 127.0).half().float().clamp_min(2**-14)
