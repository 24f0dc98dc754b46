"""A strip that says which files of a material are gone, with the way to find them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.controls import bare, button, label
from widgets.language import tr


class LostFiles(QFrame):
    """Hidden while nothing is missing."""

    locate_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lost")
        column = bare(QVBoxLayout(self), 8, (12, 10, 12, 10))
        self.text = label("", "")
        self.text.setWordWrap(True)
        column.addWidget(self.text)
        self.locate = button(
            tr("Locate files…"), "", "search", tr("Choose the folder that they are in now; runs and roles stay")
        )
        self.locate.clicked.connect(lambda _=False: self.locate_wanted.emit())
        row = bare(QHBoxLayout())
        row.addWidget(self.locate)
        row.addStretch(1)
        column.addLayout(row)
        self.hide()

    def show_problem(self, text: str) -> None:
        """One sentence; "" for none."""
        self.text.setText(text)
        self.setVisible(bool(text))
