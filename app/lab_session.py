"""What the lab knows and does: the picture, the settings, the run, the network. Widgets show it and call its acts."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from app.job_runner import Job, JobQueue, JobState, call
from app.lab_kept import Kept, KeptNetworks
from app.loading import load
from app.undo import Change
from core.coordinate import SUFFIX, rtx_file
from core.coordinate.dial import Dial, Transform
from core.coordinate.learn import LabInputs, LabPreview, LabResult, learn, picture_psnr
from core.coordinate.network import Architecture, CoordinateNetwork, architecture_of
from core.coordinate.pictures import Picture, read_picture, sample_picture, without_alpha
from core.coordinate.settings import LabSettings
from core.coordinate.transforms import transformed
from core.errors import InputError, TexloomError
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Slot
from core.textures.material import Pixels
from widgets.language import spoken, tr

NETWORK_SUFFIXES = (SUFFIX, *rtx_file.SUFFIXES)
POLL_MS = 100
SHUTDOWN_S = 5.0

Say = Callable[[str, str], object]
"""Tells the user a sentence; severity is info, good, warn or bad."""


@dataclass
class Curve:
    """How one run went: seconds, and PSNR in dB and loss at each of them. ``name`` says which network it was."""

    name: str
    seconds: list[float] = field(default_factory=list)
    psnr: list[float] = field(default_factory=list)
    loss: list[float] = field(default_factory=list)


class LabSession(QObject):
    """All in the GUI thread. A run trains in ``compute``; reading, writing and looking again have a queue of their
    own. While a run goes on, what it shows comes from its slot."""

    changed = Signal()
    """The picture, the settings, the network or the state of the run."""
    pictured = Signal()
    """:attr:`wanted` or :attr:`shown`."""
    measured = Signal()
    """Curves and figures of the run."""
    run_ended = Signal(bool)
    """Whether it left a network."""
    decoded = Signal(int)
    """The network was decoded anew, while nothing runs, with weights of so many bits."""
    shader_drawn = Signal(float)
    """The picture was drawn by the GLSL shader; the largest difference to the decoder's, in [0, 1]."""

    def __init__(
        self,
        compute: JobQueue,
        say: Say,
        parent: QObject | None = None,
        *,
        settings: LabSettings | None = None,
        kept: KeptNetworks | None = None,
    ) -> None:
        """``settings``: to begin with. ``kept``: where networks are kept until they are saved."""
        super().__init__(parent)
        self._compute, self._say = compute, say
        self._io = JobQueue(self)
        self.undo = QUndoStack(self)
        """Of what is changed in the lab: nothing else is undone in it."""
        self._kept = kept
        self.offered = kept.newest() if kept is not None else None
        """A network that was trained and not saved when the lab was open before."""
        self._taken_up: Kept | None = None
        self.picture: Picture | None = None
        self.settings = settings or LabSettings()
        self.dial = Dial()
        self.network: CoordinateNetwork | None = None
        """As it was learned, before :attr:`bits`."""
        self.bits = 32
        """How finely its weights are looked at, saved and exported."""
        self.shown: Pixels | None = None
        self.wanted: Pixels | None = None
        self.from_shader = False
        self.frames: tuple[Any, ...] = ()
        self.psnr: float | None = None
        self.samples_per_s: float | None = None
        self._steps = self._steps_before = 0
        self.fraction: float | None = None
        self.remaining_s: float | None = None
        self.curves: list[Curve] = []
        """The run before and the present one."""
        self.job: Job | None = None
        self._slot: Slot[LabPreview] = Slot()
        self._seen = 0
        self._before: tuple[Any, ...] = ()
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._look)

    # --- what there is --------------------------------------------------------------------------------------

    @property
    def steps(self) -> int | None:
        """That the network has learned for, or the one that learns has so far."""
        if self.busy:
            return self._steps
        return None if self.network is None else self.network.steps

    @property
    def state(self) -> JobState | None:
        return None if self.job is None else self.job.state

    @property
    def busy(self) -> bool:
        """A run is waiting or going on."""
        return self.job is not None and not self.job.state.ended

    @property
    def architecture(self) -> Architecture:
        """What the settings ask for; of a network without a picture, its own."""
        if self.picture is None and self.network is not None:
            return self.network.architecture
        channels = 3 if self.picture is None else self._pixels(self.picture, self.settings).shape[2]
        return architecture_of(self.settings, channels)

    @property
    def source(self) -> Pixels | None:
        """The picture as it was opened; :attr:`wanted` is what the transform makes of it."""
        return None if self.picture is None else self._pixels(self.picture, self.settings)

    @property
    def can_go_on(self) -> bool:
        """Whether the network has the shape that the settings ask for."""
        return not self.busy and self.network is not None and self.network.architecture == self.architecture

    @property
    def why_not_on(self) -> str:
        """Why the network that is there can't be trained on, or nothing."""
        if self.network is None or self.picture is None or self.can_go_on or self.busy:
            return ""
        channels = self.network.architecture.channels, self.architecture.channels
        if channels == (4, 3):
            return tr("The network has an alpha channel and the picture has none.")
        if channels == (3, 4):
            return tr("The picture has an alpha channel and the network has none; Alpha in the settings leaves it out.")
        return tr("The network has another shape than the settings ask for; Start trains a new one.")

    @property
    def kept(self) -> CoordinateNetwork | None:
        """The network as it is looked at, saved and exported."""
        return None if self.network is None else self.network.quantised(self.bits)

    @property
    def file_bits(self) -> int:
        """That each weight takes in a file: those chosen, or fewer if the network was loaded with fewer."""
        rounding = None if self.network is None else self.network.rounding
        return self.bits if rounding is None else min(self.bits, rounding.bits)

    @staticmethod
    def _pixels(picture: Picture, settings: LabSettings) -> Pixels:
        return (picture if settings.alpha else without_alpha(picture)).pixels

    # --- acts -----------------------------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a picture, or a network by its suffix."""
        if path.suffix.lower() in NETWORK_SUFFIXES:
            self.load_network(path)
        else:
            self._later(_reading(path), functools.partial(read_picture, path), self._on_picture)

    def open_sample(self) -> None:
        def named(picture: Picture) -> None:
            self._on_picture(dataclasses.replace(picture, name=tr("Sample")))

        self._later(tr("Making the sample"), sample_picture, named)

    def change_settings(self, settings: LabSettings) -> None:
        """Can be undone."""
        if settings != self.settings:
            self.undo.push(Change(tr("Change settings"), self.settings, settings, self._put_settings))

    def _put_settings(self, settings: LabSettings) -> None:
        self.settings = settings
        self.changed.emit()

    def take_up_again(self) -> None:
        """Open the network that is :attr:`offered`, with its picture if that is still there."""
        offered, self.offered = self.offered, None
        if offered is None:
            return
        if offered.picture is None:
            self.open_sample()
        elif offered.picture.exists():
            self.open(offered.picture)
        else:
            self._say(
                tr("The picture {path} is gone; save the network to keep it.").format(path=offered.picture), "warn"
            )
        self.load_network(offered.file)
        self._taken_up = offered
        self.changed.emit()

    def set_transform(self, transform: Transform) -> None:
        """At once, also while a training runs: it then learns the new picture."""
        self.dial.set(transform)
        self._look_at_source()
        self.changed.emit()

    def start(self, *, go_on: bool = False, settings: LabSettings | None = None) -> Job | None:
        """Train a new network, or the one there is further; ``settings`` of the same shape for this run only."""
        if self.picture is None or self.busy:
            return None
        # Rounding the weights is a way of looking at them here: the run keeps them whole.
        settings = dataclasses.replace(settings or self.settings, weight_bits="32")
        inputs = LabInputs(self.picture, self.dial, self.network if go_on and self.can_go_on else None)
        slot: Slot[LabPreview] = Slot()

        kept, picture = self._kept, self.picture

        def work(control: Control) -> Iterator[Event]:
            load("core.coordinate.trainer")
            for event in learn(inputs, settings, control, slot):
                if kept is not None and isinstance(event, Finished):
                    kept.keep(event.result.network, picture.name, picture.path)
                yield event

        self._slot, self._seen = slot, 0
        self._steps = self._steps_before = 0 if inputs.start is None else inputs.start.steps
        self._before = (self.network, self.frames, list(self.curves))
        self.curves = [*self.curves[-1:], Curve(network_name(self.architecture))]
        self.fraction = self.remaining_s = self.samples_per_s = None
        self.job = self._compute.submit(tr("Lab: {picture}").format(picture=self.picture.name), work)
        self.job.changed.connect(self.changed)
        self.job.events.connect(self._on_events)
        self.job.finished.connect(self._on_finished)
        self.job.failed.connect(self._on_failed)
        self.job.cancelled.connect(self._on_cancelled)
        self._poll.start()
        self.changed.emit()
        return self.job

    def pause_or_resume(self) -> None:
        if self.job is not None:
            (self.job.resume if self.job.state is JobState.PAUSED else self.job.pause)()

    def stop(self) -> None:
        """Finish now and keep what it has learned."""
        if self.job is not None:
            self.job.stop()

    def discard(self) -> None:
        """End the run; the network that was there before comes back."""
        if self.job is not None:
            self.job.cancel()

    def look_at_bits(self, bits: int) -> None:
        """Show the network with its weights rounded; it keeps them whole."""
        self.bits = bits
        self._look_again()
        self.changed.emit()

    def draw_with_shader(self) -> None:
        """Let the exported GLSL text draw the picture, and say how far it is from the decoder's."""
        kept = self.kept
        if kept is None or self.busy:
            return

        def draw() -> tuple[Pixels, float]:
            from renderers.network_picture import MOST_MULTIPLY_ADDS, shader_picture

            if kept.architecture.multiply_adds > MOST_MULTIPLY_ADDS:
                text = tr(
                    "This network takes {count:,} multiply-adds a pixel; compiling its shader would take minutes, so "
                    "at most {most:,} are drawn here. Export it instead."
                )
                raise InputError(text.format(count=kept.architecture.multiply_adds, most=MOST_MULTIPLY_ADDS))
            shown = shader_picture(kept)
            return shown, float(abs(shown - kept.decode()).max())

        def drawn(result: tuple[Pixels, float]) -> None:
            if self.kept is not None and not self.busy:
                self.shown, self.from_shader = result[0], True
                self._measure()
                self.pictured.emit()
                self.changed.emit()
            self.shader_drawn.emit(result[1])

        self._later(tr("Drawing with the shader"), draw, drawn)

    def draw_with_decoder(self) -> None:
        self._look_again()

    def load_network(self, path: Path) -> None:
        from core.coordinate.network_file import read_any

        self._later(_reading(path), functools.partial(read_any, path), self._on_network)

    def save_network(self, path: Path) -> None:
        """As ``.texnet``, or as the RTX samples keep networks, by the suffix."""
        from core.coordinate import network_file

        kept = self.kept
        if kept is not None:
            write = rtx_file.write if path.suffix.lower() in rtx_file.SUFFIXES else network_file.write
            named = dataclasses.replace(kept, name=path.name.split(".")[0])
            self._write(path, functools.partial(write, named, path), self._on_saved)

    def _on_saved(self) -> None:
        if self._kept is not None and not self.busy:
            self._kept.forget(self._taken_up)
            self._taken_up = None

    def export(self, target: str, path: Path) -> None:
        from core.exporters.networks import write_network

        kept = self.kept
        if kept is not None:
            self._write(path, functools.partial(write_network, kept, target, path))

    def save_animation(self, path: Path) -> None:
        from core.coordinate.animation import write_animation

        self._write(path, functools.partial(write_animation, path, self.frames))

    def shutdown(self) -> bool:
        """End everything of the lab's own; False if a thread doesn't end in time. The compute queue is its owner's."""
        self._poll.stop()
        ended = True
        if self.job is not None and self._kept is not None and self.job.state in (JobState.RUNNING, JobState.PAUSED):
            # What it has learned so far is kept.
            self.job.stop()
            self.job.wait(SHUTDOWN_S)
        if self.job is not None and not self.job.state.ended:
            self.job.cancel()
            ended = self.job.state.ended or self.job.wait(SHUTDOWN_S)
        return self._io.shutdown(SHUTDOWN_S) and ended

    # --- what comes back ------------------------------------------------------------------------------------

    def _later(self, title: str, function: Callable[[], Any], done: Callable[[Any], object]) -> None:
        job = self._io.submit(title, call(function))
        job.finished.connect(lambda event: done(event.result))
        job.failed.connect(self._on_failed)

    def _write(self, path: Path, function: Callable[[], Any], then: Callable[[], object] = lambda: None) -> None:
        source = None if self.picture is None else self.picture.path
        if source is not None and path.exists() and path.samefile(source):
            self._say(tr("{name} is the picture itself; choose another name.").format(name=path.name), "bad")
            return
        written = tr("Written: {path}").format(path=path)

        def done(_: Any) -> None:
            self._say(written, "good")
            then()

        self._later(tr("Writing {name}").format(name=path.name), function, done)

    def _on_picture(self, picture: Picture) -> None:
        if self.busy:
            self._say(tr("A training runs; stop it before another picture is opened."), "warn")
            return
        self.picture = picture
        self.shown, self.wanted, self.curves = None, None, []
        if self.network is not None:
            # It took time to learn, and may not be saved: only a new run takes its place.
            self.network = self._at_size_of(picture, self.network)
        self.psnr = self.samples_per_s = self.fraction = None
        self.from_shader = False
        for notice in picture.notices:
            self._say(notice, "info")
        self._look_again()
        self.set_transform(self.dial.get())

    def _on_network(self, network: CoordinateNetwork) -> None:
        from core.coordinate.network_file import settings_of

        if self.busy:
            self._say(tr("A training runs; stop it before a network is loaded."), "warn")
            return
        if self.picture is not None:
            network = self._at_size_of(self.picture, network)
        self.network = network
        settings = settings_of(network, self.settings)
        if self.picture is None or self.picture.pixels.shape[2] == 4:
            settings = dataclasses.replace(settings, alpha=network.architecture.channels == 4)
        self.settings = settings
        self.frames, self.curves = (), []
        if self.picture is not None:
            self.set_transform(self.dial.get())
        self._look_again()
        self.changed.emit()

    @staticmethod
    def _at_size_of(picture: Picture, network: CoordinateNetwork) -> CoordinateNetwork:
        """It shows itself at the size of the picture it is compared with."""
        return dataclasses.replace(network, width=picture.width, height=picture.height)

    def _on_events(self, events: tuple[Event, ...]) -> None:
        for event in events:
            match event:
                case Metrics():
                    curve = self.curves[-1]
                    curve.seconds.append(event.seconds)
                    curve.psnr.append(event.psnr_db)
                    curve.loss.append(event.loss)
                    self.psnr = event.psnr_db
                    self._steps = self._steps_before + event.step
                case Progress():
                    self.fraction, self.remaining_s = event.fraction, event.remaining_s
                case Notice():
                    self._say(event.text, "info")
                case _:
                    pass
        self.measured.emit()

    def _look(self) -> None:
        version, preview = self._slot.get()
        if preview is None or version == self._seen:
            return
        self._seen = version
        self.shown, self.wanted, self.frames = preview.shown, preview.wanted, preview.frames
        self.from_shader = False
        self.samples_per_s = preview.samples_per_s
        self.pictured.emit()
        self.measured.emit()

    def _on_finished(self, event: Finished) -> None:
        result: LabResult = event.result
        self._poll.stop()
        self.network, self.frames = result.network, result.frames
        self.shown, self.wanted, self.from_shader = result.shown, result.wanted, False
        self.psnr, self.samples_per_s = result.report["psnr_db"], result.report["samples_per_s"]
        self.fraction = self.remaining_s = None
        if self.bits < 32:
            self._look_again()
        self.pictured.emit()
        # The dial may have been turned after the last step.
        self.set_transform(self.dial.get())
        self.measured.emit()
        self.run_ended.emit(True)

    def _on_failed(self, error: BaseException) -> None:
        unknown = tr("Something unexpected went wrong; the log has the details.")
        self._say(spoken(error.sentence) if isinstance(error, TexloomError) else unknown, "bad")
        if self.job is not None and self.job.state is JobState.FAILED and self._poll.isActive():
            self._back()

    def _on_cancelled(self) -> None:
        self._say(tr("The run was discarded."), "info")
        self._back()

    def _back(self) -> None:
        """As it was before the run."""
        self._poll.stop()
        self.network, self.frames, self.curves = self._before
        self.fraction = self.remaining_s = self.samples_per_s = self.psnr = None
        self.shown = None
        self._look_again()
        self.pictured.emit()
        self.measured.emit()
        self.changed.emit()
        self.run_ended.emit(False)

    def _look_at_source(self) -> None:
        """Move the picture as the dial says, in its own time."""
        picture, transform = self.picture, self.dial.get()
        if picture is None:
            return

        def moved(wanted: Pixels) -> None:
            if self.picture is picture and self.dial.get() is transform:
                self.wanted = wanted
                self._measure()
                self.pictured.emit()

        pixels = self._pixels(picture, self.settings)
        self._later(tr("Moving the picture"), functools.partial(transformed, pixels, transform), moved)

    def _look_again(self) -> None:
        """Decode the network there is, in its own time."""
        kept = self.kept
        if kept is None or self.busy:
            return

        bits = self.bits

        def decoded(shown: Pixels) -> None:
            if not self.busy and self.bits == bits:
                self.shown, self.from_shader = shown, False
                self._measure()
                self.pictured.emit()
                self.changed.emit()
                self.decoded.emit(bits)

        self._later(tr("Decoding"), kept.decode, decoded)

    def _measure(self) -> None:
        """The exact PSNR of what is shown, while nothing runs."""
        if self.busy or self.picture is None or self.shown is None or self.wanted is None:
            return
        if self.shown.shape == self.wanted.shape:
            self.psnr = picture_psnr(self.shown, self.wanted, self.picture.bit_depth)


def network_name(shape: Architecture) -> str:
    """``hash 2×64``: what tells two runs apart."""
    return f"{tr(shape.encoding)} {shape.hidden_layers}×{shape.width}"


def _reading(path: Path) -> str:
    return tr("Reading {name}").format(name=path.name)
