"""Runs: started, watched, ended, stored, and taken up again."""

from __future__ import annotations

import dataclasses
import functools
import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtGui import QUndoStack

from app import moved, paths, reading_jobs, run_store, sources
from app.desk import Desk, MessageAction, sentence
from app.document import Material, MaterialState, Run, RunState
from app.job_runner import JobState
from app.later import Later, Slices
from app.loading import load
from app.materials import Materials
from app.run_store import RunRecord
from app.sources import SampleSource, Source
from app.undo import Change
from core.codec.settings import CompressSettings, CurveSettings
from core.errors import InputError, OutputError
from core.jobs import Checkpoint, Control, Event, Finished, Metrics, Notice, Progress, Started, from_dict, to_dict
from core.textures.plan import MaterialPlan
from widgets.language import tr
from widgets.units import db_text

if TYPE_CHECKING:
    from core.textures.material import TextureSet

log = logging.getLogger(__name__)

SHOWN_FOREIGN_RUNS = 200
"""So many runs that other projects made of the same files are shown, the newest ones; a project's own all are."""

Kept = dict[Run, Path | None]
"""Runs that were taken away, and where their files are kept; None for those that are gone for good."""

CompressJob = Callable[..., Iterator[Event]]
"""The signature of :func:`core.codec.compress.compress`."""


