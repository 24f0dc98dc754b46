"""What the window can do: open, review, compress, compare, export. It owns the queues and knows no widget."""

from __future__ import annotations

import dataclasses
import logging
import shutil
import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app import paths, reading_jobs, run_store, sources
from app.document import ORIGINAL, Document, Material, MaterialState, Run, RunState
from app.job_runner import Job, JobQueue, JobState, call
from app.preferences import Preferences
from app.reading_jobs import Opened
from app.run_store import RunRecord
from app.sources import ContainerSource, SampleSource, Source
from core.codec.settings import PRESET_SECONDS, CompressSettings
from core.errors import InputError, OutputError, TexloomError
from core.exporters import TARGETS
from core.jobs import Control, Event, Finished, Metrics, Notice, Progress, Started, from_dict, to_dict
from core.textures.material import NormalConvention, TextureSet
from core.textures.mips import at_level, pyramid_level
from core.textures.plan import MaterialPlan
from core.textures.roles import Role

if TYPE_CHECKING:
    from core.codec.neural_texture import NeuralTexture

log = logging.getLogger(__name__)

HELD_SETS = 3
"""So many materials keep their pixels in memory besides those in the queue; the rest are read again."""
SHOWN_RUNS = 200
HISTORY_POINTS = 300
FITTING_TARGETS = frozenset(name for name, target in TARGETS.items() if target.fits)
"""Destinations with a model of their own: their export trains, so it goes into the queue of the runs."""

CompressJob = Callable[..., Iterator[Event]]
"""The signature of :func:`core.codec.compress.compress`."""
MessageAction = tuple[str, Callable[[], object]]


@dataclass(frozen=True)
class Message:
    """For a toast and the log. ``severity``: info, good, warn or bad."""

    text: str
    severity: str = "info"
    actions: tuple[MessageAction, ...] = ()


_Level = tuple[int, int, int, int]
"""The key of what is shown, of the original also its material's and which reading of it, and the mip level."""
HELD_LEVELS = 6
"""So many smaller mip levels are kept."""


