"""The open project: a file that always says what is on the desk, so that nothing is lost when the process ends."""

from __future__ import annotations

import contextlib
import logging
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile, QObject, QRectF, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QUndoStack

from app import paths, project_store, sources
from app.desk import Desk
from app.document import ORIGINAL, Material
from app.exports import Exports
from app.later import Slices
from app.materials import Materials
from app.preferences import PROJECTS_LIMIT
from app.project_store import SUFFIX, Project
from app.runs import Runs, settings_from
from core.errors import InputError, OutputError, TexloomError
from core.files import make_folder
from core.jobs import to_dict
from core.textures.plan import MaterialPlan
from widgets.language import tr

log = logging.getLogger(__name__)

SAVE_AFTER_MS = 2000
"""So long after a change the file is written: that much a crash can cost."""
PICTURE_PX = 256


@dataclass(frozen=True)
class RecentProject:
    """For a list to choose from. ``changed``: seconds since 1970."""

    path: Path
    title: str
    materials: int
    changed: float
    picture: Path | None


class Projects(QObject):
    """One project is open at any time, if only an empty one without a name."""

    changed = Signal()
    """Another project is open, or it has another name."""
    opened = Signal()
    """Shall be looked at now."""
    saved = Signal()

    def __init__(self, desk: Desk, materials: Materials, runs: Runs, exports: Exports, undo: QUndoStack) -> None:
        super().__init__(desk)
        self._desk, self._materials, self._runs, self._undo = desk, materials, runs, undo
        self._exports = exports
        self._lock: QLockFile | None = None
        self._loading = False
        # What the file says of many materials is worked out little by little, before it is written.
        self._to_note: Slices[Material] = Slices(lambda material: material.source_json, self)
        materials.added.connect(self._to_note.add)
        self._painted: list[QImage] = []
        """What the picture shows."""
        self._told = ""
        """The trouble with saving that was told last: once is enough."""
        self._forgotten: Path | None = None
        """The open project, where it was taken out of the list: it is listed again when it is saved."""
        self.project = Project()
        self.path = self._own_path(self.project)
        desk.document.project_id = self.project.id
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.save)
        document = desk.document
        for signal in (
            document.materials_changed,
            document.material_changed,
            document.current_changed,
            document.runs_changed,
            document.slots_changed,
            document.settings_changed,
            desk.compute.changed,
        ):
            signal.connect(self.touch)

    @property
    def title(self) -> str:
        return project_store.title(self.path)

    @property
    def untitled(self) -> bool:
        return project_store.is_untitled(self.path)

    # --- saving ---------------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Something changed: it is written soon."""
        if not self._loading and not self._desk.closing and not self._later.isActive():
            self._later.start(SAVE_AFTER_MS)

    def save(self) -> bool:
        """Write the file now. An empty project without a name leaves none; a failure is told once."""
        self._later.stop()
        if self.untitled and not self._desk.document.materials:
            return True
        self._gather()
        try:
            if self._lock is None:
                self._lock = self._locked(self.project)
            project_store.write(self.project, self.path)
        except TexloomError as error:
            if str(error) != self._told:
                self._told = str(error)
                self._desk.tell_error(error)
            return False
        self._told = ""
        self._desk.preferences.remember_project(self.path)
        self._paint_picture()
        self.saved.emit()
        return True

    def save_as(self, path: Path) -> bool:
        """Give the project a name and a place; it is kept up to date there from now on."""
        if path.suffix.lower() != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        before = self.path
        self.path = path
        if not self.save():
            self.path = before
            return False
        if project_store.is_untitled(before) and before != path:
            before.unlink(missing_ok=True)
            self._desk.preferences.forget_project(before)
        self.changed.emit()
        return True

    def _gather(self) -> None:
        document, project = self._desk.document, self.project
        # Sources are frozen: what was written of one holds for as long as the material has it.
        project.materials = [{"name": material.name, "source": material.source_json} for material in document.materials]
        current = document.current
        project.current = document.materials.index(current) if current is not None else 0
        project.settings = to_dict(document.settings)
        shown = {side: document.run(key) for side, key in document.slots.items()}
        project.slots = {side: run.folder.name for side, run in shown.items() if run is not None}
        project.queue = [run.folder.name for run in self._runs.in_order()]
        project.exports = self._exports.stored_queue()
        project.open = not self._desk.closing
        project.changed = time.time()

    def _paint_picture(self) -> None:
        """The first materials, for the list of recent projects."""
        pictures = [m.thumbnail for m in self._desk.document.materials if m.thumbnail is not None][:4]
        same = len(pictures) == len(self._painted) and all(a is b for a, b in zip(pictures, self._painted, strict=True))
        if not pictures or (same and self._picture(self.project).exists()):
            return
        self._painted = pictures
        canvas = QImage(PICTURE_PX, PICTURE_PX, QImage.Format.Format_ARGB32_Premultiplied)
        canvas.fill(0)
        painter = QPainter(canvas)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        across = 1 if len(pictures) == 1 else 2
        size = PICTURE_PX / across
        for place, picture in enumerate(pictures):
            spot = QRectF(place % across * size, place // across * size, size, size).adjusted(6, 6, -6, -6)
            painter.drawImage(spot, picture)
        painter.end()
        canvas.save(str(self._picture(self.project)))

    # --- opening --------------------------------------------------------------------------------------------

    def open(self, path: Path) -> bool:
        """Put ``path`` in the place of what is open; that is saved first. A project that can't be opened is told."""
        if path == self.path and self._desk.document.materials:
            self.opened.emit()
            return True
        try:
            project = project_store.read(path)
            lock = self._locked(project)
        except TexloomError as error:
            self._desk.tell_error(error)
            return False
        crashed = project.open
        self._leave()
        self._enter(project, path)
        self._lock = lock
        waiting = self._fill(project)
        self.opened.emit()
        ago = max(0, round(time.time() - project.changed))
        self._runs.tell_left(_as_it_was(self._name_of(path, project), ago) if crashed else "", waiting)
        self.save()
        return True

    def new(self) -> None:
        """An empty project without a name; what is open is saved first."""
        self._leave()
        project = Project()
        self._enter(project, self._own_path(project))
        self._desk.document.set_settings(settings_from(self._desk.preferences.settings))

    def crashed(self) -> Path | None:
        """The project that a window had open when it was killed."""
        for path in self._known():
            try:
                project = project_store.read(path)
            except InputError:
                continue
            if project.open and not self._taken(project):
                return path
        return None

    def recent(self) -> list[RecentProject]:
        """Those that are still there, the last one first."""
        found = []
        for path in self._known():
            try:
                project = project_store.read(path)
            except InputError:
                continue
            picture = self._picture(project)
            found.append(
                RecentProject(
                    path,
                    self._name_of(path, project),
                    len(project.materials),
                    project.changed,
                    picture if picture.exists() else None,
                )
            )
        return sorted(found, key=lambda project: project.changed, reverse=True)[:PROJECTS_LIMIT]

    def _known(self) -> list[Path]:
        """The projects that are listed, and those without a name that no list has: a window that was killed may not
        have come to write one."""
        listed = [Path(text) for text in self._desk.preferences.projects]
        own: list[tuple[float, Path]] = []
        for path in paths.projects_folder().glob(f"*{SUFFIX}"):
            if path == self._forgotten:
                continue
            with contextlib.suppress(OSError):
                own.append((path.stat().st_mtime, path))
        newest = [path for _, path in sorted(own, reverse=True)[:PROJECTS_LIMIT]]
        return list(dict.fromkeys([*listed, *newest]))

    def forget(self, path: Path) -> None:
        """Take a project out of the list; one without a name is deleted with it. Its runs stay on the disk."""
        self._desk.preferences.forget_project(path)
        if path == self.path:
            self._forgotten = path
        elif project_store.is_untitled(path):
            path.unlink(missing_ok=True)
        self.saved.emit()

    def close(self) -> None:
        """The last save; from here on the project counts as left in peace."""
        self.save()
        self._unlock()

    def _leave(self) -> None:
        self.save()
        title, path = self.title, self.path
        runs, exports = self._runs.interrupt(), self._exports.interrupt()
        if runs or exports:
            back = (tr("Go back"), lambda: self.open(path))
            text = tr("%n run(s) of “{project}” will go on when it is opened again.", "", runs)
            if exports:
                text = tr("%n job(s) of “{project}” will go on when it is opened again.", "", runs + exports)
            self._desk.say(text.format(project=title), "warn", (back,))
        self.project.open = False
        if self.path.exists():
            try:
                project_store.write(self.project, self.path)
            except OutputError as error:
                log.warning("%s", error)
        self._unlock()

    def _enter(self, project: Project, path: Path) -> None:
        self._loading = True
        try:
            self._undo.clear()
            self._desk.document.clear()
            self.project, self.path = project, path
            self._painted = []
            self._desk.document.project_id = project.id
        finally:
            self._loading = False
        self.changed.emit()

    def _fill(self, project: Project) -> str:
        """Says what waits for the user's word."""
        document = self._desk.document
        self._loading = True
        try:
            document.set_settings(settings_from(project.settings))
            self._runs.restore(project.id, [*project.queue, *project.slots.values()])
            made: list[Material] = []
            listed: list[Material | None] = []
            """Also those that could not be taken up: exports count them."""
            for entry in project.materials:
                try:
                    source = sources.from_json(entry["source"])
                except InputError:
                    text = tr("A material could not be taken up again.")
                    if "name" in entry:
                        text = tr("{name} could not be taken up again.").format(name=entry["name"])
                    self._desk.say(text, "warn")
                    listed.append(None)
                    continue
                plan = source if isinstance(source, MaterialPlan) else None
                made.append(Material(document.next_key(), str(entry.get("name", tr("Material"))), source, plan=plan))
                listed.append(made[-1])
            look = made[project.current] if 0 <= project.current < len(made) else made[0] if made else None
            self._materials.add(made, look)
            by_folder = {run.folder.name: run for run in document.runs}
            for side in ("A", "B"):
                run = by_folder.get(project.slots.get(side, ""))
                if run is not None:
                    document.set_slot(side, run.key)
                elif side == "A":
                    document.set_slot(side, ORIGINAL)
            waiting = [by_folder[name] for name in project.queue if name in by_folder]
            self._runs.queue_again(waiting)
            exports = self._exports.queue_again(project.exports, listed, by_folder)
            return self._hold(sum(run.state.active for run in waiting), len(exports))
        finally:
            self._loading = False

    def _hold(self, runs: int, exports: int) -> str:
        """What waited when the project was left waits for the user's word, unless that is not wanted. Says how much
        that is; "" if nothing waits for a word."""
        if not runs and not exports:
            return ""
        self._desk.compute.hold(self._runs.hold_after_restart)
        if not self._runs.hold_after_restart:
            return ""
        if exports:
            return tr("%n job(s) wait in the queue since last time.", "", runs + exports)
        return tr("%n run(s) wait in the queue since last time.", "", runs)

    # --- files ----------------------------------------------------------------------------------------------

    def _locked(self, project: Project) -> QLockFile:
        """Raises InputError if another window has it, OutputError if there is no place for the lock."""
        make_folder(paths.projects_folder())
        lock = QLockFile(str(self._beside(project, ".lock")))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0) and lock.error() is QLockFile.LockError.LockFailedError:
            raise InputError(tr("This project is open in another window already."))
        return lock

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _taken(self, project: Project) -> bool:
        if project.id == self.project.id:
            return True
        lock = QLockFile(str(self._beside(project, ".lock")))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            return lock.error() is QLockFile.LockError.LockFailedError
        lock.unlock()
        return False

    def _own_path(self, project: Project) -> Path:
        return paths.projects_folder() / f"{project.id}{SUFFIX}"

    def _picture(self, project: Project) -> Path:
        return self._beside(project, ".png")

    @staticmethod
    def _beside(project: Project, suffix: str) -> Path:
        return paths.projects_folder() / f"{project.id}{suffix}"

    @staticmethod
    def _name_of(path: Path, project: Project) -> str:
        """An untitled project is known by its materials."""
        if not project_store.is_untitled(path):
            return path.stem
        names = [str(entry.get("name", "")) for entry in project.materials]
        first = ", ".join(names[:2])
        if len(names) > 2:
            return tr("{names} and %n more", "", len(names) - 2).format(names=first)
        return first or tr("Untitled")


def _as_it_was(title: str, seconds: int) -> str:
    """That a project was found again after a crash."""
    if seconds < 120:
        text = tr("Texloom ended unexpectedly; this is “{project}” as it was {seconds} s ago.")
    elif seconds < 7200:
        text = tr("Texloom ended unexpectedly; this is “{project}” as it was {minutes} min ago.")
    else:
        text = tr("Texloom ended unexpectedly; this is “{project}” as it was some time ago.")
    return text.format(project=title, seconds=seconds, minutes=seconds // 60)