class Runs(QObject):
    """The runs of the document, past and present."""

    pixels_changed = Signal(object)
    """The :class:`Run` has something new to show."""
    deleted = Signal(object)
    ended_with = Signal(object, object)
    """The :class:`Run` and the neural texture that it ended with."""

    def __init__(self, desk: Desk, materials: Materials, undo: QUndoStack, compress: CompressJob | None = None) -> None:
        """``compress``: the job behind Start; the codec's own unless another one is given."""
        super().__init__(desk)
        self._desk, self._materials, self._undo = desk, materials, undo
        self._compress = compress or _codec_job
        self.document = desk.document
        self.hold_after_restart = True
        """Whether what waited in the queue waits for the user's word after a restart."""
        materials.added.connect(self._adopt)
        materials.rebound.connect(self._on_rebound)
        desk.compute.changed.connect(self._on_queue)
        self._shown_version: dict[int, int] = {}
        self._to_queue: Slices[Run] = Slices(self._put_into_queue, self)
        """New runs that are on their way into the queue."""
        self._highest: dict[str, int] = {}
        """The highest number given in a project, by its id: those of discarded runs are not given again."""
        self._discarded: Kept = {}
        """Not told yet."""
        self._discarding_again: dict[Run, Kept] = {}
        """Runs that a redo takes away: what told of them the first time shall know where they are kept."""
        self._failed: list[Run] = []
        """Since the queue was empty last; they are told of in one message."""
        self._stretch = 0
        """How often the queue has come to its end."""
        self._named: frozenset[str] = frozenset()
        """The folders' names of the runs that the project's file speaks of."""
        self._tell_discarded = Later(self._on_discarded, self)

    # --- from earlier -----------------------------------------------------------------------------------------

    def restore(self, project: str, named: Iterable[str] = ()) -> None:
        """Take up the runs of a project from disk; ``named``: the folders' names of those in its queue and slots, which
        may be of other projects too."""
        self._named = frozenset(named)
        run_store.empty_bin(paths.runs_folder())
        self._from_disk(lambda record: record.project == project)

    def _adopt(self, materials: Sequence[Material]) -> None:
        """Link runs to their materials; runs that other projects made of the same files are shown too."""
        by_name: dict[str, list[Material]] = {}
        for material in materials:
            by_name.setdefault(material.name, []).append(material)

        @functools.cache
        def keys(name: str) -> dict[str, int]:
            # Few names have runs, and to write down what a material is made of takes a while.
            return {_fingerprint(each.source_json): each.key for each in by_name.get(name, ())}

        def key(record: RunRecord) -> int | None:
            own = keys(record.material)
            return own.get(_fingerprint(record.source)) if own else None

        self._from_disk(lambda record: key(record) is not None)
        # What was corrected after a run was made in this project does not make it another material's.
        places = {place: material.key for material in materials if (place := _place(material.source_json))}
        found: dict[Run, int] = {}
        for run in self.document.runs:
            if run.material_key is None:
                own = key(run.record)
                place = _place(run.record.source)
                if own is None and place is not None and run.record.project == self.document.project_id:
                    own = places.get(place)
                if own is not None:
                    found[run] = own
        self.document.link(found)

    def _on_rebound(self, material: Material, moves: moved.Moves) -> None:
        """The runs of a material whose files are read from other places go on belonging to it, and those that wait or
        are resumed read them there."""
        for run in self.document.runs_of(material.key):
            try:
                source = sources.from_json(run.record.source)
            except InputError:
                continue
            run.record.source = sources.to_json(moved.rebound(source, moves))
            if run.folder.is_dir():
                run_store.write(run.record, run.folder)

    def _from_disk(self, wanted: Callable[[RunRecord], bool]) -> list[Run]:
        known = {run.folder for run in self.document.runs}
        numbers = {run.number for run in self.document.runs}
        made = []
        fit = [(f, record) for f, record in run_store.stored(paths.runs_folder()) if f not in known and wanted(record)]
        foreign = [f for f, record in fit if record.project != self.document.project_id and f.name not in self._named]
        too_many = set(foreign[:-SHOWN_FOREIGN_RUNS])
        for folder, record in fit:
            if folder in too_many:
                continue
            lock = QLockFile(str(folder / "run.lock"))
            if not record.finished and not lock.tryLock(0):
                continue  # another window is at it
            lock.unlock()
            own = record.number if record.project == self.document.project_id else 0
            number = own if own and own not in numbers else max(numbers, default=0) + 1
            numbers.add(number)
            run = self._make_run(folder, record, None, settings_from(record.settings), number)
            run.path = run_store.container(folder) if run.baseline is None else run_store.blocks(folder)
            if record.finished and run.path is not None:
                run.state = RunState.KEPT if record.stopped_early else RunState.DONE
            else:
                run.checkpointed = run_store.checkpoint(folder) is not None
                run.state = RunState.RESUMABLE if run.checkpointed else RunState.INTERRUPTED
                if record.error:
                    run.state = RunState.FAILED
            run.psnr_db, run.elapsed_s, run.step = record.psnr_db, record.seconds or 0.0, record.steps
            run.recalled = False
            made.append(run)
        self.document.add_runs(made)
        return made

    # --- the queue --------------------------------------------------------------------------------------------

    def in_order(self) -> list[Run]:
        """The active runs, the one at work first, then as they wait."""
        by_job = {run.job: run for run in self.document.runs if run.job is not None}
        running = self._desk.compute.running
        jobs = ([running] if running is not None else []) + list(self._desk.compute.waiting)
        return [by_job[job] for job in jobs if job in by_job]

    def queue_again(self, runs: Sequence[Run]) -> None:
        """What waited or trained when the project was left waits again; :meth:`tell_left` says so."""
        runs = [run for run in runs if not run.state.active and not run.state.has_result]
        for run in runs:
            self._take_up(run)
        if self.document.run(self.document.slots["B"]) not in runs:
            # What was shown when the project was left is shown again.
            self._show_in_b(runs)

    def tell_left(self, before: str = "", waiting: str = "") -> None:
        """Say, in one message that begins with ``before``, what an earlier session has left to do; ``waiting`` says how
        much waits in the queue for the user's word."""
        said, offers = [before] if before else [], []
        resumable = sum(run.state is RunState.RESUMABLE for run in self.document.runs)
        if resumable:
            said.append(tr("%n run(s) were interrupted and can be resumed: see Runs.", "", resumable))
        if waiting:
            said.append(waiting)
            offers.append((tr("Go on"), lambda: self._desk.compute.hold(False)))
        if said:
            self._desk.say(" ".join(said), "warn", tuple(offers))

    def interrupt(self) -> int:
        """End what is active as closing the window does: it can be resumed. Says how many there were."""
        self.store_progress()
        active = [run for run in self.document.runs if run.job is not None]
        for run in active:
            run.interrupted = True
            if run.job is not None:
                run.job.cancel()
        return len(active)

    # --- acts -------------------------------------------------------------------------------------------------

    def start(self, material: Material, settings: CompressSettings | None = None) -> Run | None:
        """Queue a compression. Returns None, with a message, where it can't be."""
        chosen = settings or self.document.settings
        run = self._queue_one(material, self._record(material, to_dict(chosen)), chosen)
        if run is not None and run.material_key == self._current_key:
            self.document.set_slot("B", run.key)
        return run

    def start_all(self, materials: Sequence[Material]) -> None:
        """Queue those that can be and are not yet. Those that have a result with the same settings, and have not
        changed since, are left out, which is said."""
        busy = {run.material_key for run in self.document.runs if run.state.active}
        chosen = self.document.settings
        fit = [each for each in materials if each.state is not MaterialState.UNDECIDED and each.key not in busy]
        done = [each for each in fit if self._has_result(each, chosen)]
        if done:
            left = set(done)
            fit = [each for each in fit if each not in left]
            text = tr("%n material(s) have a result with these settings already and were left out.", "", len(done))
            anyway = (tr("Start them too"), lambda: self._start_each(done, chosen))
            self._desk.say(text, "info", (anyway,))
        self._start_each(fit, chosen)

    def _has_result(self, material: Material, settings: CompressSettings) -> bool:
        """Whether the material as it is now was compressed with these settings."""
        own = self.document.runs_of(material.key)
        done = [run for run in own if run.baseline is None and run.state.has_result and run.settings == settings]
        if not done:
            return False
        source, changed = _fingerprint(material.source_json), _changed(material.source)
        return any(run.record.created >= changed and _fingerprint(run.record.source) == source for run in done)

    def _start_each(self, fit: Sequence[Material], chosen: CompressSettings) -> None:
        values = to_dict(chosen)
        made = self._queue([(material, self._record(material, dict(values))) for material in fit], chosen)
        current = next((run for run in made if run.material_key == self._current_key), None)
        if current is not None:
            self.document.set_slot("B", current.key)

    def start_curve(self, material: Material) -> list[Run]:
        """Queue runs at sizes over the whole range, with what else is set. Those that there are already, finished or
        queued with the same settings, are not run again."""
        if material.state is MaterialState.UNDECIDED:
            self._desk.say(material.problem or tr("Choose the roles of the files first."), "warn")
            return []
        free = {"target_psnr": None, "max_bytes": None, "match": None, "target_maps": "", "grids": ""}
        asked = [dataclasses.replace(self.document.settings, bpp=size, **free) for size in CurveSettings().sizes]
        own = [run for run in self.document.runs_of(material.key) if run.state.has_result or run.state.active]
        known = [run.settings for run in own if run.baseline is None]
        made: list[Run] = []
        for settings in asked:
            if settings not in known:
                made += self._queue([(material, self._record(material, to_dict(settings)))], settings)
        if made and self.document.slots["B"] is None and material.key == self._current_key:
            self.document.set_slot("B", made[0].key)
        return made

    def add_baseline(self, material: Material, name: str) -> Run | None:
        """Queue a block-compressed set of a material as a run to compare with; ``name`` is one of ``BASELINES``.

        What A and B show stays, unless B shows nothing. Returns None, with a message, where it can't be.
        """
        record = dataclasses.replace(self._record(material, {}), baseline=name)
        run = self._queue_one(material, record, CompressSettings())
        if run is not None and run.material_key == self._current_key and self.document.slots["B"] is None:
            self.document.set_slot("B", run.key)
        return run

    def _record(self, material: Material, settings: dict[str, Any]) -> RunRecord:
        return RunRecord(material.name, material.source_json, settings, project=self.document.project_id)

    @property
    def _current_key(self) -> int | None:
        current = self.document.current
        return current.key if current is not None else None

    def _queue_one(self, material: Material, record: RunRecord, settings: CompressSettings) -> Run | None:
        if material.state is MaterialState.UNDECIDED:
            self._desk.say(material.problem or tr("Choose the roles of the files first."), "warn")
            return None
        return next(iter(self._queue([(material, record)], settings)), None)

    def _queue(self, wanted: Sequence[tuple[Material, RunRecord]], settings: CompressSettings) -> list[Run]:
        """One change of the document, however many they are. Those after the first are stored and put into the queue
        one after the other; all of them when the window closes. Empty, with a message, where they can't be stored."""
        runs = paths.runs_folder()
        highest = self._highest.get(self.document.project_id, 0)
        first = max((highest, *(run.number for run in self.document.runs))) + 1
        made: list[Run] = []
        for number, (material, record) in enumerate(wanted, first):
            record.number = number
            folder = run_store.fresh_folder(runs, material.name)
            made.append(self._make_run(folder, record, material.key, settings, number))
        if not made or not self._begin(made[0]):
            return []
        self.document.add_runs(made)
        self._to_queue.add(made)
        return made

    def _begin(self, run: Run) -> bool:
        """Store a new run, so that it outlives the window. False, with a message, where that can't be."""
        try:
            run_store.begin(run.record, run.folder)
        except OutputError as error:
            self._desk.tell_error(error)
            return False
        _lock(run)
        return True

    def _put_into_queue(self, run: Run) -> None:
        if run.lock is None and not self._begin(run):
            # What comes after it would have no place either.
            for each in (run, *self._to_queue.forget()):
                self.document.remove_run(each.key)
            return
        self._submit(run, resume=False)

    def cancel_waiting(self) -> None:
        """Take out of the queue what waits; what runs goes on."""
        for run in self._to_queue.forget():
            self.document.remove_run(run.key)
        self._desk.compute.cancel_waiting()

    def resume_interrupted(self, run: Run) -> None:
        """Go on with a run of an earlier session or one that failed, or start it again where it had no checkpoint."""
        self._take_up(run)
        self._show_in_b([run])

    def _take_up(self, run: Run) -> None:
        try:
            source = sources.from_json(run.record.source)
        except InputError as error:
            self._desk.tell_error(error)
            return
        if run.material_key is None:
            material = Material(
                self.document.next_key(),
                run.record.material,
                source,
                plan=source if isinstance(source, MaterialPlan) else None,
            )
            self.document.link({run: material.key})
            self._materials.add([material])
        _lock(run)
        run.recall()
        self._submit(run, resume=True)

    def _show_in_b(self, runs: Sequence[Run]) -> None:
        """The last of them that is of the material that is looked at, once: each would take the place of the others."""
        own = [run for run in runs if run.state.active and run.material_key == self._current_key]
        if own and self._current_key is not None:
            self.document.set_slot("B", own[-1].key)

    def pause(self, run: Run) -> None:
        if run.job is not None:
            run.job.pause()

    def resume(self, run: Run) -> None:
        if run.job is not None:
            run.job.resume()

    def stop_and_keep(self, run: Run) -> None:
        """Finish with the best state so far. A run that still waits has none and is taken out of the queue."""
        self._to_queue.now(run)
        if run.job is None:
            return
        if run.state is RunState.WAITING:
            run.job.cancel()
        else:
            run.job.stop()

    def discard(self, run: Run) -> None:
        """End without a result; nothing of the run is kept."""
        self._to_queue.now(run)
        if run.job is not None:
            run.job.cancel()
        elif not run.state.active:
            self.delete(run)

    def remove(self, run: Run) -> None:
        """Discard what is active, delete what has ended."""
        if run.state.active:
            self.discard(run)
        else:
            self.delete(run)

    def delete(self, run: Run) -> None:
        """Take away a run that has ended, with its files. Can be undone until the project is left."""
        if run.state.active:
            return
        text = tr("Delete {run} of {material}").format(run=run.title, material=run.material_name)
        sides = [side for side, key in self.document.slots.items() if key == run.key]
        kept = {run: self._to_bin(run)}
        told = tr("{run} of {material} was deleted.").format(run=run.title, material=run.material_name)
        self._tell_taken(kept, text, told, sides)

    def _to_bin(self, run: Run) -> Path | None:
        kept = run_store.to_bin(run.folder, paths.runs_folder())
        self.deleted.emit(run)
        self.document.remove_run(run.key)
        return kept

    def _tell_taken(self, kept: Kept, text: str, told: str, sides: Sequence[str] = ()) -> None:
        """Say that runs are gone, which can be undone; ``sides``: where such a run was looked at."""
        here = all(run.record.project == self.document.project_id for run in kept)
        if not here or not any(kept.values()):
            self._desk.say(told)
            return

        def put(there: bool) -> None:
            if not there:
                self._take_again(kept)
                return
            for run in self._bring_back(kept):
                for side in sides:
                    if run.material_key == self._current_key:
                        self.document.set_slot(side, run.key)

        self._undo.push(Change(text, True, False, put))
        place = self._undo.index()

        def undo() -> None:
            # From the message, which means this one, whatever was done after it.
            if self._undo.index() == place and self._undo.undoText() == text:
                self._undo.undo()
            else:
                put(True)

        self._desk.say(told, "info", ((tr("Undo"), undo),))

    def _bring_back(self, kept: Kept) -> list[Run]:
        """Those of them that are not there: what was active waits in the queue again."""
        gone = [(run, place) for run, place in kept.items() if place and self.document.run(run.key) is None]
        back = [run for run, place in gone if run_store.from_bin(place, run.folder)]
        waiting = [run for run in back if run.state is RunState.DISCARDING]
        for run in waiting:
            run.state, run.checkpointed = RunState.INTERRUPTED, run_store.checkpoint(run.folder) is not None
        for run in back:
            if self.document.material(run.material_key) is None:
                run.material_key = None
        self.document.add_runs(back)
        for run in waiting:
            self.resume_interrupted(run)
        return back

    def _take_again(self, kept: Kept) -> None:
        for run in kept:
            if self.document.run(run.key) is None:
                continue
            if run.state.active:
                self._discarding_again[run] = kept
                self.discard(run)
            else:
                kept[run] = self._to_bin(run)

    def rename(self, run: Run, name: str) -> None:
        """ "" gives it back its number."""
        self._to_queue.now(run)
        run.record.name = name.strip()
        run_store.write(run.record, run.folder)
        self.document.run_changed.emit(run)

    def _make_run(
        self, folder: Path, record: RunRecord, material_key: int | None, settings: CompressSettings, number: int
    ) -> Run:
        project = self.document.project_id
        self._highest[project] = max(self._highest.get(project, 0), number)
        return Run(self.document.next_key(), number, material_key, settings, folder, record)

    def _submit(self, run: Run, *, resume: bool) -> None:
        run.state = RunState.WAITING
        if run.record.error:
            # Also where the next thing that happens is a crash: then it was interrupted.
            run.record.error = ""
            run_store.write(run.record, run.folder)
        material = self.document.material(run.material_key)

        def pixels() -> TextureSet:
            # Only now: its files may have been located elsewhere while it waited.
            source = sources.from_json(run.record.source)
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

        name = run.material_name
        if run.baseline is not None:
            what = tr("{run} of {material}").format(run=tr(run.baseline.title), material=name)
        else:
            what = tr("Compressing {name}").format(name=name)
        job = self._desk.compute.submit(what, work)
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
            elif isinstance(event, Checkpoint):
                # Whoever goes on from it goes on with the curves that led to it.
                run_store.write_curves(run.folder, run.seconds, run.curves)
            elif isinstance(event, Notice):
                run.notices.append(event.text)
                log.info("Run %d: %s", run.number, event.text)
        if self.document.run(run.key) is None:
            return
        self.document.run_changed.emit(run)
        version, _ = run.slot.get()
        if version != self._shown_version.get(run.key):
            self._shown_version[run.key] = version
            self.pixels_changed.emit(run)

    def _on_finished(self, run: Run, event: Finished) -> None:
        result = event.result
        path: Path = result.path
        run.path, run.report = path, result.report
        if run.baseline is None and (neural := getattr(result, "texture", None)) is not None:
            self.ended_with.emit(run, neural)
        report, record = result.report, run.record
        record.finished, record.stopped_early = True, event.stopped_early
        record.psnr_db = run.psnr_db = report.get("psnr_db", run.psnr_db)
        record.map_psnr_db = {entry["role"]: entry["psnr_db"] for entry in report.get("maps", ())}
        record.bits_per_texel = report.get("bits_per_texel")
        record.bytes = report.get("bytes") or (path.stat().st_size if path.exists() else None)
        record.seconds = report.get("seconds", {}).get("train", run.elapsed_s)
        record.steps = report.get("steps", run.step)
        if run.baseline is not None:
            # Everything counted, as for a neural texture: the mip levels too.
            record.bits_per_texel, record.bytes = result.bits_per_texel_with_mips, result.chain_bytes
            record.seconds = run.elapsed_s = result.seconds
            run.show_constant()
        else:
            run_store.write_curves(run.folder, run.seconds, run.curves)
            run.add_result()
        run.fraction = run.remaining_s = None
        run.state = RunState.KEPT if event.stopped_early else RunState.DONE
        run_store.write(record, run.folder)
        if self._desk.compute.waiting and not self.document.held and run.material_key != self._current_key:
            # A queue at work says it in its lists; a message for each run would only stand before the picture.
            log.info("%s", _told(run, result))
        else:
            self._desk.say(_told(run, result), "good", self._offers(run))

    def _offers(self, run: Run) -> tuple[MessageAction, ...]:
        """What can be done with a run that is done."""
        if run.baseline is None:
            return ((tr("Open folder"), lambda: self._desk.folder_wanted.emit(run.folder)),)
        of_current = self.document.current is self.document.material(run.material_key)
        if not of_current or run.key in self.document.slots.values():
            return ()
        return (
            (tr("Show in A"), lambda: self.document.set_slot("A", run.key)),
            (tr("Show in B"), lambda: self.document.set_slot("B", run.key)),
        )

    def _on_failed(self, run: Run, error: Exception) -> None:
        run.state, run.record.error = RunState.FAILED, sentence(error)
        run.fraction = run.remaining_s = None
        run.checkpointed = run_store.checkpoint(run.folder) is not None
        run_store.write_curves(run.folder, run.seconds, run.curves)
        run_store.write(run.record, run.folder)

        def known(each: Run) -> bool:
            return self.document.run(each.key) is each

        def again() -> None:
            if known(run) and run.state.can_go_on:
                self.resume_interrupted(run)

        offers = ((tr("Try again"), again),) if known(run) else ()
        self._failed = [each for each in self._failed if each.state is RunState.FAILED and known(each)]
        self._failed.append(run)
        topic = f"failed {self._stretch}"
        if len(self._failed) == 1:
            self._desk.tell_error(error, run.material_name, offers, topic=topic)
            return
        failed = tuple(self._failed)

        def all_again() -> None:
            for each in failed:
                if known(each) and each.state.can_go_on:
                    self.resume_interrupted(each)

        text = tr("%n run(s) failed; the last one was {material}: {problem}", "", len(failed))
        text = text.format(material=run.material_name, problem=sentence(error))
        self._desk.tell_error(error, text=text, offers=((tr("Try all again"), all_again),), topic=topic)

    def _on_cancelled(self, run: Run) -> None:
        if self._desk.closing or run.interrupted:
            return  # the record and the checkpoint stay: this is an interruption, not a decision
        run.state = RunState.DISCARDING
        if run.lock is not None:
            run.lock.unlock()
        # Kept for an undo, as what is deleted: Delete is pressed quickly, and a checkpoint may be hours of work.
        run.job = None
        known = self._discarding_again.pop(run, None)
        (self._discarded if known is None else known)[run] = self._to_bin(run)
        if known is None:
            self._tell_discarded.ask()

    def _on_discarded(self) -> None:
        """One message and one undo, however many they are."""
        gone, self._discarded = self._discarded, {}
        if not gone or self._desk.closing:
            return
        name = next(iter(gone)).material_name
        told = tr("The run of {material} was discarded.").format(material=name)
        text = tr("Discard the run of {material}").format(material=name)
        if len(gone) > 1:
            told = tr("%n run(s) were discarded.", "", len(gone))
            text = tr("Discard %n run(s)", "", len(gone))
        self._tell_taken(gone, text, told)

    def _on_queue(self) -> None:
        compute = self._desk.compute
        if self._failed and compute.running is None and not compute.waiting:
            # All of them have been told of; what fails from now on is another matter.
            self._failed, self._stretch = [], self._stretch + 1
        held = compute.held
        if held != self.document.held:
            self.document.held = held
            self.document.runs_changed.emit()
            for run in self.document.runs:
                if run.state is RunState.WAITING:
                    self.document.run_changed.emit(run)

    def _on_ended(self, run: Run) -> None:
        run.job = None
        self._discarding_again.pop(run, None)
        if run.lock is not None:
            run.lock.unlock()
            run.lock = None
        if self.document.run(run.key) is not None:
            self.document.run_changed.emit(run)
            self.pixels_changed.emit(run)

    def store_progress(self) -> None:
        """Write down how far each active run is: what a later start shows of it."""
        self._to_queue.finish()
        for run in self.document.runs:
            # What waits is on the disk as it is.
            if run.state.active and run.state is not RunState.WAITING:
                run_store.write_curves(run.folder, run.seconds, run.curves)
                run.record.psnr_db, run.record.seconds, run.record.steps = run.psnr_db, run.elapsed_s, run.step
                run_store.write(run.record, run.folder)

    def release(self) -> None:
        """Let other windows have the runs that were active here."""
        for run in self.document.runs:
            if run.lock is not None:
                run.lock.unlock()


