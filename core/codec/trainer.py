"""Trains latents and decoder together: a hand-written forward and backward pass over small texel tiles.

Why not autograd: a step here is a dozen narrow matrix products over a few thousand texels, and autograd's
bookkeeping and fresh buffers cost more than the arithmetic. ``tests/core/codec/test_trainer.py`` holds value
and gradient against an autograd version of the same step.

A step takes a few thousand texels as *tiles* (8 × 8 or 16 × 16 texels of one mip level, with the block of latents
that they lie between). Only latents that were read are updated (Adam with per-row moments), so a step costs the same
for any texture size.

The batch is split into *parts* (``parts.py``), one per core; each part works on its own tiles in its own thread, and
the sums are taken in a fixed order, so a run is repeatable for a seed and a number of parts. A part's work is one
compiled call, or tensor operations; on a GPU the whole step is the fused path's where that can be had.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch

from core.codec import compiled, kernels
from core.codec.fused import FusedPath, open_fused
from core.codec.layout import LatentLayout
from core.codec.neural_texture import Codes, Layer
from core.codec.parameters import Decoder, Latents, copy_array
from core.codec.parts import Part
from core.codec.sampling import Floats
from core.codec.start import principal_components
from core.codec.targets import Image, mean
from core.codec.tiles import Level

START_SIGMAS = {1: 1.0, 2: 1.5, 3: 3.0}
"""Standard deviations of a component that fill the range, by bits; 4 with more. Few bits need as much of the range as
can be used, or the noise drowns the start; with many there is room for what training will want to add."""
_FIT_BATCHES = 8
_MEASURE_EVERY = 4
_FIT_RIDGE = 1e-4
_BALANCE_RATE = 0.05
_SHARED_ODDS, _SMALLER_ODDS, _GROUP_ODDS = 0.8, 0.65, 0.4
_SETTLED_AT = 0.85
"""The part of the refinement after which all weights of the decoder are as they will be stored."""
_LEAST_ERROR = 1e-7
"""A map that is as good as this needs no more than its share: about 70 dB."""

LatentValues = Sequence[Sequence[Floats]]
LatentCodes = Sequence[Sequence[Codes]]


@dataclass(frozen=True)
class TrainerOptions:
    """The numbers of a training run; see docs/codec.md for what each was measured to bring.

    ``texels`` of a step: None takes 4096 on the compiled path, where small steps cost little, 8192 with tensor
    operations on a CPU, and 131072 on a GPU, where a step costs the same up to there. ``grid_rates`` may give single
    grids a rate of their own, in the layout's order. ``noise`` is in quantisation steps; with ``noise_anneal`` it falls
    linearly to nothing at ``round_at``, the part of the run from which latents are read rounded. Without ``fused`` a
    GPU takes the plain path, without ``compiled`` a CPU takes tensor operations; without ``soap`` the decoder learns by
    plain Adam.
    """

    texels: int | None = None
    lower_mips: float = 0.5
    lower_every: int = 4
    latent_rate: float = 0.1
    grid_rates: tuple[float | None, ...] = ()
    decoder_rate: float = 0.01
    latent_beta: float = 0.8
    decoder_betas: tuple[float, float] = (0.9, 0.95)
    noise: float = 1.0
    noise_anneal: bool = False
    round_at: float = 0.3
    freeze_at: float = 0.97
    refine_rate: float = 0.0005
    bf16: bool | None = None
    parts: int | None = None
    fused: bool = True
    compiled: bool = True
    soap: bool = True


class Trainer:
    """Holds the state of a run. Call :meth:`step` with the fraction of the run that is done, in [0, 1).

    ``pyramid`` gives the mips of the channels to be learned, level 0 first, [H, W, C] in [0, 1], one at a time.
    ``loss_weights`` weigh the channels' squared errors. With ``shares``, the number of the map that each channel
    belongs to, every map's error is divided by what it is at the moment, so that all maps count alike in dB. ``check``
    is called now and then during the start and may raise to give up. ``round_latents`` turns the latents into codes
    when they are frozen, both per mip group and grid [h, w, F], latents in units of codes; None takes the nearest.
    """

    def __init__(
        self,
        layout: LatentLayout,
        pyramid: Iterable[Image],
        seed: int,
        device: str = "cpu",
        options: TrainerOptions | None = None,
        loss_weights: Sequence[float] | None = None,
        shares: Sequence[int] | None = None,
        round_latents: Callable[[LatentValues], LatentCodes] | None = None,
        check: Callable[[], object] = lambda: None,
    ) -> None:
        self.layout = layout
        self.options = options or TrainerOptions()
        self.device = torch.device(device)
        bf16 = self.options.bf16
        if self.device.type == "cuda":
            # Sums in a fixed order, so that a seed gives the same file.
            torch.use_deterministic_algorithms(True, warn_only=True)
        self.dtype = torch.bfloat16 if (has_fast_bf16(self.device) if bf16 is None else bf16) else torch.float32
        on_cpu = self.device.type == "cpu" and self.dtype == torch.float32
        self.compiled = on_cpu and self.options.compiled and compiled.kernels() is not None
        self.offset = np.zeros(layout.channels, np.float32)
        self.levels: list[Level] = []
        self.grids: list[list[Latents]] = []
        for i, image in enumerate(pyramid):
            check()
            if i == 0:
                self.offset = mean(image)
            self.levels.append(Level(layout, i, image, self.offset, self.device))
            if i == layout.groups[layout.group_of(i)].first:
                self.grids.append(self._start_latents(image, len(self.grids), seed, check))
        self.decoder = self._new_decoder(layout, seed)
        self.compute = self.decoder.flat.to(self.dtype)
        self.compute_weights, self.compute_biases = self.decoder.views(self.compute)
        self.map_shares = None if shares is None else torch.tensor(shares, device=self.device)
        self.weigh(loss_weights)
        self.round_latents = round_latents
        self.seed = seed
        self.noise, self.parts = self._buffers()
        self.rng = np.random.default_rng(seed)
        self._aux_odds = np.cumsum(_lower_odds(layout))
        # Two threads with one core each run these narrow products almost twice as fast as one with two cores.
        self._threads_before = torch.get_num_threads()
        if self.device.type == "cpu":
            torch.set_num_threads(1)
        self.pool = ThreadPoolExecutor(len(self.parts), "trainer", initializer=torch.set_num_threads, initargs=(1,))
        self.steps = 0
        self.samples = 0
        self.frozen = False
        self.rounding_seconds = 0.0
        self.map_errors: torch.Tensor | None = None
        self._measured = 0
        self._fit_output_layer()
        self.fused: FusedPath | None = open_fused(self) if self.options.fused else None

    def close(self) -> None:
        """End the worker threads and let go of targets and latents: what is wanted of them has been asked for."""
        self.pool.shutdown(wait=True)
        torch.set_num_threads(self._threads_before)
        # Batches, parts and trainer know each other: without this, gigabytes would wait for the collector of cycles.
        for part in self.parts:
            part.batches.clear()
        self.parts, self.levels, self.grids, self.fused = [], [], [], None

    def _buffers(self) -> tuple[torch.Tensor, list[Part]]:
        """The bank of noise and what the cores work with, for the layout of the moment."""
        on_cpu = 4096 if self.compiled else 8192
        texels = self.options.texels or (on_cpu if self.device.type == "cpu" else 131072)
        # Every read takes its noise from a random place of a bank: drawing fresh numbers would cost more than the read.
        most = max(reader.reach * reader.features / level.tile**2 for level in self.levels for reader in level.readers)
        generator = torch.Generator().manual_seed(self.seed + 1)
        noise = (torch.rand(2**20 + int(2 * texels * most), generator=generator) - 0.5).to(self.device)
        parts = self.options.parts or (min(os.cpu_count() or 1, 4) if self.device.type == "cpu" else 1)
        return noise, [Part(self, texels // parts, self.seed * 1000 + i) for i in range(parts)]

    def weigh(self, loss_weights: Sequence[float] | None) -> None:
        """From now on, channels' squared errors count by these weights."""
        weights = [1.0] * self.layout.channels if loss_weights is None else loss_weights
        self.fixed_weights = torch.tensor(weights, dtype=torch.float32, device=self.device)
        self.loss_weights = self.fixed_weights if loss_weights is not None or self.map_shares is not None else None

    def resize(self, layout: LatentLayout) -> None:
        """Go on with other numbers of features per grid; all else of ``layout`` is as it was. Not once frozen.

        The features that say least to the decoder go, and what they usually said stays as a bias; new ones begin with
        next to nothing. The order of the tiles starts anew.
        """
        if layout == self.layout or self.frozen:
            return
        generator = torch.Generator().manual_seed(self.seed + self.steps)
        kept_inputs: list[torch.Tensor] = []
        new_inputs: list[torch.Tensor] = []
        old = new = 0
        first, bias = self.decoder.weights[0], self.decoder.biases[0]
        for which, (before, after) in enumerate(zip(self.layout.grids, layout.grids, strict=True)):
            values, weights = self.grids[0][which].values, first[old : old + before.features]
            says = values.var(dim=0) * weights.square().sum(dim=1)
            order = torch.argsort(says, descending=True)
            kept = order[: after.features].sort().values
            gone = order[after.features :]
            bias += values[:, gone].mean(dim=0) @ weights[gone]
            for own in self.grids:
                own[which] = own[which].with_features(kept, after.features, generator)
            kept_inputs.append(old + kept)
            new_inputs.append(new + torch.arange(len(kept), device=self.device))
            old, new = old + before.features, new + after.features
        others = torch.arange(layout.inputs - new, device=self.device)
        kept_rows, new_rows = torch.cat([*kept_inputs, old + others]), torch.cat([*new_inputs, new + others])
        fresh = self._new_decoder(layout, self.seed + self.steps)
        theirs, ours = self.decoder, fresh
        ours.weights[0][new_rows] = theirs.weights[0][kept_rows]
        for target, value in zip((*ours.weights[1:], *ours.biases), (*theirs.weights[1:], *theirs.biases), strict=True):
            target.copy_(value)
        self.decoder, self.layout = fresh, layout
        self.compute = fresh.flat.to(self.dtype)
        self.compute_weights, self.compute_biases = fresh.views(self.compute)
        for level in self.levels:
            for reader, grid in zip(level.readers, layout.grids, strict=True):
                reader.features = grid.features
        self.noise, self.parts = self._buffers()
        for i, part in enumerate(self.parts):
            part.rng = np.random.default_rng([self.steps, i])
        self._measured = 0
        self.fused = open_fused(self) if self.options.fused else None

    def _start_latents(self, image: Image, group: int, seed: int, check: Callable[[], object]) -> list[Latents]:
        grids = []
        for which, shape in enumerate(self.layout.groups[group].grids):
            check()
            sigmas = START_SIGMAS.get(shape.bits, 4.0)
            number = seed + 8 * group + which
            values = principal_components(image, shape.height, shape.width, shape.features, number, sigmas)
            grids.append(Latents(values, shape.bits, self.device))
        return grids

    def _new_decoder(self, layout: LatentLayout, seed: int) -> Decoder:
        decoder = Decoder(layout.layer_shapes, layout.features, seed, self.device)
        decoder.soap.kernels = compiled.soap_kernels() if self.compiled else None
        if not self.options.soap:
            decoder.soap.forget(fixed=True)
        return decoder

    def _fit_output_layer(self) -> None:
        """Solve the last layer by least squares for the random features before it: the first picture is usable."""
        self._load_compute_weights()
        width = self.layout.layer_shapes[-1][0]
        normal = torch.zeros(width + 1, width + 1, dtype=torch.float64)
        right = torch.zeros(width + 1, self.layout.channels, dtype=torch.float64)
        for _ in range(_FIT_BATCHES):
            features, targets = (values.double().cpu() for values in self.parts[0].last_hidden(0))
            features = torch.cat([features, torch.ones(len(features), 1, dtype=torch.float64)], dim=1)
            normal += features.t() @ features
            right += features.t() @ targets
        normal += torch.eye(width + 1, dtype=torch.float64) * (_FIT_RIDGE * normal.diagonal().mean())
        solution = torch.linalg.solve(normal, right).float()
        self.decoder.weights[-1].copy_(solution[:-1])
        self.decoder.biases[-1].copy_(solution[-1])

    def step(self, fraction: float) -> None:
        """One step of the schedule at ``fraction`` of the run."""
        options = self.options
        if fraction >= options.freeze_at and not self.frozen:
            self.freeze()
        rounding = fraction >= options.round_at and not self.frozen
        left = 1.0 - fraction / options.round_at if options.noise_anneal and options.round_at > 0 else 1.0
        strength = options.noise * max(0.0, left)
        if self.frozen:
            self.decoder.settle(self._settled_share(fraction))
        if self.fused is not None and self._fused_step(self.fused, fraction, rounding, strength):
            return
        self._load_compute_weights()
        self._run_parts(rounding, strength)
        gradient = self.parts[0].gradient.float()
        for part in self.parts[1:]:
            gradient += part.gradient
        rate, decoder_rate = self._rates(fraction)
        # Not shared among threads: to wake one up would take longer.
        if not self.frozen:
            self._update_grids(self._keys_read(), rate)
        self.decoder.update(gradient, decoder_rate, options.decoder_betas)
        self.steps += 1

    def _rates(self, fraction: float) -> tuple[float, float]:
        """The rates of latents and decoder at ``fraction`` of the run."""
        options = self.options
        if self.frozen:
            late = (fraction - options.freeze_at) / (1.0 - options.freeze_at)
            return 0.0, options.refine_rate * _cosine(late)
        falling = _cosine(fraction / options.freeze_at)
        return options.latent_rate * falling, options.decoder_rate * falling

    def _settled_share(self, fraction: float) -> float:
        """How many of the decoder's weights are settled: many soon, the last ones later, all in time for the
        biases to take up the last errors."""
        late = (fraction - self.options.freeze_at) / (1.0 - self.options.freeze_at)
        return 1.0 - (1.0 - min(1.0, max(0.0, late) / _SETTLED_AT)) ** 2

    def _fused_step(self, fused: FusedPath, fraction: float, rounding: bool, strength: float) -> bool:
        """Take the step on the fused path; False if that failed, and all others have to take the plain one."""
        taken = fused.step(self._next_aux(), rounding, strength, self._rates(fraction))
        if taken is None:
            self.fused = None
            return False
        if self.steps % _MEASURE_EVERY == 0:
            self._measured += 1
            self.parts[0].errors += fused.measured
            self.parts[0].measured.copy_(fused.measured)
            if self.map_shares is not None:
                self._balance(self.map_shares)
        self.samples += taken
        self.steps += 1
        return True

    def _keys_read(self) -> list[tuple[int, int]]:
        return sorted({key for part in self.parts for key in part.reads})

    def _update_grids(self, keys: Sequence[tuple[int, int]], rate: float) -> None:
        update_rows = compiled.update_rows if self.compiled else kernels.update_rows
        for key in keys:
            reads = [read for part in self.parts for read in part.reads.get(key, [])]
            own = dict(enumerate(self.options.grid_rates)).get(key[1])
            share = 1.0 if own is None else own / self.options.latent_rate
            self.grids[key[0]][key[1]].update(reads, rate * share, self.options.latent_beta, update_rows)

    def _run_parts(self, rounding: bool, strength: float = 1.0) -> None:
        aux = self._next_aux()
        measure = self.steps % _MEASURE_EVERY == 0
        asked = (aux, not self.frozen, rounding, measure, strength)
        jobs = [self.pool.submit(part.step, *asked) for part in self.parts[1:]]
        self.parts[0].step(*asked)
        for job in jobs:
            job.result()
        if measure and self.map_shares is not None:
            self._balance(self.map_shares)
        self.samples += sum(part.batches[aux].total for part in self.parts)
        self._measured += measure

    def _balance(self, shares: torch.Tensor) -> None:
        """Divide each map's loss by a running mean of its own error."""
        now = torch.stack([part.measured for part in self.parts]).mean(dim=0)
        self.map_errors = now if self.map_errors is None else self.map_errors.lerp_(now, _BALANCE_RATE)
        sums = torch.zeros(int(shares.max()) + 1, device=self.device).index_add_(0, shares, self.map_errors)
        weights = (1.0 / sums.clamp_min(_LEAST_ERROR))[shares] * self.fixed_weights
        self.loss_weights = weights / weights.mean()

    def _next_aux(self) -> int:
        """Now and then one of the lower levels, the larger ones more often; otherwise 0."""
        if len(self.levels) == 1 or self.steps % self.options.lower_every:
            return 0
        draw = self.rng.random() * self._aux_odds[-1]
        return 1 + int(np.searchsorted(self._aux_odds, draw, side="right"))

    def shares(self, texels: int, aux: int) -> list[tuple[Level, int]]:
        """How many tiles of level 0 and of level ``aux`` a part with this many texels takes."""
        top = self.levels[0]
        if aux == 0:
            return [(top, max(1, texels // top.tile**2))]
        # Every batch has the same number of rows: matrix products of a new size would be set up anew.
        level, texels_per_tile = self.levels[aux], max(level.tile for level in self.levels) ** 2
        lower = max(1, round(texels * self.options.lower_mips / texels_per_tile)) * texels_per_tile
        return [(top, max(1, (texels - lower) // top.tile**2)), (level, lower // level.tile**2)]

    def _load_compute_weights(self) -> None:
        self.compute.copy_(self.decoder.flat)

    def freeze(self) -> None:
        """Round the latents for good; from here on only the decoder learns, while its weights settle."""
        began = time.perf_counter()
        for own in self.grids:
            for grid in own:
                grid.freeze()
        if self.round_latents is None:
            for own in self.grids:
                for grid in own:
                    grid.values = grid.rounded()
        else:
            found = self.round_latents([[grid.in_codes() for grid in own] for own in self.grids])
            for own, codes in zip(self.grids, found, strict=True):
                for grid, chosen in zip(own, codes, strict=True):
                    grid.set_codes(chosen)
        self.rounding_seconds = time.perf_counter() - began
        self.decoder.freeze()
        self.frozen = True

    def thaw(self) -> None:
        """Take back :meth:`freeze`, but for the rounding: latents and decoder learn again."""
        for own in self.grids:
            for grid in own:
                grid.thaw()
        self.decoder.thaw(soap=self.options.soap)
        self.frozen = False
        self.fused = open_fused(self) if self.options.fused else None

    @property
    def measured(self) -> bool:
        """The last step measured its errors, as every fourth does."""
        return self.steps % _MEASURE_EVERY == 1

    def take_errors(self) -> tuple[np.ndarray, int] | None:
        """Mean square error per channel over the level-0 texels seen since the last call, [C], and how many steps
        measured it; None without any."""
        if not self._measured:
            return None
        total = torch.stack([part.errors for part in self.parts]).sum(dim=0)
        errors = (total / (self._measured * len(self.parts))).cpu().numpy()
        for part in self.parts:
            part.errors.zero_()
        steps, self._measured = self._measured, 0
        return errors, steps

    def codes(self) -> tuple[tuple[np.ndarray, ...], ...]:
        """The latents as stored: per group and grid uint8 [h, w, F], uint16 above 8 bits."""
        return tuple(tuple(grid.codes() for grid in own) for own in self.grids)

    def layers(self) -> tuple[Layer, ...]:
        """The decoder as stored."""
        return tuple(Layer(*(values.cpu().numpy() for values in layer)) for layer in self.decoder.stored())

    def state(self) -> dict[str, np.ndarray]:
        """Everything needed to go on later, as plain arrays."""
        arrays = self.decoder.state()
        for i, own in enumerate(self.grids):
            for j, grid in enumerate(own):
                arrays[f"latents_{i}_{j}"] = grid.values
                arrays[f"second_{i}_{j}"] = grid.second
                arrays[f"visits_{i}_{j}"] = grid.visits
        state = {name: tensor.cpu().numpy() for name, tensor in arrays.items()}
        state["counts"] = np.array([self.steps, self.samples, int(self.frozen)], np.int64)
        return state

    def load_state(self, state: Mapping[str, np.ndarray]) -> None:
        """Go on from :meth:`state`. Raises ValueError or KeyError if it belongs to another layout.

        The order of the tiles and the noise start anew, from a seed that depends on the step.
        """
        decoder = self.decoder
        decoder.load_state(state)
        for i, own in enumerate(self.grids):
            for j, grid in enumerate(own):
                copy_array(grid.values, state[f"latents_{i}_{j}"])
                copy_array(grid.second, state[f"second_{i}_{j}"])
                copy_array(grid.visits, state[f"visits_{i}_{j}"])
        # Older versions counted the decoder's steps here, too.
        self.steps, self.samples, *_, frozen = (int(count) for count in state["counts"])
        self.frozen = bool(frozen)
        if self.frozen and decoder.scales is None:
            decoder.freeze()
        for i, part in enumerate(self.parts):
            part.rng = np.random.default_rng([self.steps, i])
        self.rng = np.random.default_rng([self.steps, len(self.parts)])


def _lower_odds(layout: LatentLayout) -> list[float]:
    """How often each level below the first is taken, in proportion.

    Levels with latents of their own need it most, the largest of them first: those of the first group come along with
    level 0, and the smallest have so few texels that they are learned in no time.
    """
    odds = []
    for level in range(1, layout.mip_levels):
        number = layout.group_of(level)
        smaller = _SMALLER_ODDS ** (level - max(1, layout.groups[number].first))
        odds.append((_SHARED_ODDS if number == 0 else _GROUP_ODDS ** (number - 1)) * smaller)
    return odds or [1.0]


def _cosine(fraction: float) -> float:
    return 0.5 * (1.0 + math.cos(math.pi * min(max(fraction, 0.0), 1.0)))


def has_fast_bf16(device: torch.device) -> bool:
    """Whether matrix products in bfloat16 are faster than in float32 there."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported()
    if device.type != "cpu":
        return False
    capability = torch.backends.cpu.get_cpu_capability()
    return bool(getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)()) and capability.startswith("AVX512")
