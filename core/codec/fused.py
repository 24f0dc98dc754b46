"""A training step on a GPU as a handful of launches: fused passes, row updates, decoder update, in one CUDA graph.

The plain path (``kernels.py``) spends its time between some hundred short operations; here a step is two kernels per
level, one that adds up, and the decoder's few small products, replayed as a graph. What a step does is the same, with
the same tiles and noise: :meth:`FusedPath.difference` holds it against the plain path before a run starts, and whatever
can't be fused, compiled or launched is left to the plain path.
"""

from __future__ import annotations

import importlib.util
import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.codec.fused_tables import LatentStore, LevelReads, corners, power_of_two

if TYPE_CHECKING:
    from core.codec.trainer import Trainer

_log = logging.getLogger(__name__)

_STRENGTH, _LATENT_RATE, _DECODER_RATE, _CORRECTION, _READS = range(5)
"""Where a step's numbers lie: strength of the noise, two rates, Adam's correction; then where each read's noise is."""
_PROGRAMS = 264
"""Programs per level, two for each of an H200's multiprocessors. A fixed number: sums are the same on every card."""
_MOST_ROWS = 32
"""Texels that a program works on at once: with more, registers are spilled."""
_MOST_WIDTH = 64
_MOST_INPUTS = 128
_MOST_CORNERS = 128
_AHEAD = 16
"""Steps that may wait on the GPU before the host waits for them: a time budget is for the GPU's work, too."""
_EAGER_STEPS = 8
"""A kind of step becomes a graph when it has come up so often: a capture takes as long as some hundred launches."""
_TOLERANCE = 0.15
"""Relative difference to the plain path's gradients that is still bfloat16: its own to float32 is up to 0.05."""


def open_fused(trainer: Trainer) -> FusedPath | None:
    """The fused path for this trainer, or None where the plain path has to do; the log says why."""
    problem = _obstacle(trainer) or uncovered(trainer)
    if problem is not None:
        _log.info("Training takes the plain path: %s.", problem)
        return None
    try:
        path = FusedPath(trainer)
        difference = path.difference()
    except Exception:  # whatever a compiler or a driver may raise: the plain path still gives a result
        _log.warning("Training takes the plain path: the fused one can't be set up on this GPU.", exc_info=True)
        return None
    if difference > _TOLERANCE:
        _log.warning("Training takes the plain path: gradients of the fused one differ by %.0f %%.", 100 * difference)
        return None
    return path


def _obstacle(trainer: Trainer) -> str | None:
    if trainer.device.type != "cuda":
        return "there is no CUDA device"
    if trainer.dtype != torch.bfloat16 or torch.cuda.get_device_capability(trainer.device) < (8, 0):
        return "the GPU has no bfloat16"
    if importlib.util.find_spec("triton") is None:
        return "Triton is not installed"
    return None


def uncovered(trainer: Trainer) -> str | None:
    """What about a trainer's layout the kernels don't cover; None if they cover it."""
    layout = trainer.layout
    if len(layout.hidden) != 2 or max(*layout.hidden, layout.channels) > _MOST_WIDTH:
        return f"the decoder doesn't have two hidden layers of at most {_MOST_WIDTH}"
    if not all(level.alike for level in trainer.levels):
        return "tiles differ in how they interpolate, as they do for sizes that are no powers of two"
    if layout.inputs >= _MOST_INPUTS or max(corners(level) for level in trainer.levels) > _MOST_CORNERS:
        return "tiles read too many latents"
    if sum(grid.values.numel() for own in trainer.grids for grid in own) >= 2**31:
        return "there are too many latents"
    return None


@dataclass(frozen=True)
class _Segment:
    """A level's share of a step: ``count`` tiles, and where its numbers lie in the control vector."""

    reads: LevelReads
    count: int
    programs: int
    first_slot: int
    first_program: int
    reads_at: int
    picks_at: int


