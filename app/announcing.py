"""What the desktop is told of the queue: how much is left, how far it is, and when all is done."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QMainWindow, QSystemTrayIcon

from widgets.icons import application_icon
from widgets.language import tr
from widgets.theme import THEME

MESSAGE_MS = 10_000
"""So long the message about the end stands; some desktops take it away together with the icon."""
_SIDE = 64
_STEP = 0.05
"""The ring of the tray icon moves in such steps: a new picture for every hundredth would only cost time."""


class Announcer(QObject):
    """For one window. The number of jobs at its icon where the desktop shows such numbers, an icon with a ring in the
    tray while something runs where there is a tray, and a call for attention at the end if another window is in
    front."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._badge = 0
        self._busy = False
        self._shown_step = -1
        self.tray: QSystemTrayIcon | None = None
        """Made when it is first needed."""
        self._gone = QTimer(self)
        self._gone.setSingleShot(True)
        self._gone.setInterval(MESSAGE_MS)
        self._gone.timeout.connect(self._hide)

    def announce(self, jobs: int, fraction: float | None, summary: str, *, wanted: bool) -> None:
        """``jobs`` that run or wait, the first of them done to ``fraction``. Not ``wanted``: the desktop is told
        nothing."""
        self._show_badge(jobs if wanted else 0)
        busy = jobs > 0 and wanted
        if busy and self.tray is None and QSystemTrayIcon.isSystemTrayAvailable():
            self.tray = QSystemTrayIcon(self)
            self.tray.activated.connect(self._to_front)
            self.tray.messageClicked.connect(self._on_message)
        if self.tray is not None and busy:
            self._show_ring(fraction or 0.0)
            self.tray.setToolTip(f"Texloom – {summary}")
            self._gone.stop()
            self.tray.show()
        told = self._busy and not busy and jobs == 0 and self._tell_end()
        if told:
            self._gone.start()
        elif not busy and (not wanted or not self._gone.isActive()):
            self._hide()
        self._busy = busy

    def close(self) -> None:
        """The window goes: nothing of it may stay on the desktop."""
        self._busy = False
        self._show_badge(0)
        self._hide()

    def _hide(self) -> None:
        self._gone.stop()
        if self.tray is not None:
            self.tray.hide()

    def _show_badge(self, number: int) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication) and app.desktopFileName() and number != self._badge:
            app.setBadgeNumber(number)
            self._badge = number

    def _show_ring(self, fraction: float) -> None:
        step = int(fraction / _STEP)
        if self.tray is not None and step != self._shown_step:
            self._shown_step = step
            self.tray.setIcon(ring(step * _STEP))

    def _tell_end(self) -> bool:
        """Whether a message stands at the icon now."""
        self._shown_step = -1
        if self._window.isActiveWindow():
            return False
        QApplication.alert(self._window)
        if self.tray is None or not self.tray.supportsMessages():
            return False
        self.tray.showMessage("Texloom", tr("The queue has come to its end."), application_icon(), MESSAGE_MS)
        return True

    def _on_message(self) -> None:
        self._to_front()
        if not self._busy:
            self._hide()

    def _to_front(self) -> None:
        if self._window.isMinimized():
            self._window.showNormal()
        self._window.raise_()
        self._window.activateWindow()


def ring(fraction: float) -> QIcon:
    """The application's icon in a ring that is closed at 1."""
    picture = QPixmap(_SIDE, _SIDE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    wide = _SIDE / 8
    inner = _SIDE - 4 * wide
    painter.drawPixmap(round(2 * wide), round(2 * wide), application_icon().pixmap(round(inner), round(inner)))
    around = QRectF(wide / 2, wide / 2, _SIDE - wide, _SIDE - wide)
    for color, part in ((THEME.line_strong, 1.0), (THEME.accent_line, fraction)):
        painter.setPen(QPen(QColor(color), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawArc(around, 90 * 16, -round(360 * 16 * part))
    painter.end()
    return QIcon(picture)
