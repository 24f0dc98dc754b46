"""The compression job: a texture set in, a ``.texloom`` file, its report and a stream of events out."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import importlib.metadata
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.codec import checkpoint, container, goals, rate, report, search
from core.codec.layout import LatentLayout, two_grids
from core.codec.neural_texture import NeuralTexture
from core.codec.schedule import Clock
from core.codec.settings import CompressSettings
from core.codec.source import LearnedChannels, bounded
from core.codec.training import Preview, Stretch, Training
from core.devices import device_named
from core.errors import InputError, OutputError
from core.files import check_writable
from core.jobs import Control, Event, Finished, Progress, Slot, Started, to_dict
from core.jobs.settings import validate
from core.textures.material import TextureSet
from core.textures.roles import MAX_CHANNELS

if TYPE_CHECKING:
    from core.codec.baselines import BaselineResult
    from core.codec.trainer import Trainer

LEAST_FILL = 0.93
"""A size that was asked for is used at least to this part: what could take less room is then stored so that it reads
faster."""


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
    device = device_named(settings.device)
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
        self.training = Training(source, settings, device, control, slot)
        self.hidden = decoder_by_hand(settings.decoder)
        self.baseline: BaselineResult | None = None
        self.rough = rate.is_rough(source.image)
        bare = LatentLayout(source.material.width, source.material.height, source.channels, two_grids(4, 1, 1, 4), ())
        self.header = container.header_bytes(self.training.empty_texture(bare))

    def events(self, resume: bool) -> Iterator[Event]:
        check_writable(self.path.parent)
        training, material = self.training, self.source.material
        saved = self._saved() if resume else None
        for notice in self.source.notices:
            yield from training.say(notice)
        if resume and saved is None:
            yield from training.say("There is no interrupted run to resume; started from the beginning.")
        limit: int | None = None
        if self.source.channels == 0:
            yield Started(material.name, self.header)
            texture, stopped = training.constant_texture(), False
        else:
            quality = yield from self._quality()
            correct = None
            if saved is not None:
                training.map_weights = dict(saved.weights)
                layout, kept, limit = saved.layout, None, saved.limit
                stretch = Stretch() if quality is None else search.run_stretch(0.0)
            elif quality is not None:
                found = yield from search.find_size(training, quality, self)
                layout, kept, correct = found.layout, found.kept, found.control
                stretch = search.run_stretch(found.progress)
            else:
                limit = self._budget()
                layout, kept, stretch = self._layout(limit), None, Stretch()
            yield Started(material.name, self._expected(layout))
            if kept is None:
                room = None if limit is None else limit - self.header - layout.decoder_bytes - 4 * layout.channels
                save = functools.partial(self._save, limit)
                texture, stopped = yield from training.run(
                    layout, stretch, limit=room, saved=saved, save=save, correct=correct
                )
            else:
                texture, stopped = kept, True
            if correct is not None and not stopped:
                texture = correct.best or texture
            if quality is not None:
                yield from self._say_if_missed(quality, texture)
        began = time.perf_counter()
        least = 0 if limit is None else int(LEAST_FILL * limit)
        size = container.write(texture, self.path, entropy_coded=True, at_least=least)
        write_seconds = time.perf_counter() - began
        texture = dataclasses.replace(texture, size_bytes=size)
        with contextlib.suppress(OSError):
            self.checkpoint_path.unlink(missing_ok=True)
        yield Progress(1.0, "Measuring")
        # Before mip 0 is decoded: the set, its copy and the lower levels at once would be the largest part of a run.
        mips = report.mip_report(material, texture, self.control.check)
        decoded = texture.decoded_set()
        if self.slot is not None:
            maps = {m.role: m.pixels for m in decoded.maps}
            psnr = report.pooled_psnr([m.pixels for m in material.maps], list(maps.values()))
            self.slot.put(Preview(training.steps, bounded(psnr), maps, texture))
        if self.baseline is not None:
            yield from training.say(_saving(self.baseline, texture))
        written = self._report(texture, decoded, mips, write_seconds)
        yield Finished(CompressResult(self.path, texture, written), stopped_early=stopped)

    def _saved(self) -> checkpoint.SavedRun | None:
        """The run to go on with, if there is one. Raises InputError if it was another one."""
        saved = checkpoint.load(self.checkpoint_path)
        if saved is None:
            return None
        if saved.fingerprint != self.source.fingerprint():
            raise InputError(
                f"{self.checkpoint_path} belongs to other maps than those of {self.source.material.name}; "
                "start without --resume.",
                self.checkpoint_path,
            )
        if saved.goal != (goal := goals.text_of(self.settings)):
            raise InputError(
                f"{self.checkpoint_path} was begun for {saved.goal}, not for {goal}; ask for {saved.goal} or start "
                "without --resume.",
                self.checkpoint_path,
            )
        return saved

    def _quality(self) -> Iterator[Event]:
        """The quality to reach, None where the size is given."""
        settings = self.settings
        psnr, maps = settings.target_psnr, goals.role_numbers(settings.target_maps, "--target-maps")
        if settings.match is not None:
            from core.codec.baselines import BaselineSettings, baseline

            for event in baseline(self.source.material, BaselineSettings(settings.match), self.control):
                if isinstance(event, Finished):
                    self.baseline = event.result
                elif isinstance(event, Progress):
                    yield Progress(0.0, f"Measuring {settings.match}")
            assert self.baseline is not None
            psnr = min(self.baseline.psnr_db, 70.0)
        if psnr is None and not maps:
            return None
        return goals.Quality(psnr, maps)

    def _budget(self) -> int:
        settings, material = self.settings, self.source.material
        if settings.max_bytes is not None:
            return settings.max_bytes
        return rate.byte_budget(material.width, material.height, settings.bpp)

    def _layout(self, budget: int) -> LatentLayout:
        material, channels, training = self.source.material, self.source.channels, self.training
        if training.grids:
            hidden = self.hidden or rate.usual_decoder(budget)
            layout = LatentLayout(material.width, material.height, channels, training.grids, hidden)
            if self._expected(layout) > budget:
                raise InputError(
                    f"The grids take about {self._expected(layout)} bytes, but {budget} are allowed; ask for fewer "
                    "features or bits, or for a larger file."
                )
            return layout
        return rate.choose(
            material.width, material.height, channels, budget, rough=self.rough, header=self.header, hidden=self.hidden
        )

    def for_rate(self, bpp: float) -> LatentLayout:
        """As ``search.Sizing`` says; the smallest layout there is if that is still too much."""
        material = self.source.material
        budget = rate.byte_budget(material.width, material.height, bpp)
        try:
            return self._layout(budget)
        except InputError:
            return self._layout(
                max(budget, rate.least_bytes(material.width, material.height, self.source.channels, self.header))
            )

    def scaled(self, layout: LatentLayout, factor: float) -> LatentLayout:
        """As ``search.Sizing`` says; ``--grids`` are meant as they are."""
        material, expected = self.source.material, self._expected(layout)
        lowest, highest = (
            rate.byte_budget(material.width, material.height, bpp) / expected for bpp in (search.LOWEST, search.HIGHEST)
        )
        factor = min(max(factor, lowest), highest)
        return layout if self.training.grids else rate.scaled(layout, factor, rough=self.rough)

    def _expected(self, layout: LatentLayout) -> int:
        """Bytes that a file of this layout will take, about."""
        return int(rate.expected_bytes(layout, rough=self.rough)) + self.header + 4 * layout.channels

    def _say_if_missed(self, quality: goals.Quality, texture: NeuralTexture) -> Iterator[Event]:
        psnr, per_map = search.measured(self.training, texture)
        margin = quality.margin(psnr, per_map)
        if margin < 0:
            yield from self.training.say(
                f"Missed {quality.text()} by {-margin:.2f} dB; train longer or ask for a size."
            )

    def _save(self, limit: int | None, trainer: Trainer, clock: Clock) -> Path | str:
        """Write the checkpoint. A full disk is no reason to lose the run itself: what is wrong comes back as text."""
        about = {
            "fingerprint": self.source.fingerprint(),
            "layout": dataclasses.asdict(trainer.layout),
            "spent": clock.elapsed(),
            "shifted": clock.shifted,
            "limit": limit,
            "weights": {role.value: weight for role, weight in self.training.map_weights.items()},
            "settings": to_dict(self.settings),
        }
        try:
            checkpoint.save(self.checkpoint_path, about, trainer.state())
        except OutputError as error:
            return f"This run can't be resumed if it is interrupted now: {error}"
        return self.checkpoint_path

    def _report(
        self, texture: NeuralTexture, decoded: TextureSet, mips: list[dict[str, Any]], write_seconds: float
    ) -> dict[str, Any]:
        training = self.training
        written = report.build(
            self.source.material,
            texture,
            decoded,
            mips,
            check=self.control.check,
            version=importlib.metadata.version("texloom"),
            seconds={"read": 0.0, "train": training.seconds, "write": write_seconds},
            cpu_seconds=training.cpu_seconds,
            steps=training.steps,
            samples=training.samples,
            device=self.device,
            seed=self.settings.seed,
            settings=to_dict(self.settings, all_fields=True),
            notices=training.notices,
        )
        if self.baseline is not None:
            written["baselines"] = [self.baseline.report]
        return written


def _saving(baseline: BaselineResult, texture: NeuralTexture) -> str:
    """What the file saves over the baseline that it was to match, mips counted on both sides."""
    theirs, ours = baseline.bits_per_texel_with_mips, texture.bits_per_texel
    share = f"{100 * abs(1 - ours / theirs):.0f} % {'less' if ours <= theirs else 'more'}"
    return (
        f"{baseline.title} has {baseline.psnr_db:.2f} dB at {theirs:.2f} bits per texel with mips; this file takes "
        f"{ours:.2f}, {share}."
    )


def decoder_by_hand(text: str) -> tuple[int, ...]:
    """``64-64`` as widths; empty for none. Raises InputError."""
    try:
        hidden = tuple(int(word) for word in text.split("-")) if text else ()
    except ValueError:
        hidden = (0,)
    if len(hidden) > 4 or not all(1 <= width <= 256 for width in hidden):
        raise InputError(f"--decoder reads like '64-64', one to four layers of 1 to 256, not {text!r}.")
    return hidden