class Session(QObject):
    """All signals and methods belong to the GUI thread."""

    message = Signal(object)
    pixels_changed = Signal(str)
    """What side A or B shows has new pixels: "A" or "B"."""
    folder_wanted = Signal(Path)
    """A folder shall be opened in the file manager."""
    details_wanted = Signal()
    """The log shall be shown."""
    busy_changed = Signal()
    activity = Signal(object, float)
    """The :class:`Job` of an export and how far it is, in [0, 1]; None when it has ended."""

    def __init__(
        self, preferences: Preferences, parent: QObject | None = None, *, compress: CompressJob | None = None
    ) -> None:
        """``compress``: the job behind Start; the codec's own unless another one is given."""
        super().__init__(parent)
        self.preferences = preferences
        self._compress = compress or _codec_job
        self.document = Document(self)
        self.undo = QUndoStack(self)
        self.io = JobQueue(self)
        self.compute = JobQueue(self)
        self.io.changed.connect(self.busy_changed)
        self.compute.changed.connect(self.busy_changed)
        self._recent_sets: list[int] = []
        self._decoded: dict[int, TextureSet] = {}
        self._neural: dict[int, NeuralTexture] = {}
        """Of the runs that are decoded, and of those that ended since the window opened."""
        self._sparing = False
        self._decoding: set[int] = set()
        self._levels: dict[_Level, TextureSet] = {}
        """Mip levels that were asked for, the newest last."""
        self._levels_coming: set[_Level] = set()
        self._shown_version: dict[int, int] = {}
        self._closing = False
        self.document.current_changed.connect(self._on_current)
        self.document.slots_changed.connect(self._on_slots)
        self.document.set_settings(_settings_from(preferences.settings))

    # --- opening --------------------------------------------------------------------------------------------

    def open(self, inputs: Sequence[Path]) -> None:
        """Folders, image files and ``.texloom`` files; what can't be used gives one message and no more."""
        containers = [path for path in inputs if path.suffix.lower() == run_store.CONTAINER_SUFFIX and path.is_file()]
        for path in containers:
            self._add(Material(self.document.next_key(), path.stem, ContainerSource(path)))
            self.preferences.remember_recent(path)
        rest = [path for path in inputs if path not in containers]
        if not rest:
            return
        job = self.io.submit("Looking at files", call(reading_jobs.look, rest))
        job.finished.connect(lambda event: self._on_found(event.result))
        job.failed.connect(self._tell_error)

    def _on_found(self, found: reading_jobs.Found) -> None:
        for error in found.errors:
            self._tell_error(error)
        self._on_plans(list(found.plans), found.inputs)

    def open_sample(self, name: str, size: int = 1024, seed: int = 0) -> None:
        title = name.replace("_", " ").capitalize()
        self._add(Material(self.document.next_key(), title, SampleSource(name, size, seed)))

    def _on_plans(self, plans: list[MaterialPlan], inputs: Sequence[Path]) -> None:
        for path in inputs:
            self.preferences.remember_recent(path)
        first = True
        for plan in plans:
            plan = reading_jobs.with_corrections(plan, self.preferences.corrections)
            material = Material(self.document.next_key(), plan.name, plan, plan=plan)
            self._add(material, look=first)
            first = False
        to_look = sum(1 for plan in plans for file in plan.files if file.problem)
        if len(plans) > 1:
            self._say(f"{len(plans)} materials opened.")
        if to_look:
            self._say(f"{to_look} {'file' if to_look == 1 else 'files'} can't be read; see Maps.", "warn")

    def _add(self, material: Material, look: bool = True) -> None:
        self.document.add_material(material)
        wanted = sources.to_json(material.source)
        for run in self.document.runs:
            if run.material_key is None and run.record.source == wanted:
                run.material_key = material.key
        if look:
            self.document.set_current(material.key)
        self._read(material)

    def _read(self, material: Material) -> None:
        """Read (again) in the background; an answer that is overtaken by a later assignment is dropped."""
        material.generation += 1
        generation = material.generation
        if material.plan is not None and not material.plan.used_files:
            self._undecided(material, "No file is used as a map yet. Choose a role for at least one of them.")
            return
        material.state = MaterialState.READING
        self.document.material_changed.emit(material)
        job = self.io.submit(f"Reading {material.name}", call(reading_jobs.open_source, material.source))
        if material is self.document.current:
            self.io.move_first(job)

        def finished(event: Finished) -> None:
            if generation == material.generation:
                self._on_opened(material, event.result)

        def failed(error: Exception) -> None:
            if generation == material.generation:
                self._undecided(material, _sentence(error))
                self._tell_error(error)

        job.finished.connect(finished)
        job.failed.connect(failed)

    def _on_opened(self, material: Material, opened: Opened) -> None:
        texture_set = opened.texture_set
        known = material.texture_set is not None or material.width > 0
        material.texture_set, material.neural = texture_set, opened.neural
        material.thumbnail = opened.thumbnail
        material.pictures = opened.pictures
        material.normal_previews = opened.normal_previews
        material.width, material.height = texture_set.width, texture_set.height
        material.roles = tuple(texture_map.role for texture_map in texture_set.maps)
        material.state, material.problem = MaterialState.READY, ""
        if not known:
            for notice in texture_set.notices:
                log.info("%s: %s", material.name, notice)
        self._hold(material)
        self.document.material_changed.emit(material)
        if material is self.document.current:
            self.pixels_changed.emit("A")

    def _undecided(self, material: Material, problem: str) -> None:
        material.state, material.problem = MaterialState.UNDECIDED, problem
        material.texture_set = material.neural = None
        self.document.material_changed.emit(material)
        if material is self.document.current:
            self.pixels_changed.emit("A")

    def _hold(self, material: Material) -> None:
        """Keep the pixels of the last few materials only."""
        self._recent_sets = [key for key in self._recent_sets if key != material.key] + [material.key]
        current = self.document.current
        needed = {run.material_key for run in self.document.runs if run.state.active}
        for key in tuple(self._recent_sets[:-HELD_SETS]):
            old = self.document.material(key)
            if old is None or (old is not current and key not in needed):
                self._recent_sets.remove(key)
                if old is not None:
                    old.texture_set = old.neural = None

    def _on_current(self) -> None:
        material = self.document.current
        if material is None:
            return
        if material.texture_set is None and material.state is MaterialState.READY:
            self._read(material)
        else:
            self._hold(material)

    # --- review ---------------------------------------------------------------------------------------------

    def assign(self, material: Material, path: Path, roles: tuple[Role | None, ...]) -> None:
        """Another role for one file of the plan; can be undone, and is remembered for files of that ending."""
        plan = material.plan
        if plan is None:
            return
        ending = reading_jobs.name_ending(path, plan.name)
        if ending:
            self.preferences.corrections[ending] = "+".join("" if role is None else role.value for role in roles)
        self._change_plan(material, plan.assign(path, roles), f"role of {path.name}")

    def choose_convention(self, material: Material, convention: NormalConvention) -> None:
        if material.plan is not None:
            self._change_plan(material, material.plan.with_normal_convention(convention), "normal convention")

    def _change_plan(self, material: Material, plan: MaterialPlan, what: str) -> None:
        before = material.plan
        if plan == before:
            return

        def put(value: MaterialPlan) -> None:
            material.plan = value
            material.source = value
            self._read(material)

        assert before is not None
        self.undo.push(_Change(f"Change {what}", before, plan, put))

    def change_settings(self, settings: CompressSettings) -> None:
        """Can be undone."""
        before = self.document.settings
        if settings != before:
            self.undo.push(_Change("Change settings", before, settings, self._put_settings))

    def _put_settings(self, settings: CompressSettings) -> None:
        self.preferences.settings = to_dict(settings)
        self.document.set_settings(settings)

    def remove_material(self, key: int) -> None:
        """Close a material. Its files and runs stay; a run that is active goes on."""
        self.document.remove_material(key)

    # --- runs -----------------------------------------------------------------------------------------------

    def restore_runs(self) -> None:
        """Take up the runs of earlier sessions from disk."""
        resumable = 0
        for folder, record in run_store.stored(paths.runs_folder())[-SHOWN_RUNS:]:
            lock = QLockFile(str(folder / "run.lock"))
            if not record.finished and not lock.tryLock(0):
                continue  # another window is at it
            lock.unlock()
            run = self._make_run(folder, record, None, _settings_from(record.settings))
            run.path = run_store.container(folder) if run.baseline is None else run_store.blocks(folder)
            if record.finished and run.path is not None:
                run.state = RunState.KEPT if record.stopped_early else RunState.DONE
            elif record.error:
                run.state = RunState.FAILED
            elif run_store.checkpoint(folder) is not None:
                run.state = RunState.RESUMABLE
                resumable += 1
            else:
                run.state = RunState.INTERRUPTED
            run.psnr_db, run.elapsed_s, run.step = record.psnr_db, record.seconds or 0.0, record.steps
            run.seconds = [point[0] for point in record.history]
            run.curves = {"total": [point[1] for point in record.history]} if record.history else {}
            if run.baseline is not None and run.state.has_result:
                run.show_constant()
            self.document.add_run(run)
        if resumable:
            some = "A run was" if resumable == 1 else f"{resumable} runs were"
            self._say(f"{some} interrupted and can be resumed: see Runs.", "warn")

    def start(self, material: Material, settings: CompressSettings | None = None) -> Run | None:
        """Queue a compression. Returns None, with a message, where it can't be."""
        chosen = settings or self.document.settings
        record = RunRecord(material.name, sources.to_json(material.source), to_dict(chosen))
        run = self._queue(material, record, chosen)
        if run is not None and self.document.current is material:
            self.document.set_slot("B", run.key)
        return run

    def add_baseline(self, material: Material, name: str) -> Run | None:
        """Queue a block-compressed set of a material as a run to compare with; ``name`` is one of ``BASELINES``.

        What A and B show stays, unless B shows nothing. Returns None, with a message, where it can't be.
        """
        record = RunRecord(material.name, sources.to_json(material.source), {}, baseline=name)
        run = self._queue(material, record, CompressSettings())
        if run is not None and self.document.current is material and self.document.slots["B"] is None:
            self.document.set_slot("B", run.key)
        return run

    def _queue(self, material: Material, record: RunRecord, settings: CompressSettings) -> Run | None:
        if material.state is MaterialState.UNDECIDED:
            self._say(material.problem or "Choose the roles of the files first.", "warn")
            return None
        try:
            folder = run_store.new_folder(paths.runs_folder(), material.name)
        except OutputError as error:
            self._tell_error(error)
            return None
        run_store.write(record, folder)
        run = self._make_run(folder, record, material.key, settings)
        self.document.add_run(run)
        self._submit(run, material.source, resume=False)
        return run

    def resume_interrupted(self, run: Run) -> None:
        """Go on with a run of an earlier session, or start it again where it had no checkpoint yet."""
        try:
            source = sources.from_json(run.record.source)
        except InputError as error:
            self._tell_error(error)
            return
        if run.material_key is None:
            material = Material(
                self.document.next_key(),
                run.record.material,
                source,
                plan=source if isinstance(source, MaterialPlan) else None,
            )
            run.material_key = material.key
            self._add(material)
        self._submit(run, source, resume=True)
        if self.document.current is self.document.material(run.material_key):
            self.document.set_slot("B", run.key)

    def pause(self, run: Run) -> None:
        if run.job is not None:
            run.job.pause()

    def resume(self, run: Run) -> None:
        if run.job is not None:
            run.job.resume()

    def stop_and_keep(self, run: Run) -> None:
        """Finish with the best state so far. A run that still waits has none and is taken out of the queue."""
        if run.job is None:
            return
        if run.state is RunState.WAITING:
            run.job.cancel()
        else:
            run.job.stop()

    def discard(self, run: Run) -> None:
        """End without a result; nothing of the run is kept."""
        if run.job is not None:
            run.job.cancel()
        elif not run.state.active:
            self.delete_run(run)

    def delete_run(self, run: Run) -> None:
        """Remove a run that has ended, with its files."""
        if run.state.active:
            return
        run_store.remove(run.folder)
        self._decoded.pop(run.key, None)
        self._neural.pop(run.key, None)
        self.document.remove_run(run.key)

    def _make_run(self, folder: Path, record: RunRecord, material_key: int | None, settings: CompressSettings) -> Run:
        number = max((run.number for run in self.document.runs), default=0) + 1
        return Run(self.document.next_key(), number, material_key, settings, folder, record)

    def _submit(self, run: Run, source: Source, *, resume: bool) -> None:
        run.lock = QLockFile(str(run.folder / "run.lock"))
        run.lock.tryLock(0)
        run.state, run.record.error = RunState.WAITING, ""
        material = self.document.material(run.material_key)

        def pixels() -> TextureSet:
            held = material.texture_set if material is not None and material.source == source else None
            return held if held is not None else reading_jobs.read_source(source)

        def work(control: Control) -> Iterator[Event]:
            yield Progress(0.0, "Preparing")
            texture_set = pixels()
            control.check()
            if run.baseline is not None:
                yield from _baseline_job(texture_set, run.baseline.name, control, run.folder)
            else:
                yield from self._compress(texture_set, run.settings, run.folder, control, run.slot, resume=resume)

        what = f"{run.baseline.title} of {run.material_name}" if run.baseline else f"Compressing {run.material_name}"
        job = self.compute.submit(what, work)
        run.job = job
        job.events.connect(lambda events: self._on_events(run, events))
        job.changed.connect(lambda: self._on_job_changed(run))
        job.finished.connect(lambda event: self._on_finished(run, event))
        job.failed.connect(lambda error: self._on_failed(run, error))
        job.cancelled.connect(lambda: self._on_cancelled(run))
        job.ended.connect(lambda: self._on_ended(run))
        self.document.run_changed.emit(run)

    def _on_job_changed(self, run: Run) -> None:
        states = {
            JobState.WAITING: RunState.WAITING,
            JobState.RUNNING: RunState.RUNNING,
            JobState.PAUSED: RunState.PAUSED,
            JobState.STOPPING: RunState.STOPPING,
            JobState.DISCARDING: RunState.DISCARDING,
        }
        if run.job is not None and run.job.state in states:
            run.state = states[run.job.state]
            self.document.run_changed.emit(run)

    def _on_events(self, run: Run, events: tuple[Event, ...]) -> None:
        for event in events:
            if isinstance(event, Started):
                run.predicted_bytes = event.predicted_bytes
                log.info("%s (run %d)", event.title, run.number)
            elif isinstance(event, Progress):
                run.fraction, run.stage, run.remaining_s = event.fraction, event.stage, event.remaining_s
            elif isinstance(event, Metrics):
                run.add_metrics(event)
            elif isinstance(event, Notice):
                run.notices.append(event.text)
                log.info("Run %d: %s", run.number, event.text)
        self.document.run_changed.emit(run)
        version, _ = run.slot.get()
        if version != self._shown_version.get(run.key):
            self._shown_version[run.key] = version
            for side, key in self.document.slots.items():
                if key == run.key:
                    self.pixels_changed.emit(side)

    def _on_finished(self, run: Run, event: Finished) -> None:
        result = event.result
        path: Path = result.path
        run.path, run.report = path, result.report
        if run.baseline is None and (neural := getattr(result, "texture", None)) is not None:
            self._neural[run.key] = neural
        report, record = result.report, run.record
        record.finished, record.stopped_early = True, event.stopped_early
        record.psnr_db = run.psnr_db = report.get("psnr_db", run.psnr_db)
        record.map_psnr_db = {entry["role"]: entry["psnr_db"] for entry in report.get("maps", ())}
        record.bits_per_texel = report.get("bits_per_texel")
        record.bytes = report.get("bytes") or (path.stat().st_size if path.exists() else None)
        record.seconds = report.get("seconds", {}).get("train", run.elapsed_s)
        record.steps = report.get("steps", run.step)
        record.history = _thinned(run)
        if run.baseline is not None:
            # Everything counted, as for a neural texture: the mip levels too.
            record.bits_per_texel, record.bytes = result.bits_per_texel_with_mips, result.chain_bytes
            record.seconds = run.elapsed_s = result.seconds
            run.show_constant()
        run.fraction = run.remaining_s = None
        run.state = RunState.KEPT if event.stopped_early else RunState.DONE
        run_store.write(record, run.folder)
        rate = f" at {record.bits_per_texel:.2f} bits per texel" if record.bits_per_texel else ""
        name = run.material_name
        if run.baseline is not None:
            name += f", {run.title}"
            rate = (
                f" at {result.bits_per_texel:.2f} bits per texel, {result.bits_per_texel_with_mips:.2f} with mip levels"
            )
        psnr = f": {record.psnr_db:.1f} dB{rate}" if record.psnr_db is not None else " is done"
        self._say(f"{name}{psnr}.", "good", self._offers(run))

    def _offers(self, run: Run) -> tuple[MessageAction, ...]:
        """What can be done with a run that is done."""
        if run.baseline is None:
            return (("Open folder", lambda: self.folder_wanted.emit(run.folder)),)
        of_current = self.document.current is self.document.material(run.material_key)
        if not of_current or run.key in self.document.slots.values():
            return ()
        return (
            ("Show in A", lambda: self.document.set_slot("A", run.key)),
            ("Show in B", lambda: self.document.set_slot("B", run.key)),
        )

    def _on_failed(self, run: Run, error: Exception) -> None:
        run.state, run.record.error = RunState.FAILED, _sentence(error)
        run.fraction = run.remaining_s = None
        run_store.write(run.record, run.folder)
        self._tell_error(error)

    def _on_cancelled(self, run: Run) -> None:
        if self._closing:
            return  # the record and the checkpoint stay: this is an interruption, not a decision
        run.state = RunState.DISCARDING
        if run.lock is not None:
            run.lock.unlock()
        run_store.remove(run.folder)
        run.job = None
        self.document.remove_run(run.key)
        self._say(f"The run of {run.material_name} was discarded.")

    def _on_ended(self, run: Run) -> None:
        run.job = None
        if run.lock is not None:
            run.lock.unlock()
            run.lock = None
        if self.document.run(run.key) is not None:
            self.document.run_changed.emit(run)
            for side, key in self.document.slots.items():
                if key == run.key:
                    self.pixels_changed.emit(side)

    # --- comparing ------------------------------------------------------------------------------------------

    def pixels(self, side: str, level: int = 0) -> TextureSet | dict[Role, Any] | None:
        """What A or B shows now: a texture set, the live maps of a running job, or None while there is nothing
        (a finished run is decoded in the background; :attr:`pixels_changed` tells when it is there).

        ``level`` of the mip chain: of a neural texture as it decodes, of everything else the mean of mip 0.
        """
        key = self.document.slots[side]
        if key is None:
            return None
        if level > 0:
            return self._pixels_at(key, level)
        if key == ORIGINAL:
            current = self.document.current
            if current is None or isinstance(current.source, ContainerSource):
                return None if current is None else current.texture_set
            return current.texture_set
        run = self.document.run(key)
        if run is None:
            return None
        if key in self._decoded:
            return self._decoded[key]
        if run.state.has_result and run.path is not None:
            self._decode(run)
        _, preview = run.slot.get()
        return dict(preview.maps) if preview is not None else None

    def _pixels_at(self, key: int, level: int) -> TextureSet | dict[Role, Any] | None:
        material, run = self.document.current, self.document.run(key)
        container: Path | None = None
        if key == ORIGINAL and material is not None:
            wanted: _Level = (key, material.key, material.generation, level)
            container = material.source.path if isinstance(material.source, ContainerSource) else None
            texture_set = material.texture_set
        elif run is not None:
            wanted, texture_set = (key, 0, 0, level), None
            container = run.path if run.state.has_result else None
            _, preview = run.slot.get()
            if container is None and preview is not None:
                return {role: pyramid_level(pixels, level) for role, pixels in preview.maps.items()}
        else:
            return None
        if wanted in self._levels or wanted in self._levels_coming:
            return self._levels.get(wanted)
        if container is not None:
            work = call(_decode_level, container, level)
        elif texture_set is not None:
            work = call(at_level, texture_set, level)
        else:
            return None
        self._levels_coming.add(wanted)
        job = self.io.submit(f"Mip level {level}", work)
        self.io.move_first(job)

        def finished(event: Finished) -> None:
            self._levels[wanted] = event.result
            while len(self._levels) > HELD_LEVELS:
                del self._levels[next(iter(self._levels))]
            for side, shown in self.document.slots.items():
                if shown == key:
                    self.pixels_changed.emit(side)

        job.finished.connect(finished)
        job.failed.connect(self._tell_error)
        job.ended.connect(lambda: self._levels_coming.discard(wanted))
        return None

    def neural(self, side: str) -> tuple[NeuralTexture | None, bool]:
        """The neural texture that :attr:`pixels` of a side were decoded from, if they were, and whether it is still
        being trained."""
        key = self.document.slots[side]
        current = self.document.current
        if key == ORIGINAL:
            return (None if current is None else current.neural), False
        run = self.document.run(key)
        if run is None:
            return None, False
        if run.key in self._neural:
            return self._neural[run.key], False
        _, preview = run.slot.get()
        return (None if preview is None else preview.texture), run.state.active

    def spare_decoding(self, on: bool) -> None:
        """Whether runs that are looked at are drawn from their latents, so that previews need few decoded maps."""
        self._sparing = on
        for run in self.document.runs:
            run.slot.sparing = on and run.key in self.document.slots.values()

    def _decode(self, run: Run) -> None:
        if run.key in self._decoding or run.path is None:
            return
        self._decoding.add(run.key)
        job = self.io.submit(f"Decoding {run.material_name}", call(_decode, run.path))
        self.io.move_first(job)

        def finished(event: Finished) -> None:
            shown = set(self.document.slots.values())
            # Decoded maps are large: only what is looked at now, and one more, is held.
            for key in [key for key in self._decoded if key not in shown][:-1]:
                del self._decoded[key]
                self._neural.pop(key, None)
            self._decoded[run.key], neural = event.result
            if neural is not None:
                # The same as what is drawn from already would only have to be compiled again.
                self._neural.setdefault(run.key, neural)
            for side, key in self.document.slots.items():
                if key == run.key:
                    self.pixels_changed.emit(side)

        job.finished.connect(finished)
        job.failed.connect(self._tell_error)
        job.ended.connect(lambda: self._decoding.discard(run.key))

    def _on_slots(self) -> None:
        self.spare_decoding(self._sparing)
        self.pixels_changed.emit("A")
        self.pixels_changed.emit("B")

    # --- writing --------------------------------------------------------------------------------------------

    def save_as(self, run: Run, target: Path) -> None:
        """Copy the container of a run."""
        if run.path is None:
            return
        if target.suffix.lower() != run_store.CONTAINER_SUFFIX:
            target = target.with_name(target.name + run_store.CONTAINER_SUFFIX)
        job = self.io.submit(f"Saving {target.name}", call(_copy, run.path, target))
        job.finished.connect(lambda _: self._wrote([target], target.parent))
        job.failed.connect(self._tell_error)

    def export(self, target: str, material: Material | None, run: Run | None, folder: Path) -> None:
        """Write one destination's files into ``folder``.

        A destination with a model of its own is fitted to the original where that is open, because a second fit to
        the decoded maps would add their errors; all others are written from the finished run.
        """
        self.preferences.export_folders[target] = str(folder.parent)
        fits = target in FITTING_TARGETS
        settings = self.document.settings if run is None else run.settings

        def work(control: Control) -> Iterator[Event]:
            from core.exporters import export

            yield Progress(0.0, "Preparing")
            source: Any = None
            if fits and material is not None and not isinstance(material.source, ContainerSource):
                held = material.texture_set
                source = held if held is not None else reading_jobs.read_source(material.source)
            if source is None:
                source = _container(run, material)
            seconds = settings.time_budget or PRESET_SECONDS[settings.preset]
            given = {"time_budget": seconds, "device": settings.device} if fits else {}
            chosen = TARGETS[target].settings(**given)
            yield from export(target, source, folder, chosen, control)

        name = material.name if material is not None else run.material_name if run is not None else "material"
        queue = self.compute if fits else self.io
        job = queue.submit(f"Exporting {name} to {folder.name}", work)
        self._track(job)
        if fits and queue.running is not None:
            self._say(f"The export of {name} needs training of its own; it starts after the present run.")

        def finished(event: Finished) -> None:
            result = event.result
            notes = list(result.notes)
            if result.psnr_db is not None:
                notes.insert(0, f"{result.psnr_db:.1f} dB.")
            self._wrote(list(result.files), result.folder, " ".join(notes))

        job.finished.connect(finished)
        job.failed.connect(self._tell_error)
        job.cancelled.connect(lambda: None if self._closing else self._say(f"The export of {name} was cancelled."))

    def _track(self, job: Job) -> None:
        """Show a job in the activity line while it lasts."""
        shown = weakref.ref(job)  # a closure in a job's own connections must not keep it alive

        def told(events: tuple[Event, ...]) -> None:
            for event in events:
                if isinstance(event, Progress):
                    self.activity.emit(shown(), event.fraction)
                elif isinstance(event, Notice):
                    log.info("%s: %s", job.title, event.text)

        job.events.connect(told)
        job.ended.connect(lambda: self.activity.emit(None, 0.0))

    def _wrote(self, written: Sequence[Path], folder: Path, note: str = "") -> None:
        names = ", ".join(path.name for path in written[:3])
        more = f" and {len(written) - 3} more" if len(written) > 3 else ""
        text = f"Wrote {names}{more} to {folder}." + (f" {note}" if note else "")
        self._say(text, "good", (("Open folder", lambda: self.folder_wanted.emit(folder)),))

    # --- telling and closing --------------------------------------------------------------------------------

    def shutdown(self, limit_s: float) -> bool:
        """Ask every job to end and wait. Checkpoints stay, so that what ran can be resumed."""
        self._closing = True
        for run in self.document.runs:
            if run.state.active:
                run.record.history = _thinned(run)
                run.record.psnr_db, run.record.seconds, run.record.steps = run.psnr_db, run.elapsed_s, run.step
                run_store.write(run.record, run.folder)
        done = self.compute.shutdown(limit_s)
        done = self.io.shutdown(limit_s) and done
        for run in self.document.runs:
            if run.lock is not None:
                run.lock.unlock()
        return done

    def _say(self, text: str, severity: str = "info", actions: tuple[MessageAction, ...] = ()) -> None:
        log.log(logging.WARNING if severity in ("warn", "bad") else logging.INFO, "%s", text)
        self.message.emit(Message(text, severity, actions))

    def _tell_error(self, error: Exception) -> None:
        actions: list[MessageAction] = [("Details", self.details_wanted.emit)]
        folder = error.path if isinstance(error, TexloomError) else None
        if folder is not None and (folder.exists() or folder.parent.exists()):
            place = folder if folder.is_dir() else folder.parent
            actions.append(("Open folder", lambda: self.folder_wanted.emit(place)))
        self.message.emit(Message(_sentence(error), "bad", tuple(actions)))


