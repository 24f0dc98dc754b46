"""The log as the window shows it: the newest line at the bottom, one click from a report."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextEdit, QVBoxLayout, QWidget

from widgets.controls import bare, button
from widgets.language import tr
from widgets.theme import THEME, follow_scale, icon_px

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
        self._text.setAccessibleName(tr("Log"))
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText(tr("Nothing yet."))
        column.addWidget(self._text, 1)
        row = bare(QHBoxLayout(), 4, (8, 4, 8, 4))
        self._acts: list[tuple[QPushButton, str]] = []
        for text, icon_name, signal, tip in (
            (tr("Copy report"), "copy", self.copy_report, tr("Versions, device and the last lines, for a bug report")),
            (tr("Open log folder"), "folder-open", self.open_folder, tr("The file holds everything, with all details")),
        ):
            made = button(text, "flat", icon_name, tip)
            made.clicked.connect(signal)
            made.setAccessibleName(text)
            made.setToolTip(f"{text}\n{tip}")
            self._acts.append((made, text))
            row.addWidget(made)
        row.addStretch(1)
        follow_scale(self, LogView._fold)
        column.addLayout(row)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """In a narrow panel the buttons are only pictures."""
        metrics = self.fontMetrics()
        wide = sum(metrics.horizontalAdvance(text) + icon_px(16) + 28 for _, text in self._acts)
        for made, text in self._acts:
            made.setText(text if wide <= self.width() - 16 else "")

    def add(self, time: str, level: str, text: str) -> None:
        """One entry; ``level`` is a name of the logging module."""
        bar = self._text.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        colors = {"WARNING": THEME.warn, "ERROR": THEME.bad, "CRITICAL": THEME.bad}
        color = colors.get(level, THEME.text)
        body = html.escape(text).replace("\n", "<br>")
        self._text.append(
            f'<span style="color:{THEME.text_hint}">{time}</span>&nbsp;&nbsp;<span style="color:{color}">{body}</span>'
        )
        if at_end:
            self._text.moveCursor(QTextCursor.MoveOperation.End)
            bar.setValue(bar.maximum())

    @property
    def text(self) -> str:
        return self._text.toPlainText()
