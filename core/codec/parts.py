"""One core's share of a training step: which tiles come next, and the passes over them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from core.codec.compiled import CompiledBatch
from core.codec.scripted import Buffers, ScriptedBatch
from core.codec.tiles import Level

if TYPE_CHECKING:
    from core.codec.trainer import Trainer


@dataclass(frozen=True)
class Reading:
    """How latents are read: ``rounded`` as they will be stored, ``noisy`` with noise of ``strength`` quantisation
    steps, or as they are."""

    rounded: bool = False
    noisy: bool = False
    strength: float = 1.0


class Batch(Protocol):
    """One fixed division of a part's texels among levels.

    ``total`` texels, ``measured`` of them of level 0, which come first; ``keys`` are group and grid of every read.
    """

    total: int
    measured: int
    keys: list[tuple[int, int]]

    def run(
        self,
        tiles: Sequence[np.ndarray],
        noise: Sequence[int],
        reading: Reading,
        train_latents: bool,
        squares: torch.Tensor | None,
        last_hidden: torch.Tensor | None = None,
    ) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        """Both passes over these tiles of every level, with noise from these places of the bank for every read.

        Leaves the decoder's gradient in the part. ``squares`` [C] takes the mean square errors of what is measured and
        ``last_hidden`` [total, width] what the last layer is given. Returns which latents every read has read, and
        their gradients [rows, F] with ``train_latents``; both are overwritten by the next run.
        """
        ...


class Part:
    """One core's share of every step."""

    def __init__(self, trainer: Trainer, texels: int, seed: int) -> None:
        self.trainer = trainer
        self.dtype, self.device = trainer.dtype, trainer.device
        self.texels = texels
        self.gradient = torch.zeros(trainer.decoder.flat.shape, dtype=self.dtype, device=self.device)
        self.weight_gradients, self.bias_gradients = trainer.decoder.views(self.gradient)
        self.rng = np.random.default_rng(seed)
        self.orders: dict[int, tuple[np.ndarray, int]] = {}
        self.batches: dict[int, Batch] = {}
        self.reads: dict[tuple[int, int], list[tuple[torch.Tensor, torch.Tensor]]] = {}
        self.errors = torch.zeros(trainer.layout.channels, device=self.device)
        self.measured = torch.zeros(trainer.layout.channels, device=self.device)
        self._buffers: Buffers | None = None

    def next_picks(self, level: Level, count: int) -> np.ndarray:
        """Flat indices of the next tiles of a shuffled order in which every tile comes once."""
        order, at = self.orders.get(id(level), (np.empty(0, np.int64), 0))
        picks = order[at : at + count]
        at += count
        if len(picks) < count:
            # Small levels come many times in one step: all at once, or a step would wait for thousands of orders.
            at = count - len(picks)
            orders = np.tile(np.arange(level.tiles), (math.ceil(at / level.tiles), 1))
            order = self.rng.permuted(orders, axis=1).ravel()
            picks = np.concatenate([picks, order[:at]])
        self.orders[id(level)] = (order, at)
        return picks

    def step(self, aux: int, train_latents: bool, rounding: bool, measure: bool, strength: float = 1.0) -> None:
        """Forward and backward over level 0 and level ``aux``; leaves decoder gradients and latent reads behind.

        ``strength`` of the noise in quantisation steps, where latents are trained and not read rounded.
        """
        reading = Reading(rounding, train_latents and not rounding, 1.0 if rounding else strength)
        squares = self.measured.zero_() if measure else None
        batch, picks, begins = self._next(aux, reading.noisy)
        indices, gradients = batch.run(picks, begins, reading, train_latents, squares)
        if measure:
            self.errors += self.measured
        self.reads = {}
        if train_latents:
            for key, index, gradient in zip(batch.keys, indices, gradients, strict=True):
                self.reads.setdefault(key, []).append((index, gradient))

    def last_hidden(self, aux: int) -> tuple[torch.Tensor, torch.Tensor]:
        """What the last layer is given at the texels of a step and what it should make of it, [texels, width], [texels,
        C]."""
        batch, picks, begins = self._next(aux, noisy=False)
        hidden = torch.zeros(batch.total, self.trainer.layout.layer_shapes[-1][0], dtype=self.dtype, device=self.device)
        batch.run(picks, begins, Reading(), False, None, hidden)
        levels = (level for level, _ in self.trainer.shares(self.texels, aux))
        flat = (torch.from_numpy(own).to(self.device) for own in picks)
        targets = [level.targets[own].flatten(0, 1) for level, own in zip(levels, flat, strict=True)]
        return hidden, torch.cat(targets)

    def _next(self, aux: int, noisy: bool) -> tuple[Batch, list[np.ndarray], list[int]]:
        """The next tiles of every level, and a place in the bank of noise for each of their reads."""
        shares = self.trainer.shares(self.texels, aux)
        if aux not in self.batches:
            self.batches[aux] = self._divided(shares)
        picks: list[np.ndarray] = []
        begins: list[int] = []
        bank = len(self.trainer.noise)
        for level, count in shares:
            picks.append(self.next_picks(level, count))
            for reader in level.readers:
                taken = count * reader.reach * reader.features if noisy else 0
                begins.append(int(self.rng.integers(0, bank - taken)))
        return self.batches[aux], picks, begins

    def _divided(self, shares: Sequence[tuple[Level, int]]) -> Batch:
        if self.trainer.compiled:
            return CompiledBatch(self, shares)
        if self._buffers is None:
            self._buffers = Buffers(self)
        return ScriptedBatch(self, self._buffers, shares)
