"""Dropping: what is shown while something is dragged over the window, and the empty state that invites to it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.controls import bare, button, label
from widgets.icons import pixmap
from widgets.language import tr
from widgets.theme import THEME, follow_scale, font, icon_px, text_px
from widgets.wrap_layout import WrapLayout


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
        side, line = icon_px(48), text_px(40)
        middle = self.rect().center()
        painter.drawPixmap(middle.x() - side // 2, middle.y() - side - 4, pixmap("drop", THEME.accent_line, side))
        painter.setPen(QColor(THEME.text))
        painter.setFont(font(THEME.title))
        words = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(frame.adjusted(16, frame.height() / 2 + line / 4, -16, 0), int(words), self.text)


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
        follow_scale(sign, lambda label: label.setPixmap(pixmap("drop", THEME.text_soft, icon_px(48))))
        sign.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sign)
        title = label(tr("Drop a texture set here"), "title")
        title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        title.setWordWrap(True)
        column.addWidget(title)
        words = label(
            tr(
                "A folder of PBR maps, several folders, single images, or a .texloom file. "
                "Roles are read from the file names; you can correct them."
            ),
            "soft",
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words.setWordWrap(True)
        column.addWidget(words)
        acts = QWidget()
        row = WrapLayout(acts, spacing=8, margins=(0, 8, 0, 0))
        for text, icon_name, signal in (
            (tr("Open folder…"), "folder-open", self.open_folder),
            (tr("Open files…"), "image", self.open_files),
            (tr("Try a sample"), "sphere", self.open_sample),
        ):
            made = button(text, "tall", icon_name)
            made.clicked.connect(signal)
            row.addWidget(made)
        middle = bare(QHBoxLayout())
        middle.addStretch(1)
        middle.addWidget(acts)
        middle.addStretch(1)
        column.addLayout(middle)
        column.addStretch(1)