@dataclass(frozen=True)
class _Plan:
    """The division of a step among levels. ``measured`` texels of level 0, ``total`` of all; ``programs`` of all."""

    segments: tuple[_Segment, ...]
    measured: int
    total: int
    programs: int


class FusedPath:
    """Takes a trainer's steps on its device. It keeps no state of its own that the trainer's checkpoint would miss."""

    def __init__(self, trainer: Trainer) -> None:
        from core.codec import fused_kernels

        self.kernels: Any = fused_kernels
        self.trainer, self.device = trainer, trainer.device
        options = trainer.options
        own = dict(enumerate(options.grid_rates))
        rates = [own.get(i) for i in range(len(trainer.layout.grids))]
        shares = [1.0 if rate is None else rate / options.latent_rate for rate in rates]
        self.store = LatentStore(trainer.grids, trainer.device)
        padded = power_of_two(max(corners(level) for level in trainer.levels))
        self.reads = [LevelReads(level, self.store, shares, trainer.dtype, padded) for level in trainer.levels]
        self.plans = [self._plan(aux) for aux in range(len(trainer.levels))]
        self.size = len(trainer.decoder.flat)
        self.width = self.size + trainer.layout.channels
        self.partials = torch.zeros(2 * _PROGRAMS, self.width, device=self.device)
        self.gradient = torch.zeros(self.size, device=self.device)
        self.loss_weights = torch.ones(trainer.layout.channels, device=self.device)
        self.measured = torch.zeros(trainer.layout.channels, device=self.device)
        """Mean square error per channel of the last step's level-0 texels."""
        last = [plan.segments[-1] for plan in self.plans]
        self.control = _Control(max(segment.picks_at + segment.count for segment in last), self.device)
        self.seen: dict[tuple[int, bool, bool], int] = {}
        self.graphs: dict[tuple[int, bool, bool], torch.cuda.CUDAGraph] = {}
        self.capturing = self.device.type == "cuda"

    def _plan(self, aux: int) -> _Plan:
        trainer = self.trainer
        shares = trainer.shares(trainer.parts[0].texels, aux)
        picks_at = _READS + sum(len(level.readers) for level, _ in shares)
        segments: list[_Segment] = []
        slot = program = 0
        reads_at = _READS
        for level, count in shares:
            reads, programs = self.reads[trainer.levels.index(level)], min(count, _PROGRAMS)
            segments.append(_Segment(reads, count, programs, slot, program, reads_at, picks_at + slot))
            slot += count
            program += programs
            reads_at += len(level.readers)
        texels = [count * level.tile**2 for level, count in shares]
        return _Plan(tuple(segments), texels[0], sum(texels), program)

    def step(self, aux: int, rounding: bool, strength: float, rates: tuple[float, float]) -> int | None:
        """One step over level 0 and level ``aux`` with these rates of latents and decoder.

        ``strength`` of the noise is in quantisation steps. Returns the number of texels, or None if the step couldn't
        be taken, which the log tells; the trainer's state is then as good as before.
        """
        trainer = self.trainer
        plan, kind = self.plans[aux], (aux, rounding, trainer.frozen)
        decoder = trainer.decoder
        try:
            self.store.adopt()
            if trainer.loss_weights is not None:
                self.loss_weights.copy_(trainer.loss_weights)
            noisy = not (rounding or trainer.frozen)
            numbers = decoder.soap.next_numbers(rates[1], trainer.options.decoder_betas)
            self._choose(plan, noisy, (strength, rates[0], *numbers))
            self._replay(kind, lambda: self._run(plan, rounding))
            decoder.soap.follow()
        except Exception:  # as in open_fused
            _log.warning("Training goes on on the plain path: a fused step failed.", exc_info=True)
            return None
        if trainer.frozen:
            decoder.hold()
        return plan.total

    def _choose(self, plan: _Plan, noisy: bool, numbers: Sequence[float]) -> None:
        """Draw the next tiles and their noise, in the plain path's order, and send them to the device."""
        part, bank = self.trainer.parts[0], len(self.trainer.noise)
        picks, begins = [], []
        for segment in plan.segments:
            level = segment.reads.level
            picks.append(part.next_picks(level, segment.count))
            for reader in level.readers:
                taken = segment.count * reader.reach * reader.features if noisy else 0
                begins.append(int(part.rng.integers(0, bank - taken)))
        self.control.send(numbers, begins, picks)

    def _run(self, plan: _Plan, rounding: bool) -> None:
        frozen = self.trainer.frozen
        decoder = self.trainer.decoder
        self.trainer.compute.copy_(decoder.flat)
        kernels = self.kernels
        reading = kernels.FROZEN if frozen else kernels.ROUNDED if rounding else kernels.NOISE
        for segment in plan.segments:
            self._passes(segment, reading)
        if not frozen:
            for segment in plan.segments:
                self._update_latents(segment)
        self._update_decoder(plan)

    def _passes(self, segment: _Segment, reading: int) -> None:
        trainer, reads, store, level = self.trainer, segment.reads, self.store, segment.reads.level
        layout = trainer.layout
        texels = level.tile**2
        tl = self.kernels.tl
        self.kernels.passes[(segment.programs,)](
            self.control.values,
            self.control.numbers,
            store.values,
            store.gradient,
            store.owners,
            trainer.noise,
            trainer.compute,
            level.targets,
            reads.mixers,
            self.loss_weights,
            reads.constants,
            reads.tables,
            reads.scales,
            reads.rows,
            reads.columns,
            self.partials[segment.first_program :],
            segment.count,
            segment.first_slot,
            level.across,
            texels,
            segment.reads_at,
            segment.picks_at,
            segment.programs,
            reading,
            STRENGTH_AT=_STRENGTH,
            WIDTH=self.width,
            KP=reads.padded,
            J=layout.inputs + 1,
            JP=power_of_two(layout.inputs + 1),
            N0=layout.hidden[0],
            N0P=power_of_two(layout.hidden[0]),
            N1=layout.hidden[1],
            N1P=power_of_two(layout.hidden[1]),
            C=layout.channels,
            CP=power_of_two(layout.channels),
            ROWS=min(_MOST_ROWS, power_of_two(texels)),
            TYPE=tl.bfloat16 if trainer.dtype == torch.bfloat16 else tl.float32,
            num_warps=8,
            num_stages=1,
        )

    def _update_latents(self, segment: _Segment) -> None:
        reads, store = segment.reads, self.store
        self.kernels.update_latents[(segment.count,)](
            self.control.values,
            self.control.numbers,
            store.values,
            store.second,
            store.visits,
            store.gradient,
            store.owners,
            reads.tables,
            reads.scales,
            reads.rows,
            reads.columns,
            self.trainer.options.latent_beta,
            segment.first_slot,
            reads.level.across,
            segment.picks_at,
            RATE_AT=_LATENT_RATE,
            KP=reads.padded,
            JP=power_of_two(self.trainer.layout.inputs + 1),
        )

    def _update_decoder(self, plan: _Plan) -> None:
        trainer, block = self.trainer, 64
        self.kernels.sum_partials[(-(-self.width // block),)](
            self.partials,
            self.gradient,
            self.measured,
            plan.programs,
            plan.segments[0].programs,
            1.0 / plan.measured,
            WIDTH=self.width,
            SIZE=self.size,
            ROWS=32,
            BLOCK=block,
        )
        rate, correction = self.control.numbers[_DECODER_RATE], self.control.numbers[_CORRECTION]
        betas = trainer.options.decoder_betas
        trainer.decoder.soap.move(trainer.decoder.flat, self.gradient, rate, correction, betas)

    def _replay(self, kind: tuple[int, bool, bool], run: Callable[[], None]) -> None:
        """Run a kind of step, as a graph if it comes up often."""
        self.seen[kind] = self.seen.get(kind, 0) + 1
        if not self.capturing or self.seen[kind] <= _EAGER_STEPS:
            run()
            return
        if kind not in self.graphs:
            graph = torch.cuda.CUDAGraph()
            try:
                with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                    run()
            except RuntimeError:
                _log.warning("Training goes on without CUDA graphs: a step couldn't be captured.", exc_info=True)
                self.capturing = False
                run()
                return
            self.graphs[kind] = graph
        self.graphs[kind].replay()

    def difference(self) -> float:
        """How far the gradients of the fused passes are from the plain path's on the same batches, relative to these.

        The largest of decoder and latents, with noise and rounded, on level 0 alone and with level 1. Nothing is
        learned, and the batches come up again.
        """
        return max(
            max(self.differences(aux, rounding)) for aux in range(min(2, len(self.plans))) for rounding in (False, True)
        )

    def differences(self, aux: int, rounding: bool) -> tuple[float, float]:
        """:meth:`difference` of one kind of step: (decoder, latents)."""
        trainer, part, plan = self.trainer, self.trainer.parts[0], self.plans[aux]
        before, orders = part.rng.bit_generator.state, dict(part.orders)
        trainer.compute.copy_(trainer.decoder.flat)
        part.step(aux, train_latents=True, rounding=rounding, measure=False)
        expected = torch.zeros_like(self.store.values)
        for key, reads in part.reads.items():
            at, _ = self.store.starts[key]
            grid = trainer.grids[key[0]][key[1]].values
            own = expected[at : at + grid.numel()].view(grid.shape)
            for index, gradient in reads:
                own.index_add_(0, index, gradient)
        part.rng.bit_generator.state, part.orders = before, dict(orders)
        if trainer.loss_weights is not None:
            self.loss_weights.copy_(trainer.loss_weights)
        self._choose(plan, not rounding, (1.0, 0.0, 0.0, 1.0))
        for segment in plan.segments:
            self._passes(segment, self.kernels.ROUNDED if rounding else self.kernels.NOISE)
        part.rng.bit_generator.state, part.orders = before, orders
        found = self.partials[: plan.programs, : self.size].sum(dim=0)
        latents = self.store.gradient.float() * 2.0**-self.kernels.FIXED_POINT
        self.store.gradient.zero_()
        return _relative(found, part.gradient.float()), _relative(latents, expected)


class _Control:
    """The numbers that change from step to step, int32 on the device; ``numbers`` is the same memory as float32."""

    def __init__(self, width: int, device: torch.device) -> None:
        self.on_gpu = device.type == "cuda"
        self.waiting = torch.zeros(2 * _AHEAD, width, dtype=torch.int32, pin_memory=self.on_gpu)
        self.values = torch.zeros(width, dtype=torch.int32, device=device)
        self.numbers = self.values.view(torch.float32)
        self.sent = 0
        self.mark: torch.cuda.Event | None = None

    def send(self, numbers: Sequence[float], begins: Sequence[int], picks: Sequence[np.ndarray]) -> None:
        """Put the next step's numbers behind the steps that are waiting on the device."""
        if self.on_gpu and self.sent % _AHEAD == 0:
            before, self.mark = self.mark, torch.cuda.Event()
            self.mark.record()
            if before is not None:
                before.synchronize()
        waiting = self.waiting[self.sent % len(self.waiting)]
        row = waiting.numpy()
        at = len(numbers) + len(begins)
        row[: len(numbers)].view(np.float32)[:] = numbers
        row[len(numbers) : at] = begins
        for chosen in picks:
            row[at : at + len(chosen)] = chosen
            at += len(chosen)
        self.values[:at].copy_(waiting[:at], non_blocking=True)
        self.sent += 1


def _relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    value = float((found - expected).norm() / expected.norm().clamp_min(1e-30))
    return value if math.isfinite(value) else math.inf
