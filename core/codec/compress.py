"""The compression job: a texture set in, a ``.texloom`` file, its report and a stream of events out."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.codec import checkpoint, container, rate, report
from core.codec.layout import LatentLayout, two_grids
from core.codec.neural_texture import NeuralTexture
from core.codec.schedule import Clock, EarlyStop
from core.codec.settings import CompressSettings
from core.codec.source import LearnedChannels, bounded
from core.errors import Cancelled, InputError, OutputError
from core.files import check_writable
from core.jobs import Checkpoint, Control, Event, Finished, Metrics, Notice, Progress, Slot, Started, to_dict
from core.jobs.settings import validate
from core.textures.material import Pixels, TextureSet
from core.textures.roles import MAX_CHANNELS, Role

if TYPE_CHECKING:
    from core.codec.trainer import Trainer

_CHECKPOINT_EVERY = 20.0
_SEARCH_BPP = (1.5, 6.0)
_SEARCH_SHARE = 0.15
"""Each of these sizes is tried for this share of the run before the size for a wanted PSNR is chosen."""
_METRICS_EVERY = 0.1
_PREVIEW_SHARE = 0.12
_FINISHING_SECONDS = 0.6


@dataclass(frozen=True)
class Preview:
    """The decoded maps of a moment during training; pixels as in :class:`TextureMap`, mip 0."""

    step: int
    psnr_db: float
    maps: Mapping[Role, Pixels]


@dataclass(frozen=True)
class CompressResult:
    """What :class:`core.jobs.Finished` carries. ``report`` is the report file's content."""

    path: Path
    texture: NeuralTexture
    report: Mapping[str, Any]


def compress(
    material: TextureSet,
    settings: CompressSettings,
    output: Path,
    control: Control,
    slot: Slot[Preview] | None = None,
    *,
    resume: bool = False,
) -> Iterator[Event]:
    """Compress ``material`` into ``output/<name>.texloom``.

    Yields Started, Progress, Metrics, Notice, Checkpoint and at last Finished(CompressResult). A checkpoint
    lies beside the file as ``<name>.texloom-run`` until the run has finished; ``resume`` goes on from it. A
    cancelled run leaves its checkpoint behind: who wants to discard it deletes it.

    Raises InputError or OutputError before anything is written; Cancelled when the control says so.
    """
    validate(settings)
    if material.channels > MAX_CHANNELS:
        raise InputError(
            f"{material.name} has {material.channels} channels; a neural texture holds {MAX_CHANNELS} at most. "
            "Take some maps out."
        )
    source = LearnedChannels(material)
    device = _device(settings.device)
    run = _Run(source, settings, output, device, control, slot)
    yield from run.events(resume)


