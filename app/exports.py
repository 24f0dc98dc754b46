"""Writing what was made: a run's container, and the files of a destination."""

from __future__ import annotations

import logging
import shutil
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from app import reading_jobs, run_store
from app.desk import Desk
from app.document import Material, Run
from app.job_runner import Job, call
from app.sources import ContainerSource
from core.errors import InputError, OutputError
from core.exporters import TARGETS, ExportResult
from core.files import put_in_place
from core.jobs import Control, Event, Notice, Progress, from_dict, to_dict
from widgets.language import tr
from widgets.units import db_text

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QueuedExport:
    """One that trains, and therefore has its turn among the runs."""

    target: str
    material: Material | None
    run: Run | None
    folder: Path
    settings: Any


class Exports(QObject):
    """Exports read the model, never a preview."""

    activity = Signal(object, float)
    """The :class:`Job` of an export and how far it is, in [0, 1]; None when it has ended."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.document = desk.document
        self._queued: dict[Job, QueuedExport] = {}
        self._interrupted: set[Job] = set()
        """Ended by leaving their project: nobody cancelled them."""

    def save_as(self, run: Run, target: Path) -> None:
        """Copy the container of a run."""
        if run.path is None:
            return
        if target.suffix.lower() != run_store.CONTAINER_SUFFIX:
            target = target.with_name(target.name + run_store.CONTAINER_SUFFIX)
        job = self._desk.io.submit(tr("Saving {name}").format(name=target.name), call(_copy, run.path, target))
        job.finished.connect(lambda _: self._desk.tell_written([target], target.parent))
        job.failed.connect(self._desk.tell_error)

    def settings(self, target: str) -> Any:
        """What this target was asked last time, else its defaults."""
        kind = TARGETS[target].settings
        try:
            return from_dict(kind, self._desk.preferences.export_settings.get(target, {}))
        except InputError as error:
            log.warning("Stored settings of the export to %s were ignored: %s", target, error)
            return kind()

    def remember(self, target: str, settings: Any, parent: Path) -> None:
        """For the next export to this target, which then is one click."""
        kept = self._desk.preferences
        kept.export_settings = {**kept.export_settings, target: to_dict(settings)}
        kept.export_folders = {**kept.export_folders, target: str(parent)}
        kept.last_export = target

    def again(self) -> tuple[str, Path] | None:
        """The target and the folder of the last export, if it can be done again with one click."""
        kept = self._desk.preferences
        folder = kept.export_folders.get(kept.last_export)
        return (kept.last_export, Path(folder)) if kept.last_export in TARGETS and folder else None

    def export(
        self, target: str, material: Material | None, run: Run | None, folder: Path, settings: Any = None
    ) -> Job:
        """Write one destination's files into ``folder``; ``settings`` are those of the last time unless given.

        A destination with a model of its own is fitted to the original where that is open, because a second fit to
        the decoded maps would add their errors; all others are written from the finished run.
        """
        name = material.name if material is not None else run.material_name if run is not None else "material"
        fits = TARGETS[target].fits
        chosen = self.settings(target) if settings is None else settings

        def work(control: Control) -> Iterator[Event]:
            from core.exporters import export

            yield Progress(0.0, "Preparing")
            source: Any = None
            if fits and material is not None and not isinstance(material.source, ContainerSource):
                held = material.texture_set
                source = held if held is not None else reading_jobs.read_source(material.source)
            if source is None:
                source = _container(run, material)
            yield from export(target, source, folder, chosen, control)

        queue = self._desk.compute if fits else self._desk.io
        job = queue.submit(tr("Exporting {name} to {folder}").format(name=name, folder=folder.name), work)
        self._track(job)
        if fits:
            self._queued[job] = QueuedExport(target, material, run, folder, chosen)
            job.ended.connect(self._on_ended)
        if fits and queue.running is not None:
            text = tr("The export of {name} needs training of its own; it starts after the present run.")
            self._desk.say(text.format(name=name))
        job.failed.connect(self._desk.tell_error)
        # Not the job itself: a closure in its own connections must not keep it alive.
        number = job.number
        job.cancelled.connect(lambda: self._on_cancelled(name, number))
        return job

    # --- the queue of the project -----------------------------------------------------------------------------

    def stored_queue(self) -> list[dict[str, Any]]:
        """The exports that work or wait among the runs, as plain values: ``place`` counts all that is in that queue,
        ``material`` is its place in the list, or None."""
        compute = self._desk.compute
        jobs = [*([compute.running] if compute.running is not None else []), *compute.waiting]
        stored = []
        for place, job in enumerate(jobs):
            if (queued := self._queued.get(job)) is None or job.state.ended:
                continue
            materials = self.document.materials
            known = queued.material is not None and queued.material in materials
            stored.append(
                {
                    "place": place,
                    "target": queued.target,
                    "settings": to_dict(queued.settings),
                    "folder": str(queued.folder),
                    "material": materials.index(queued.material) if known and queued.material is not None else None,
                    "run": queued.run.folder.name if queued.run is not None else "",
                }
            )
        return stored

    def queue_again(
        self, stored: Sequence[Any], materials: Sequence[Material | None], runs: Mapping[str, Run]
    ) -> list[Job]:
        """What :meth:`stored_queue` gave, once the runs are in the queue again; ``materials`` as they were listed then,
        ``runs`` by the name of their folder. An export of what is gone is left out."""
        made = []
        for entry in stored:
            try:
                target, number = entry["target"], entry["material"]
                settings = from_dict(TARGETS[target].settings, entry["settings"])
                material = None if number is None else materials[number]
                run = runs.get(entry["run"])
                if material is None and run is None:
                    raise LookupError("its material is gone")
                job = self._export_and_tell(target, material, run, Path(entry["folder"]), settings)
                self._desk.compute.move(job, int(entry["place"]))
                made.append(job)
            except (InputError, LookupError, TypeError, ValueError) as error:
                log.warning("A stored export was left out: %s", error)
        return made

    def interrupt(self) -> int:
        """Take out of the queue what stands in the project's file, as closing the window does. Says how many there
        were."""
        jobs = [job for job in self._queued if not job.state.ended]
        for job in jobs:
            self._interrupted.add(job)
            job.cancel()
        return len(jobs)

    def _on_ended(self) -> None:
        for job in [job for job in self._queued if job.state.ended]:
            del self._queued[job]
            self._interrupted.discard(job)

    def export_one(self, target: str, material: Material | None, run: Run | None, parent: Path) -> None:
        """Into ``parent/<target>/<material>``, and tell what was written."""
        name = material.name if material is not None else run.material_name if run is not None else "material"
        self._export_and_tell(target, material, run, parent / target / run_store.safe_name(name))

    def _export_and_tell(
        self, target: str, material: Material | None, run: Run | None, folder: Path, settings: Any = None
    ) -> Job:
        job = self.export(target, material, run, folder, settings)
        job.finished.connect(lambda event: self._tell(event.result))
        return job

    def export_all(self, target: str, parent: Path) -> int:
        """The newest result of every material that has one; says how many. Told once, when the last is written."""
        pairs = [(material, self.document.newest_result(material.key)) for material in self.document.materials]
        pairs = [(material, run) for material, run in pairs if run is not None or _is_container(material)]
        results: list[ExportResult] = []
        left = len(pairs)

        def ended() -> None:
            nonlocal left
            left -= 1
            if left == 0 and results and not self._desk.closing:
                self._tell_all(target, parent, results)

        names: set[str] = set()
        for material, run in pairs:
            name = run_store.safe_name(material.name)
            while name.casefold() in names:
                name += "_2"
            names.add(name.casefold())
            job = self.export(target, material, run, parent / target / name)
            job.finished.connect(lambda event: results.append(event.result))
            job.ended.connect(ended)
        return len(pairs)

    def _tell(self, result: ExportResult) -> None:
        notes = list(result.notes)
        if result.psnr_db is not None:
            notes.insert(0, tr("{psnr} dB.").format(psnr=db_text(result.psnr_db)))
        if not result.written:
            show = (tr("Open folder"), lambda: self._desk.folder_wanted.emit(result.folder))
            text = tr("All files in {folder} are up to date already.").format(folder=result.folder)
            self._desk.say(" ".join([text, *notes]), "good", (show,))
            return
        if result.unchanged:
            notes.insert(0, tr("%n file(s) were up to date already.", "", len(result.unchanged)))
        self._desk.tell_written(result.written, result.folder, " ".join(notes))

    def _tell_all(self, target: str, parent: Path, results: list[ExportResult]) -> None:
        written, same = (sum(len(getattr(r, name)) for r in results) for name in ("written", "unchanged"))
        notes = sorted({note for result in results for note in result.notes})
        # A plural has one count, so each is a piece of its own.
        text = tr("{target}: {materials}, {written}.") if not same else tr("{target}: {materials}, {written}, {same}.")
        told = text.format(
            target=tr(TARGETS[target].title),
            materials=tr("%n material(s)", "", len(results)),
            written=tr("%n file(s) written", "", written),
            same=tr("%n file(s) were up to date already", "", same),
        )
        show = (tr("Open folder"), lambda: self._desk.folder_wanted.emit(parent / target))
        self._desk.say(" ".join([told, *notes]), "good", (show,))

    def _on_cancelled(self, name: str, number: int) -> None:
        interrupted = any(job.number == number for job in self._interrupted)
        if not self._desk.closing and not interrupted:
            self._desk.say(tr("The export of {name} was cancelled.").format(name=name))

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


def _is_container(material: Material) -> bool:
    return isinstance(material.source, ContainerSource)


def _container(run: Run | None, material: Material | None) -> Any:
    from core.codec import container

    if run is not None and run.path is not None:
        return container.read(run.path)
    if material is not None and isinstance(material.source, ContainerSource):
        return container.read(material.source.path)
    raise InputError(tr("There is no finished run to export yet; start one first."))


def _copy(source: Path, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(source, part)
        put_in_place(part, target)
    except OSError as error:
        part.unlink(missing_ok=True)
        text = tr("{path} can't be written: {reason}.").format(path=target, reason=error.strerror or error)
        raise OutputError(text, target) from error
