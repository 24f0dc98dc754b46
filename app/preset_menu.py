"""The presets as a drop-down: choose one, keep the present settings as one, throw one of one's own away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from app import paths, presets
from app.presets import Preset
from app.session import Session
from core.errors import TexloomError
from widgets.ask_line import AskLine
from widgets.controls import button
from widgets.language import tr


class PresetMenu:
    """``button`` stands in a panel; the menu is filled when it opens, so that files that came meanwhile are in it."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        self._session, self._parent = session, parent
        self.button: QPushButton = button(tr("Presets"), "menu", "", tr("Settings for a purpose, with one click"))
        self._menu = QMenu(parent)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._fill)
        self.button.setMenu(self._menu)

    def ask_name(self) -> None:
        """Keep the present settings under a name that the user types."""
        window = self._parent.window()
        line = AskLine(tr("Save settings as preset"), tr("Save"), window, tr("Name, by what it is good for"))
        line.answered.connect(self._save)
        line.ask()

    def _fill(self) -> None:
        self._menu.clear()
        available = presets.available(paths.presets_folder())
        own = [preset for preset in available if not preset.built_in]
        for preset in available:
            if own and preset is own[0]:
                self._menu.addSeparator()
            action = self._menu.addAction(preset.title)
            action.setToolTip(tr(preset.note) if preset.built_in and preset.note else preset.note)
            action.setCheckable(True)
            action.setChecked(preset.settings == self._session.document.settings)
            action.triggered.connect(self._chooser(preset))
        self._menu.addSeparator()
        self._menu.addAction(tr("Save as preset…")).triggered.connect(lambda _=False: self.ask_name())
        if own:
            away = self._menu.addMenu(tr("Delete preset"))
            for preset in own:
                away.addAction(preset.name).triggered.connect(self._deleter(preset))

    def _chooser(self, preset: Preset) -> Callable[[], None]:
        def choose() -> None:
            self._session.change_settings(preset.settings)
            undo = (tr("Undo"), self._session.undo.undo)
            self._session.desk.say(
                tr("The settings are those of “{preset}”.").format(preset=preset.title), "info", (undo,)
            )

        return choose

    def _deleter(self, preset: Preset) -> Callable[[], None]:
        def delete() -> None:
            preset.path.unlink(missing_ok=True)

            def undo() -> None:
                presets.save(preset.name, preset.settings, preset.path.parent, preset.note)

            self._session.desk.say(
                tr("The preset “{preset}” was deleted.").format(preset=preset.name), "info", ((tr("Undo"), undo),)
            )

        return delete

    def _save(self, name: str) -> None:
        try:
            preset = presets.save(name, self._session.document.settings, paths.presets_folder())
        except TexloomError as error:
            self._session.desk.tell_error(error)
            return
        folder = preset.path.parent
        show = (tr("Open folder"), lambda: self._session.desk.folder_wanted.emit(folder))
        self._session.desk.say(tr("Saved as preset “{preset}”.").format(preset=preset.name), "good", (show,))
