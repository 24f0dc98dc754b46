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
from core.codec.settings import PRESET_SECONDS
from core.errors import InputError, OutputError
from core.jobs import Control, Event, Finished, Notice, Progress

log = logging.getLogger(__name__)

FITTING_TARGETS = frozenset({"ue5"})
"""Destinations with a model of their own: their export trains, so it goes into the queue of the runs."""


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
        job = self._desk.io.submit(f"Saving {target.name}", call(_copy, run.path, target))
        job.finished.connect(lambda _: self._desk.tell_written([target], target.parent))
        job.failed.connect(self._desk.tell_error)

    def export(self, target: str, material: Material | None, run: Run | None, folder: Path) -> None:
        """Write one destination's files into ``folder``.

        A destination with a model of its own is fitted to the original where that is open, because a second fit to
        the decoded maps would add their errors; all others are written from the finished run.
        """
        self._desk.preferences.export_folders[target] = str(folder.parent)
        fits = target in FITTING_TARGETS
        settings = self.document.settings if run is None else run.settings

        def work(control: Control) -> Iterator[Event]:
            from core.exporters import ExportSettings, export

            yield Progress(0.0, "Preparing")
            source: Any = None
            if fits and material is not None and not isinstance(material.source, ContainerSource):
                held = material.texture_set
                source = held if held is not None else reading_jobs.read_source(material.source)
            if source is None:
                source = _container(run, material)
            seconds = settings.time_budget or PRESET_SECONDS[settings.preset]
            chosen = ExportSettings(time_budget=seconds, device=settings.device)
            yield from export(target, source, folder, chosen, control)

        name = material.name if material is not None else run.material_name if run is not None else "material"
        queue = self._desk.compute if fits else self._desk.io
        job = queue.submit(f"Exporting {name} to {folder.name}", work)
        self._track(job)
        if fits and queue.running is not None:
            self._desk.say(f"The export of {name} needs training of its own; it starts after the present run.")

        def finished(event: Finished) -> None:
            result = event.result
            notes = list(result.notes)
            if result.psnr_db is not None:
                notes.insert(0, f"{result.psnr_db:.1f} dB.")
            self._desk.tell_written(list(result.files), result.folder, " ".join(notes))

        job.finished.connect(finished)
        job.failed.connect(self._desk.tell_error)
        job.cancelled.connect(
            lambda: None if self._desk.closing else self._desk.say(f"The export of {name} was cancelled.")
        )

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
