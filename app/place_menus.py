"""Menus of places: of a slot, of a run, of a material, of a file."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app import presenting
from app.document import ORIGINAL, Document, Material, MaterialState, RunState
from app.session import Session
from widgets.command_palette import CommandPalette
from widgets.language import tr


def fill_slot_menu(document: Document, side: str, menu: QMenu) -> None:
    """What A or B can show: the original and the runs of the material that is looked at."""
    menu.clear()
    shown = document.slots[side]
    original = menu.addAction(tr("Original"))
    original.setCheckable(True)
    original.setChecked(shown == ORIGINAL)
    original.triggered.connect(lambda: document.set_slot(side, ORIGINAL))
    current = document.current
    own = document.runs_of(current.key if current else None)
    if own:
        menu.addSeparator()
    for run in reversed(own):
        name, detail = presenting.slot_text(document, run.key)
        rate = presenting.rate(run)
        size = tr("{bits:.4g} bits/texel").format(bits=rate) if rate else ""
        action = menu.addAction("   ".join(part for part in (name, detail, size) if part))
        action.setCheckable(True)
        action.setChecked(shown == run.key)
        action.triggered.connect(lambda _=False, key=run.key: document.set_slot(side, key))


class PlaceMenus:
    """Pops up the menus of a window whose session this is."""

    def __init__(self, parent: QWidget, session: Session, open_folder: Callable[[Path], object]) -> None:
        self._parent, self._session, self._open_folder = parent, session, open_folder

    def _menu(self) -> QMenu:
        menu = QMenu(self._parent)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        return menu

    def of_run(self, key: int, place: QPoint, rename: Callable[[int], object]) -> None:
        """``rename`` begins to edit the name of the run of this key."""
        session, document = self._session, self._session.document
        run = document.run(key)
        if run is None:
            return
        menu = self._menu()
        if run.state.can_go_on:
            text = tr("Resume") if run.checkpointed else tr("Start again")
            _add(menu, text, lambda: session.runs.resume_interrupted(run))
            menu.addSeparator()
        _add(menu, tr("Show in A"), lambda: document.show_run(run, "A"))
        _add(menu, tr("Show in B"), lambda: document.show_run(run, "B"))
        menu.addSeparator()
        _add(menu, tr("Use these settings again"), lambda: session.change_settings(run.settings), run.baseline is None)
        _add(menu, tr("Rename"), lambda: rename(key))
        _add(menu, tr("Open folder"), lambda: self._open_folder(run.folder))
        menu.addSeparator()
        if run.state is RunState.WAITING and run.job is not None:
            job = run.job
            _add(menu, tr("Run next"), lambda: session.compute.move(job, 0))
        _add(menu, tr("Discard") if run.state.active else tr("Delete"), lambda: session.runs.remove(run))
        menu.popup(place)

    def of_material(self, key: int, place: QPoint) -> None:
        session = self._session
        material = session.document.material(key)
        if material is None:
            return
        menu = self._menu()
        _add(menu, tr("Start"), lambda: session.runs.start(material), material.state is not MaterialState.UNDECIDED)
        if material.plan is not None:
            folder = material.plan.folder
            _add(menu, tr("Read the files again"), lambda: session.materials.read_again(material))
            _add(menu, tr("Open folder"), lambda: self._open_folder(folder))
        if material.missing:
            _add(menu, tr("Locate files…"), lambda: session.materials.locate_wanted.emit(material))
        menu.addSeparator()
        _add(menu, tr("Close"), lambda: session.materials.remove(key))
        menu.popup(place)

    def of_file(self, path: Path, place: QPoint) -> None:
        """Of a file of the current material."""
        menu = self._menu()
        others = self._other_sets()
        _add(menu, tr("Move to another material…"), lambda: self.move_file(path), bool(others))
        menu.addSeparator()
        _add(menu, tr("Open folder"), lambda: self._open_folder(path.parent))
        menu.popup(place)

    def move_file(self, path: Path) -> None:
        """Ask which material a file of the current one belongs to: those that are called most like it come first."""
        material = self._session.document.current
        if material is None:
            return

        def likeness(other: Material) -> float:
            near = other.plan is not None and other.plan.folder == path.parent
            return near + difflib.SequenceMatcher(None, path.stem.lower(), other.name.lower()).ratio()

        offered = []
        for other in sorted(self._other_sets(), key=likeness, reverse=True):
            action = QAction(other.name.replace("&", "&&"), self._parent)
            action.triggered.connect(lambda _=False, to=other: self._session.materials.move(material, path, to))
            offered.append(action)
        prompt = tr("{file} belongs to …").format(file=path.name)
        palette = CommandPalette(offered, self._parent, prompt)
        palette.destroyed.connect(lambda: [action.deleteLater() for action in offered])
        palette.show()
        palette.raise_()
        palette.line.setFocus()

    def _other_sets(self) -> list[Material]:
        """What a file of the current material can be moved to."""
        document = self._session.document
        return [each for each in document.materials if each.plan is not None and each is not document.current]


def _add(menu: QMenu, text: str, act: Callable[[], object], enabled: bool = True) -> None:
    action = menu.addAction(text)
    action.setEnabled(enabled)
    action.triggered.connect(lambda _=False: act())