def _lock(run: Run) -> None:
    run.lock = QLockFile(str(run.folder / "run.lock"))
    run.lock.tryLock(0)


def _codec_job(*args: Any, **options: Any) -> Iterator[Event]:
    # Only here, in the thread of the first run, does torch come into the process: the window has long been up.
    load("core.codec.trainer")
    from core.codec.compress import compress

    yield from compress(*args, **options)


def _baseline_job(material: TextureSet, name: str, control: Control, folder: Path) -> Iterator[Event]:
    from core.codec.baselines import BaselineSettings, baseline

    yield from baseline(material, BaselineSettings(name), control, folder)


def settings_from(values: dict[str, Any]) -> CompressSettings:
    try:
        return from_dict(CompressSettings, values)
    except InputError as error:
        log.warning("Stored settings were ignored: %s", error)
        return CompressSettings()


def _told(run: Run, result: Any) -> str:
    """That a run is done, and what came of it."""
    record = run.record
    name = run.material_name if run.baseline is None else f"{run.material_name}, {run.title}"
    if record.psnr_db is None:
        return tr("{name} is done.").format(name=name)
    psnr = db_text(record.psnr_db)
    if run.baseline is not None:
        return tr("{name}: {psnr} dB at {rate:.2f} bits per texel, {mips:.2f} with mip levels.").format(
            name=name, psnr=psnr, rate=result.bits_per_texel, mips=result.bits_per_texel_with_mips
        )
    if not record.bits_per_texel:
        return tr("{name}: {psnr} dB.").format(name=name, psnr=psnr)
    text = tr("{name}: {psnr} dB at {rate:.2f} bits per texel.")
    return text.format(name=name, psnr=psnr, rate=record.bits_per_texel)


def _fingerprint(source: Mapping[str, Any]) -> str:
    """The same for the same files understood the same way."""
    files = [{name: value for name, value in file.items() if name != sources.SAID} for file in source.get("files", ())]
    return json.dumps({**source, sources.SAID: None, "files": files}, sort_keys=True)


def _place(source: Mapping[str, Any]) -> tuple[str, str] | None:
    """The name and the folder of a material, whatever its files are taken for; None for what is not read from files."""
    return (source["name"], source["folder"]) if "folder" in source and "name" in source else None


def _changed(source: Source) -> float:
    """When a file of it changed last, or came to its place, in seconds since 1970; for what is gone, just now."""
    if isinstance(source, SampleSource):
        return 0.0
    files = [file.path for file in source.used_files] if isinstance(source, MaterialPlan) else [source.path]
    try:
        states = [path.stat() for path in files]
    except OSError:
        return time.time()
    return max((max(state.st_mtime, state.st_ctime) for state in states), default=0.0)