def _codec_job(*args: Any, **options: Any) -> Iterator[Event]:
    # Only here, in the thread of the first run, does torch come into the process: the window has long been up.
    from core.codec.compress import compress

    yield from compress(*args, **options)


def _baseline_job(material: TextureSet, name: str, control: Control, folder: Path) -> Iterator[Event]:
    from core.codec.baselines import BaselineSettings, baseline

    yield from baseline(material, BaselineSettings(name), control, folder)


class _Change(QUndoCommand):
    """One value put in the place of another."""

    def __init__(self, text: str, before: Any, after: Any, put: Callable[[Any], None]) -> None:
        super().__init__(text)
        self._before, self._after, self._put = before, after, put

    def redo(self) -> None:
        self._put(self._after)

    def undo(self) -> None:
        self._put(self._before)


def _decode_level(path: Path, level: int) -> TextureSet:
    return _decode(path, level)[0]


def _decode(path: Path, level: int = 0) -> tuple[TextureSet, NeuralTexture | None]:
    from core.codec import block_set, container

    if path.suffix == run_store.BLOCKS_SUFFIX:
        return at_level(block_set.read(path).decoded_set(), level), None
    neural = container.read(path)
    return neural.decoded_set(min(level, neural.mip_levels - 1)), neural


def _container(run: Run | None, material: Material | None) -> Any:
    from core.codec import container

    if run is not None and run.path is not None:
        return container.read(run.path)
    if material is not None and isinstance(material.source, ContainerSource):
        return container.read(material.source.path)
    raise InputError("There is no finished run to export yet; start one first.")


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(f"{target} can't be written: {error.strerror or error}.", target) from error


def _settings_from(values: dict[str, Any]) -> CompressSettings:
    try:
        return from_dict(CompressSettings, values)
    except InputError as error:
        log.warning("Stored settings were ignored: %s", error)
        return CompressSettings()


def _sentence(error: BaseException) -> str:
    if isinstance(error, TexloomError):
        return str(error)
    if isinstance(error, MemoryError):
        return "There is not enough memory for this; close other materials or use a smaller set."
    return f"Something went wrong inside Texloom ({type(error).__name__}). The log has the details."


def _thinned(run: Run) -> list[list[float]]:
    step = max(1, len(run.seconds) // HISTORY_POINTS)
    total = run.curves.get("total", [])
    return [[round(t, 2), round(v, 3)] for t, v in list(zip(run.seconds, total, strict=False))[::step]]


def with_rate(settings: CompressSettings, bpp: float, target_psnr: float | None, preset: str) -> CompressSettings:
    """``settings`` with what the main control says; a byte limit from elsewhere would contradict it."""
    return dataclasses.replace(settings, bpp=bpp, target_psnr=target_psnr, preset=preset, max_bytes=None)
