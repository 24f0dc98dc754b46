"""Settings in a window of their own that stands in nobody's way: what is changed acts at once."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from widgets.controls import VerticalScroll, bare
from widgets.settings_form import SettingsForm
from widgets.theme import text_px


class SettingsDialog(QDialog):
    """A form of ``settings_type``, not modal. Escape closes it."""

    changed = Signal(object)
    """The settings object with the new value."""

    def __init__(self, title: str, settings: Any, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.form = SettingsForm(type(settings))
        self.form.set_settings(settings)
        self.form.changed.connect(self.changed)
        holder = QWidget()
        column = bare(QVBoxLayout(holder), 12, (16, 16, 16, 16))
        column.addWidget(self.form)
        column.addStretch(1)
        bare(QVBoxLayout(self)).addWidget(VerticalScroll(holder))
        self.resize(text_px(480), text_px(320))