class _Run:
    """One compression from start to finish; :meth:`events` is its story."""

    def __init__(
        self,
        source: LearnedChannels,
        settings: CompressSettings,
        output: Path,
        device: str,
        control: Control,
        slot: Slot[Preview] | None,
    ) -> None:
        self.source, self.settings, self.device = source, settings, device
        self.control, self.slot = control, slot
        self.path = output / f"{source.material.name}{container.SUFFIX}"
        self.checkpoint_path = self.path.with_suffix(checkpoint.SUFFIX)
        self.notices: list[str] = list(source.notices)
        self.train_seconds = 0.0
        self.cpu_seconds = 0.0
        self.steps = 0
        self.samples = 0
        self.preview_cost = 0.0
        self.last_preview = 0.0
        self.header = 0

    def events(self, resume: bool) -> Iterator[Event]:
        check_writable(self.path.parent)
        saved = checkpoint.load(self.checkpoint_path) if resume else None
        if saved is not None and saved.fingerprint != self.source.fingerprint():
            raise InputError(
                f"{self.checkpoint_path} belongs to other maps than those of {self.source.material.name}; "
                "start without --resume.",
                self.checkpoint_path,
            )
        if saved is not None and saved.goal != (goal := checkpoint.goal_of(self.settings)):
            raise InputError(
                f"{self.checkpoint_path} was begun for {saved.goal}, not for {goal}; ask for {saved.goal} or start "
                "without --resume.",
                self.checkpoint_path,
            )
        if resume and saved is None:
            notice = "There is no interrupted run to resume; started from the beginning."
            self.notices.append(notice)
            yield Notice(notice)
        for notice in self.source.notices:
            yield Notice(notice)
        self.header = self._header_bytes()
        # Looking for a size takes its part of a time budget.
        searched = self.settings.target_psnr is not None and self.source.channels > 0
        first = _SEARCH_SHARE * len(_SEARCH_BPP) if searched else 0.0
        found: NeuralTexture | None = None
        if saved is not None:
            layout = saved.layout
        elif self.source.channels == 0:
            material = self.source.material
            layout = LatentLayout(material.width, material.height, 0, (), ())
        elif self.settings.target_psnr is not None:
            layout, found = yield from self._search_layout(self.settings.target_psnr)
        else:
            layout = self._layout(self._budget())
        predicted = layout.latent_bytes + layout.decoder_bytes + self.header
        yield Started(self.source.material.name, predicted)
        if found is None:
            texture, stopped = yield from self._train(layout, saved, first, 1.0 - first)
        else:
            texture, stopped = found, True
        if self.settings.target_psnr is not None:
            yield from self._say_if_missed(texture)
        began = time.perf_counter()
        size = container.write(texture, self.path)
        write_seconds = time.perf_counter() - began
        texture = dataclasses.replace(texture, size_bytes=size)
        with contextlib.suppress(OSError):
            self.checkpoint_path.unlink(missing_ok=True)
        decoded = texture.decoded_set()
        if self.slot is not None:
            maps = {m.role: m.pixels for m in decoded.maps}
            psnr = report.pooled_psnr([m.pixels for m in self.source.material.maps], list(maps.values()))
            self.slot.put(Preview(self.steps, bounded(psnr), maps))
        yield Progress(1.0, "Measuring")
        written = self._report(texture, decoded, write_seconds)
        yield Finished(CompressResult(self.path, texture, written), stopped_early=stopped)

    def _budget(self) -> int:
        settings, material = self.settings, self.source.material
        if settings.max_bytes is not None:
            return settings.max_bytes
        return rate.byte_budget(material.width, material.height, settings.bpp)

    def _layout(self, budget: int) -> LatentLayout:
        material, channels = self.source.material, self.source.channels
        rough = rate.is_rough(self.source.image)
        return rate.choose(material.width, material.height, channels, budget, rough=rough, header=self.header)

    def _header_bytes(self) -> int:
        """What the container takes besides latents and decoder."""
        material = self.source.material
        layout = LatentLayout(material.width, material.height, self.source.channels, two_grids(4, 16, 16, 4), (64, 64))
        return container.header_bytes(self._empty_texture(layout))

    def _empty_texture(self, layout: LatentLayout) -> NeuralTexture:
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

    def _texture(self, trainer: Trainer) -> NeuralTexture:
        return dataclasses.replace(
            self._empty_texture(trainer.layout),
            latents=trainer.codes(),
            layers=trainer.layers(),
            offset=trainer.offset,
        )

    def _train(
        self,
        layout: LatentLayout,
        saved: checkpoint.SavedRun | None,
        first: float,
        share: float,
        *,
        trial: bool = False,
    ) -> Iterator[Event]:
        """Train one layout; the job's progress goes from ``first`` by ``share``. Returns (texture, stopped).

        A ``trial`` only tells what a size is good for: it takes its share of the preset's steps as well as of a time
        budget, and no checkpoint is left, because nobody would want to resume it.
        """
        # torch takes seconds to load; whoever only wants to look at a file should not wait for it.
        from core.codec.trainer import Trainer

        if self.source.channels == 0:
            texture = self._empty_texture(layout)
            return dataclasses.replace(
                texture, latents=tuple(() for _ in layout.groups), layers=_no_layers(layout)
            ), False
        trainer = Trainer(layout, self.source.levels(), self.settings.seed, self.device, check=self.control.check)
        try:
            clock = Clock(self.settings, self.source.material, self.control, share, share if trial else 1.0)
            if saved is not None:
                trainer.load_state(saved.arrays)
                clock.spent = saved.spent
            stopped = False
            try:
                stopped = yield from self._loop(trainer, clock, first, share, trial)
            except Cancelled:
                if not trial:
                    self._save(trainer, clock)
                raise
            self.steps += trainer.steps
            self.samples += trainer.samples
            self.train_seconds += clock.elapsed()
            self.cpu_seconds += clock.cpu()
            return self._texture(trainer), stopped
        finally:
            trainer.close()

    def _loop(self, trainer: Trainer, clock: Clock, first: float, share: float, trial: bool) -> Iterator[Event]:
        last_metrics = last_checkpoint = clock.elapsed()
        self._preview(trainer, clock, bounded(0.0))
        early = EarlyStop(self.settings.early_stop_db)
        skipped = 0.0
        while True:
            fraction = min(1.0, clock.fraction(trainer.steps) + skipped)
            if fraction >= 1.0:
                return False
            if self.control.check():
                self._finish_now(trainer)
                return True
            trainer.step(fraction)
            now = clock.elapsed()
            if now - last_metrics < _METRICS_EVERY:
                continue
            errors = trainer.take_errors()
            if errors is None:
                continue
            last_metrics = now
            psnr, per_map = self.source.map_errors(errors)
            yield Metrics(trainer.steps, now, trainer.samples, float(errors.sum()), psnr, per_map)
            remaining = None if trial else clock.remaining(trainer.steps)
            yield Progress(first + share * fraction, "Training", remaining)
            if early.reached(fraction, psnr) and fraction < trainer.options.freeze_at:
                skipped += trainer.options.freeze_at - fraction
                text = "Stopped early: the quality no longer improved."
                self.notices.append(text)
                yield Notice(text)
            if now - last_checkpoint > _CHECKPOINT_EVERY and not trial:
                last_checkpoint = now
                problem = self._save(trainer, clock)
                if problem is None:
                    yield Checkpoint(self.checkpoint_path, trainer.steps)
                elif problem not in self.notices:
                    self.notices.append(problem)
                    yield Notice(problem)
            self._preview(trainer, clock, psnr)

    def _finish_now(self, trainer: Trainer) -> None:
        """Stop and keep: round the latents and let the decoder get used to it for a moment."""
        began = time.perf_counter()
        start = trainer.options.freeze_at
        while (spent := time.perf_counter() - began) < _FINISHING_SECONDS:
            if self.control.cancel_requested:
                raise Cancelled
            trainer.step(start + (1.0 - start) * spent / _FINISHING_SECONDS)

    def _preview(self, trainer: Trainer, clock: Clock, psnr: float) -> None:
        """Publish the decoded maps, as often as costs a fixed share of the run."""
        if self.slot is None:
            return
        now = clock.elapsed()
        if now - self.last_preview < self.preview_cost / _PREVIEW_SHARE:
            return
        texture = self._texture(trainer)
        maps = texture.decode()
        self.slot.put(Preview(trainer.steps, psnr, maps))
        self.last_preview = clock.elapsed()
        self.preview_cost = self.last_preview - now

    def _search_layout(self, target: float) -> Iterator[Event]:
        """Two short runs give the rate-quality line of this material.

        Returns the layout that should reach the target and None, or, when asked to stop, the last run's layout and
        texture.
        """
        material = self.source.material
        yield Notice(f"Looking for the size that reaches {target:g} dB.")
        points = []
        for number, bpp in enumerate(_SEARCH_BPP):
            layout = self._layout(rate.byte_budget(material.width, material.height, bpp))
            texture, stopped = yield from self._train(layout, None, _SEARCH_SHARE * number, _SEARCH_SHARE, trial=True)
            if stopped:
                return layout, texture
            points.append((np.log2(bpp), self._measured(texture)))
        (x0, y0), (x1, y1) = points[0], points[-1]
        slope = max((y1 - y0) / max(x1 - x0, 1e-6), 1.0)
        # A full run gains about this much over a short one.
        gain = 0.8
        bpp = float(2 ** np.clip(x1 + (target - gain - y1) / slope, np.log2(0.5), np.log2(20.0)))
        return self._layout(rate.byte_budget(material.width, material.height, bpp)), None

    def _measured(self, texture: NeuralTexture) -> float:
        decoded = {m.role: m.pixels for m in texture.decoded_set().maps}
        maps = self.source.material.maps
        return report.pooled_psnr([m.pixels for m in maps], [decoded[m.role] for m in maps])

    def _say_if_missed(self, texture: NeuralTexture) -> Iterator[Event]:
        reached = self._measured(texture)
        target = self.settings.target_psnr
        if target is not None and reached < target:
            text = f"Reached {reached:.2f} dB of the {target:g} dB asked for; train longer or ask for a size."
            self.notices.append(text)
            yield Notice(text)

    def _save(self, trainer: Trainer, clock: Clock) -> str | None:
        """Write the checkpoint. A full disk is no reason to lose the run itself: what is wrong comes back as text."""
        about = {
            "fingerprint": self.source.fingerprint(),
            "layout": dataclasses.asdict(trainer.layout),
            "spent": clock.elapsed(),
            "settings": to_dict(self.settings),
        }
        try:
            checkpoint.save(self.checkpoint_path, about, trainer.state())
        except OutputError as error:
            return f"This run can't be resumed if it is interrupted now: {error}"
        return None

    def _report(self, texture: NeuralTexture, decoded: TextureSet, write_seconds: float) -> dict[str, Any]:
        return report.build(
            self.source.material,
            texture,
            decoded,
            check=self.control.check,
            version=importlib.metadata.version("texloom"),
            seconds={"read": 0.0, "train": self.train_seconds, "write": write_seconds},
            cpu_seconds=self.cpu_seconds,
            steps=self.steps,
            samples=self.samples,
            device=self.device,
            seed=self.settings.seed,
            settings=to_dict(self.settings, all_fields=True),
            notices=self.notices,
        )


def _device(wanted: str) -> str:
    """Raises InputError if that device is not there."""
    import torch

    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[wanted]:
        raise InputError(f"There is no {wanted} device here; use --device auto.")
    return wanted


def _no_layers(layout: LatentLayout) -> tuple[Any, ...]:
    from core.codec.neural_texture import Layer

    return tuple(
        Layer(np.zeros((n_in, n_out), np.int8), np.zeros(n_out, np.float16), np.zeros(n_out, np.float16))
        for n_in, n_out in layout.layer_shapes
    )
