"""Training of one layout from start to texture, as part of a job: events, previews, checkpoints."""

from __future__ import annotations

import dataclasses
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from core import memory
from core.codec import checkpoint, goals
from core.codec.layout import LatentGrid, LatentLayout
from core.codec.neural_texture import Layer, NeuralTexture
from core.codec.schedule import Clock, EarlyStop
from core.codec.settings import CompressSettings
from core.codec.size_fit import SizeFit
from core.codec.source import LearnedChannels, bounded
from core.errors import Cancelled, InputError
from core.jobs import Checkpoint, Control, Event, Metrics, Notice, Progress, Slot
from core.textures.material import Pixels
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.codec.trainer import Trainer, TrainerOptions

_CHECKPOINT_EVERY = 20.0
_SHOWN_RATE = 0.2
"""How much the newest measurement counts in what is shown."""
_METRICS_EVERY = 0.1
_PREVIEW_SHARE = 0.12
_SPARING_SHARE = 0.02
"""Parts of a run that decoding for previews may take, as a rule and where the reader draws from latents."""
_FINISHING_SECONDS = 0.6
_LOOK_FROM = 0.08
"""A look at a training is at the mean over this part of the run before it."""
Save = Callable[["Trainer", Clock], Path | str]
"""Writes a checkpoint; gives its path, or a sentence about why it could not be written."""
_GRID = re.compile(r"(\d+):(\d+):(\d+)(?::([0-9.]+))?(?:\*(\d))?")


@dataclass(frozen=True)
class Preview:
    """A moment during training: its texture, and decoded maps with pixels as in :class:`TextureMap`, mip 0. Where the
    slot's reader is ``sparing``, the maps may be those of an earlier moment."""

    step: int
    psnr_db: float
    maps: Mapping[Role, Pixels]
    texture: NeuralTexture | None = None


@dataclass(frozen=True)
class Stretch:
    """The part of a job that a training is: its progress goes from ``first`` by ``share``.

    ``time`` is its part of a time budget, ``work`` its part of a preset's steps. ``again`` is the part of it that may
    have to be done a second time, for which progress and remaining time leave room.
    """

    first: float = 0.0
    share: float = 1.0
    time: float = 1.0
    work: float = 1.0
    again: float = 0.0


@dataclass(frozen=True)
class Correction:
    """A change to a training on its way: its layout, and the weights of its maps."""

    layout: LatentLayout
    weights: Mapping[Role, float]


class Corrector(Protocol):
    """Looks at a training after the parts of it in ``looks``, with the mean PSNR since shortly before, and at its end.

    A correction at the end lets the last part of the training (``Stretch.again``) be done again, but not at the
    ``last`` end.
    """

    looks: tuple[float, ...]

    def look(
        self, at: float, layout: LatentLayout, psnr: float, per_map: Mapping[Role, float]
    ) -> Correction | None: ...

    def ended(self, texture: NeuralTexture, last: bool) -> Correction | None: ...


class _Looks:
    """Tells a corrector how good the training is when its time has come: the mean over whole steps, whatever the clock
    says, so that a run of a number of steps can be repeated."""

    def __init__(self, corrector: Corrector, source: LearnedChannels) -> None:
        self.corrector, self.source = corrector, source
        self.left = list(corrector.looks)
        self.total: np.ndarray | None = None
        """Of the look that has begun: square errors per channel, times steps."""
        self.steps = 0

    def start_again(self, fraction: float) -> None:
        """The run goes on from ``fraction``."""
        self.left = [at for at in self.corrector.looks if at - _LOOK_FROM > fraction]
        self.total = None

    def due(self, fraction: float) -> bool:
        """A look begins or ends here: :meth:`measured` has to be told of what was measured so far."""
        return bool(self.left) and fraction >= self.left[0] - (_LOOK_FROM if self.total is None else 0.0)

    def measured(self, fraction: float, layout: LatentLayout, errors: np.ndarray, steps: int) -> Correction | None:
        """To be told of every measurement, mean square errors per channel of ``steps``, at ``fraction`` of the run."""
        if self.total is None:
            if self.due(fraction):
                self.total, self.steps = np.zeros_like(errors, np.float64), 0
            return None
        self.total += errors.astype(np.float64) * steps
        self.steps += steps
        if not self.due(fraction):
            return None
        psnr, per_map = self.source.map_errors(self.total / self.steps)
        self.total = None
        return self.corrector.look(self.left.pop(0), layout, psnr, {Role(name): db for name, db in per_map.items()})


class _Course:
    """The progress of a stretch. It never falls, also where a part is done again."""

    def __init__(self, stretch: Stretch) -> None:
        self.begin, self.last = stretch.first, stretch.first + stretch.share
        self.end = stretch.first + stretch.share / (1.0 + stretch.again)
        self.fraction = 0.0

    def at(self, fraction: float) -> float:
        return self.begin + (self.end - self.begin) * (fraction - self.fraction) / (1.0 - self.fraction)

    def start_again(self, fraction: float) -> None:
        self.begin, self.end, self.fraction = self.end, self.last, fraction


