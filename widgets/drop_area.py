"""What is shown while something is dragged over the window."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets.icons import pixmap
from widgets.theme import THEME, font, icon_px, text_px


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
