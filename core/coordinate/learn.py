"""The lab's job: a picture in, a network and a stream of events out."""

from __future__ import annotations

import importlib.metadata
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from core.codec import metrics
from core.coordinate.animation import Frame, Frames
from core.coordinate.dial import Dial, Transform
from core.coordinate.network import Architecture, CoordinateNetwork, architecture_of, bits_of
from core.coordinate.pictures import Picture, without_alpha
from core.coordinate.settings import LabSettings
from core.coordinate.transforms import transformed
from core.devices import device_named
from core.errors import Cancelled, InputError
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Slot, Started, to_dict
from core.jobs.settings import validate
from core.textures.material import Pixels

if TYPE_CHECKING:
    from core.coordinate.trainer import CoordinateTrainer

FINAL_RATE = 0.01
"""Of the learning rate at the start is left at the end of a schedule that falls."""
LOOK_SHARE = 0.1
"""At most this part of the time goes into previews."""
LOOK_STEP = 2
"""A preview renews one texel of so many by so many, each time another one: four of them are a whole picture."""
FRAME_SHARE = 1 / 60
"""A frame of the animation is taken whenever this part of the run has gone by and a preview may be made."""


@dataclass(frozen=True)
class LabInputs:
    """``start`` is a network to train on from; its shape has to be that of the settings (``network_file.settings_of``).
    ``with_frames``: collect those of an animation."""

    picture: Picture
    dial: Dial = field(default_factory=Dial)
    start: CoordinateNetwork | None = None
    with_frames: bool = True


@dataclass(frozen=True)
class LabPreview:
    """What the slot holds: float32 H × W × C in [0, 1], and the picture that ``shown`` is to become.

    ``psnr_db`` was measured on the texels of the last round; ``frames`` are those of the animation so far.
    """

    step: int
    shown: Pixels
    wanted: Pixels
    psnr_db: float
    samples_per_s: float
    network: CoordinateNetwork
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True)
class LabResult:
    """What Finished carries. ``shown`` is decoded from ``network``; ``report`` is the report file's content without
    what concerns files."""

    network: CoordinateNetwork
    shown: Pixels
    wanted: Pixels
    report: Mapping[str, Any]
    frames: tuple[Frame, ...]


def learn(
    inputs: LabInputs, settings: LabSettings, control: Control, slot: Slot[LabPreview] | None = None
) -> Iterator[Event]:
    """Train a network to show the picture, as the dial transforms it at each moment.

    Yields Started, Progress, Metrics, Notice and at last Finished(LabResult). Raises InputError for settings out of
    range or a ``start`` of another shape, Cancelled when the control says so.
    """
    validate(settings)
    # A network that is trained on brings its own grids.
    if settings.encoding == "hash" and settings.hash_finest < settings.hash_coarsest and inputs.start is None:
        raise InputError(
            f"--hash-finest must be at least --hash-coarsest, {settings.hash_coarsest}, not {settings.hash_finest}."
        )
    picture = inputs.picture if settings.alpha else without_alpha(inputs.picture)
    architecture = architecture_of(settings, picture.pixels.shape[2])
    if inputs.start is not None and inputs.start.architecture != architecture:
        told = other_channels(inputs.start.architecture.channels, architecture.channels)
        if told:
            raise InputError(f"{told} Start without the network {inputs.start.name}, or take another picture.")
        raise InputError(
            f"The network {inputs.start.name} has another shape than the settings ask for; leave encoding, layers and "
            "width as they are in it, or start without it."
        )
    yield from _Run(picture, inputs, architecture, settings, control, slot).events()


def other_channels(network: int, picture: int) -> str:
    """Why a network of so many channels can't be compared with a picture or learn it, or nothing."""
    if network == picture:
        return ""
    if network == 4:
        return "The network has an alpha channel and the picture has none."
    return "The picture has an alpha channel and the network has none."