class Training:
    """Trains layouts for one material and counts what that took; :meth:`run` may be used several times."""

    def __init__(
        self,
        source: LearnedChannels,
        settings: CompressSettings,
        device: str,
        control: Control,
        slot: Slot[Preview] | None = None,
    ) -> None:
        self.source, self.settings, self.device = source, settings, device
        self.control, self.slot = control, slot
        self.grid_rates, self.grids = grids_by_hand(settings.grids)
        self.map_weights = goals.role_numbers(settings.loss_weights, "--loss-weights")
        self.notices: list[str] = []
        self.seconds = self.cpu_seconds = 0.0
        self.steps = self.samples = 0
        self._preview_cost = self._last_preview = 0.0
        self._latents_cost = self._last_latents = 0.0

    def empty_texture(self, layout: LatentLayout) -> NeuralTexture:
        """Everything but latents and decoder."""
        material = self.source.material
        return NeuralTexture(
            material.name,
            material.width,
            material.height,
            self.source.maps,
            material.files,
            material.normal_convention,
            layout,
            (),
            (),
            np.zeros(layout.channels, np.float32),
        )

    def constant_texture(self) -> NeuralTexture:
        """The texture of a material in which every channel is the same everywhere."""
        material = self.source.material
        layout = LatentLayout(material.width, material.height, 0, (), ())
        layers = tuple(
            Layer(np.zeros((n_in, n_out), np.int8), np.zeros(n_out, np.float16), np.zeros(n_out, np.float16))
            for n_in, n_out in layout.layer_shapes
        )
        return dataclasses.replace(self.empty_texture(layout), latents=tuple(() for _ in layout.groups), layers=layers)

    def run(
        self,
        layout: LatentLayout,
        stretch: Stretch,
        *,
        limit: int | None = None,
        saved: checkpoint.SavedRun | None = None,
        save: Save | None = None,
        correct: Corrector | None = None,
    ) -> Iterator[Event]:
        """Train one layout. Returns (texture, stopped).

        Latents take at most ``limit`` bytes, entropy-coded. ``saved`` is where to go on from; ``save`` writes
        checkpoints; ``correct`` may change the layout on the way. Raises Cancelled, after a last checkpoint.
        """
        # torch takes seconds to load; whoever only wants to look at a file should not wait for it.
        from core.codec.trainer import Trainer

        balanced = self.settings.balance == "balanced"
        roles = list(dict.fromkeys(self.source.owners))
        looks = None if correct is None else _Looks(correct, self.source)
        trainer = Trainer(
            layout,
            self.source.levels(),
            self.settings.seed,
            self.device,
            self._options(),
            self._channel_weights(),
            [roles.index(role) for role in self.source.owners] if balanced else None,
            None if limit is None else SizeFit(layout, limit),
            check=self.control.check,
        )
        try:
            clock = Clock(self.settings, self.source.material, self.control, stretch.time, stretch.work)
            if saved is not None:
                trainer.load_state(saved.arrays)
                clock.spent, clock.shifted = saved.spent, saved.shifted
            stopped = False
            try:
                stopped = yield from self._loop(trainer, clock, stretch, save, looks)
            except Cancelled:
                if save is not None:
                    save(trainer, clock)
                raise
            self.steps += trainer.steps
            self.samples += trainer.samples
            self.seconds += clock.elapsed()
            self.cpu_seconds += clock.cpu()
            return self._texture(trainer), stopped
        finally:
            trainer.close()
            memory.give_back()

    def say(self, text: str) -> Iterator[Event]:
        """A notice, once."""
        if text not in self.notices:
            self.notices.append(text)
            yield Notice(text)

    def _channel_weights(self) -> list[float] | None:
        return [self.map_weights.get(role, 1.0) for role in self.source.owners] if self.map_weights else None

    def _options(self) -> TrainerOptions:
        from core.codec.trainer import TrainerOptions

        settings = self.settings
        return TrainerOptions(
            grid_rates=self.grid_rates,
            noise=settings.noise,
            noise_anneal=settings.noise_anneal,
            round_at=settings.round_from,
        )

    def _texture(self, trainer: Trainer) -> NeuralTexture:
        return dataclasses.replace(
            self.empty_texture(trainer.layout),
            latents=trainer.codes(),
            layers=trainer.layers(),
            offset=trainer.offset,
        )

    def _loop(
        self, trainer: Trainer, clock: Clock, stretch: Stretch, save: Save | None, looks: _Looks | None
    ) -> Iterator[Event]:
        last_metrics = last_checkpoint = clock.elapsed()
        self._preview(trainer, clock, bounded(0.0))
        settings = self.settings
        wanted = settings.early_stop and settings.early_stop_db > 0
        early = EarlyStop(settings.early_stop_interval, settings.early_stop_db) if wanted else None
        course = _Course(stretch)
        again = stretch.again if looks is not None else 0.0
        shown: np.ndarray | None = None
        while True:
            fraction = clock.fraction(trainer.steps, trainer.rounding_seconds)
            if fraction >= 1.0:
                if not trainer.frozen:
                    # A very short budget may end between two looks at the clock: codes still have to fit.
                    trainer.freeze()
                if looks is None or not stretch.again:
                    return False
                with clock.aside():
                    found = looks.corrector.ended(self._texture(trainer), last=not again)
                if found is None:
                    return False
                trainer.thaw()
                self._change(trainer, found)
                clock.shift(-again)
                looks.start_again(1.0 - again)
                course.start_again(1.0 - again)
                again = 0.0
                continue
            if self.control.check():
                self._finish_now(trainer)
                return True
            trainer.step(fraction)
            now = clock.elapsed()
            due = looks is not None and trainer.measured and looks.due(fraction)
            if now - last_metrics < _METRICS_EVERY and not due:
                continue
            taken = trainer.take_errors()
            if taken is None:
                continue
            errors, steps = taken
            last_metrics = now
            # A tenth of a second sees few texels: what is shown is a running mean.
            shown = errors if shown is None else shown + (errors - shown) * _SHOWN_RATE
            psnr, per_map = self.source.map_errors(shown)
            yield Metrics(trainer.steps, now, trainer.samples, float(shown.sum()), psnr, per_map)
            remaining = clock.remaining(trainer.steps, again) if course.last >= 1.0 else None
            yield Progress(course.at(fraction), "Training", remaining)
            if looks is not None and (found := looks.measured(fraction, trainer.layout, errors, steps)) is not None:
                self._change(trainer, found)
            if (
                early is not None
                and early.reached(fraction, trainer.steps, psnr)
                and fraction < trainer.options.freeze_at
            ):
                clock.shift(trainer.options.freeze_at - fraction)
                yield from self.say("Stopped early: the quality no longer improved.")
            if save is not None and now - last_checkpoint > _CHECKPOINT_EVERY:
                last_checkpoint = now
                problem = save(trainer, clock)
                if isinstance(problem, Path):
                    yield Checkpoint(problem, trainer.steps)
                else:
                    yield from self.say(problem)
            self._preview(trainer, clock, psnr)

    def _change(self, trainer: Trainer, correction: Correction) -> None:
        self.map_weights = dict(correction.weights)
        trainer.weigh(self._channel_weights())
        trainer.resize(correction.layout)

    def _finish_now(self, trainer: Trainer) -> None:
        """Stop and keep: round the latents and let the decoder get used to it for a moment."""
        began = time.perf_counter()
        start = trainer.options.freeze_at
        while (spent := time.perf_counter() - began) < _FINISHING_SECONDS or not trainer.frozen:
            if self.control.cancel_requested:
                raise Cancelled
            trainer.step(start + (1.0 - start) * min(0.99, spent / _FINISHING_SECONDS))

    def _preview(self, trainer: Trainer, clock: Clock, psnr: float) -> None:
        """Publish texture and decoded maps, as often as costs a fixed share of the run; to a sparing reader the texture
        more often and the maps less."""
        if self.slot is None:
            return
        now = clock.elapsed()
        sparing = self.slot.sparing
        share = _SPARING_SHARE if sparing else _PREVIEW_SHARE
        _, last = self.slot.get()
        if last is None or now - self._last_preview >= self._preview_cost / share:
            texture = self._texture(trainer)
            self.slot.put(Preview(trainer.steps, psnr, texture.decode(), texture))
            self._last_preview = self._last_latents = clock.elapsed()
            self._preview_cost = self._last_preview - now
        elif sparing and now - self._last_latents >= self._latents_cost / _PREVIEW_SHARE:
            self.slot.put(Preview(trainer.steps, psnr, last.maps, self._texture(trainer)))
            self._last_latents = clock.elapsed()
            self._latents_cost = self._last_latents - now


def grids_by_hand(text: str) -> tuple[tuple[float | None, ...], tuple[LatentGrid, ...]]:
    """``stride:features:bits[:rate][*levels]`` … as learning rates and grids. Raises InputError."""
    grids: list[LatentGrid] = []
    rates: list[float | None] = []
    for word in text.replace(",", " ").split():
        match = _GRID.fullmatch(word)
        if match is None:
            raise InputError(f"--grids reads like '4:16:2 16:20:4', stride:features:bits each, not {word!r}.")
        stride, features, bits = (int(match[i]) for i in (1, 2, 3))
        for level in range(int(match[5] or 1)):
            own = stride << level
            if own not in (1, 2, 4, 8, 16, 32) or not 1 <= features <= 64 or not 1 <= bits <= 16:
                raise InputError(
                    f"--grids has {word!r}; strides are 1, 2, 4, 8, 16 or 32 texels, features 1 to 64, bits 1 to 16."
                )
            grids.append(LatentGrid(own, features, bits))
            rates.append(float(match[4]) if match[4] else None)
    if len(grids) > 8:
        raise InputError(f"--grids asks for {len(grids)} grids; there can be 8.")
    return tuple(rates), tuple(grids)
