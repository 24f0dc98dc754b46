"""What the window can do, put together: open and review, compress, compare, export. It knows no widget."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoStack

from app.desk import Desk
from app.document import ORIGINAL, Run
from app.exports import Exports
from app.materials import Materials
from app.preferences import Preferences
from app.projects import Projects
from app.runs import CompressJob, Runs, settings_from
from app.shown import Shown
from app.undo import Change
from app.watching import Watching
from core.codec.settings import CompressSettings
from core.jobs import to_dict
from widgets.language import tr


class Session(QObject):
    """All signals and methods belong to the GUI thread."""

    def __init__(
        self, preferences: Preferences, parent: QObject | None = None, *, compress: CompressJob | None = None
    ) -> None:
        """``compress``: the job behind Start; the codec's own unless another one is given."""
        super().__init__(parent)
        self.preferences = preferences
        self.desk = Desk(preferences, self)
        self.document = self.desk.document
        self.io, self.compute = self.desk.io, self.desk.compute
        self.undo = QUndoStack(self)
        self.materials = Materials(self.desk, self.undo)
        self.runs = Runs(self.desk, self.materials, self.undo, compress)
        self.shown = Shown(self.desk)
        self.exports = Exports(self.desk)
        self.projects = Projects(self.desk, self.materials, self.runs, self.exports, self.undo)
        self.watching = Watching(self.desk, self.materials)
        self.materials.pixels_changed.connect(lambda: self.shown.tell(ORIGINAL))
        self.runs.pixels_changed.connect(lambda run: self.shown.tell(run.key))
        self.runs.ended_with.connect(self.shown.keep)
        self.runs.deleted.connect(self.shown.forget)
        self.document.set_settings(settings_from(preferences.settings))

    def change_settings(self, settings: CompressSettings) -> None:
        """Can be undone."""
        before = self.document.settings
        if settings != before:
            self.undo.push(Change(tr("Change settings"), before, settings, self._put_settings))

    def _put_settings(self, settings: CompressSettings) -> None:
        self.preferences.settings = to_dict(settings)
        self.document.set_settings(settings)

    def rename_run(self, run: Run, name: str) -> None:
        """Can be undone."""
        if name != run.record.name:
            change = Change(tr("Rename run"), run.record.name, name, lambda text: self.runs.rename(run, text))
            self.undo.push(change)

    def shutdown(self, limit_s: float) -> bool:
        """Ask every job to end and wait. Checkpoints stay, so that what ran can be resumed."""
        self.desk.closing = True
        self.runs.store_progress()
        self.projects.close()
        self.watching.stop()
        self.materials.stop()
        done = self.compute.shutdown(limit_s)
        done = self.io.shutdown(limit_s) and done
        self.runs.release()
        return done


def with_rate(settings: CompressSettings, bpp: float, target_psnr: float | None, preset: str) -> CompressSettings:
    """``settings`` with what the main control says, which decides the size from then on; PSNR of single maps go along
    with one of all maps."""
    target_maps = settings.target_maps if target_psnr is not None else ""
    free = {"match": None, "max_bytes": None, "target_maps": target_maps}
    return dataclasses.replace(settings, bpp=bpp, target_psnr=target_psnr, preset=preset, **free)
