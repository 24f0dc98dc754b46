"""Files that change while they are open, and folders in which new materials appear."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from app import arrivals, moved, reading_jobs
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
        self._seen: set[Path] = set()
        """Images of the watched folders that were looked at already, or were there before."""
        self._came: set[Path] = set()
        """Those of them that came while the folder was watched."""
        self._moving: dict[Path, Stamp | None] = {}
        """New ones that are still being written, with what the last look saw."""
        self._unread: dict[Path, Stamp | None] = {}
        """New ones that can't be read as they are."""
        self._known: list[tuple[MaterialPlan | None, tuple[Path, ...]]] = []
        """Of what was open when the list of watched files was made last: the plan, and which of its files were gone."""
        desk.document.materials_changed.connect(lambda: self._renew_soon(0))
        desk.document.material_changed.connect(lambda _: self._renew_soon())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._renew_if_other)

    def set_folders(self, folders: Sequence[Path]) -> None:
        """Watch these. What lies in them now is known already: only what comes later is taken up."""
        for folder in folders:
            if folder not in self.folders:
                self._seen.update(_images(folder))
        self.folders = list(folders)
        self._unread = {path: stamp for path, stamp in self._unread.items() if {*path.parents}.intersection(folders)}
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
        files = [(material.plan, material.missing) for material in self._desk.document.materials]
        pairs = zip(files, self._known, strict=True) if len(files) == len(self._known) else None
        same = pairs is not None and all(a[0] is b[0] and a[1] == b[1] for a, b in pairs)
        if not same:
            self._renew()

    def _renew(self) -> None:
        """Watch what is open now."""
        materials = self._desk.document.materials
        self._known = [(material.plan, material.missing) for material in materials]
        open_files = [path for material in materials for path in _files(material)][:MOST_FILES]
        self._stamps = {path: self._stamps[path] if path in self._stamps else _stamp(path) for path in open_files}
        have = {*self._watcher.files(), *self._watcher.directories()}
        wanted = {text for path, stamp in self._stamps.items() if (text := str(path)) in have or stamp or path.exists()}
        for folder in self.folders:
            wanted |= {str(folder), *(str(path) for path in folder.glob("*/") if path.is_dir())}
        wanted |= {str(path) for path in self._unread if path.exists()}
        # A file hears nothing of a folder that is moved or renamed with it.
        wanted |= {str(path) for material in materials for path in _folders(material) if path.is_dir()}
        # A file that is gone can't be watched, but where it would come back can.
        wanted |= {str(path) for path in moved.nearest_folder(p for material in materials for p in material.missing)}
        if have - wanted:
            self._watcher.removePaths(sorted(have - wanted))
        if wanted - have:
            self._watcher.addPaths(sorted(wanted - have))

    def _look(self) -> None:
        now = {path: _stamp(path) for path in self._stamps}
        changed = {path for path, stamp in now.items() if stamp is not None and stamp != self._stamps[path]}
        gone = {path for path, stamp in now.items() if stamp is None and self._stamps[path] is not None}
        self._stamps = now
        for material in self._desk.document.materials:
            files = _files(material)
            if gone.intersection(files):
                self._materials.lose(material, [path for path in files if now.get(path) is None])
            elif material.missing and all(now.get(path) is not None for path in files):
                self._materials.read_again(material)
                self._desk.say(tr("{material} has its files again.").format(material=material.name), "good")
                changed.difference_update(files)
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
        moving = False
        known = set(self._stamps)
        for folder in self.folders:
            images = _stamps(_images(folder))
            for path, stamp in images.items():
                if path in self._seen or (path in self._unread and self._unread[path] == stamp):
                    continue
                if path in known and path not in self._unread:
                    # Open already, by hand.
                    self._seen.add(path)
                elif stamp is not None and (_age_ms(stamp) >= SETTLE_MS / 2 or self._moving.get(path) == stamp):
                    fresh.append(path)
                else:
                    # It may still be written: a folder says nothing of files that grow.
                    self._moving[path] = stamp
                    moving = True
        if moving:
            self._settle.start(SETTLE_MS)
        if not fresh:
            return
        stamps: dict[Path, Stamp | None] = {path: _stamp(path) for path in fresh}
        for path in fresh:
            self._moving.pop(path, None)
            self._unread.pop(path, None)
        before = set(self._seen)
        self._seen.update(fresh)
        self._came.update(fresh)
        # Whole folders, so that the maps of one material come together, whenever each of them came; what lies in a
        # watched folder itself since before is not meant.
        inputs: list[Path] = []
        for path in fresh:
            if path.parent not in self.folders:
                inputs.append(path.parent)
            else:
                beside = {other for other in self._came | self._open_images() if other.parent == path.parent}
                inputs += [path, *(other for other in beside if other.exists())]
        job = self._desk.io.submit(tr("Looking at new files"), call(reading_jobs.look, sorted({*inputs})))
        job.finished.connect(lambda event: self._on_found(event, stamps, before))
        job.failed.connect(lambda error: self._on_nothing(error, stamps))

    def _open_images(self) -> set[Path]:
        plans = [material.plan for material in self._desk.document.materials]
        return {file.path for plan in plans if plan is not None for file in plan.files if _is_image(file.path)}

    def _on_nothing(self, error: Exception, stamps: dict[Path, Stamp | None]) -> None:
        log.info("Nothing to open among the new files: %s", error)
        self._look_later(stamps)

    def _look_later(self, stamps: dict[Path, Stamp | None]) -> None:
        """These could not be read; another look is worth it once they have changed."""
        self._seen -= stamps.keys()
        self._unread |= stamps
        self._renew()

    def _on_found(self, event: Finished, stamps: dict[Path, Stamp | None], before: set[Path]) -> None:
        document = self._desk.document
        new: list[MaterialPlan] = []
        joined: list[Material] = []
        for plan in event.result.plans:
            plan = reading_jobs.with_corrections(plan, self._desk.preferences.corrections)
            home = arrivals.home_of(plan, document.materials)
            if home is not None:
                changed = arrivals.joined(plan, home, document.materials)
                if changed.files != (home.plan.files if home.plan is not None else ()):
                    home.plan = home.source = changed
                    joined.append(home)
            elif any(file.path not in before for file in plan.files if _is_image(file.path)):
                # The others lay there before, or were closed.
                new.append(plan)
        for material in joined:
            log.info("%s: files have come to it", material.name)
            self._materials.read_again(material)
        made = self._materials.take(new)
        good = arrivals.readable(event.result.plans)
        self._look_later({path: stamp for path, stamp in stamps.items() if path not in good})
        for material in joined:
            self._desk.say(tr("{material} has new files; it was read again.").format(material=material.name))
        if not made:
            return
        names = ", ".join(material.name for material in made[:3])
        more = len(made) - 3
        text = tr("New in a watched folder: {names}.")
        if more > 0:
            text = tr("New in a watched folder: {names} and %n more.", "", more)
        self._desk.say(text.format(names=names))


def _files(material: Material) -> list[Path]:
    return [file.path for file in material.plan.used_files] if material.plan is not None else []


def _folders(material: Material) -> tuple[Path, ...]:
    """Where its files lie, and what that lies in; too much goes on in the home folder."""
    if material.plan is None:
        return ()
    folder = material.plan.folder
    return tuple(path for path in (folder, folder.parent) if path not in (Path.home(), path.parent))


def _images(folder: Path) -> list[Path]:
    """Down to one level of folders."""
    try:
        found = (*folder.glob("*"), *folder.glob("*/*"))
        return [path for path in found if _is_image(path) and not path.name.startswith(".")]
    except OSError:
        return []


def _is_image(path: Path) -> bool:
    return path.suffix.lower() in IMAGE_SUFFIXES


def _stamps(paths: Sequence[Path]) -> dict[Path, Stamp | None]:
    return {path: _stamp(path) for path in paths}


def _age_ms(stamp: Stamp) -> float:
    return (time.time_ns() - stamp[0]) / 1e6


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
