"""Files that change while they are open, and folders in which new materials appear."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from app import reading_jobs
from app.desk import Desk
from app.document import Material
from app.job_runner import call
from app.materials import Materials
from core.jobs import Finished
from core.textures.names import IMAGE_SUFFIXES
from core.textures.plan import MaterialPlan
from widgets.language import tr

log = logging.getLogger(__name__)

SETTLE_MS = 1500
"""So long a file has to be left alone before it is read: programs write in pieces."""
MOST_FILES = 4000
"""More would use up what a system allows."""

Stamp = tuple[int, int]
"""Time of the last change in ns, size in bytes."""


class Watching(QObject):
    """Reads a material again when its files have changed, and takes up what is put into a watched folder."""

    def __init__(self, desk: Desk, materials: Materials) -> None:
        super().__init__(desk)
        self._desk, self._materials = desk, materials
        self.follow_files = True
        self.folders: list[Path] = []
        self._watcher = QFileSystemWatcher(self)
        self._watcher.fileChanged.connect(lambda _: self._settle.start(SETTLE_MS))
        self._watcher.directoryChanged.connect(lambda _: self._settle.start(SETTLE_MS))
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._look)
        self._stamps: dict[Path, Stamp | None] = {}
        self._seen: dict[Path, Stamp | None] = {}
        """Images of the watched folders that were looked at already."""
        self._plans: list[MaterialPlan | None] = []
        """Of what was open when the list of watched files was made last."""
        desk.document.materials_changed.connect(lambda: self._renew_soon(0))
        desk.document.material_changed.connect(lambda _: self._renew_soon())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._renew_if_other)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Watch these. What lies in them now is known already: only what comes later is taken up."""
        for folder in folders:
            if folder not in self.folders:
                self._seen |= _stamps(_images(folder))
        self.folders = list(folders)
        self._renew()

    def stop(self) -> None:
        """Look no more: the window closes."""
        self._settle.stop()
        self._soon.stop()

    def _renew_soon(self, after_ms: int = SETTLE_MS) -> None:
        if not self._desk.closing and (not self._soon.isActive() or self._soon.remainingTime() > after_ms):
            self._soon.start(after_ms)

    def _renew_if_other(self) -> None:
        """A material has changed, which says nothing of its files."""
        plans = [material.plan for material in self._desk.document.materials]
        same = len(plans) == len(self._plans) and all(a is b for a, b in zip(plans, self._plans, strict=True))
        if not same:
            self._renew()

    def _renew(self) -> None:
        """Watch what is open now."""
        materials = self._desk.document.materials
        self._plans = [material.plan for material in materials]
        open_files = [path for material in materials for path in _files(material)][:MOST_FILES]
        self._stamps = {path: self._stamps[path] if path in self._stamps else _stamp(path) for path in open_files}
        have = {*self._watcher.files(), *self._watcher.directories()}
        wanted = {text for path, stamp in self._stamps.items() if (text := str(path)) in have or stamp or path.exists()}
        for folder in self.folders:
            wanted |= {str(folder), *(str(path) for path in folder.glob("*/") if path.is_dir())}
        if have - wanted:
            self._watcher.removePaths(sorted(have - wanted))
        if wanted - have:
            self._watcher.addPaths(sorted(wanted - have))

    def _look(self) -> None:
        now = {path: _stamp(path) for path in self._stamps}
        changed = {path for path, stamp in now.items() if stamp is not None and stamp != self._stamps[path]}
        self._stamps = now
        if self.follow_files:
            for material in self._desk.document.materials:
                if changed.intersection(_files(material)):
                    log.info("%s: its files have changed and are read again", material.name)
                    self._materials.read_again(material)
                    text = tr("The files of {material} have changed; they were read again.")
                    self._desk.say(text.format(material=material.name))
        self._take_up()
        self._renew()

    def _take_up(self) -> None:
        fresh: list[Path] = []
        known = set(self._stamps)
        for folder in self.folders:
            stamps = _stamps(_images(folder))
            new = [path for path in stamps if path not in self._seen and path not in known]
            self._seen |= stamps
            # Whole folders, so that the maps of one material come together.
            fresh += sorted({path.parent if path.parent != folder else path for path in new})
        if not fresh:
            return
        job = self._desk.io.submit(tr("Looking at new files"), call(reading_jobs.look, fresh))
        job.finished.connect(self._on_found)
        job.failed.connect(lambda error: log.info("Nothing to open among the new files: %s", error))

    def _on_found(self, event: Finished) -> None:
        before = len(self._desk.document.materials)
        self._materials.take(event.result.plans)
        new = self._desk.document.materials[before:]
        names = ", ".join(material.name for material in new[:3])
        more = len(new) - 3
        text = tr("New in a watched folder: {names}.")
        if more > 0:
            text = tr("New in a watched folder: {names} and %n more.", "", more)
        self._desk.say(text.format(names=names))


def _files(material: Material) -> list[Path]:
    return [file.path for file in material.plan.used_files] if material.plan is not None else []


def _images(folder: Path) -> list[Path]:
    """Down to one level of folders."""
    try:
        return [p for p in (*folder.glob("*"), *folder.glob("*/*")) if p.suffix.lower() in IMAGE_SUFFIXES]
    except OSError:
        return []


def _stamps(paths: Sequence[Path]) -> dict[Path, Stamp | None]:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