class _Run:
    """One training from start to finish; :meth:`events` is its story."""

    def __init__(
        self,
        picture: Picture,
        inputs: LabInputs,
        architecture: Architecture,
        settings: LabSettings,
        control: Control,
        slot: Slot[LabPreview] | None,
    ) -> None:
        self.picture, self.dial, self.start = picture, inputs.dial, inputs.start
        self.with_frames = inputs.with_frames
        self.architecture, self.settings = architecture, settings
        self.control, self.slot = control, slot
        self.device = device_named(settings.device)
        self.transform: Transform | None = None
        self.wanted = picture.pixels
        self.shown: Pixels | None = None
        self.frames = Frames()
        self.notices: list[str] = []
        self.looks = 0
        self.look_cost = 0.0
        self.looked_at = -math.inf
        self.framed_at = -math.inf
        self.psnr = self.loss = math.nan
        self.turned_at = 0.0
        """Part of the run that was over when the transform last changed: the learning rate then starts anew."""

    def events(self) -> Iterator[Event]:
        from core.coordinate.trainer import STEPS_PER_ROUND, CoordinateTrainer

        yield Started(self.picture.name)
        for notice in self.picture.notices:
            yield self._say(notice)
        size = self.picture.width, self.picture.height
        began_cpu = time.process_time()
        trainer = CoordinateTrainer(self.architecture, self.settings, *size, self.device, self.start)
        try:
            if trainer.rounding:
                yield self._say(
                    f"This processor has no {self.settings.precision} products; numbers are rounded to it instead."
                )
            self._began, self._paused = time.perf_counter(), self.control.paused_seconds
            # Time in which nothing was learned: previews. A preview may not make a run of given rounds look slow.
            self._idle = 0.0
            stopped = False
            while not stopped and self._fraction(trainer) < 1.0:
                stopped = self._round(trainer, STEPS_PER_ROUND)
                fraction = min(self._fraction(trainer), 1.0)
                yield Metrics(trainer.steps, self._elapsed(), trainer.samples, self.loss, self.psnr)
                yield Progress(fraction, "Learning", self._remaining(fraction))
                self._look(trainer, fraction)
            skipped = trainer.skipped
            if skipped:
                yield self._say(
                    f"{skipped} steps left the range of 16-bit numbers and were skipped; use a smaller loss scale."
                )
            seconds = self._elapsed()
            yield self._finished(trainer, seconds, time.process_time() - began_cpu, stopped)
        finally:
            trainer.close()

    def _round(self, trainer: CoordinateTrainer, steps: int) -> bool:
        """Some steps; true if the run is to end with what it has."""
        loss = square = 0.0
        for done in range(1, steps + 1):
            if self.control.check():
                return True
            self._follow_dial(trainer)
            rate = self._rate(trainer)
            told = trainer.step(rate)
            loss, square = loss + told[0], square + told[1]
            self.loss, self.psnr = loss / done, metrics.psnr_from_mse(square / done)
            if self.settings.time_budget is not None and self._fraction(trainer) >= 1.0:
                break
        return self.control.stop_requested

    def _follow_dial(self, trainer: CoordinateTrainer) -> None:
        transform = self.dial.get()
        if transform is self.transform:
            return
        if self.transform is not None:
            self.turned_at = min(self._fraction(trainer), 1.0)
        self.transform = transform
        self.wanted = transformed(self.picture.pixels, transform)
        trainer.set_target(self.wanted)

    def _rate(self, trainer: CoordinateTrainer) -> float:
        settings = self.settings
        warm = min(1.0, (trainer.steps + 1) / settings.warm_up) if settings.warm_up else 1.0
        part = (self._fraction(trainer) - self.turned_at) / max(1.0 - self.turned_at, 1e-9)
        return settings.learning_rate * warm * schedule(settings.schedule, part)

    def _fraction(self, trainer: CoordinateTrainer) -> float:
        from core.coordinate.trainer import STEPS_PER_ROUND

        if self.settings.time_budget is not None:
            return self._elapsed() / self.settings.time_budget
        return trainer.steps / (self.settings.rounds * STEPS_PER_ROUND)

    def _elapsed(self) -> float:
        """Seconds of training, pauses left out."""
        return time.perf_counter() - self._began - (self.control.paused_seconds - self._paused)

    def _remaining(self, fraction: float) -> float | None:
        elapsed = self._elapsed()
        if self.settings.time_budget is not None:
            return max(0.0, self.settings.time_budget - elapsed)
        return elapsed * (1.0 - fraction) / fraction if elapsed > 2.0 and fraction > 0 else None

    def _look(self, trainer: CoordinateTrainer, fraction: float) -> None:
        """Renew a part of the picture in the slot, unless the last time is too short ago for what it costs; and what
        the animation needs."""
        now = self._elapsed()
        frame = self.with_frames and fraction - self.framed_at >= FRAME_SHARE
        too_early = now - self.looked_at < self.look_cost / LOOK_SHARE
        if too_early or not (frame or self.slot is not None):
            return
        network = trainer.network(self.picture.name).quantised(bits_of(self.settings))
        self._renew(network, whole=self.shown is None)
        assert self.shown is not None
        if frame:
            self.frames.add(self.shown)
            self.framed_at = fraction
        speed = trainer.samples / max(now - self._idle, 1e-9)
        if self.slot is not None:
            frames = self.frames.all
            self.slot.put(LabPreview(trainer.steps, self.shown.copy(), self.wanted, self.psnr, speed, network, frames))
        self.looked_at = self._elapsed()
        self.look_cost = self.looked_at - now
        self._idle += self.look_cost

    def _renew(self, network: CoordinateNetwork, *, whole: bool) -> None:
        if whole or self.shown is None:
            self.shown = network.decode(check=self._check)
            return
        column, row = self.looks % LOOK_STEP, self.looks // LOOK_STEP % LOOK_STEP
        self.looks += 1
        u, v = network.columns()[column::LOOK_STEP], network.rows()[row::LOOK_STEP]
        fresh = network.at(u, v, self._check)
        # The texels between move as their neighbour did: otherwise four moments of the run would be seen as a raster.
        change = fresh - self.shown[row::LOOK_STEP, column::LOOK_STEP]
        self.shown = np.clip(self.shown + _grown(change, *self.shown.shape[:2]), 0.0, 1.0)
        self.shown[row::LOOK_STEP, column::LOOK_STEP] = fresh

    def _check(self) -> None:
        """While decoding: a pause has time until the next step."""
        if self.control.cancel_requested:
            raise Cancelled

    def _finished(self, trainer: CoordinateTrainer, seconds: float, cpu: float, stopped: bool) -> Finished:
        network = trainer.network(self.picture.name).quantised(bits_of(self.settings))
        shown = network.decode(check=self._check)
        self.frames.add(shown)
        if self.slot is not None:
            speed = trainer.samples / max(seconds - self._idle, 1e-9)
            self.slot.put(LabPreview(network.steps, shown, self.wanted, self.psnr, speed, network, self.frames.all))
        figures = self._report(network, shown, trainer, seconds, cpu)
        return Finished(LabResult(network, shown, self.wanted, figures, self.frames.all), stopped)

    def _report(
        self, network: CoordinateNetwork, shown: Pixels, trainer: CoordinateTrainer, seconds: float, cpu: float
    ) -> dict[str, Any]:
        return {
            "schema": 1,
            "version": importlib.metadata.version("texloom"),
            "material": self.picture.name,
            "picture": self.picture.name,
            "width": self.picture.width,
            "height": self.picture.height,
            "channels": self.architecture.channels,
            "bit_depth": self.picture.bit_depth,
            "transform": str(self.transform or Transform.IDENTITY),
            "psnr_db": picture_psnr(shown, self.wanted, self.picture.bit_depth),
            "ssim": metrics.ssim(*_rounded(shown, self.wanted, bit_depth=self.picture.bit_depth)),
            "loss": self.loss,
            "parameters": self.architecture.parameters,
            "multiply_adds_per_pixel": self.architecture.multiply_adds,
            "samples_per_s": trainer.samples / max(seconds - self._idle, 1e-9),
            "seconds": {"train": round(seconds, 3)},
            "cpu_seconds": round(cpu, 3),
            "steps": trainer.steps,
            "steps_in_all": network.steps,
            "samples": trainer.samples,
            "device": self.device,
            "seed": self.settings.seed,
            "settings": to_dict(self.settings, all_fields=True),
            "notices": list(self.notices),
        }

    def _say(self, text: str) -> Notice:
        self.notices.append(text)
        return Notice(text)


def _grown(change: Pixels, height: int, width: int) -> Pixels:
    """Every texel as a square of :data:`LOOK_STEP`, the last ones as many as it takes."""
    grown = change.repeat(LOOK_STEP, axis=0).repeat(LOOK_STEP, axis=1)
    missing = max(0, height - grown.shape[0]), max(0, width - grown.shape[1])
    return np.pad(grown, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge")[:height, :width]


def schedule(name: str, part: float) -> float:
    """The learning rate over that at the start, when ``part`` of the run in [0, 1] is done."""
    part = min(max(part, 0.0), 1.0)
    if name == "cosine":
        return FINAL_RATE + (1.0 - FINAL_RATE) * 0.5 * (1.0 + math.cos(math.pi * part))
    return FINAL_RATE**part if name == "exponential" else 1.0


def picture_psnr(shown: Pixels, wanted: Pixels, bit_depth: int) -> float:
    """In dB, both rounded to the picture's bit depth; infinity if nothing differs."""
    return metrics.psnr(*_rounded(shown, wanted, bit_depth=bit_depth))


def _rounded(*pictures: Pixels, bit_depth: int) -> list[Pixels]:
    top = np.float32(2.0**bit_depth - 1.0)
    return [(picture * top).round() / top for picture in pictures]
