"""What every part of the session works with: the document, the two queues, and a voice."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.document import Document
from app.job_runner import JobQueue
from app.preferences import Preferences
from core.errors import TexloomError
from widgets.language import spoken, tr

log = logging.getLogger(__name__)

MessageAction = tuple[str, Callable[[], object]]


@dataclass(frozen=True)
class Message:
    """For a toast and the log. ``severity``: info, good, warn or bad."""

    text: str
    severity: str = "info"
    actions: tuple[MessageAction, ...] = ()
    topic: str = ""
    """A later message with the same one says all that this one does, and takes its place."""


class Desk(QObject):
    """Belongs to the GUI thread. ``io`` reads and writes, ``compute`` trains: one job at a time each."""

    message = Signal(object)
    """A :class:`Message`."""
    folder_wanted = Signal(Path)
    """A folder shall be opened in the file manager."""
    details_wanted = Signal()
    """The log shall be shown."""
    busy_changed = Signal()

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.preferences = preferences
        self.document = Document(self)
        self.io = JobQueue(self)
        self.compute = JobQueue(self)
        self.io.changed.connect(self.busy_changed)
        self.compute.changed.connect(self.busy_changed)
        self.closing = False

    def say(self, text: str, severity: str = "info", actions: tuple[MessageAction, ...] = ()) -> None:
        log.log(logging.WARNING if severity in ("warn", "bad") else logging.INFO, "%s", text)
        self.message.emit(Message(text, severity, actions))

    def tell_error(
        self,
        error: Exception,
        material: str = "",
        offers: Sequence[MessageAction] = (),
        *,
        text: str = "",
        topic: str = "",
    ) -> None:
        """``material``: the name of the one that it happened to; ``offers``: what can be done about it; ``text`` is
        said instead of the error's own sentence. ``topic`` as in :class:`Message`."""
        actions: list[MessageAction] = [*offers, (tr("Details"), self.details_wanted.emit)]
        folder = error.path if isinstance(error, TexloomError) else None
        if folder is not None and (folder.exists() or folder.parent.exists()):
            place = folder if folder.is_dir() else folder.parent
            actions.append((tr("Open folder"), lambda: self.folder_wanted.emit(place)))
        text = text or (f"{material}: {sentence(error)}" if material else sentence(error))
        self.message.emit(Message(text, "bad", tuple(actions), topic))

    def tell_written(self, written: Sequence[Path], folder: Path, note: str = "") -> None:
        names = ", ".join(path.name for path in written)
        text = tr("Wrote {names} to {folder}.")
        if len(written) > 2:
            # More would be a wall of text before the picture; the log has them all.
            log.info("%s", names)
            text = tr("Wrote %n file(s) to {folder}.", "", len(written))
        told = " ".join(part for part in (text.format(names=names, folder=folder), note) if part)
        self.say(told, "good", ((tr("Open folder"), lambda: self.folder_wanted.emit(folder)),))


def sentence(error: BaseException) -> str:
    if isinstance(error, TexloomError):
        return spoken(error.sentence)
    if isinstance(error, MemoryError):
        return tr("There is not enough memory for this; close other materials or use a smaller set.")
    text = tr("Something went wrong inside Texloom ({error}). The log has the details.")
    return text.format(error=type(error).__name__)
