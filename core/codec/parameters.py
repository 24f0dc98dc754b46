"""What is learned: latent grids, updated row by row, and the decoder, as they are trained and as they are stored."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch

from core.codec.layout import code_type
from core.soap import Soap

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

    def thaw(self) -> None:
        """Take back :meth:`freeze`."""
        self.slots = torch.zeros(len(self.values), dtype=torch.int64, device=self.values.device)

    def set_codes(self, codes: np.ndarray) -> None:
        """Take the values that these codes [h, w, F] stand for."""
        values = torch.from_numpy(codes.astype(np.float32).reshape(-1, self.shape[2])).to(self.values.device)
        self.values = values.mul_(self.step_size).sub_(1.0)

    def rounded(self) -> torch.Tensor:
        """The nearest values that can be stored."""
        return (self.values + 1.0).div_(self.step_size).round_().mul_(self.step_size).sub_(1.0)


class Decoder:
    """The MLP's parameters in one flat vector: layer by layer weights and biases, [inputs + 1, outputs]."""

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
        self.soap = Soap([(n_in + 1, n_out) for n_in, n_out in self.shapes], device)
        self.scales: torch.Tensor | None = None
        """Of every weight the scale that its codes will have, 0 for biases; None while that is open."""
        self.settled = torch.zeros_like(self.flat, dtype=torch.bool)
        """The weights that have the values they will be stored with."""
        self._kept = torch.zeros_like(self.flat)
        self._turn = torch.rand(self.flat.shape, generator=generator).to(device)

    def views(self, flat: torch.Tensor) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Weights [in, out] and biases [out] as views of a flat vector."""
        weights, biases, at = [], [], 0
        for n_in, n_out in self.shapes:
            weights.append(flat[at : at + n_in * n_out].view(n_in, n_out))
            at += n_in * n_out
            biases.append(flat[at : at + n_out])
            at += n_out
        return weights, biases

    def freeze(self) -> None:
        """Choose the scales of the stored weights and forget the moments: the objective changes.

        From here on it is plain Adam: weights settle one by one.
        """
        self.soap.forget(fixed=True)
        self.scales = torch.zeros_like(self.flat)
        for scale, weight in zip(self.views(self.scales)[0], self.weights, strict=True):
            scale.copy_(weight_scales(weight).expand_as(weight))

    def thaw(self, *, soap: bool) -> None:
        """Take back :meth:`freeze`: all weights are free again and learn by SOAP or by plain Adam."""
        self.soap.forget(fixed=not soap)
        self.scales = None
        self.settled.zero_()

    def settle(self, share: float) -> None:
        """Give this share of the weights the values they will be stored with; the rest makes up for the errors.

        Which ones is a matter of chance, and those of a smaller share stay. Rounding all of them and learning through
        it, straight, lets whole columns swing between two codes without end: the better the rest is trained, the more
        that costs, several dB. Method: incremental quantisation (Zhou et al. 2017).
        """
        assert self.scales is not None, "settle comes after freeze"
        fresh = (self._turn < share) & (self.scales > 0) & ~self.settled
        scales = self.scales.clamp_min(2**-14)
        self._kept.copy_(torch.where(fresh, _nearest_codes(self.flat, scales) * scales, self._kept))
        self.settled |= fresh
        self.hold()

    def hold(self) -> None:
        """Put settled weights back, after something has moved all."""
        self.flat.copy_(torch.where(self.settled, self._kept, self.flat))

    def update(self, gradient: torch.Tensor, rate: float, betas: tuple[float, float]) -> None:
        """One step; settled weights stay."""
        self.soap.step(self.flat, gradient, rate, betas)
        if self.scales is not None:
            self.hold()

    def stored(self) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
        """Per layer the codes of the weights, int8 [in, out], their scales and the biases, 16-bit floats [out]."""
        scales = None if self.scales is None else [scale[0] for scale in self.views(self.scales)[0]]
        layers = []
        for i, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            scale = weight_scales(weight) if scales is None else scales[i]
            layers.append((_nearest_codes(weight, scale).to(torch.int8), scale.half(), bias.half()))
        return layers

    def state(self) -> dict[str, torch.Tensor]:
        """What :meth:`load_state` needs."""
        state = {"decoder": self.flat} | {f"decoder_{name}": values for name, values in self.soap.state().items()}
        if self.scales is not None:
            state |= {"decoder_scales": self.scales, "decoder_settled": self.settled}
        return state

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Raises KeyError or ValueError if it is that of another decoder. Moments of older versions are forgotten."""
        copy_array(self.flat, state["decoder"])
        if "decoder_scales" in state:
            self.scales = torch.zeros_like(self.flat)
            copy_array(self.scales, state["decoder_scales"])
            copy_array(self.settled, state["decoder_settled"])
            self._kept.copy_(self.flat)
        if "decoder_bases" in state:
            self.soap.load_state({name: state[f"decoder_{name}"] for name in self.soap.state()})
        else:
            self.soap.forget(fixed=self.scales is not None)


def _nearest_codes(weights: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return (weights / scales).round_().clamp_(-127, 127)


def weight_scales(weight: torch.Tensor) -> torch.Tensor:
    """The 16-bit scale per output column of a weight matrix [in, out], as float32."""
    return (weight.abs().amax(dim=0) / 127.0).half().float().clamp_min(2**-14)


def copy_array(target: torch.Tensor, values: np.ndarray) -> None:
    """Fill a tensor; raises ValueError if the array has another shape."""
    if tuple(values.shape) != tuple(target.shape):
        raise ValueError("the state belongs to another layout")
    target.copy_(torch.from_numpy(values))
