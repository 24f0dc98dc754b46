"""Writing what was made: a run's container, and the files of a destination."""

from __future__ import annotations

import logging
import shutil
import weakref
from collections.abc import Iterator
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


class Exports(QObject):
    """Exports read the model, never a preview."""

    activity = Signal(object, float)
    """The :class:`Job` of an export and how far it is, in [0, 1]; None when it has ended."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self.document = desk.document

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
        """Write one destination's files into ``folder``.

        A destination with a model of its own is fitted to the original where that is open, because a second fit to
        the decoded maps would add their errors; all others are written from the finished run.
        """
        name = material.name if material is not None else run.material_name if run is not None else "material"
        fits = TARGETS[target].fits
        chosen = self.settings(target)

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
        if fits and queue.running is not None:
            text = tr("The export of {name} needs training of its own; it starts after the present run.")
            self._desk.say(text.format(name=name))
        job.failed.connect(self._desk.tell_error)
        job.cancelled.connect(lambda: self._on_cancelled(name))
        return job

    def export_one(self, target: str, material: Material | None, run: Run | None, parent: Path) -> None:
        """Into ``parent/<target>/<material>``, and tell what was written."""
        name = material.name if material is not None else run.material_name if run is not None else "material"
        job = self.export(target, material, run, parent / target / run_store.safe_name(name))
        job.finished.connect(lambda event: self._tell(event.result))

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

    def _on_cancelled(self, name: str) -> None:
        if not self._desk.closing:
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
