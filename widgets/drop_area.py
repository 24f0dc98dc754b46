"""Dropping: what is shown while something is dragged over the window, and the empty state that invites to it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.controls import bare, button, label
from widgets.icons import pixmap
from widgets.theme import THEME, font


class DropOverlay(QWidget):
    """Covers the window while files hang over it. It takes no events: the window gets the drop."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._window = parent
        self.text = ""
        self.hide()

    def present(self, text: str) -> None:
        self.text = text
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(20, 20, 20, 205))
        frame = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        pen = QPen(QColor(THEME.accent_line), 2, Qt.PenStyle.DashLine)
        pen.setDashPattern([4, 4])
        painter.setPen(pen)
        painter.drawRoundedRect(frame, 10, 10)
        middle = self.rect().center()
        painter.drawPixmap(middle.x() - 24, middle.y() - 52, pixmap("drop", THEME.accent_line, 48))
        painter.setPen(QColor(THEME.text))
        painter.setFont(font(THEME.title))
        painter.drawText(frame.adjusted(0, 40, 0, 40), Qt.AlignmentFlag.AlignCenter, self.text)


class EmptyState(QWidget):
    """Nothing is open: says what to do, and offers it as buttons."""

    open_folder = Signal()
    open_files = Signal()
    open_sample = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("well")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = bare(QVBoxLayout(self), 12, (24, 24, 24, 24))
        column.addStretch(1)
        sign = QLabel()
        sign.setPixmap(pixmap("drop", THEME.text_soft, 48))
        sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sign)
        title = label("Drop a texture set here", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title)
        words = label(
            "A folder of PBR maps, several folders, single images, or a .texloom file. "
            "Roles are read from the file names; you can correct them.",
            "soft",
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setWordWrap(True)
        column.addWidget(words)
        row = bare(QHBoxLayout(), 8, (0, 8, 0, 0))
        row.addStretch(1)
        for text, icon_name, signal in (
            ("Open folder…", "folder-open", self.open_folder),
            ("Open files…", "image", self.open_files),
            ("Try a sample", "sphere", self.open_sample),
        ):
            made = button(text, "tall", icon_name)
            made.clicked.connect(signal)
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
