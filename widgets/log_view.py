"""The log as the window shows it: the newest line at the bottom, one click from a report."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QVBoxLayout, QWidget

from widgets.controls import bare, button
from widgets.theme import THEME

MOST_LINES = 2000


class LogView(QWidget):
    """Lines with time and level; older ones than the last two thousand are in the file only."""

    copy_report = Signal()
    open_folder = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(200, 100)
        column = bare(QVBoxLayout(self), 0)
        self._text = QTextEdit()
        self._text.setReadOnly(True)
        self._text.document().setMaximumBlockCount(MOST_LINES)
        self._text.document().setDocumentMargin(12)
        self._text.setAccessibleName("Log")
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText("What the program does is written here, and to a file.")
        column.addWidget(self._text, 1)
        row = bare(QHBoxLayout(), 4, (8, 4, 8, 4))
        for text, icon_name, signal, tip in (
            ("Copy report", "copy", self.copy_report, "Versions, device and the last lines, for a bug report"),
            ("Open log folder", "folder-open", self.open_folder, "The file holds everything, with all details"),
        ):
            made = button(text, "flat", icon_name, tip)
            made.clicked.connect(signal)
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)

    def add(self, time: str, level: str, text: str) -> None:
        """One entry; ``level`` is a name of the logging module."""
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        colors = {"WARNING": THEME.warn, "ERROR": THEME.bad, "CRITICAL": THEME.bad}
        color = colors.get(level, THEME.text)
        body = html.escape(text).replace("\n", "<br>")
        self._text.append(
            f'<span style="color:{THEME.text_off}">{time}</span>&nbsp;&nbsp;<span style="color:{color}">{body}</span>'
        )
        if at_end:
            self._text.moveCursor(QTextCursor.MoveOperation.End)
            bar.setValue(bar.maximum())

    @property
    def text(self) -> str:
        return self._text.toPlainText()
